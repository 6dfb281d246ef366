//! OAuth 2.0 clients.

use futures_util::future::join_all;
use iam_model::{Acr, ClaimMapping, Client, ClientDetails, GrantType, Scope, TokenEndpointAuth};
use iam_storage_ports::{Page, Storage};
use serde_json::json;

use crate::{
    assert::{assert_error, is_known, is_stale, only_winner},
    fixture::{Here, LATER, NOW, client, pages, sorted},
};

/// A client is found by its id, and by no other.
pub async fn a_client_is_found_by_its_id(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (known, absent) = (here.client().await, client(&here.tenant));
    assert_eq!(here.clients().lookup(&absent.id).await.unwrap(), None);
    let found = here.clients().lookup(&known.id).await.unwrap();
    assert_eq!(found, Some(known));
}

/// A change is returned as it is stored and counts a version; the id, the tenant and the time the
/// client was made stay.
pub async fn a_client_is_changed_and_removed(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let (before, other) = (here.client().await, here.client().await);
    let clients = here.clients();
    let asked = Client {
        first_party: false,
        redirect_uris: vec![],
        scope: Scope::default(),
        created_at: LATER,
        updated_at: LATER,
        ..before.clone()
    };
    let after = clients.change(asked.clone(), &here.change()).await.unwrap();
    let expected = Client {
        version: 2,
        created_at: NOW,
        ..asked
    };
    assert_eq!(after, expected);
    assert_eq!(clients.lookup(&before.id).await.unwrap(), Some(expected));
    clients.remove(&after, &here.change()).await.unwrap();
    assert_eq!(clients.lookup(&before.id).await.unwrap(), None);
    assert_eq!(clients.lookup(&other.id).await.unwrap(), Some(other));
    clients.add(&before, &here.change()).await.unwrap();
}

/// A client belongs to the tenant it is added to, whatever it says itself, and stays there.
pub async fn a_client_belongs_to_the_tenant_it_is_added_to(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let client = ours.add_client(client(&theirs.tenant)).await;
    let expected = Client {
        tenant_id: ours.tenant.id,
        ..client.clone()
    };
    let found = ours.clients().lookup(&client.id).await.unwrap();
    assert_eq!(found, Some(expected));
    assert_eq!(theirs.clients().lookup(&client.id).await.unwrap(), None);
    let changed = ours.clients().change(client, &ours.change()).await.unwrap();
    assert_eq!(changed.tenant_id, ours.tenant.id);
    let found = ours.clients().lookup(&changed.id).await.unwrap();
    assert_eq!(found, Some(changed));
}

/// A tenant that is not there gets no clients.
pub async fn a_client_needs_a_tenant(storage: &dyn Storage) {
    let absent = Here::absent(storage);
    let client = client(&absent.tenant);
    let added = absent.clients().add(&client, &absent.change()).await;
    assert_error!(added, NotFound);
    assert_eq!(absent.clients().lookup(&client.id).await.unwrap(), None);
}

/// A client that has changed since it was read, or is gone, is stale and left alone.
pub async fn a_client_that_has_changed_is_stale(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let old = here.client().await;
    let clients = here.clients();
    let new = clients.change(old.clone(), &here.change()).await.unwrap();
    for stale in [old, client(&here.tenant)] {
        let removed = clients.remove(&stale, &here.change()).await;
        assert_error!(removed, Stale);
        assert_error!(clients.change(stale, &here.change()).await, Stale);
    }
    assert_eq!(clients.lookup(&new.id).await.unwrap(), Some(new));
}

/// A bare client and one of which everything is known come back as they were, and so does what
/// looks like SQL.
pub async fn a_client_is_kept_as_it_is(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let bare = Client {
        first_party: false,
        redirect_uris: vec![],
        scope: Scope::default(),
        ..client(&here.tenant)
    };
    let uri = |text: &str| text.parse().unwrap();
    let mapping = json!({
        "scope": "x'y", "claim": "https://acme.example/cost",
        "source": "user.attributes.cost \"center\" 💶", "token": "both",
    });
    let mapping: ClaimMapping = serde_json::from_value(mapping).unwrap();
    let details = ClientDetails {
        name: "Büro '); drop table clients; -- 🎉".parse().unwrap(),
        grant_types: vec![GrantType::ClientCredentials],
        token_endpoint_auth_method: TokenEndpointAuth::PrivateKeyJwt,
        jwks: Some(json!({ "keys": [{ "kty": "EC", "n": 9_007_199_254_740_993_i64 }] })),
        login_uri: Some(uri("com.example.app:/login")),
        consent_uri: Some(uri("https://app.example/consent?a=%27")),
        logout_uri: Some(uri("https://app.example/logout")),
        error_uri: Some(uri("https://app.example/error")),
        post_logout_redirect_uris: vec![uri("https://b.example/"), uri("https://a.example/")],
        claim_mappings: vec![mapping],
        require_acr: Some(Acr::Mfa),
        scope_acr: [("x'y".parse().unwrap(), Acr::Pwd)].into(),
        resources: vec!["urn:example:büro".parse().unwrap()],
        backchannel_logout_uri: Some(uri("https://app.example/backchannel")),
        backchannel_logout_session_required: true,
        require_pushed_authorization_requests: true,
        allowed_origins: vec!["https://app.example".parse().unwrap()],
    };
    let full = Client {
        redirect_uris: vec![
            uri("https://app.example/?q=');--"),
            uri("https://a.example/"),
        ],
        scope: "openid '); x%_?".parse().unwrap(),
        details,
        ..client(&here.tenant)
    };
    for client in [bare, full] {
        let client = here.add_client(client).await;
        let found = here.clients().lookup(&client.id).await.unwrap();
        assert_eq!(found, Some(client));
    }
}

/// Another tenant's client is absent: it cannot be read, listed, changed or removed.
pub async fn another_tenants_client_is_absent(storage: &dyn Storage) {
    let (ours, theirs) = (Here::new(storage).await, Here::new(storage).await);
    let client = theirs.client().await;
    let (clients, change) = (ours.clients(), ours.change());
    assert_eq!(clients.lookup(&client.id).await.unwrap(), None);
    let listed = clients.list(None, &Page::first(10)).await.unwrap();
    assert_eq!(listed.items, []);
    assert_error!(clients.change(client.clone(), &change).await, Stale);
    assert_error!(clients.remove(&client, &change).await, Stale);
    let found = theirs.clients().lookup(&client.id).await.unwrap();
    assert_eq!(found, Some(client));
}

/// No two clients have one id, in whatever tenants they are.
pub async fn client_ids_are_unique(storage: &dyn Storage) {
    let (one, two) = (Here::new(storage).await, Here::new(storage).await);
    let first = one.client().await;
    for here in [&one, &two] {
        let second = Client {
            id: first.id.clone(),
            ..client(&here.tenant)
        };
        let added = here.clients().add(&second, &here.change()).await;
        assert_error!(added, AlreadyExists);
    }
    assert_eq!(two.clients().lookup(&first.id).await.unwrap(), None);
    let found = one.clients().lookup(&first.id).await.unwrap();
    assert_eq!(found, Some(first));
}

/// Clients are listed by id, those only whose id begins with the prefix as it is spelled.
pub async fn clients_are_listed_by_prefix(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let own = here.client().await.id;
    let mut ids = vec![own.to_string()];
    for suffix in ["_a", "-a", "-A", "-b", ".a"] {
        let client = Client {
            id: format!("{own}{suffix}").parse().unwrap(),
            ..client(&here.tenant)
        };
        ids.push(here.add_client(client).await.id.to_string());
    }
    for prefix in [
        "",
        &own.to_string(),
        &format!("{own}-"),
        &format!("{own}-A"),
        "%",
        "_",
        "C",
    ] {
        let list = async |page| here.clients().list(Some(prefix), &page).await.unwrap();
        let found = pages(2, list, |client| client.id.to_string()).await;
        let found: Vec<_> = found
            .into_iter()
            .map(|client| client.id.to_string())
            .collect();
        let expected = ids.iter().filter(|id| id.starts_with(prefix)).cloned();
        assert_eq!(found, sorted(expected), "{prefix:?}");
    }
}

/// Of many who add one client at once, one succeeds.
pub async fn of_many_who_add_one_client_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let client = client(&here.tenant);
    let changes = here.changes();
    let adds = changes
        .iter()
        .map(|change| here.clients().add(&client, change));
    only_winner(join_all(adds).await, is_known);
}

/// Of many who change one version at once, one succeeds.
pub async fn of_many_who_change_one_client_one_succeeds(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let client = here.client().await;
    let (clients, changes) = (here.clients(), here.changes());
    let change = |change| clients.change(client.clone(), change);
    let outcomes = join_all(changes.iter().map(change)).await;
    only_winner(outcomes, is_stale);
    let found = clients.lookup(&client.id).await.unwrap();
    assert_eq!(found.map(|client| client.version), Some(2));
}
