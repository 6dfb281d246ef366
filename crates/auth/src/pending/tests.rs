use iam_model::{MfaPolicy, Sealed, Secret};
use iam_security::Totp;
use iam_storage_ports::Storage;

use crate::{
    AuthError, Dependency, Sender, Step, StepKind, change_password, confirm, enroll,
    testing::{Bench, Hasher, PASSWORD, now},
    verify_code,
};

const NEW: &str = "staple battery horse correct";

fn strict() -> Bench {
    Bench::new(|tenant, _| tenant.settings.mfa = MfaPolicy::Required)
}

fn to_change() -> Bench {
    Bench::new(|_, user| user.details.password_change_required = true)
}

fn secret(text: &str) -> Secret<String> {
    text.to_owned().into()
}

fn change(bench: &Bench, step: &Step, new: &str) -> AuthError {
    let (sender, new) = (Sender::default(), secret(new));
    let changed = bench.run(async |ports| {
        change_password(ports, (&Hasher, &bench.keyring), &sender, &step.token, &new).await
    });
    changed.unwrap_err()
}

fn confirmed(bench: &Bench, step: &Step, code: &str) -> Result<(), AuthError> {
    let (sender, code) = (Sender::default(), secret(code));
    bench
        .run(async |ports| confirm(ports, &bench.keyring, &sender, &step.token, &code).await)
        .map(drop)
}

/// The step in which a new key is confirmed.
fn enrolling(bench: &Bench) -> Step {
    let first = bench.login();
    assert_eq!(first.kind, StepKind::MfaEnrollment);
    let offer = bench.run(async |ports| enroll(ports, &bench.keyring, &first.token).await);
    offer.unwrap().step
}

#[track_caller]
fn check_gone(error: &AuthError) {
    assert!(matches!(error, AuthError::InvalidStep), "{error}");
}

#[test]
fn a_step_can_be_done_for_five_minutes() {
    let bench = strict();
    let (early, late) = (bench.login(), bench.login());
    bench.wait(299);
    let offer = bench.run(async |ports| enroll(ports, &bench.keyring, &early.token).await);
    assert_eq!(offer.unwrap().step.kind, StepKind::MfaConfirmation);
    bench.wait(1);
    let offer = bench.run(async |ports| enroll(ports, &bench.keyring, &late.token).await);
    check_gone(&offer.unwrap_err());
}

#[test]
fn a_token_is_unknown_but_at_its_own_step() {
    let bench = strict();
    let step = bench.login();
    check_gone(&change(&bench, &step, NEW));
    check_gone(&confirmed(&bench, &step, "000000").unwrap_err());
    let (sender, code) = (Sender::default(), secret("000000"));
    let verified = bench.run(async |ports| {
        verify_code(ports, &bench.keyring, &sender, &step.token, (&code, None)).await
    });
    check_gone(&verified.unwrap_err());
    // Nothing of that has used it up.
    let offer = bench.run(async |ports| enroll(ports, &bench.keyring, &step.token).await);
    assert!(offer.is_ok());
}

#[test]
fn a_wrong_code_gives_another_token_until_the_fifth() {
    let bench = strict();
    let mut step = enrolling(&bench);
    for tries in 1..=5 {
        let Err(AuthError::InvalidCode(again)) = confirmed(&bench, &step, "wrong") else {
            panic!("a wrong code was taken");
        };
        check_gone(&confirmed(&bench, &step, "wrong").unwrap_err());
        assert_eq!(again.is_some(), tries < 5);
        step = again.unwrap_or(step);
    }
}

#[test]
fn who_has_to_wait_keeps_the_token() {
    let bench = strict().limited("account=1/3600 delay=60");
    let step = enrolling(&bench);
    let Err(AuthError::InvalidCode(Some(again))) = confirmed(&bench, &step, "wrong") else {
        panic!("a wrong code was taken");
    };
    // The first try after the free ones is let through, the next has to wait.
    let Err(AuthError::InvalidCode(Some(again))) = confirmed(&bench, &again, "wrong") else {
        panic!("a wrong code was taken");
    };
    let refused = confirmed(&bench, &again, "wrong").unwrap_err();
    assert!(matches!(refused, AuthError::TooManyRequests { .. }));
    bench.wait(60);
    let tried = confirmed(&bench, &again, "wrong").unwrap_err();
    assert!(matches!(tried, AuthError::InvalidCode(Some(_))), "{tried}");
}

#[test]
fn a_password_that_was_set_meanwhile_ends_the_login() {
    let bench = to_change();
    let step = bench.login();
    let store = bench.storage.tenant(bench.tenant.id);
    let (password, user) = (bench.password(NEW), bench.user.clone());
    now(store
        .users()
        .change_password(user, &password, &bench.change()))
    .unwrap();
    check_gone(&change(&bench, &step, "another one that is long"));
}

#[test]
fn a_password_is_not_changed_while_sessions_cannot_be_ended() {
    let bench = to_change();
    let error = change(&bench, &bench.login(), NEW);
    let out_of_reach = matches!(error, AuthError::Unavailable(Dependency::OAuth, _));
    assert!(out_of_reach, "{error}");
    assert_eq!(
        bench.login().kind,
        StepKind::PasswordChange,
        "with the old one"
    );
}

#[test]
fn the_password_there_is_and_a_weak_one_are_refused() {
    let bench = to_change();
    let mut step = bench.login();
    for (password, rule) in [
        ("short", "password_too_short"),
        ("aliceALICEaliceALICE", "password_names"),
        (PASSWORD, "password_unchanged"),
    ] {
        let error = change(&bench, &step, password);
        let AuthError::UnacceptablePassword {
            code, step: again, ..
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!(code, rule);
        step = again.unwrap();
    }
}

#[test]
fn an_enrolled_key_is_not_replaced_by_who_knows_only_the_password() {
    let bench = strict();
    let (thief, late) = (enrolling(&bench), bench.login());
    let store = bench.storage.tenant(bench.tenant.id);
    let key = Totp::generate(&*bench.host).seal(
        &bench.keyring,
        &*bench.host,
        &bench.tenant.id,
        &bench.user.id,
    );
    now(store
        .credentials()
        .enroll_totp(&totp(&bench, key), &no_codes(&bench), &bench.change()))
    .unwrap();
    check_gone(&confirmed(&bench, &thief, "000000").unwrap_err());
    let offer = bench.run(async |ports| enroll(ports, &bench.keyring, &late.token).await);
    check_gone(&offer.unwrap_err());
    assert_eq!(bench.login().kind, StepKind::Mfa);
}

fn totp(bench: &Bench, secret: Sealed) -> iam_model::TotpCredential {
    iam_model::TotpCredential {
        id: bench.password(PASSWORD).id,
        user_id: bench.user.id,
        secret,
        last_step: 0,
        updated_at: bench.password(PASSWORD).updated_at,
    }
}

fn no_codes(bench: &Bench) -> iam_model::RecoveryCodes {
    iam_model::RecoveryCodes {
        id: bench.password(PASSWORD).id,
        user_id: bench.user.id,
        digests: Vec::new(),
        updated_at: bench.password(PASSWORD).updated_at,
    }
}
