use std::time::Duration;

use iam_model::{ClientId, Line, Outcome, Scope, UserId, Username, hex};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Pending, reject};
use crate::{AuthError, AuthorizationError, BrowserPorts, Sender, login_log::LoginLog};

/// As long as Hydra keeps a consent request.
const TTL: Duration = Duration::from_mins(5);

/// What a consent page asks its user.
#[derive(Debug)]
pub struct ConsentQuestion {
    /// The client that asks.
    pub client_id: ClientId,
    /// Its name.
    pub client_name: Line,
    /// Who is asked.
    pub subject: UserId,
    /// Their name.
    pub username: Username,
    /// What the client asks for.
    pub scope: Scope,
    /// Whom the tokens are to be for.
    pub resources: Vec<String>,
    /// The languages that the user reads, the best first, as the client says.
    pub ui_locales: Vec<String>,
}

/// What the user says.
#[derive(Debug)]
pub enum ConsentDecision {
    /// They agree.
    Grant {
        /// To this of what was asked for; `None` for all.
        scope: Option<Scope>,
        /// Whether they need not be asked again.
        remember: bool,
    },
    /// They do not.
    Refuse,
}

/// What the page that was opened with `challenge` is to ask.
pub async fn consent_question(
    ports: &BrowserPorts<'_>,
    challenge: &str,
) -> Result<ConsentQuestion, AuthError> {
    if ports.ephemeral.lookup(&key(challenge)).await?.is_some() {
        return Err(AuthError::Challenge);
    }
    let pending = Pending::read(ports, challenge).await?;
    let resources = pending.audience(ports);
    Ok(ConsentQuestion {
        resources: resources.into_iter().map(str::to_owned).collect(),
        client_id: pending.client.id,
        client_name: pending.client.details.name,
        subject: pending.principal.user.id,
        username: pending.principal.user.username,
        scope: pending.request.requested_scope,
        ui_locales: pending.request.wishes.ui_locales,
    })
}

/// Takes the user's answer, once, and gives the URL at which the browser goes on. It goes on only
/// where it began: Hydra looks for its cookie.
pub async fn answer_consent(
    ports: &BrowserPorts<'_>,
    sender: &Sender,
    challenge: &str,
    decision: &ConsentDecision,
) -> Result<String, AuthError> {
    let pending = Pending::read(ports, challenge).await?;
    let requested = &pending.request.requested_scope;
    let log = LoginLog::in_browser(ports.platform, ports.storage, sender, pending.subject());
    let (scope, remember) = match decision {
        ConsentDecision::Refuse => {
            spend(ports, challenge).await?;
            log.add("consent.refused", Outcome::Success, json!({}))
                .await?;
            return reject(ports, challenge, AuthorizationError::ACCESS_DENIED).await;
        }
        ConsentDecision::Grant { scope, remember } => (scope.as_ref(), *remember),
    };
    let scope = scope.unwrap_or(requested);
    let beyond: Vec<_> = scope.beyond(requested).cloned().collect();
    if !beyond.is_empty() {
        return Err(AuthError::InvalidScope(beyond));
    }
    spend(ports, challenge).await?;
    let claims = match pending.decide(ports, sender, scope) {
        Ok(claims) => claims,
        Err(denial) => return pending.deny(ports, sender, challenge, &denial).await,
    };
    let details = json!({ "scope": scope, "remember": remember });
    log.add("consent.granted", Outcome::Success, details)
        .await?;
    pending
        .grant(ports, challenge, scope, remember, &claims)
        .await
}

/// Uses a challenge up: Hydra itself would take another answer for as long as the browser waits.
async fn spend(ports: &BrowserPorts<'_>, challenge: &str) -> Result<(), AuthError> {
    if ports.ephemeral.add(&key(challenge), "", TTL).await? {
        Ok(())
    } else {
        Err(AuthError::Challenge)
    }
}

fn key(challenge: &str) -> String {
    let digest = Sha256::digest(challenge.as_bytes());
    format!("answered-consent/{}", hex(&digest))
}
