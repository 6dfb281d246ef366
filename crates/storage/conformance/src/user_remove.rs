//! Users that are deleted, and those that are gone.

use std::slice::from_ref;

use iam_model::{ActorRef, AuditEvent, Resource, ResourceKind, Seal, Timestamp, User, UserStatus};
use iam_storage_ports::{AuditFilter, Page, SealedEvent, Storage, UserFilter};

use crate::{
    assert::assert_error,
    fixture::{Here, NOW, email, event, external_ids, sorted, user},
};

/// A user is removed with its password, addresses, external ids, memberships and roles, whose names
/// are free then; and with nothing of anybody else's.
pub async fn a_removed_user_leaves_nothing_behind(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let named = |name: &str| {
        let mut user = user(name);
        user.details.emails = vec![email(&format!("{name}@example.com"))];
        user.details.external_ids = external_ids(&[("hr", name)]);
        user
    };
    let mut alice = here.add_user(named("alice")).await;
    let mut bob = here.add_user(named("bob")).await;
    let role = here.role("clerk", &["a.b"]).await;
    let staff = here.group("staff", None).await;
    for user in [&mut alice, &mut bob] {
        here.assign(&role, user).await;
        here.join(&staff, user).await;
        here.password(user).await;
        here.second_factor(user).await;
    }
    let before = here.principal(&bob).await;
    here.users().remove(&alice, &here.change()).await.unwrap();
    assert_eq!(here.users().lookup(&alice.id).await.unwrap(), None);
    assert_eq!(here.principal(&alice).await, None);
    let credentials = here.credentials();
    let found = credentials.find_by_user(&alice.id).await.unwrap();
    assert_eq!(found, None);
    let left = credentials.count_recovery_codes(&alice.id).await.unwrap();
    assert_eq!(
        (left, credentials.list(&alice.id).await.unwrap()),
        (0, vec![])
    );
    assert_error!(here.users().remove(&alice, &here.change()).await, Stale);
    let mut filters: [UserFilter; 2] = Default::default();
    filters[0].role = Some(role.id);
    filters[1].group = Some(staff.id);
    for filter in filters {
        let listing = here.users().list(&filter, &Page::first(9)).await;
        assert_eq!(listing.unwrap().items, [bob.clone()]);
    }
    assert_eq!(here.principal(&bob).await, before);
    // Whoever gets its names, or even its id, gets nothing else.
    let mut heir = named("alice");
    heir.id = alice.id;
    let heir = here.add_user(heir).await;
    let principal = here.principal(&heir).await.unwrap();
    assert_eq!((principal.password, principal.totp), (None, None));
    assert_eq!(principal.groups, [""; 0]);
    assert_eq!((principal.roles, principal.permissions), (vec![], vec![]));
}

/// What a removed user did stays in the log, in its place in the chain, but not where it came from;
/// what others did, to it too, stays as it was.
pub async fn a_removed_user_leaves_no_origins_in_the_log(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let mut events = [
        by(ResourceKind::User, &alice),
        by(ResourceKind::User, &alice),
        by(ResourceKind::ApiKey, &alice),
        by(ResourceKind::User, &bob),
    ];
    events[3].target = events[0].actor.resource.clone();
    let audit = here.audit();
    audit.add(&events).await.unwrap();
    let seal = Seal {
        sequence: 1,
        origin_digest: "a".repeat(64),
        hash: "b".repeat(64),
    };
    let place = (events[0].id, seal.clone());
    audit.seal(None, &[place]).await.unwrap();
    here.users().remove(&alice, &here.change()).await.unwrap();
    events[0].origin = None;
    events[1].origin = None;
    for (n, event) in events.into_iter().enumerate() {
        let filter = AuditFilter {
            action_prefix: Some(format!("by.{}", event.id)),
            ..AuditFilter::default()
        };
        let log = audit.list(&filter, &Page::first(9)).await.unwrap();
        let seal = (n == 0).then(|| seal.clone());
        assert_eq!(log.items, [SealedEvent { event, seal }]);
    }
    assert_eq!(audit.head().await.unwrap(), Some(seal));
}

/// In another tenant's log nothing is erased, even if somebody there has the same id.
pub async fn a_removal_leaves_other_tenants_alone(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let alice = ours.user("alice").await;
    let mut twin = theirs.add_user(alice.clone()).await;
    let held = theirs.password(&mut twin).await;
    let staff = theirs.group("staff", None).await;
    theirs.join(&staff, &twin).await;
    let event = by(ResourceKind::User, &alice);
    theirs.audit().add(from_ref(&event)).await.unwrap();
    ours.users().remove(&alice, &ours.change()).await.unwrap();
    let principal = theirs.principal(&twin).await.unwrap();
    assert_eq!((principal.user, principal.password), (twin, Some(held)));
    assert_eq!(principal.groups, ["staff"]);
    let filter = AuditFilter {
        actor: Some(alice.id.to_string()),
        ..AuditFilter::default()
    };
    let log = theirs.audit().list(&filter, &Page::first(9)).await.unwrap();
    assert_eq!(log.items[0].event, event);
}

/// Those who are deleted and were not changed since a time are found, by id and up to a limit.
pub async fn users_that_were_deleted_before_a_time_are_found(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let mut expected = Vec::new();
    for (n, (status, millis)) in [
        (UserStatus::Deleted, -1),
        (UserStatus::Deleted, 0),
        (UserStatus::Deleted, 6),
        (UserStatus::Deleted, 7),
        (UserStatus::Deleted, 8),
        (UserStatus::Disabled, 1),
        (UserStatus::Active, 1),
    ]
    .into_iter()
    .enumerate()
    {
        let user = User {
            status,
            updated_at: Timestamp::from_millis(millis),
            ..user(&format!("u{n}"))
        };
        other.add_user(user.clone()).await;
        let user = here.add_user(user).await;
        if n < 3 {
            expected.push(user.id);
        }
    }
    let expected = sorted(expected);
    let (users, before) = (here.users(), Timestamp::from_millis(7));
    for limit in [1, 2, 3, 4, Page::MAX] {
        let found = users.deleted_before(before, limit).await.unwrap();
        let first = expected.iter().copied().take(limit.into());
        assert_eq!(found, first.collect::<Vec<_>>());
    }
    let absent = Here::absent(storage);
    let none = absent.users().deleted_before(NOW, 9).await.unwrap();
    assert_eq!(none, []);
}

/// Something that a thing of this kind and with the user's id did.
fn by(kind: ResourceKind, user: &User) -> AuditEvent {
    let event = event("");
    let id = user.id.to_string();
    AuditEvent {
        action: format!("by.{}", event.id),
        actor: ActorRef {
            resource: Resource { kind, id },
            tenant: None,
        },
        ..event
    }
}
