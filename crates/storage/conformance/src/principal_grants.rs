//! What a login and a refresh read of the groups, roles and policies that a user has.

use iam_model::{ActivePolicy, PolicyActivation, RoleName};
use iam_storage_ports::{Grantee, Storage};

use crate::fixture::{Here, permissions};

/// Groups are given as paths from the top, sorted, only those that the user is in itself.
pub async fn groups_are_paths_from_the_top(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let eng = here.group("eng", None).await;
    let back = here.group("Büro 'x' %_", Some(&eng)).await;
    let data = here.group("data", Some(&back)).await;
    let ops = here.group("ops", None).await;
    let zoo = here.group("𠀋", Some(&ops)).await;
    for group in [&zoo, &data, &eng] {
        here.join(group, &alice).await;
    }
    here.join(&ops, &bob).await;
    let principal = here.principal(&alice).await.unwrap();
    let paths = ["eng", "eng/Büro 'x' %_/data", "ops/𠀋"];
    assert_eq!(principal.groups, paths);
    assert_eq!(here.principal(&bob).await.unwrap().groups, ["ops"]);
}

/// Roles come from the user, from its groups and those above, and from what these include; each
/// once, whichever way leads to it, and none from beside.
pub async fn roles_come_by_all_ways(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let client = here.client().await;
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let top = here.group("top", None).await;
    let below = here.group("below", Some(&top)).await;
    let beside = here.group("beside", Some(&top)).await;
    here.join(&below, &alice).await;
    here.join(&beside, &bob).await;
    let base = here.role("base", &["base.read", "all.*"]).await;
    let middle = here.role_of("middle", &[&base]).await;
    let of_top = here.role_of("of-top", &[&middle]).await;
    let of_below = here.role_of("of-below", &[&base]).await;
    let of_beside = here.role("of-beside", &["beside.read"]).await;
    let own = here.role_of("own", &[&middle]).await;
    here.grant(&of_top, Grantee::Group(top.id)).await;
    here.grant(&of_below, Grantee::Group(below.id)).await;
    here.grant(&of_beside, Grantee::Group(beside.id)).await;
    here.grant(&own, Grantee::Group(below.id)).await;
    here.assign(&own, &alice).await;
    let at_login = here.login(&alice, &client.id).await.principal;
    assert_eq!(here.principal(&alice).await, at_login);
    let principal = at_login.unwrap();
    let names = ["base", "middle", "of-below", "of-top", "own"];
    assert_eq!(principal.roles, roles(&names));
    assert_eq!(principal.permissions, permissions(&["all.*", "base.read"]));
    let other = here.principal(&bob).await.unwrap();
    let names = ["base", "middle", "of-beside", "of-top"];
    assert_eq!(other.roles, roles(&names));
    let expected = permissions(&["all.*", "base.read", "beside.read"]);
    assert_eq!(other.permissions, expected);
}

/// A group that moves takes its members to other roles, at once.
pub async fn a_group_that_moves_changes_roles(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let (one, two) = (here.group("one", None).await, here.group("two", None).await);
    let mut team = here.group("team", Some(&one)).await;
    here.join(&team, &alice).await;
    for group in [&one, &two] {
        let role = here.role(&format!("of-{}", group.name), &[]).await;
        here.grant(&role, Grantee::Group(group.id)).await;
    }
    for (parent, groups, names) in [
        (Some(one.id), "one/team", &["of-one"][..]),
        (Some(two.id), "two/team", &["of-two"]),
        (None, "team", &[]),
    ] {
        team.parent = parent;
        team = here.groups().change(team, &here.change()).await.unwrap();
        let principal = here.principal(&alice).await.unwrap();
        assert_eq!(principal.groups, [groups]);
        assert_eq!(principal.roles, roles(names));
    }
}

/// The policy that is active is read with the user, whatever it holds, and none that is not.
pub async fn the_active_policy_is_read_with_the_user(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let client = here.client().await;
    let alice = here.user("alice").await;
    here.policy("package iam # first").await;
    let source = "package iam # '; drop table policies; -- \"ö𠀋\"\r\n\t%s";
    let policy = here.policy(source).await;
    here.policy("package iam # third").await;
    assert_eq!(here.principal(&alice).await.unwrap().policy, None);
    let policies = here.policies();
    let none = PolicyActivation::default();
    let now = policies
        .activate(none, Some(policy.id), &here.change())
        .await;
    let expected = ActivePolicy {
        id: policy.id,
        number: 2,
        source: source.to_owned(),
    };
    let record = here.login(&alice, &client.id).await;
    assert_eq!(here.refresh(&alice, &client.id).await, record);
    assert_eq!(record.principal.unwrap().policy, Some(expected));
    let off = policies.activate(now.unwrap(), None, &here.change()).await;
    off.unwrap();
    assert_eq!(here.principal(&alice).await.unwrap().policy, None);
}

/// Two tenants whose groups, roles and users have the same names, and even the same ids, share
/// nothing.
pub async fn grants_in_two_tenants_are_kept_apart(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let alice = ours.user("alice").await;
    theirs.add_user(alice.clone()).await;
    let group = ours.group("eng", None).await;
    theirs.groups().add(&group, &theirs.change()).await.unwrap();
    let role = ours.role("coder", &["ours.read"]).await;
    let mut twin = role.clone();
    twin.permissions = permissions(&["theirs.read"]);
    let twin = theirs.add_role(twin).await;
    theirs.join(&group, &alice).await;
    theirs.grant(&twin, Grantee::Group(group.id)).await;
    let principal = ours.principal(&alice).await.unwrap();
    assert_eq!((principal.groups, principal.roles), (vec![], vec![]));
    ours.assign(&role, &alice).await;
    let principal = ours.principal(&alice).await.unwrap();
    assert_eq!(principal.permissions, permissions(&["ours.read"]));
    let principal = theirs.principal(&alice).await.unwrap();
    assert_eq!(principal.permissions, permissions(&["theirs.read"]));
    assert_eq!(principal.groups, ["eng"]);
}

fn roles(names: &[&str]) -> Vec<RoleName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}
