//! A tenant's policy in all its versions.

use futures_util::future::join_all;
use iam_model::{ActivePolicy, Policy, PolicyActivation};
use iam_storage_ports::{Page, Storage};

use crate::{
    assert::{assert_error, is_stale, only_winner},
    fixture::{Here, MANY, policy, sorted},
};

/// Versions are numbered as they come, whatever number they bring, and kept as they are.
pub async fn a_policy_gets_the_next_number(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let policies = here.policies();
    let long = "# ö '; drop table policies; --\n".repeat(2_000);
    let mut all = Vec::new();
    for (source, number) in [
        ("package iam", 9),
        ("\"'\u{1}\r\n\t𠀋 %_?", -1),
        (&long, 1),
        ("", 0),
    ] {
        let given = Policy {
            number,
            description: "Nur '); -- 🎉".parse().unwrap(),
            ..policy(source)
        };
        let added = policies.add(given.clone(), &here.change()).await.unwrap();
        let expected = Policy {
            number: i64::try_from(all.len()).unwrap() + 1,
            ..given
        };
        assert_eq!(added, expected);
        let found = policies.lookup(&added.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&added));
        all.push(added);
    }
    all.sort_by_key(|policy| policy.id);
    let listing = policies.list(&Page::first(9)).await.unwrap();
    assert_eq!(listing.items, all);
    assert_eq!(policies.lookup(&policy("").id).await.unwrap(), None);
    let again = policies.add(all[0].clone(), &here.change()).await;
    assert_error!(again, AlreadyExists);
}

/// A tenant that is not there has no policy.
pub async fn a_policy_needs_a_tenant(storage: &dyn Storage) {
    let absent = Here::absent(storage);
    let (policies, policy) = (absent.policies(), policy("package iam"));
    let added = policies.add(policy.clone(), &absent.change()).await;
    assert_error!(added, NotFound);
    assert_eq!(policies.lookup(&policy.id).await.unwrap(), None);
    let none = policies.activation().await.unwrap();
    assert_eq!(none, PolicyActivation::default());
    let activated = policies
        .activate(none, Some(policy.id), &absent.change())
        .await;
    assert_error!(activated, NotFound);
}

/// The one that was active becomes the previous one, to which one can roll back; also if that is
/// none. A login sees what is active.
pub async fn a_policy_is_activated_and_rolled_back(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let (one, two) = (here.policy("one").await, here.policy("two").await);
    let policies = here.policies();
    let mut now = policies.activation().await.unwrap();
    assert_eq!(now, PolicyActivation::default());
    assert_eq!(here.principal(&alice).await.unwrap().policy, None);
    let steps = [
        Some(&one),
        Some(&two),
        Some(&one),
        Some(&one),
        None,
        Some(&two),
    ];
    for (version, to) in (1..).zip(steps) {
        let expected = PolicyActivation {
            active: to.map(|policy| policy.id),
            previous: now.active,
            version,
        };
        let change = here.change();
        now = policies
            .activate(now, expected.active, &change)
            .await
            .unwrap();
        assert_eq!(now, expected);
        assert_eq!(policies.activation().await.unwrap(), expected);
        let principal = here.principal(&alice).await.unwrap();
        let active = to.map(|policy| ActivePolicy {
            id: policy.id,
            number: policy.number,
            source: policy.source.clone(),
        });
        assert_eq!(principal.policy, active);
    }
}

/// Who has not seen the last activation cannot activate, and what does not exist cannot be
/// activated.
pub async fn a_stale_activation_changes_nothing(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (one, theirs) = (here.policy("one").await, other.policy("theirs").await);
    let policies = here.policies();
    let old = policies.activation().await.unwrap();
    let now = policies.activate(old, Some(one.id), &here.change()).await;
    let now = now.unwrap();
    for to in [None, Some(one.id)] {
        let stale = policies.activate(old, to, &here.change()).await;
        assert_error!(stale, Stale);
    }
    for to in [theirs.id, policy("").id] {
        let absent = policies.activate(now, Some(to), &here.change()).await;
        assert_error!(absent, NotFound);
    }
    assert_eq!(policies.activation().await.unwrap(), now);
    // That none is active, as then, does not mean that nothing has changed.
    let off = policies.activate(now, None, &here.change()).await.unwrap();
    let stale = policies.activate(old, Some(one.id), &here.change()).await;
    assert_error!(stale, Stale);
    assert_eq!(policies.activation().await.unwrap(), off);
    let untouched = other.policies().activation().await.unwrap();
    assert_eq!(untouched, PolicyActivation::default());
}

/// A version is removed unless it is the active or the previous one.
pub async fn a_policy_that_is_active_or_was_is_in_use(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let policies = here.policies();
    let one = here.policy("one").await.id;
    let two = here.policy("two").await.id;
    let three = here.policy("three").await.id;
    let mut now = PolicyActivation::default();
    for id in [one, two] {
        let activated = policies.activate(now, Some(id), &here.change()).await;
        now = activated.unwrap();
    }
    for id in [one, two] {
        assert_error!(policies.remove(&id, &here.change()).await, InUse);
        assert!(policies.lookup(&id).await.unwrap().is_some());
    }
    policies.remove(&three, &here.change()).await.unwrap();
    assert_eq!(policies.lookup(&three).await.unwrap(), None);
    assert_error!(policies.remove(&three, &here.change()).await, NotFound);
    let activated = policies.activate(now, None, &here.change()).await;
    activated.unwrap();
    policies.remove(&one, &here.change()).await.unwrap();
    assert_error!(policies.remove(&two, &here.change()).await, InUse);
}

/// Another tenant's policy is absent, and each tenant counts its own versions.
pub async fn another_tenants_policy_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let alice = ours.user("alice").await;
    let policy = theirs.policy("package iam").await;
    let none = PolicyActivation::default();
    let policies = theirs.policies();
    let activated = policies
        .activate(none, Some(policy.id), &theirs.change())
        .await;
    activated.unwrap();
    let policies = ours.policies();
    assert_eq!(policies.lookup(&policy.id).await.unwrap(), None);
    assert_eq!(policies.list(&Page::first(9)).await.unwrap().items, []);
    assert_eq!(policies.activation().await.unwrap(), none);
    let removed = policies.remove(&policy.id, &ours.change()).await;
    assert_error!(removed, NotFound);
    assert_eq!(ours.principal(&alice).await.unwrap().policy, None);
    assert_eq!(ours.policy("package iam").await.number, 1);
    let found = theirs.policies().lookup(&policy.id).await.unwrap();
    assert_eq!(found, Some(policy));
}

/// Versions that are added at once get numbers of their own, without gaps.
pub async fn many_that_are_added_at_once_get_one_number_each(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    here.policy("first").await;
    let changes = here.changes();
    let policies = here.policies();
    let add = |change| policies.add(policy("package iam"), change);
    let added = join_all(changes.iter().map(add)).await;
    let numbers = sorted(added.into_iter().map(|policy| policy.unwrap().number));
    let last = i64::try_from(MANY).unwrap() + 1;
    assert!(numbers.into_iter().eq(2..=last));
    let listing = policies.list(&Page::first(Page::MAX)).await.unwrap();
    let numbers = sorted(listing.items.into_iter().map(|policy| policy.number));
    assert!(numbers.into_iter().eq(1..=last));
}

/// Of many who activate at once, one succeeds.
pub async fn of_many_who_activate_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut all = Vec::new();
    for _ in 0..MANY {
        all.push(here.policy("package iam").await.id);
    }
    let policies = here.policies();
    let none = PolicyActivation::default();
    let changes = here.changes();
    let activate = |(id, change)| policies.activate(none, Some(id), change);
    let activations = all.iter().copied().zip(&changes).map(activate);
    let winner = only_winner(join_all(activations).await, is_stale);
    let now = policies.activation().await.unwrap();
    assert_eq!((now.active, now.version), (Some(all[winner]), 1));
}
