//! Codes that were sent to users.

use futures_util::future::join_all;
use iam_model::{CodePurpose, OneTimeCode, Timestamp, User, UserId, UserStatus};
use iam_storage_ports::{Change, Storage};

use crate::{
    assert::{assert_error, is_stale, only_winner},
    fixture::{Here, LATER, NOW, id, one_time_code, password},
};

/// How many bring one code at once.
const TAKERS: usize = 100;

/// A code is found by its digest until it expires, for its purpose and in its tenant.
pub async fn a_code_is_found_by_its_digest(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let alice = here.user("alice").await;
    for purpose in CodePurpose::ALL.iter().copied() {
        for address in [None, Some("a@'example\".com\u{e9}".to_owned())] {
            let code = OneTimeCode {
                address,
                ..one_time_code(&alice, purpose)
            };
            issue(&here, &code).await;
            let find = async |purpose, now| {
                let codes = here.one_time_codes();
                codes
                    .find_by_digest(purpose, &code.digest, now)
                    .await
                    .unwrap()
            };
            assert_eq!(find(purpose, NOW).await, Some(code.clone()));
            assert_eq!(find(purpose, LATER).await, None, "expired");
            for else_ in CodePurpose::ALL.iter().filter(|p| **p != purpose) {
                assert_eq!(find(*else_, NOW).await, None);
            }
            let codes = other.one_time_codes();
            let found = codes.find_by_digest(purpose, &code.digest, NOW).await;
            assert_eq!(found.unwrap(), None);
        }
    }
}

/// A code belongs to a user who exists, and no two have one digest.
pub async fn a_code_needs_its_user(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (alice, bob) = (here.user("alice").await, other.user("bob").await);
    let theirs = issuing(&here, &one_time_code(&bob, CodePurpose::Invitation));
    let issued = here.one_time_codes().issue(&theirs).await;
    assert_error!(issued, NotFound);
    let first = one_time_code(&alice, CodePurpose::Invitation);
    issue(&here, &first).await;
    let again = issuing(&here, &first);
    let issued = here.one_time_codes().issue(&again).await;
    assert_error!(issued, AlreadyExists);
    let same_digest = OneTimeCode {
        user_id: bob.id,
        ..first
    };
    issue(&other, &same_digest).await;
}

/// Of many who bring one code at once, one gets what it allows.
pub async fn of_many_who_spend_one_code_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let code = one_time_code(&alice, CodePurpose::PasswordRecovery);
    issue(&here, &code).await;
    let changes: Vec<_> = (0..TAKERS).map(|_| spending(&here, &code)).collect();
    let codes = here.one_time_codes();
    let takers = changes.iter().map(|change| codes.issue(change));
    only_winner(join_all(takers).await, is_stale);
    let found = codes.find_by_digest(code.purpose, &code.digest, NOW).await;
    assert_eq!(found.unwrap(), None);
}

/// A code that is spent takes all others of its purpose with it, and those of nobody else.
pub async fn a_spent_code_ends_all_for_its_purpose(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let recovery = CodePurpose::PasswordRecovery;
    let spent = one_time_code(&alice, recovery);
    let of_old = one_time_code(&alice, recovery);
    let kept = [
        one_time_code(&alice, CodePurpose::EmailVerification),
        one_time_code(&bob, recovery),
    ];
    for code in [&spent, &of_old, &kept[0], &kept[1]] {
        issue(&here, code).await;
    }
    // The same change may bring a new one.
    let new = one_time_code(&alice, recovery);
    let mut change = spending(&here, &spent);
    change.issued = vec![new.clone()];
    let codes = here.one_time_codes();
    codes.issue(&change).await.unwrap();
    for gone in [&spent, &of_old] {
        let found = codes.find_by_digest(recovery, &gone.digest, NOW).await;
        assert_eq!(found.unwrap(), None);
        assert_error!(codes.issue(&spending(&here, gone)).await, Stale);
    }
    for kept in kept.iter().chain([&new]) {
        let found = codes.find_by_digest(kept.purpose, &kept.digest, NOW).await;
        assert_eq!(found.unwrap().as_ref(), Some(kept));
    }
}

/// A code is spent together with what it allows, or neither is done.
pub async fn a_code_is_spent_with_what_it_allows(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let code = one_time_code(&alice, CodePurpose::Invitation);
    issue(&here, &code).await;
    let (users, codes) = (here.users(), here.one_time_codes());
    let stale = User {
        version: 7,
        ..alice.clone()
    };
    let secret = password(&alice);
    let changed = users
        .change_password(stale, &secret, &spending(&here, &code))
        .await;
    assert_error!(changed, Stale);
    let found = codes.find_by_digest(code.purpose, &code.digest, NOW).await;
    assert_eq!(found.unwrap().as_ref(), Some(&code));
    let locked = User {
        status: UserStatus::Locked,
        ..alice.clone()
    };
    let change = spending(&here, &code);
    let alice = users.change_password(alice, &secret, &change).await;
    let alice = alice.unwrap();
    let again = users.change(locked, &spending(&here, &code)).await;
    assert_error!(again, Stale);
    assert_eq!(users.lookup(&alice.id).await.unwrap(), Some(alice));
}

/// Another tenant's code is not spent, even if somebody there has the same id.
pub async fn another_tenants_code_is_not_spent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let alice = ours.user("alice").await;
    theirs.add_user(alice.clone()).await;
    let code = one_time_code(&alice, CodePurpose::Invitation);
    issue(&theirs, &code).await;
    let spent = ours.one_time_codes().issue(&spending(&ours, &code)).await;
    assert_error!(spent, Stale);
    let codes = theirs.one_time_codes();
    let found = codes.find_by_digest(code.purpose, &code.digest, NOW).await;
    assert_eq!(found.unwrap(), Some(code));
}

/// The codes of a user and a purpose are counted from a time on.
pub async fn codes_are_counted_from_a_time_on(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    other.add_user(alice.clone()).await;
    let recovery = CodePurpose::PasswordRecovery;
    for millis in [1, 2, 3] {
        let code = OneTimeCode {
            created_at: Timestamp::from_millis(millis),
            ..one_time_code(&alice, recovery)
        };
        issue(&here, &code).await;
    }
    issue(&here, &one_time_code(&bob, recovery)).await;
    issue(&other, &one_time_code(&alice, recovery)).await;
    let codes = here.one_time_codes();
    for (since, expected) in [(0, 3), (1, 3), (2, 2), (4, 0)] {
        let since = Timestamp::from_millis(since);
        let count = codes.count(&alice.id, recovery, since).await.unwrap();
        assert_eq!(count, expected, "{since:?}");
    }
    let none = codes.count(&id(UserId::generate), recovery, NOW).await;
    assert_eq!(none.unwrap(), 0);
}

/// Expired codes are purged, one tenant's at a time.
pub async fn expired_codes_are_purged(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let alice = here.user("alice").await;
    other.add_user(alice.clone()).await;
    for here in [&here, &other] {
        for millis in [1, 2, 3] {
            let code = OneTimeCode {
                expires_at: Timestamp::from_millis(millis),
                ..one_time_code(&alice, CodePurpose::Invitation)
            };
            issue(here, &code).await;
        }
    }
    let codes = here.one_time_codes();
    let at = Timestamp::from_millis(2);
    assert_eq!(codes.purge(at).await.unwrap(), 2);
    assert_eq!(codes.purge(at).await.unwrap(), 0);
    assert_eq!(other.one_time_codes().purge(NOW).await.unwrap(), 3);
    assert_eq!(
        Here::absent(storage)
            .one_time_codes()
            .purge(NOW)
            .await
            .unwrap(),
        0
    );
}

/// Who is removed has no codes any more: not a user, and no user of a tenant.
pub async fn who_is_removed_has_no_codes(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let codes = [&alice, &bob].map(|user| one_time_code(user, CodePurpose::Invitation));
    for code in &codes {
        issue(&here, code).await;
    }
    let is_there = async |code: &OneTimeCode| {
        let own = here.one_time_codes();
        let found = own.find_by_digest(code.purpose, &code.digest, NOW).await;
        found.unwrap().is_some()
    };
    here.users().remove(&alice, &here.change()).await.unwrap();
    assert!(!is_there(&codes[0]).await && is_there(&codes[1]).await);
    let tenants = storage.tenants();
    tenants.remove(&here.tenant, &other.change()).await.unwrap();
    assert!(!is_there(&codes[1]).await);
}

fn issuing(here: &Here<'_>, code: &OneTimeCode) -> Change {
    Change {
        issued: vec![code.clone()],
        ..here.change()
    }
}

async fn issue(here: &Here<'_>, code: &OneTimeCode) {
    let change = issuing(here, code);
    here.one_time_codes().issue(&change).await.unwrap();
}

fn spending(here: &Here<'_>, code: &OneTimeCode) -> Change {
    Change {
        spent: Some(code.clone()),
        ..here.change()
    }
}
