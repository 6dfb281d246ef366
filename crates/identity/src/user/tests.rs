use iam_model::{
    EmailAddress, Group, GroupId, ResourceKind, Secret, User, UserDetails, UserStatus,
};
use iam_storage_ports::{Grantee, GroupFilter, Page, RoleFilter};
use serde_json::{Value, json};

use super::{
    UserChange, UserSpec, assign_user_role, change_user, create_user, delete_user, disable_user,
    enable_user, erase_user, live_user, lock_user, recreated_user, require_password_change,
    reset_password, restore_user, revoke_sessions, unassign_user_role, unlock_user, user,
};
use crate::{
    Actor, IdentityError, credentials, remove_credential,
    testing::{Bench, actor, now},
};

fn spec(username: &str) -> UserSpec {
    UserSpec {
        username: username.parse().unwrap(),
        status: None,
        details: UserDetails::default(),
        password: None,
        password_hash: None,
        roles: Vec::new(),
        groups: Vec::new(),
    }
}

fn password(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[track_caller]
fn pointers<T>(result: Result<T, IdentityError>) -> Vec<String> {
    match result {
        Err(IdentityError::Invalid(violations)) => violations
            .into_iter()
            .map(|violation| violation.pointer)
            .collect(),
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

fn group(bench: &Bench) -> Group {
    let admin = bench.admin();
    let group = Group {
        id: admin.id(GroupId::generate),
        name: "sales".parse().unwrap(),
        description: "".parse().unwrap(),
        parent: None,
        version: 1,
        created_at: admin.now(),
        updated_at: admin.now(),
    };
    let change = admin.change("group.created", ResourceKind::Group, group.id);
    now(admin.store().groups().add(&group, &change)).unwrap();
    group
}

fn roles_of(bench: &Bench, user: &User) -> usize {
    let filter = RoleFilter {
        grantee: Some(Grantee::User(user.id)),
        ..RoleFilter::default()
    };
    let admin = bench.admin();
    now(admin.store().roles().list(&filter, &Page::first(9)))
        .unwrap()
        .items
        .len()
}

fn groups_of(bench: &Bench, user: &User) -> usize {
    let filter = GroupFilter {
        member: Some(user.id),
        ..GroupFilter::default()
    };
    let admin = bench.admin();
    now(admin.store().groups().list(&filter, &Page::first(9)))
        .unwrap()
        .items
        .len()
}

#[test]
fn a_user_is_made_with_password_roles_and_groups_and_the_log_names_no_value() {
    let bench = Bench::new();
    let (role, group) = (bench.role("clerk", &["order.read"]), group(&bench));
    let mut wanted = spec("carol");
    wanted.password = Some(password("correct horse battery"));
    wanted
        .details
        .attributes
        .insert("department".to_owned(), "secret-x".into());
    wanted.roles.push(role.id);
    wanted.groups.push(group.id);
    let carol = now(create_user(&bench.admin(), wanted)).unwrap();
    assert_eq!(carol.status, UserStatus::Active);
    let own = now(credentials(&bench.admin(), &carol.id)).unwrap();
    assert_eq!(own.len(), 1);
    assert_eq!(
        (roles_of(&bench, &carol), groups_of(&bench, &carol)),
        (1, 1)
    );
    let events = bench.events();
    let made = events
        .iter()
        .find(|event| event.action == "user.created")
        .unwrap();
    assert_eq!(made.target.id, carol.id.to_string());
    assert_eq!(
        made.details["fields"],
        json!(["attributes", "groups", "password", "roles"])
    );
    let log = serde_json::to_string(&events).unwrap();
    for value in ["secret-x", "correct horse", "carol"] {
        assert!(!log.contains(value), "{value}");
    }
}

#[test]
fn all_that_is_wrong_with_a_new_user_is_told_and_nothing_is_made() {
    let mut bench = Bench::new();
    bench.tenant.settings.attribute_schema = Some(json!({ "required": ["department"] }));
    let mut wanted = spec("carol");
    wanted.password = Some(password("short"));
    wanted.status = Some(UserStatus::Locked);
    wanted
        .details
        .external_ids
        .insert("a b".to_owned(), "x".to_owned());
    let found = pointers(now(create_user(&bench.admin(), wanted)));
    assert_eq!(
        found,
        ["/external_ids", "/attributes", "/status", "/password"]
    );
    let mut wanted = spec("carol");
    wanted.password = Some(password("correct horse battery"));
    wanted.password_hash = Some(password("$2b$12$"));
    wanted
        .details
        .attributes
        .insert("department".to_owned(), 1.into());
    let found = pointers(now(create_user(&bench.admin(), wanted)));
    assert_eq!(found, ["/password_hash"]);
    let mut wanted = spec("carol");
    wanted.password_hash = Some(password("plain"));
    wanted
        .details
        .attributes
        .insert("department".to_owned(), 1.into());
    assert_eq!(
        pointers(now(create_user(&bench.admin(), wanted))),
        ["/password_hash"]
    );
    assert_eq!(bench.events().len(), 1);
}

#[test]
fn nobody_gives_a_new_user_what_they_may_not_give() {
    let bench = Bench::new();
    let (role, group) = (bench.role("clerk", &["order.read"]), group(&bench));
    let gives = |permissions: &[&str]| {
        let actor = actor(permissions);
        let mut wanted = spec("carol");
        wanted.roles.push(role.id);
        now(create_user(&bench.admin_of(&actor), wanted))
    };
    assert!(matches!(gives(&["order.read"]), Err(IdentityError::Denied)));
    assert!(matches!(
        gives(&["iam.roles.assign"]),
        Err(IdentityError::Beyond(_))
    ));
    let mut wanted = spec("carol");
    wanted.groups.push(group.id);
    let stranger = actor(&["iam.users.write"]);
    let refused = now(create_user(&bench.admin_of(&stranger), wanted));
    assert!(matches!(refused, Err(IdentityError::Denied)));
    let mut wanted = spec("carol");
    wanted.groups.push(bench.admin().id(GroupId::generate));
    assert_eq!(
        pointers(now(create_user(&bench.admin(), wanted))),
        ["/groups/0"]
    );
    assert!(gives(&["iam.roles.assign", "order.read"]).is_ok());
}

#[test]
fn a_create_that_was_cut_short_is_completed_when_it_comes_again() {
    let bench = Bench::new();
    let role = bench.role("clerk", &["order.read"]);
    let group = group(&bench);
    let carol = bench.user("carol", &[]);
    for _ in 0..2 {
        let admin = bench.admin();
        let again = now(recreated_user(&admin, &carol.id, &[role.id], &[group.id]));
        assert_eq!(again.unwrap(), carol);
        assert_eq!(
            (roles_of(&bench, &carol), groups_of(&bench, &carol)),
            (1, 1)
        );
    }
    let assigned = |event: &&iam_model::AuditEvent| event.action == "role.assigned";
    assert_eq!(bench.events().iter().filter(assigned).count(), 1);
}

#[test]
fn nobody_acts_on_a_user_who_holds_more_than_they_do() {
    let bench = Bench::new();
    let boss = bench.user("boss", &[&bench.role("boss", &["iam.*"])]);
    let clerk = bench.role("clerk", &["order.read"]);
    let helper = actor(&["iam.users.*", "iam.roles.assign", "order.read"]);
    let admin = bench.admin_of(&helper);
    let renamed = UserChange {
        username: "chief".parse().unwrap(),
        details: UserDetails::default(),
    };
    let long = password("correct horse battery");
    let user = || boss.clone();
    let results = [
        now(change_user(&admin, user(), renamed)).map(drop),
        now(lock_user(&admin, user())).map(drop),
        now(disable_user(&admin, user())).map(drop),
        now(reset_password(&admin, user(), &long, false)).map(drop),
        now(require_password_change(&admin, user())).map(drop),
        now(revoke_sessions(&admin, &boss)),
        now(delete_user(&admin, user())),
        now(erase_user(&admin, &boss)),
        now(assign_user_role(&admin, &boss, &clerk.id)),
        now(unassign_user_role(&admin, &boss, &clerk.id)),
        now(remove_credential(
            &admin,
            &boss,
            &admin.id(iam_model::CredentialId::generate),
        )),
    ];
    for (index, result) in results.into_iter().enumerate() {
        assert!(matches!(result, Err(IdentityError::Beyond(_))), "{index}");
    }
    assert_eq!(now(live_user(&bench.admin(), &boss.id)).unwrap(), boss);
    assert!(bench.world.requests.borrow().is_empty());
}

#[test]
fn nobody_shuts_themself_out() {
    let bench = Bench::new();
    let own = bench.user("alice", &[]);
    let alice = Actor {
        user: Some(own.id),
        ..actor(&["iam.*"])
    };
    let admin = bench.admin_of(&alice);
    let results = [
        now(lock_user(&admin, own.clone())).map(drop),
        now(disable_user(&admin, own.clone())).map(drop),
        now(delete_user(&admin, own.clone())),
        now(erase_user(&admin, &own)),
    ];
    for result in results {
        assert!(matches!(result, Err(IdentityError::State(_))));
    }
}

#[test]
fn a_verb_that_is_satisfied_already_writes_nothing() {
    let bench = Bench::new();
    let admin = bench.admin();
    let alice = now(lock_user(&admin, bench.user("alice", &[]))).unwrap();
    assert_eq!((alice.status, alice.version), (UserStatus::Locked, 2));
    let events = bench.events().len();
    assert_eq!(now(lock_user(&admin, alice.clone())).unwrap(), alice);
    let open = now(unlock_user(&admin, alice)).unwrap();
    assert_eq!(now(enable_user(&admin, open.clone())).unwrap(), open);
    let required = now(require_password_change(&admin, open)).unwrap();
    assert!(required.details.password_change_required);
    assert_eq!(
        now(require_password_change(&admin, required.clone())).unwrap(),
        required
    );
    assert_eq!(bench.events().len(), events + 2);
}

#[test]
fn a_deleted_user_is_absent_keeps_its_name_and_comes_back_disabled() {
    let bench = Bench::new();
    let admin = bench.admin();
    let alice = bench.user("alice", &[]);
    now(delete_user(&admin, alice.clone())).unwrap();
    let ended = bench.world.requests.borrow().len();
    assert_eq!(ended, 3, "{:?}", bench.world.requests.borrow());
    assert!(matches!(
        now(live_user(&admin, &alice.id)),
        Err(IdentityError::NotFound)
    ));
    let taken = now(create_user(&admin, spec("Alice")));
    assert!(matches!(taken, Err(IdentityError::AlreadyExists)));
    let deleted = now(user(&admin, &alice.id)).unwrap();
    let restored = now(restore_user(&admin, deleted)).unwrap();
    assert_eq!(restored.status, UserStatus::Disabled);
    // There is nothing to log in with.
    assert_eq!(
        now(enable_user(&admin, restored)).unwrap().status,
        UserStatus::Invited
    );
}

#[test]
fn a_user_is_not_deleted_while_hydra_is_down() {
    let bench = Bench::new();
    let alice = bench.user("alice", &[]);
    bench.world.is_down.set(true);
    let refused = now(delete_user(&bench.admin(), alice.clone()));
    assert!(matches!(refused, Err(IdentityError::Unavailable(..))));
    assert_eq!(now(live_user(&bench.admin(), &alice.id)).unwrap(), alice);
}

#[test]
fn an_erased_user_is_gone_and_its_name_is_free() {
    let bench = Bench::new();
    let admin = bench.admin();
    let alice = bench.user("alice", &[&bench.role("clerk", &["order.read"])]);
    now(delete_user(&admin, alice.clone())).unwrap();
    let deleted = now(user(&admin, &alice.id)).unwrap();
    now(erase_user(&admin, &deleted)).unwrap();
    assert!(matches!(
        now(user(&admin, &alice.id)),
        Err(IdentityError::NotFound)
    ));
    assert!(now(create_user(&admin, spec("alice"))).is_ok());
}

#[test]
fn a_new_password_activates_who_was_invited_and_ends_sessions() {
    let bench = Bench::new();
    let admin = bench.admin();
    let carol = now(create_user(&admin, spec("carol"))).unwrap();
    assert_eq!(carol.status, UserStatus::Invited);
    let short = now(reset_password(
        &admin,
        carol.clone(),
        &password("short"),
        false,
    ));
    assert_eq!(pointers(short), ["/password"]);
    let long = password("correct horse battery");
    let active = now(reset_password(&admin, carol, &long, true)).unwrap();
    assert_eq!((active.status, active.version), (UserStatus::Active, 2));
    assert!(active.details.password_change_required);
    assert_eq!(bench.world.requests.borrow().len(), 3);
    let stored = now(admin.store().credentials().find_by_user(&active.id))
        .unwrap()
        .unwrap();
    assert_eq!(stored.hash.expose(), "hash of correct horse battery");
    let event = bench.events().pop().unwrap();
    assert_eq!(
        event.details["fields"],
        json!(["password_change_required", "status", "password"])
    );
    now(remove_credential(&admin, &active, &stored.id)).unwrap();
    let again = now(remove_credential(&admin, &active, &stored.id));
    assert!(matches!(again, Err(IdentityError::NotFound)));
}

#[test]
fn a_change_is_logged_by_the_names_of_its_fields_and_checked_where_it_changes_something() {
    let mut bench = Bench::new();
    let old = bench.user("alice", &[]);
    let alice = || old.clone();
    // Stricter than what alice was made by.
    bench.tenant.settings.attribute_schema = Some(json!({ "required": ["department"] }));
    let admin = bench.admin();
    let changed = |edit: &dyn Fn(&mut UserDetails)| {
        let mut details = alice().details;
        edit(&mut details);
        let username = alice().username;
        now(change_user(
            &admin,
            alice(),
            UserChange { username, details },
        ))
    };
    assert_eq!(changed(&|_| {}).unwrap(), alice());
    let attributes = |details: &mut UserDetails| {
        details.attributes.insert("a".to_owned(), Value::Null);
    };
    assert_eq!(pointers(changed(&attributes)), ["/attributes"]);
    let address = EmailAddress {
        address: "alice@example.com".parse().unwrap(),
        verified: true,
    };
    let after = changed(&|details| details.emails.push(address.clone())).unwrap();
    assert_eq!(after.version, 2);
    let event = bench.events().pop().unwrap();
    assert_eq!(
        (event.action.as_str(), &event.details["fields"]),
        ("user.changed", &json!(["emails"]))
    );
    // alice has changed since.
    let stale = changed(&|details| details.phone = "+4930123456".parse().ok());
    assert!(matches!(stale, Err(IdentityError::Stale)));
}
