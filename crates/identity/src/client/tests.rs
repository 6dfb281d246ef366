use iam_model::{Client, ClientDetails, GrantType, TokenEndpointAuth, TokenLifetimes};
use iam_storage_ports::Page;
use serde_json::json;

use super::{
    ClientSpec, RegisteredClient, change_client, client, clients, create_client, register_client,
    remove_client, resync_clients, rotate_client_secret,
};
use crate::{
    IdentityError,
    testing::{Bench, now},
};

fn spec(method: TokenEndpointAuth) -> ClientSpec {
    ClientSpec {
        first_party: false,
        redirect_uris: vec!["https://shop.example/done".parse().unwrap()],
        scope: "openid".parse().unwrap(),
        details: ClientDetails {
            token_endpoint_auth_method: method,
            ..ClientDetails::default()
        },
    }
}

fn create(bench: &Bench, method: TokenEndpointAuth) -> Result<RegisteredClient, IdentityError> {
    now(create_client(
        &bench.admin(),
        "shop".parse().ok(),
        spec(method),
    ))
}

/// The secret that Hydra has of `shop`.
fn secret_at_hydra(bench: &Bench) -> Option<String> {
    let clients = bench.world.clients.borrow();
    clients["shop"]["client_secret"].as_str().map(str::to_owned)
}

fn told(registered: &RegisteredClient) -> Option<String> {
    registered
        .secret
        .as_ref()
        .map(|secret| secret.expose().clone())
}

fn lookup(bench: &Bench) -> Result<Client, IdentityError> {
    now(client(&bench.admin(), &"shop".parse().unwrap()))
}

#[test]
fn a_client_is_kept_here_and_at_hydra() {
    let bench = Bench::new();
    let made = create(&bench, TokenEndpointAuth::None).unwrap();
    assert!(made.secret.is_none());
    assert_eq!(lookup(&bench).unwrap(), made.client);
    let hydra = bench.world.clients.borrow();
    assert_eq!(
        hydra["shop"]["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    assert_eq!(hydra["shop"]["scope"], "openid");
}

#[test]
fn a_client_without_an_id_gets_one_of_its_own() {
    let bench = Bench::new();
    let make = || {
        now(create_client(
            &bench.admin(),
            None,
            spec(TokenEndpointAuth::None),
        ))
    };
    let (first, second) = (make().unwrap().client.id, make().unwrap().client.id);
    assert_ne!(first, second);
    assert_eq!(first.as_str().len(), 32);
}

#[test]
fn a_secret_is_told_once_and_replaced_by_rotation_only() {
    let bench = Bench::new();
    let made = create(&bench, TokenEndpointAuth::ClientSecretBasic).unwrap();
    let first = told(&made);
    assert!(first.is_some());
    assert_eq!(first, secret_at_hydra(&bench));

    let again = now(register_client(&bench.admin(), made.client.clone())).unwrap();
    assert_eq!(
        (told(&again), secret_at_hydra(&bench)),
        (None, first.clone())
    );

    let changed = spec(TokenEndpointAuth::ClientSecretPost);
    let changed = now(change_client(&bench.admin(), made.client, changed)).unwrap();
    assert_eq!(
        (told(&changed), secret_at_hydra(&bench)),
        (None, first.clone())
    );

    let rotated = now(rotate_client_secret(&bench.admin(), changed.client)).unwrap();
    assert_eq!(told(&rotated), secret_at_hydra(&bench));
    assert_ne!(told(&rotated), first);
}

#[test]
fn a_client_that_becomes_confidential_is_told_a_secret() {
    let bench = Bench::new();
    let made = create(&bench, TokenEndpointAuth::None).unwrap();
    let refused = now(rotate_client_secret(&bench.admin(), made.client.clone()));
    assert!(matches!(refused.err(), Some(IdentityError::State(_))));
    let changed = spec(TokenEndpointAuth::ClientSecretBasic);
    let changed = now(change_client(&bench.admin(), made.client, changed)).unwrap();
    assert_eq!(told(&changed), secret_at_hydra(&bench));
    assert!(changed.secret.is_some());
}

#[test]
fn a_create_that_broke_off_is_finished_by_the_same_request() {
    let bench = Bench::new();
    bench.world.is_down.set(true);
    let failed = create(&bench, TokenEndpointAuth::ClientSecretBasic);
    assert!(matches!(failed.err(), Some(IdentityError::Unavailable(..))));
    assert!(lookup(&bench).is_ok());

    bench.world.is_down.set(false);
    let other = create(&bench, TokenEndpointAuth::None);
    assert!(matches!(other.err(), Some(IdentityError::AlreadyExists)));
    let made = create(&bench, TokenEndpointAuth::ClientSecretBasic).unwrap();
    assert_eq!(told(&made), secret_at_hydra(&bench));
    let once_more = create(&bench, TokenEndpointAuth::ClientSecretBasic);
    assert!(matches!(
        once_more.err(),
        Some(IdentityError::AlreadyExists)
    ));
    assert_eq!(told(&made), secret_at_hydra(&bench));
}

#[test]
fn what_hydra_refuses_leaves_nothing_changed() {
    let bench = Bench::new();
    bench.world.refuses.set(true);
    let refused = create(&bench, TokenEndpointAuth::None);
    assert!(matches!(refused.err(), Some(IdentityError::Invalid(_))));
    assert!(matches!(lookup(&bench), Err(IdentityError::NotFound)));

    bench.world.refuses.set(false);
    let made = create(&bench, TokenEndpointAuth::None).unwrap().client;
    bench.world.refuses.set(true);
    let mut changed = spec(TokenEndpointAuth::None);
    changed.scope = "openid email".parse().unwrap();
    let refused = now(change_client(&bench.admin(), made.clone(), changed));
    assert!(matches!(refused.err(), Some(IdentityError::Invalid(_))));
    assert_eq!(lookup(&bench).unwrap().scope, made.scope);
}

#[test]
fn an_id_of_another_tenant_is_taken_and_not_seen() {
    let mut bench = Bench::new();
    create(&bench, TokenEndpointAuth::None).unwrap();
    let before = bench.world.clients.borrow().clone();
    bench.tenant = bench.add_tenant("other");
    let taken = create(&bench, TokenEndpointAuth::None);
    assert!(matches!(taken.err(), Some(IdentityError::AlreadyExists)));
    assert!(matches!(lookup(&bench), Err(IdentityError::NotFound)));
    let listed = now(clients(&bench.admin(), None, &Page::first(10))).unwrap();
    assert!(listed.items.is_empty());
    assert_eq!(*bench.world.clients.borrow(), before);
}

#[test]
fn a_removed_client_is_gone_here_and_at_hydra() {
    let bench = Bench::new();
    let made = create(&bench, TokenEndpointAuth::None).unwrap().client;
    bench.world.is_down.set(true);
    assert!(now(remove_client(&bench.admin(), &made)).is_err());
    assert!(lookup(&bench).is_ok());
    bench.world.is_down.set(false);
    now(remove_client(&bench.admin(), &made)).unwrap();
    assert!(bench.world.clients.borrow().is_empty());
    assert!(matches!(lookup(&bench), Err(IdentityError::NotFound)));
    // A repair that comes too late leaves no client at Hydra that is nobody's.
    let late = now(register_client(&bench.admin(), made));
    assert!(matches!(late.err(), Some(IdentityError::NotFound)));
    assert!(bench.world.clients.borrow().is_empty());
}

#[test]
fn new_token_lifetimes_are_told_of_every_client() {
    let mut bench = Bench::new();
    for _ in 0..120 {
        now(create_client(
            &bench.admin(),
            None,
            spec(TokenEndpointAuth::None),
        ))
        .unwrap();
    }
    create(&bench, TokenEndpointAuth::ClientSecretBasic).unwrap();
    let secret = secret_at_hydra(&bench);
    bench.tenant.settings.token_lifetimes = TokenLifetimes {
        access_token: 77,
        ..TokenLifetimes::default()
    };
    now(resync_clients(&bench.admin())).unwrap();
    let hydra = bench.world.clients.borrow();
    assert_eq!(hydra.len(), 121);
    let lifespan = "authorization_code_grant_access_token_lifespan";
    assert!(hydra.values().all(|client| client[lifespan] == "77s"));
    drop(hydra);
    assert_eq!(secret_at_hydra(&bench), secret);
}

#[test]
fn a_service_needs_no_redirect_uri() {
    let bench = Bench::new();
    let mut service = spec(TokenEndpointAuth::ClientSecretBasic);
    service.redirect_uris.clear();
    service.details.grant_types = vec![GrantType::ClientCredentials; 2];
    let made = now(create_client(&bench.admin(), None, service)).unwrap();
    assert_eq!(
        made.client.details.grant_types,
        [GrantType::ClientCredentials]
    );
}
