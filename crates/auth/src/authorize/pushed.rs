use std::time::Duration;

use iam_hydra::ClientCredentials;
use iam_model::{ClientId, Secret, hex};
use iam_security::random_token;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{AuthorizationError, Checked, Parameters, check};
use crate::{AuthError, BrowserPorts};

/// RFC 9126 §2.2 wants it short: from 5 to 600 seconds.
const TTL: Duration = Duration::from_secs(90);

/// RFC 9126 §2.2.
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// A request that waits for its browser.
#[derive(Debug)]
pub struct PushedRequest {
    /// What stands for it at the authorization endpoint, once.
    pub request_uri: Secret<String>,
    /// How long it waits.
    pub expires_in: Duration,
}

/// What a `request_uri` stands for.
pub(crate) enum Pushed {
    /// There is none, or it is not of ours.
    None,
    /// These parameters.
    Parameters(Parameters),
    /// Nothing, or nothing any more.
    Unknown,
}

/// Why a request was not taken.
#[derive(Debug)]
pub enum PushError {
    /// The request is wrong (RFC 9126 §2.3).
    Refused(AuthorizationError),
    /// The client has not proved who it is, or something failed.
    Failed(AuthError),
}

impl<E: Into<AuthError>> From<E> for PushError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

#[derive(Deserialize, Serialize)]
struct Held {
    client_id: ClientId,
    request: String,
}

/// Takes an authorization request from its client itself (RFC 9126 §2.1), which it is checked
/// like at the authorization endpoint.
pub async fn push(
    ports: &BrowserPorts<'_>,
    credentials: &ClientCredentials,
    parameters: &Parameters,
) -> Result<PushedRequest, PushError> {
    ports.hydra.authenticate_client(credentials).await?;
    let id = credentials.client_id();
    let found = ports.storage.principals().find_by_client(id).await?;
    let (_, client) = found.ok_or(PushError::Failed(AuthError::UnknownClient))?;
    let parameters = parameters.of_client(id);
    // RFC 9126 §2.1: a request is not pushed by another.
    if parameters.has("request_uri") {
        return Err(PushError::Refused(AuthorizationError::invalid_request(
            "The parameter request_uri is not one of a pushed request.",
        )));
    }
    let checked = check::redirect_uri(&parameters, &client)
        .and_then(|_| Checked::new(&parameters, &client, ports.issuer))
        .map_err(PushError::Refused)?;
    Ok(hold(ports, id, checked.encode()).await?)
}

/// Keeps a request of `client_id` for a browser.
pub(crate) async fn hold(
    ports: &BrowserPorts<'_>,
    client_id: &ClientId,
    request: String,
) -> Result<PushedRequest, AuthError> {
    let token = random_token(ports.platform);
    let held = Held {
        client_id: client_id.clone(),
        request,
    };
    let held = serde_json::to_string(&held).map_err(|e| AuthError::Internal(e.into()))?;
    ports
        .ephemeral
        .put(&key(token.expose()), &held, TTL)
        .await?;
    Ok(PushedRequest {
        request_uri: Secret::new(format!("{PREFIX}{}", token.expose())),
        expires_in: TTL,
    })
}

/// What `parameters` stand for. A `request_uri` is good once, for its own client (RFC 9126 §4);
/// what is beside it is not looked at (RFC 9101 §6.3).
pub(crate) async fn take(
    ports: &BrowserPorts<'_>,
    client_id: &ClientId,
    parameters: &Parameters,
) -> Result<Pushed, AuthError> {
    let uri = parameters.once("request_uri").unwrap_or_default();
    let Some(token) = uri.and_then(|uri| uri.strip_prefix(PREFIX)) else {
        return Ok(Pushed::None);
    };
    let held = ports.ephemeral.take(&key(token)).await?;
    let Some(held) = held.and_then(|held| serde_json::from_str::<Held>(&held).ok()) else {
        return Ok(Pushed::Unknown);
    };
    if held.client_id != *client_id {
        return Ok(Pushed::Unknown);
    }
    Ok(Pushed::Parameters(Parameters::parse(
        held.request.as_bytes(),
    )))
}

/// The store knows the digest alone: who reads it cannot begin somebody's login.
fn key(token: &str) -> String {
    format!("pushed-request/{}", hex(&Sha256::digest(token.as_bytes())))
}
