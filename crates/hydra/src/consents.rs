use iam_model::{ClientId, Scope, ScopeToken, SessionId, Timestamp, UserId};
use serde::Deserialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::form_urlencoded;

use crate::{
    Hydra, HydraError,
    http::{Outgoing, json, path_only},
};

/// The most consents of a user that are looked at: the last ones.
const MOST: u16 = 1000;

/// What a user has granted a client at one login: a session there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Consent {
    /// Its id.
    pub id: SessionId,
    /// The client.
    pub client_id: ClientId,
    /// What was granted.
    pub scope: Scope,
    /// Whether Hydra grants the same again without asking.
    pub remembered: bool,
    /// The assurance level of the login.
    pub acr: String,
    /// The login session it came from, if there is one.
    pub login_session: Option<SessionId>,
    /// When it was granted.
    pub granted_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Wire {
    grant_scope: Vec<ScopeToken>,
    #[serde(default)]
    remember: bool,
    handled_at: Option<String>,
    consent_request: WireRequest,
}

#[derive(Deserialize)]
struct WireRequest {
    challenge: String,
    #[serde(default)]
    acr: String,
    login_session_id: Option<String>,
    client: WireClient,
}

#[derive(Deserialize)]
struct WireClient {
    client_id: ClientId,
}

impl Hydra {
    /// What the user has granted and is not revoked, the last first. A login for which Hydra grants
    /// again what it remembers is not in it.
    pub async fn consents(&self, subject: &UserId) -> Result<Vec<Consent>, HydraError> {
        // A UserId needs no escaping in a query.
        let path =
            format!("/admin/oauth2/auth/sessions/consent?subject={subject}&page_size={MOST}");
        let request = Outgoing::get(&path, &[]);
        let response = self.send(&self.settings.admin, request).await?;
        let consents: Vec<Wire> = json(path_only(&path), &response)?;
        Ok(consents.into_iter().filter_map(Wire::read).collect())
    }

    /// Revokes all that the user has granted the client, with the tokens that came of it.
    pub async fn revoke_consents(
        &self,
        subject: &UserId,
        client: &ClientId,
    ) -> Result<(), HydraError> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("subject", &subject.to_string())
            .append_pair("client", client.as_str())
            .finish();
        self.delete(&format!("/admin/oauth2/auth/sessions/consent?{query}"))
            .await
    }

    /// Ends a login session: the browser has to log in again, and clients that want to know are
    /// told (OIDC Back-Channel Logout §2).
    pub async fn end_login_session(&self, session: &SessionId) -> Result<(), HydraError> {
        // A SessionId needs no escaping in a query.
        self.delete(&format!("/admin/oauth2/auth/sessions/login?sid={session}"))
            .await
    }
}

impl Wire {
    fn read(self) -> Option<Consent> {
        let request = self.consent_request;
        Some(Consent {
            id: request.challenge.parse().ok()?,
            client_id: request.client.client_id,
            scope: self.grant_scope.into_iter().collect(),
            remembered: self.remember,
            acr: request.acr,
            login_session: request.login_session_id.and_then(|id| id.parse().ok()),
            granted_at: self.handled_at.as_deref().and_then(moment),
        })
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let millis = time.unix_timestamp_nanos() / 1_000_000;
    i64::try_from(millis).ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use iam_model::Timestamp;
    use serde_json::json;

    use super::Wire;

    #[test]
    fn a_consent_is_read_as_hydra_writes_it() {
        let wire: Wire = serde_json::from_value(json!({
            "grant_scope": ["openid", "account"],
            "remember": true,
            "handled_at": "2026-09-21T14:13:20.5Z",
            "consent_request": {
                "challenge": "0b0c7d9e-1d1a-4a53-9df3-6a1d1d5f5f5f",
                "acr": "mfa",
                "login_session_id": "",
                "client": { "client_id": "web" },
            },
        }))
        .unwrap();
        let consent = wire.read().unwrap();
        assert_eq!(consent.id.as_str(), "0b0c7d9e-1d1a-4a53-9df3-6a1d1d5f5f5f");
        assert_eq!(consent.scope, "openid account".parse().unwrap());
        assert_eq!(consent.login_session, None);
        let expected = Timestamp::from_millis(1_790_000_000_500);
        assert_eq!(consent.granted_at, Some(expected));
    }
}
