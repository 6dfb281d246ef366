use iam_model::{Group, UserId};
use iam_storage_ports::{Grantee, GroupFilter, Page};

use super::{
    GroupSpec, add_member, change_group, create_group, groups, remove_group, remove_member,
};
use crate::{
    Actor, IdentityError, assign_role,
    testing::{Bench, actor, now},
};

fn spec(name: &str, parent: Option<&Group>) -> GroupSpec {
    GroupSpec {
        name: name.parse().unwrap(),
        description: "".parse().unwrap(),
        parent: parent.map(|group| group.id),
    }
}

fn create(bench: &Bench, name: &str, parent: Option<&Group>) -> Group {
    now(create_group(&bench.admin(), spec(name, parent))).unwrap()
}

/// Gives `group` a role that allows `order.write`.
fn give_role(bench: &Bench, group: &Group) {
    let role = bench.role("clerk", &["order.write"]);
    now(assign_role(
        &bench.admin(),
        &role.id,
        &Grantee::Group(group.id),
    ))
    .unwrap();
}

/// `top` with a role, `below` it, `beside` it, and a user. The actor may write groups only.
fn bench() -> (Bench, [Group; 3], UserId) {
    let mut bench = Bench::new();
    let top = create(&bench, "top", None);
    let below = create(&bench, "below", Some(&top));
    let beside = create(&bench, "beside", None);
    give_role(&bench, &top);
    let user = bench.user("bob", &[]).id;
    bench.actor = actor(&["iam.groups.write"]);
    (bench, [top, below, beside], user)
}

#[track_caller]
fn check_beyond<T>(result: Result<T, IdentityError>) {
    match result.err() {
        Some(IdentityError::Beyond(beyond)) => {
            assert_eq!(beyond, ["order.write".parse().unwrap()]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_member_gets_no_more_than_whoever_adds_them_holds() {
    let (mut bench, [top, below, beside], user) = bench();
    check_beyond(now(add_member(&bench.admin(), &top.id, &user)));
    check_beyond(now(add_member(&bench.admin(), &below.id, &user)));
    check_beyond(now(remove_member(&bench.admin(), &below.id, &user)));
    now(add_member(&bench.admin(), &beside.id, &user)).unwrap();
    bench.actor = actor(&["order.*"]);
    now(add_member(&bench.admin(), &below.id, &user)).unwrap();
    let filter = GroupFilter {
        member: Some(user),
        ..GroupFilter::default()
    };
    let of_user = now(groups(&bench.admin(), &filter, &Page::first(10))).unwrap();
    assert_eq!(of_user.items, [below.clone(), beside]);
    now(remove_member(&bench.admin(), &below.id, &user)).unwrap();
}

#[test]
fn moving_a_group_takes_what_both_parents_allow() {
    let (mut bench, [top, below, beside], _) = bench();
    check_beyond(now(create_group(&bench.admin(), spec("new", Some(&below)))));
    let inside = || spec("beside", Some(&below));
    check_beyond(now(change_group(&bench.admin(), beside.clone(), inside())));
    check_beyond(now(change_group(
        &bench.admin(),
        below.clone(),
        spec("below", None),
    )));
    check_beyond(now(remove_group(&bench.admin(), &below)));
    // Its name has nothing to do with it.
    let below = now(change_group(
        &bench.admin(),
        below,
        spec("renamed", Some(&top)),
    ))
    .unwrap();
    assert_eq!((below.name.as_str(), below.version), ("renamed", 2));
    bench.actor = actor(&["order.write"]);
    now(change_group(
        &bench.admin(),
        beside,
        spec("beside", Some(&below)),
    ))
    .unwrap();
}

#[test]
fn a_group_is_not_above_itself_and_its_parent_is_the_tenant_s() {
    let (mut bench, [top, below, _], user) = bench();
    bench.actor = Actor::system();
    let cycle = now(change_group(
        &bench.admin(),
        top.clone(),
        spec("top", Some(&below)),
    ));
    assert!(matches!(cycle, Err(IdentityError::Cycle)));
    let nested = now(remove_group(&bench.admin(), &top));
    assert!(matches!(nested, Err(IdentityError::InUse)));
    bench.tenant = bench.add_tenant("other");
    let foreign = now(create_group(&bench.admin(), spec("new", Some(&top))));
    assert!(matches!(foreign, Err(IdentityError::Invalid(_))));
    let foreign = now(add_member(&bench.admin(), &top.id, &user));
    assert!(matches!(foreign, Err(IdentityError::NotFound)));
}
