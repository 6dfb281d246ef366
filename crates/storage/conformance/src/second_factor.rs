//! Keys for codes by the time, and recovery codes.

use futures_util::future::join_all;
use iam_model::{CredentialKind, CredentialSummary, TotpCredential};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_stale, only_winner},
    fixture::{CROWD, Here, change, of_codes, of_totp, recovery_codes, tenant, totp, user},
};

/// A key is read with its user, and is listed with the codes and without what is secret.
pub async fn a_key_is_enrolled_together_with_its_codes(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut alice, bob) = (here.user("alice").await, here.user("bob").await);
    let password = here.password(&mut alice).await;
    let client = here.client().await;
    let (totp, codes) = here.second_factor(&alice).await;
    for record in [
        here.login(&alice, &client.id).await,
        here.refresh(&alice, &client.id).await,
    ] {
        let principal = record.principal.unwrap();
        assert_eq!(principal.totp.as_ref(), Some(&totp));
        assert_eq!(principal.password.as_ref(), Some(&password));
    }
    assert_eq!(here.factor_of(&alice).await, (Some(totp.clone()), 10));
    assert_eq!(here.factor_of(&bob).await, (None, 0));
    let mut expected = vec![
        of_totp(&totp),
        of_codes(&codes),
        CredentialSummary {
            id: password.id,
            kind: CredentialKind::Password,
            updated_at: password.updated_at,
        },
    ];
    expected.sort_by_key(|credential| credential.id);
    let listed = here.credentials().list(&alice.id).await.unwrap();
    assert_eq!(listed, expected);
}

/// Who enrols once more has the new key and the new codes, and the old ones are of no use.
pub async fn an_enrolment_takes_the_place_of_the_one_before(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let (old, old_codes) = here.second_factor(&alice).await;
    let (new, new_codes) = here.second_factor(&alice).await;
    assert_eq!(here.factor_of(&alice).await, (Some(new.clone()), 10));
    let credentials = here.credentials();
    assert_error!(credentials.accept_totp_step(&old, 7).await, Stale);
    assert!(!here.take_code(&alice, &old_codes.digests[0]).await);
    credentials.accept_totp_step(&new, 7).await.unwrap();
    assert!(here.take_code(&alice, &new_codes.digests[0]).await);
}

/// A key needs its user and an id of its own, and where it cannot be added nothing changes.
pub async fn an_enrolment_that_fails_changes_nothing(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let (of_bob, codes_of_bob) = here.second_factor(&bob).await;
    let (own, _) = here.second_factor(&alice).await;
    let credentials = here.credentials();
    let nobody = user("nobody");
    let (stray, stray_codes) = (totp(&nobody), recovery_codes(&nobody));
    let own_log = here.change();
    let enrolled = credentials.enroll_totp(&stray, &stray_codes, &own_log);
    let enrolled = enrolled.await;
    assert_error!(enrolled, NotFound);
    let mut taken_id = totp(&alice);
    taken_id.id = of_bob.id;
    let mut taken_codes = recovery_codes(&alice);
    taken_codes.id = codes_of_bob.id;
    let mut twice = recovery_codes(&alice);
    twice.digests.push(twice.digests[0].clone());
    for (key, codes) in [
        (taken_id, recovery_codes(&alice)),
        (totp(&alice), taken_codes),
        (totp(&alice), twice),
    ] {
        let enrolled = credentials.enroll_totp(&key, &codes, &here.change()).await;
        assert_error!(enrolled, AlreadyExists);
    }
    let nowhere = change(tenant().id);
    let (key, codes) = (totp(&alice), recovery_codes(&alice));
    let enrolled = credentials.enroll_totp(&key, &codes, &nowhere).await;
    assert_error!(enrolled, NotFound);
    assert_eq!(here.factor_of(&alice).await, (Some(own), 10));
    assert_eq!(here.factor_of(&bob).await, (Some(of_bob), 10));
}

/// A step is accepted if it is later than all that were, whatever numbers they are.
pub async fn a_code_is_accepted_once(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let (totp, _) = here.second_factor(&alice).await;
    let (of_bob, _) = here.second_factor(&bob).await;
    let credentials = here.credentials();
    for (step, good) in [
        (i64::MIN, false),
        (0, false),
        (1, true),
        (1, false),
        (0, false),
        (3, true),
        (2, false),
        (3, false),
        (i64::MAX, true),
        (i64::MAX, false),
    ] {
        // What the caller has read may be older than what is stored.
        let accepted = credentials.accept_totp_step(&totp, step).await;
        if good {
            accepted.unwrap();
        } else {
            assert_error!(accepted, Stale);
        }
    }
    let (after, _) = here.factor_of(&alice).await;
    let last_step = i64::MAX;
    let expected = TotpCredential { last_step, ..totp };
    assert_eq!(after, Some(expected));
    assert_eq!(here.factor_of(&bob).await.0, Some(of_bob));
}

/// Of many who bring one code at once, one is let in.
pub async fn of_many_who_bring_one_code_one_is_let_in(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let (totp, _) = here.second_factor(&alice).await;
    let credentials = here.credentials();
    let accept = |_| credentials.accept_totp_step(&totp, 5);
    only_winner(join_all((0..CROWD).map(accept)).await, is_stale);
    let (after, _) = here.factor_of(&alice).await;
    assert_eq!(after.unwrap().last_step, 5);
}

/// The codes go with the key, and the key stays without the codes; the password stays with both.
pub async fn recovery_codes_go_with_their_key(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (mut alice, bob) = (here.user("alice").await, here.user("bob").await);
    let password = here.password(&mut alice).await;
    let of_bob = here.second_factor(&bob).await;
    let (totp, codes) = here.second_factor(&alice).await;
    let credentials = here.credentials();
    let remove = async |credential| {
        let change = here.change();
        let removed = credentials.remove(&alice.id, &credential, &change);
        removed.await
    };
    remove(of_codes(&codes)).await.unwrap();
    assert_error!(remove(of_codes(&codes)).await, NotFound);
    assert!(!here.take_code(&alice, &codes.digests[0]).await);
    assert_eq!(here.factor_of(&alice).await, (Some(totp.clone()), 0));
    let (totp, codes) = here.second_factor(&alice).await;
    assert_error!(remove(of_totp(&of_bob.0)).await, NotFound);
    assert_error!(remove(of_codes(&of_bob.1)).await, NotFound);
    remove(of_totp(&totp)).await.unwrap();
    assert!(!here.take_code(&alice, &codes.digests[0]).await);
    assert_eq!(here.factor_of(&alice).await, (None, 0));
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, Some(password));
    assert_eq!(here.factor_of(&bob).await, (Some(of_bob.0), 10));
    here.second_factor(&alice).await;
}

/// Another tenant's second factor is absent, and cannot be used, replaced or removed; nor can that
/// of a user with the same id.
pub async fn another_tenants_second_factor_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let alice = theirs.user("alice").await;
    let (totp, codes) = theirs.second_factor(&alice).await;
    let credentials = ours.credentials();
    for twin in [false, true] {
        if twin {
            ours.add_user(alice.clone()).await;
        }
        assert_eq!(ours.factor_of(&alice).await, (None, 0));
        assert_eq!(credentials.list(&alice.id).await.unwrap(), []);
        assert_error!(credentials.accept_totp_step(&totp, 7).await, Stale);
        assert!(!ours.take_code(&alice, &codes.digests[0]).await);
        assert_error!(ours.replace_codes(&codes).await, NotFound);
        for credential in [of_totp(&totp), of_codes(&codes)] {
            let change = ours.change();
            let removed = credentials.remove(&alice.id, &credential, &change);
            assert_error!(removed.await, NotFound);
        }
        assert_eq!(theirs.factor_of(&alice).await, (Some(totp.clone()), 10));
    }
    ours.second_factor(&alice).await;
    ours.users().remove(&alice, &ours.change()).await.unwrap();
    assert_eq!(theirs.factor_of(&alice).await, (Some(totp), 10));
}
