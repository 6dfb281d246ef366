use std::collections::BTreeSet;

use iam_model::UserId;
use serde::Deserialize;

use crate::{
    Hydra, HydraError,
    http::{Outgoing, json, path_only},
};

/// A consent, as far as it tells of a session that somebody wants to be told the end of.
#[derive(Deserialize)]
struct Consent {
    consent_request: Option<Request>,
}

#[derive(Deserialize)]
struct Request {
    login_session_id: Option<String>,
    client: Option<Client>,
}

#[derive(Deserialize)]
struct Client {
    #[serde(default)]
    backchannel_logout_uri: String,
}

impl Hydra {
    /// Revokes every refresh token, every consent and every login session of a user, at all
    /// clients, and has the clients told that want to know (OIDC Back-Channel Logout §2). Access
    /// tokens that are out verify until they expire, since nobody asks us about them.
    pub async fn revoke_sessions(&self, subject: &UserId) -> Result<(), HydraError> {
        // Hydra tells nobody when it ends all sessions of a user, only when it ends one.
        for session in self.notified_sessions(subject).await? {
            let login = format!("/admin/oauth2/auth/sessions/login?sid={session}");
            self.delete(&login).await?;
        }
        // A UserId needs no escaping in a query.
        let consent = format!("/admin/oauth2/auth/sessions/consent?subject={subject}&all=true");
        self.delete(&consent).await?;
        let login = format!("/admin/oauth2/auth/sessions/login?subject={subject}");
        self.delete(&login).await
    }

    /// The sessions of which a client wants to know the end, among the user's last 1000 consents.
    async fn notified_sessions(&self, subject: &UserId) -> Result<BTreeSet<String>, HydraError> {
        let path = format!("/admin/oauth2/auth/sessions/consent?subject={subject}&page_size=1000");
        let response = self
            .send(&self.settings.admin, Outgoing::get(&path, &[]))
            .await?;
        let consents: Vec<Consent> = json(path_only(&path), &response)?;
        Ok(consents.into_iter().filter_map(Consent::session).collect())
    }
}

impl Consent {
    /// The session, if its client is to be told of its end. Its id is put into a query, so one that
    /// is not like Hydra's is none.
    fn session(self) -> Option<String> {
        let request = self.consent_request?;
        let session = request.login_session_id?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        let named = !session.is_empty() && session.bytes().all(plain);
        (named && !request.client?.backchannel_logout_uri.is_empty()).then_some(session)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Consent;

    #[test]
    fn only_sessions_that_a_client_wants_to_know_the_end_of_are_ended_one_by_one() {
        for (session, uri, expected) in [
            (json!("a-1"), json!("https://app.example/out"), Some("a-1")),
            (json!("a-1"), json!(""), None),
            (json!("a&b"), json!("https://app.example/out"), None),
            (json!(null), json!("https://app.example/out"), None),
        ] {
            let consent: Consent = serde_json::from_value(json!({
                "consent_request": {
                    "login_session_id": session,
                    "client": { "backchannel_logout_uri": uri },
                },
            }))
            .unwrap();
            assert_eq!(consent.session().as_deref(), expected);
        }
    }
}
