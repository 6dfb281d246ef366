use http::{Method, StatusCode};
use iam_model::Client;
use serde::Serialize;
use serde_json::Value;

use crate::{
    Hydra, HydraError,
    http::{Outgoing, json},
};

/// The authentication method of a client that cannot keep a secret (RFC 7591 §2).
pub const PUBLIC_CLIENT: &str = "none";

/// A client as Hydra keeps it (RFC 7591 §2).
#[derive(Debug, Serialize)]
pub struct ClientRegistration {
    client_id: String,
    client_name: String,
    token_endpoint_auth_method: &'static str,
    grant_types: &'static [&'static str],
    response_types: &'static [&'static str],
    redirect_uris: Vec<String>,
    scope: String,
    audience: Vec<String>,
}

impl ClientRegistration {
    /// `client` as a public client that logs users in and keeps them logged in.
    #[must_use]
    pub fn public(client: &Client, audience: &str) -> Self {
        Self {
            client_id: client.id.to_string(),
            client_name: client.id.to_string(),
            token_endpoint_auth_method: PUBLIC_CLIENT,
            grant_types: &["authorization_code", "refresh_token"],
            response_types: &["code"],
            redirect_uris: vec![client.redirect_uri.to_string()],
            scope: client.scope.to_string(),
            audience: vec![audience.to_owned()],
        }
    }
}

impl Hydra {
    /// Registers a client, or replaces the registration under the same id.
    pub async fn put_client(&self, client: &ClientRegistration) -> Result<(), HydraError> {
        // A ClientId needs no escaping in a path.
        let path = format!("/admin/clients/{}", client.client_id);
        let found = self
            .send(&self.settings.admin, Outgoing::get(&path, &[]))
            .await?;
        let (method, path) = if found.status() == StatusCode::NOT_FOUND {
            (Method::POST, "/admin/clients")
        } else {
            json::<Value>(&path, &found)?;
            (Method::PUT, path.as_str())
        };
        let _: Value = self.admin(method, path, client).await?;
        Ok(())
    }
}
