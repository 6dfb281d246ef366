use iam_model::Sealed;

use super::{InvalidKeyring, Keyring, NotOpened};
use crate::testing::Host;

const SECRET: &[u8] = b"hunter2";

fn opened(keyring: &Keyring, sealed: &Sealed, purpose: &str) -> Result<Vec<u8>, NotOpened> {
    let opened = keyring.open(sealed, purpose);
    opened.map(|secret| secret.expose().clone())
}

#[test]
fn what_was_sealed_is_opened_for_the_purpose_it_was_sealed_for() {
    let (host, keyring) = (Host::default(), Host::keyring("a"));
    for secret in [SECRET, b"", &[0; 1000]] {
        let sealed = keyring.seal(&host, secret, "a purpose");
        assert_eq!(opened(&keyring, &sealed, "a purpose").unwrap(), secret);
        for other in ["", "another", "a purpose "] {
            let refused = opened(&keyring, &sealed, other);
            assert_eq!(refused, Err(NotOpened::Damaged), "{other}");
        }
    }
}

#[test]
fn what_is_sealed_twice_does_not_look_the_same_and_shows_nothing() {
    let (host, keyring) = (Host::default(), Host::keyring("a"));
    let sealed = [(); 2].map(|()| keyring.seal(&host, SECRET, ""));
    assert_ne!(sealed[0], sealed[1]);
    assert!(sealed[0].as_str().starts_with("v1.a."), "{sealed:?}");
    assert!(!sealed[0].as_str().contains("aHVudGVyMg"), "{sealed:?}");
}

#[test]
fn after_a_rotation_the_new_key_seals_and_both_open() {
    let host = Host::default();
    let (old, both, new) = (Host::keyring("a"), Host::keyring("ba"), Host::keyring("b"));
    let before = old.seal(&host, SECRET, "");
    assert_eq!(opened(&both, &before, "").unwrap(), SECRET);
    assert!(old.is_current(&before) && !both.is_current(&before));
    let after = both.seal(&host, SECRET, "");
    assert!(both.is_current(&after) && new.is_current(&after));
    assert!(after.as_str().starts_with(&both.current_prefix()));
    assert_eq!(opened(&new, &after, "").unwrap(), SECRET);
    assert_eq!(opened(&new, &before, ""), Err(NotOpened::UnknownKey));
}

#[test]
fn another_key_of_the_same_id_opens_nothing() {
    let host = Host::default();
    let sealed = Host::keyring("a").seal(&host, SECRET, "");
    let renamed = Sealed::new(sealed.as_str().replacen("v1.a.", "v1.b.", 1));
    let refused = opened(&Host::keyring("b"), &renamed, "");
    assert_eq!(refused, Err(NotOpened::Damaged));
}

#[test]
fn what_was_changed_in_any_place_is_not_opened() {
    let (host, keyring) = (Host::default(), Host::keyring("a"));
    let sealed = keyring.seal(&host, SECRET, "").as_str().to_owned();
    for at in 0..sealed.len() {
        let other = if sealed.as_bytes()[at] == b'A' {
            "B"
        } else {
            "A"
        };
        let mut changed = sealed.clone();
        changed.replace_range(at..=at, other);
        let changed = opened(&keyring, &Sealed::new(changed), "");
        assert!(changed.is_err(), "{at}");
    }
    for end in 0..sealed.len() {
        let cut = Sealed::new(sealed[..end].to_owned());
        assert!(opened(&keyring, &cut, "").is_err(), "{end}");
    }
    for text in [
        "",
        ".",
        "..",
        "v1",
        "v1.a",
        "v1.a.",
        "v1.a.AAAA",
        "v1.a.ü",
        "v2.a.AAAA",
    ] {
        let refused = opened(&keyring, &Sealed::new(text.to_owned()), "");
        assert_eq!(refused, Err(NotOpened::Damaged), "{text}");
    }
}

#[test]
fn a_keyring_is_read_from_its_text() {
    let key = "A".repeat(43);
    for good in [
        format!("a:{key}"),
        format!("2026-11_b:{key}, a:{key}"),
        format!("{}:{key}", "a".repeat(32)),
    ] {
        assert!(good.parse::<Keyring>().is_ok(), "{good}");
    }
    for bad in [
        String::new(),
        key.clone(),
        format!(":{key}"),
        format!("a.b:{key}"),
        format!("{}:{key}", "a".repeat(33)),
        format!("a:{key}A"),
        format!("a:{}", &key[1..]),
        format!("a:{key}="),
        format!("a:{key},"),
        format!("a:{key},a:{key}"),
    ] {
        assert_eq!(bad.parse::<Keyring>().err(), Some(InvalidKeyring), "{bad}");
    }
}

#[test]
fn no_output_shows_a_key() {
    let keyring = Host::keyring("a");
    // The bytes of the key are `a`, 97; its text is base64url of them.
    let shown = format!("{keyring:?}");
    assert_eq!(shown, r#"Keyring(["a"])"#);
    let shown = format!("{InvalidKeyring:?} {InvalidKeyring}");
    assert!(!shown.contains("YWFh"), "{shown}");
}
