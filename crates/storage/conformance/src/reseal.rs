//! Secrets at rest that are encrypted anew.

use iam_model::{Sealed, TotpCredential, User};
use iam_storage_ports::{Page, Storage};

use crate::fixture::{Here, pages, recovery_codes, totp};

/// Gives a user who is new a key that is encrypted so.
async fn enrolled(here: &Here<'_>, name: &str, secret: &str) -> (User, TotpCredential) {
    let user = here.user(name).await;
    let totp = TotpCredential {
        secret: Sealed::new(secret.to_owned()),
        ..totp(&user)
    };
    let (codes, change) = (recovery_codes(&user), here.change());
    let credentials = here.credentials();
    let enrolled = credentials.enroll_totp(&totp, &codes, &change).await;
    enrolled.unwrap();
    (user, totp)
}

async fn stored(here: &Here<'_>, user: &User) -> TotpCredential {
    here.principal(user).await.unwrap().totp.unwrap()
}

/// Keys are listed, page after page, whose secret does not begin with a text, whatever it is.
pub async fn what_is_sealed_otherwise_is_listed(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    enrolled(&other, "alice", "v1.old.x").await;
    let mut with_password = here.user("bob").await;
    here.password(&mut with_password).await;
    let mut keys = Vec::new();
    for (n, secret) in [
        "v1.new.x",
        "v1.new.",
        "v1.new",
        "v1.ne",
        "v1.newer.x",
        "v1.ne_.x",
        "v1.old.x",
        "v1.NEW.x",
        "",
        "~",
        "v1.new.y",
        "v1.new/",
    ]
    .into_iter()
    .enumerate()
    {
        keys.push(enrolled(&here, &format!("u{n}"), secret).await.1);
    }
    keys.sort_by_key(|key| key.id);
    let credentials = here.credentials();
    for prefix in ["v1.new.", "v1.ne_", "v1.%", "v1.old.", "V1", "", "v1."] {
        for limit in [1, 3, Page::MAX] {
            let list = async |page: Page| {
                let listing = credentials.list_sealed_otherwise(prefix, &page).await;
                listing.unwrap()
            };
            let listed = pages(limit, list, |key| key.id.to_string()).await;
            let expected = keys
                .iter()
                .filter(|key| !key.secret.as_str().starts_with(prefix));
            assert_eq!(listed, expected.cloned().collect::<Vec<_>>(), "{prefix}");
        }
    }
}

/// A secret is replaced, and nothing else of its key.
pub async fn a_reseal_replaces_the_secret_and_nothing_else(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, first) = enrolled(&here, "alice", "v1.old.a").await;
    let (bob, second) = enrolled(&here, "bob", "v1.old.b").await;
    let (carol, third) = enrolled(&here, "carol", "v1.old.b").await;
    let credentials = here.credentials();
    // Somebody logs in between the reading and the writing.
    credentials.accept_totp_step(&first, 7).await.unwrap();
    let new = ["v1.new.a", "v1.new.b"].map(|text| Sealed::new(text.to_owned()));
    let resealed = [
        (first.clone(), new[0].clone()),
        (second.clone(), new[1].clone()),
    ];
    credentials.reseal(&resealed).await.unwrap();
    let after = TotpCredential {
        secret: new[0].clone(),
        last_step: 7,
        ..first.clone()
    };
    assert_eq!(stored(&here, &alice).await, after);
    let secret = new[1].clone();
    assert_eq!(
        stored(&here, &bob).await,
        TotpCredential { secret, ..second }
    );
    assert_eq!(stored(&here, &carol).await, third);
    // The key as it was read before still stands for itself.
    credentials.accept_totp_step(&first, 8).await.unwrap();
    credentials.reseal(&[]).await.unwrap();
}

/// What has changed since it was read is left alone, and so is what is another tenant's; the rest
/// is done all the same.
pub async fn a_reseal_leaves_alone_what_has_changed(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (alice, old) = enrolled(&here, "alice", "v1.old.a").await;
    let (bob, still) = enrolled(&here, "bob", "v1.old.b").await;
    let (theirs, foreign) = enrolled(&other, "alice", "v1.old.a").await;
    let (enrolled_anew, _) = here.second_factor(&alice).await;
    let credentials = here.credentials();
    let new = Sealed::new("v1.new.x".to_owned());
    let all = [old, foreign.clone(), still].map(|totp| (totp, new.clone()));
    credentials.reseal(&all).await.unwrap();
    assert_eq!(stored(&here, &alice).await, enrolled_anew);
    assert_eq!(stored(&here, &bob).await.secret, new);
    assert_eq!(stored(&other, &theirs).await, foreign);
    // A second one comes too late.
    let late = Sealed::new("v1.late.x".to_owned());
    let all = all.map(|(totp, _)| (totp, late.clone()));
    credentials.reseal(&all).await.unwrap();
    assert_eq!(stored(&here, &bob).await.secret, new);
}
