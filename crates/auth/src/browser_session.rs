//! What Hydra does not remember of a session that it remembers: how its user logged in.

use std::time::Duration;

use iam_model::TokenLifetimes;
use iam_policy::Assurance;

use crate::{AuthError, BrowserPorts};

fn key(session_id: &str) -> String {
    format!("browser-session/{session_id}")
}

/// Notes the assurance of a session's login, for as long as the session can be remembered.
pub(crate) async fn note(
    ports: &BrowserPorts<'_>,
    session_id: Option<&str>,
    assurance: &Assurance,
    lifetimes: &TokenLifetimes,
) -> Result<(), AuthError> {
    let Some(session_id) = session_id else {
        return Ok(());
    };
    let value = serde_json::to_string(assurance).map_err(|e| AuthError::Internal(e.into()))?;
    let ttl = Duration::from_secs(lifetimes.refresh_token.into());
    Ok(ports.ephemeral.put(&key(session_id), &value, ttl).await?)
}

/// The assurance of a session's login; `None` if the store has lost it, and then its user has to
/// log in again.
pub(crate) async fn recall(
    ports: &BrowserPorts<'_>,
    session_id: Option<&str>,
) -> Result<Option<Assurance>, AuthError> {
    let Some(session_id) = session_id else {
        return Ok(None);
    };
    let value = ports.ephemeral.lookup(&key(session_id)).await?;
    Ok(value.and_then(|value| serde_json::from_str(&value).ok()))
}
