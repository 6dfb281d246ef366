//! Names where the API wants ids.

use serde_json::{Value, json};

use crate::{
    api::{Api, Reply, Seen, ok, problem},
    program::Home,
};

const ALICE: &str = "01990a5d-ac96-774b-bcce-000000000001";
const ALICIA: &str = "01990a5d-ac96-774b-bcce-000000000002";
const GONE: &str = "01990a5d-ac96-774b-bcce-000000000003";
const CLERK: &str = "01990a5d-ac96-774b-bcce-000000000004";
const KEYS: [&str; 2] = [
    "01990a5d-ac96-774b-bcce-000000000005",
    "01990a5d-ac96-774b-bcce-000000000006",
];

fn user(id: &str, username: &str) -> Value {
    json!({"id": id, "username": username, "emails": []})
}

/// Two users of whom one name begins as the other does, a deleted one, a role and two like keys.
fn demo(seen: &Seen, _: &[Seen]) -> Reply {
    let items = match seen.path.as_str() {
        "/admin/v1/users" => users(seen),
        "/admin/v1/roles" => vec![
            json!({"id": CLERK, "name": "clerk"}),
            json!({"id": ALICE, "name": "clerks"}),
        ],
        "/admin/v1/api-keys" => KEYS.map(|id| json!({"id": id, "name": "import"})).to_vec(),
        _ => return ok(&json!({"id": "x", "version": 1})),
    };
    if seen
        .parameter("username")
        .is_some_and(|name| name.contains(' '))
    {
        return problem(400, "invalid_request", "username: has a space");
    }
    ok(&json!({"items": items}))
}

fn users(seen: &Seen) -> Vec<Value> {
    let deleted = seen.parameter("status") == Some("deleted");
    match (seen.parameter("username"), seen.parameter("email")) {
        (Some("carol"), _) if deleted => vec![user(GONE, "carol")],
        (Some("ALICE"), _) if !deleted => vec![user(ALICE, "alice"), user(ALICIA, "alice2")],
        (_, Some("alicia@example.com")) if !deleted => vec![user(ALICIA, "alice2")],
        _ => vec![],
    }
}

/// The last request of a run.
#[track_caller]
fn last(args: &[&str], expected: &str) {
    let api = Api::start(demo);
    Home::with_key(&api.url).run(args).assert_code(0);
    assert_eq!(api.lines().pop().unwrap(), expected);
}

#[test]
fn a_user_is_found_by_name_address_or_id() {
    last(
        &["user", "lock", "ALICE"],
        &format!("POST /admin/v1/users/{ALICE}:lock"),
    );
    last(
        &["user", "lock", "alicia@example.com"],
        &format!("POST /admin/v1/users/{ALICIA}:lock"),
    );
    last(
        &["user", "lock", GONE],
        &format!("POST /admin/v1/users/{GONE}:lock"),
    );
    last(
        &["user", "add-role", "alicia@example.com", "clerk"],
        &format!("PUT /admin/v1/users/{ALICIA}/roles/{CLERK}"),
    );
    last(
        &["group", "remove-member", CLERK, "ALICE"],
        &format!("DELETE /admin/v1/groups/{CLERK}/members/{ALICE}"),
    );
}

#[test]
fn a_deleted_user_is_found_where_that_makes_sense() {
    last(
        &["user", "restore", "carol"],
        &format!("POST /admin/v1/users/{GONE}:restore"),
    );
    last(
        &["user", "show", "carol"],
        &format!("GET /admin/v1/users/{GONE}"),
    );
    let api = Api::start(demo);
    Home::with_key(&api.url)
        .run(&["user", "lock", "carol"])
        .assert_code(1);
}

#[test]
fn a_name_of_none_or_of_several_is_told() {
    let api = Api::start(demo);
    let home = Home::with_key(&api.url);
    for (args, text) in [
        (["user", "lock", "nobody"], "there is no user `nobody`"),
        (["user", "lock", "no body"], "there is no user `no body`"),
        (["role", "delete", "cler"], "there is no role `cler`"),
    ] {
        let ran = home.run(&args).assert_code(1);
        assert!(ran.err.contains(text), "{}", ran.err);
    }
    let ran = home.run(&["key", "revoke", "import"]).assert_code(1);
    assert!(ran.err.contains("there are 2"), "{}", ran.err);
    assert!(KEYS.iter().all(|id| ran.err.contains(id)), "{}", ran.err);
    assert!(api.lines().iter().all(|line| line.starts_with("GET")));
}

#[test]
fn ids_in_a_body_may_be_names_too() {
    let api = Api::start(demo);
    let home = Home::with_key(&api.url);
    home.run(&["user", "create", "dave", "--role", "clerk"])
        .assert_code(0);
    let made = api.seen().pop().unwrap();
    assert_eq!(made.json(), json!({"username": "dave", "roles": [CLERK]}));
    home.run(&["user", "list", "--role", "clerk"])
        .assert_code(0);
    assert_eq!(api.seen().pop().unwrap().parameter("role"), Some(CLERK));
}

#[test]
fn what_is_named_by_itself_needs_no_search() {
    last(
        &["tenant", "suspend", "acme"],
        "POST /admin/v1/tenants/acme:suspend",
    );
    last(
        &["client", "rotate-secret", "a b/c"],
        "POST /admin/v1/clients/a%20b%2Fc:rotate-secret",
    );
    last(
        &["permission", "show", "order.read"],
        "GET /admin/v1/permissions/order.read",
    );
}
