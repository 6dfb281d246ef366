use iam_model::{Secret, TenantId, Timestamp, UserId};

use super::Totp;
use crate::{Keyring, NotOpened, testing::Host};

/// The key of RFC 6238 appendix B for HMAC-SHA-1, and its codes with eight digits.
const KEY: &[u8] = b"12345678901234567890";
const CODES: [(i64, &str); 6] = [
    (59, "94287082"),
    (1_111_111_109, "07081804"),
    (1_111_111_111, "14050471"),
    (1_234_567_890, "89005924"),
    (2_000_000_000, "69279037"),
    (20_000_000_000, "65353130"),
];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn verify(code: &str, seconds: i64, last_step: i64) -> Option<i64> {
    let code = Secret::new(code.to_owned());
    Totp::of(KEY.to_vec()).verify(&code, at(seconds), last_step)
}

fn ids(byte: u8) -> (TenantId, UserId) {
    let now = Timestamp::default();
    (
        TenantId::generate(now, [byte; 10]),
        UserId::generate(now, [byte; 10]),
    )
}

#[test]
fn codes_are_those_of_rfc_6238_appendix_b() {
    for (seconds, code) in CODES {
        // The same number, of which the last six digits are left.
        assert_eq!(verify(&code[2..], seconds, 0), Some(seconds / 30), "{code}");
    }
}

#[test]
fn a_code_is_good_one_step_before_and_after_its_own_and_no_longer() {
    // The code of the step from 30 to 60.
    for (seconds, good) in [(0, true), (29, true), (59, true), (89, true), (90, false)] {
        assert_eq!(verify("287082", seconds, 0).is_some(), good, "{seconds}");
    }
    assert_eq!(verify("050471", 1_111_111_111 - 60, 0), None);
}

#[test]
fn a_code_is_good_only_after_the_last_step_that_was_accepted() {
    for (last_step, good) in [(-1, true), (0, true), (1, false), (2, false)] {
        assert_eq!(
            verify("287082", 59, last_step).is_some(),
            good,
            "{last_step}"
        );
    }
}

#[test]
fn spaces_in_a_code_do_not_count_and_nothing_else_is_let_pass() {
    assert_eq!(verify(" 287 082\n", 59, 0), Some(1));
    for code in [
        "",
        "28708",
        "2870820",
        "287-082",
        "+87082",
        "287O82",
        "２８７０８２",
        "287083",
        "-287082",
    ] {
        assert_eq!(verify(code, 59, 0), None, "{code}");
    }
}

#[test]
fn no_time_makes_a_panic() {
    for millis in [i64::MIN, -1, 0, i64::MAX] {
        let code = Secret::new("287082".to_owned());
        let now = Timestamp::from_millis(millis);
        let step = Totp::of(KEY.to_vec()).verify(&code, now, i64::MIN);
        assert!(step.is_none_or(|step| step <= 1), "{millis}");
    }
}

#[test]
fn a_key_opens_for_its_user_only() {
    let host = Host::default();
    let keyring: Keyring = Host::keyring("a");
    let totp = Totp::generate(&host);
    let ((tenant, user), (other_tenant, other_user)) = (ids(1), ids(2));
    let sealed = totp.seal(&keyring, &host, &tenant, &user);
    let opened = Totp::open(&keyring, &sealed, &tenant, &user).unwrap();
    assert_eq!(opened.secret().expose(), totp.secret().expose());
    for (tenant, user) in [(tenant, other_user), (other_tenant, user)] {
        let refused = Totp::open(&keyring, &sealed, &tenant, &user);
        assert_eq!(refused.unwrap_err(), NotOpened::Damaged);
    }
}

#[test]
fn a_new_key_has_160_bits_in_base32_and_is_no_other() {
    let host = Host::default();
    let (one, two) = (Totp::generate(&host), Totp::generate(&host));
    assert_ne!(one.secret().expose(), two.secret().expose());
    assert_eq!(one.secret().expose().len(), 32);
    // RFC 4648 §6.
    let secret = Totp::of(KEY.to_vec()).secret();
    assert_eq!(secret.expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

#[test]
fn the_uri_names_issuer_and_account_and_cannot_be_broken_by_them() {
    let totp = Totp::of(KEY.to_vec());
    let uri = totp.uri("Acme & Söhne: Büro", "alice@example.com?x#y/z%20");
    assert_eq!(
        uri.expose(),
        "otpauth://totp/Acme%20%26%20S%C3%B6hne%20%20B%C3%BCro\
         :alice%40example.com%3Fx%23y%2Fz%2520\
         ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=Acme%20%26%20S%C3%B6hne%20%20B%C3%BCro\
         &algorithm=SHA1&digits=6&period=30"
    );
}

#[test]
fn long_names_are_cut_between_characters() {
    let totp = Totp::of(KEY.to_vec());
    let uri = totp.uri(&"𝔸".repeat(500), &"é".repeat(500));
    let (label, _) = uri.expose().split_once('?').unwrap();
    let label = label.strip_prefix("otpauth://totp/").unwrap();
    let (issuer, account) = label.split_once(':').unwrap();
    assert_eq!(issuer, "%F0%9D%94%B8".repeat(25));
    assert_eq!(account, "%C3%A9".repeat(100));
}

#[test]
fn debug_output_hides_the_key() {
    let totp = Totp::of(KEY.to_vec());
    assert_eq!(format!("{totp:?}"), "Totp(…)");
}
