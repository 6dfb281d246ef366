use iam_model::Secret;

use super::{Dev, Proof, base_url, choose};
use crate::{
    failure::Failure,
    remote::{Held, Login, Remote},
};

const SAVED: &str = "https://saved.example";
const DEV: &str = "http://127.0.0.1:8080";

fn login() -> Login {
    Login {
        url: SAVED.to_owned(),
        held: Held::ApiKey {
            api_key: "iam_saved".to_owned(),
        },
    }
}

fn dev() -> Dev {
    Dev {
        base_url: DEV.to_owned(),
        api_key: "iam_dev".to_owned(),
    }
}

fn options(url: Option<&str>, key: Option<&str>) -> Remote {
    Remote {
        url: url.map(str::to_owned),
        key: key.map(|key| Secret::new(key.to_owned())),
        ..Remote::default()
    }
}

/// The place and the kind of proof.
fn chosen(
    options: &Remote,
    saved: Option<&Login>,
    dev: impl Into<Option<Dev>>,
) -> Result<(String, &'static str), Failure> {
    let target = choose(options, saved, dev.into())?;
    let proof = match target.proof {
        Proof::Given(_) => "given",
        Proof::Dev(_) => "dev",
        Proof::Saved(_) => "saved",
    };
    Ok((target.base.to_string(), proof))
}

#[track_caller]
fn check(url: Option<&str>, key: Option<&str>, expected: (&str, &'static str)) {
    let login = login();
    let found = chosen(&options(url, key), Some(&login), dev()).unwrap();
    assert_eq!(found, (expected.0.to_owned(), expected.1));
}

#[test]
fn what_is_given_goes_before_the_login_and_that_before_the_folder() {
    check(
        Some("https://a.example/"),
        Some("iam_x"),
        ("https://a.example", "given"),
    );
    check(None, Some("iam_x"), (SAVED, "given"));
    check(None, None, (SAVED, "saved"));
    check(Some(SAVED), None, (SAVED, "saved"));
    let folder = chosen(&options(None, None), None, dev()).unwrap();
    assert_eq!(folder, (DEV.to_owned(), "dev"));
}

#[test]
fn no_credential_goes_to_another_place_than_its_own() {
    check(Some(DEV), None, (DEV, "dev"));
    let login = login();
    let elsewhere = chosen(
        &options(Some("https://evil.example"), None),
        Some(&login),
        dev(),
    );
    assert!(
        matches!(elsewhere, Err(Failure::Unauthenticated(_))),
        "{elsewhere:?}"
    );
    // A folder that somebody else made must not get the key of the environment.
    let key_alone = chosen(&options(None, Some("iam_x")), None, dev());
    assert!(matches!(key_alone, Err(Failure::Usage(_))), "{key_alone:?}");
    assert!(matches!(
        chosen(&options(None, None), None, None),
        Err(Failure::Unauthenticated(_))
    ));
}

#[test]
fn credentials_go_over_https_or_stay_on_this_machine() {
    for good in [
        "https://id.example",
        "http://127.0.0.1:1",
        "http://[::1]:1",
        "http://localhost/iam",
    ] {
        assert!(base_url(good, false).is_ok(), "{good}");
    }
    for bad in [
        "http://id.example",
        "id.example",
        "ftp://id.example",
        "",
        "https://u:p@id.example",
    ] {
        assert!(base_url(bad, false).is_err(), "{bad}");
    }
    assert!(base_url("http://id.example", true).is_ok());
}
