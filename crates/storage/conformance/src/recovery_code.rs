//! Codes for who has lost their second factor.

use futures_util::future::join_all;
use iam_model::{RecoveryCodeDigest, RecoveryCodes};
use iam_storage_ports::Storage;

use crate::{
    assert::assert_error,
    fixture::{
        CROWD, Here, LATER, change, of_codes, of_totp, recovery_code, recovery_codes, tenant, user,
    },
};

/// A recovery code is its user's, and is taken once; one that is not there leaves no event.
pub async fn a_recovery_code_is_taken_once(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let (totp, codes) = here.second_factor(&alice).await;
    here.second_factor(&bob).await;
    let before = here.logged().await;
    let code = &codes.digests[3];
    assert!(!here.take_code(&bob, code).await);
    assert!(!here.take_code(&user("nobody"), code).await);
    for unknown in ["", "'; delete from recovery_codes; --"] {
        let unknown = RecoveryCodeDigest(unknown.to_owned());
        assert!(!here.take_code(&alice, &unknown).await);
    }
    assert_eq!(here.logged().await, before);
    assert!(here.take_code(&alice, code).await);
    assert!(!here.take_code(&alice, code).await);
    assert_eq!(here.logged().await, before + 1);
    assert_eq!(here.factor_of(&alice).await, (Some(totp), 9));
    assert_eq!(here.factor_of(&bob).await.1, 10);
}

/// Of many who bring one recovery code at once, one gets it.
pub async fn of_many_who_bring_one_recovery_code_one_gets_it(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let (_, codes) = here.second_factor(&alice).await;
    let before = here.logged().await;
    let taken = (0..CROWD).map(|_| here.take_code(&alice, &codes.digests[0]));
    let taken = join_all(taken).await;
    assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 1);
    assert_eq!(here.factor_of(&alice).await.1, 9);
    assert_eq!(here.logged().await, before + 1);
}

/// A code whose event cannot be written is not taken.
pub async fn a_recovery_code_is_not_taken_without_its_event(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let (_, codes) = here.second_factor(&alice).await;
    let nowhere = change(tenant().id);
    let taken = here.credentials();
    let taken = taken.take_recovery_code(&alice.id, &codes.digests[0], &nowhere);
    assert_error!(taken.await, NotFound);
    assert!(here.take_code(&alice, &codes.digests[0]).await);
}

/// New codes end the old ones and leave the key; who has no key gets none.
pub async fn replaced_codes_stop_working(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let (totp, old) = here.second_factor(&alice).await;
    let credentials = here.credentials();
    let new = RecoveryCodes {
        updated_at: LATER,
        digests: vec![recovery_code(), recovery_code()],
        ..recovery_codes(&alice)
    };
    here.replace_codes(&new).await.unwrap();
    assert!(!here.take_code(&alice, &old.digests[0]).await);
    assert_eq!(here.factor_of(&alice).await, (Some(totp), 2));
    let listed = credentials.list(&alice.id).await.unwrap();
    assert!(listed.contains(&of_codes(&new)) && !listed.contains(&of_codes(&old)));
    // The same set can be given once more.
    here.replace_codes(&new).await.unwrap();
    for code in &new.digests {
        assert!(here.take_code(&alice, code).await);
    }
    for user in [bob, user("nobody")] {
        let codes = recovery_codes(&user);
        assert_error!(here.replace_codes(&codes).await, NotFound);
        assert_eq!(here.factor_of(&user).await, (None, 0));
    }
}

/// A set of which each code was used is not listed, and nothing else is missing.
pub async fn a_set_that_is_used_up_is_not_listed(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let (totp, codes) = here.second_factor(&alice).await;
    let credentials = here.credentials();
    for code in &codes.digests {
        let listed = credentials.list(&alice.id).await.unwrap();
        assert!(listed.contains(&of_codes(&codes)));
        assert!(here.take_code(&alice, code).await);
    }
    assert_eq!(credentials.list(&alice.id).await.unwrap(), [of_totp(&totp)]);
    here.replace_codes(&codes).await.unwrap();
    assert_eq!(here.factor_of(&alice).await, (Some(totp), 10));
}
