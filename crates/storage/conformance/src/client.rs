//! OAuth 2.0 clients.

use futures_util::future::join_all;
use iam_model::{Client, Scope};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_known, only_winner},
    fixture::{MANY, client, new_client, new_tenant, tenant},
};

/// A client is found by its id, and by no other.
pub async fn a_client_is_found_by_its_id(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let here = new_client(storage, &tenant).await;
    let absent = client(&tenant);
    assert_eq!(storage.clients().lookup(&absent.id).await.unwrap(), None);
    let found = storage.clients().lookup(&here.id).await.unwrap();
    assert_eq!(found, Some(here));
}

/// A tenant that is not there gets no clients.
pub async fn a_client_needs_a_tenant(storage: &dyn Storage) {
    let client = client(&tenant());
    assert_error!(storage.clients().add(&client).await, NotFound);
    assert_eq!(storage.clients().lookup(&client.id).await.unwrap(), None);
}

/// What is optional in a client comes back as it was, and so does what looks like SQL.
pub async fn a_client_without_a_scope_and_one_with_a_login_page_are_kept_as_they_are(
    storage: &dyn Storage,
) {
    let tenant = new_tenant(storage).await;
    let bare = Client {
        first_party: false,
        scope: Scope::default(),
        ..client(&tenant)
    };
    let full = Client {
        redirect_uri: "https://app.example/?q=');--".parse().unwrap(),
        scope: "openid '); x%_?".parse().unwrap(),
        login_uri: Some("com.example.app:/login".parse().unwrap()),
        ..client(&tenant)
    };
    for client in [bare, full] {
        storage.clients().add(&client).await.unwrap();
        let found = storage.clients().lookup(&client.id).await.unwrap();
        assert_eq!(found, Some(client));
    }
}

/// No two clients have one id, in whatever tenants they are.
pub async fn client_ids_are_unique(storage: &dyn Storage) {
    let (one, two) = (new_tenant(storage).await, new_tenant(storage).await);
    let first = new_client(storage, &one).await;
    let second = Client {
        id: first.id.clone(),
        ..client(&two)
    };
    assert_error!(storage.clients().add(&second).await, AlreadyExists);
    let found = storage.clients().lookup(&first.id).await.unwrap();
    assert_eq!(found, Some(first));
}

/// Of many who add one client at once, one succeeds.
pub async fn of_many_who_add_one_client_one_succeeds(storage: &dyn Storage) {
    let tenant = new_tenant(storage).await;
    let client = client(&tenant);
    let outcomes = join_all((0..MANY).map(|_| storage.clients().add(&client))).await;
    only_winner(outcomes, is_known);
}
