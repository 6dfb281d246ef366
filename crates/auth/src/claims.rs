use iam_model::{Acr, ClientId, Scope, SessionId, TenantName, UserId};
use iam_platform::Platform;
use iam_policy::{Actor, Amr, Assurance, Claims, Grant, RequestContext, decide};
use iam_storage_ports::Storage;
use serde::Deserialize;
use serde_json::Value;

use crate::AuthError;

/// Whose tokens these are, as the tokens say.
pub struct TokenSubject {
    /// The tenant.
    pub tenant: TenantName,
    /// The user.
    pub user: UserId,
    /// How they logged in; a refresh neither raises nor lowers it.
    pub assurance: Assurance,
    /// Who acts in their name.
    pub act: Option<Actor>,
    /// What was granted at login.
    pub scope: Scope,
    /// The client the tokens are for.
    pub client_id: ClientId,
    /// The session they are of, where it is known.
    pub session: Option<SessionId>,
}

/// The claims of ours that tell it.
#[derive(Deserialize)]
struct OwnClaims {
    tenant: TenantName,
    acr: Acr,
    amr: Vec<Amr>,
    act: Option<Actor>,
}

impl TokenSubject {
    /// What `claims` of ours say, in tokens about `sub`; `None` if the tokens are not a user's, or
    /// not of our making.
    #[must_use]
    pub fn read(sub: &str, claims: &Value, scope: Scope, client_id: ClientId) -> Option<Self> {
        let OwnClaims {
            tenant,
            acr,
            amr,
            act,
        } = OwnClaims::deserialize(claims).ok()?;
        Some(Self {
            tenant,
            user: sub.parse().ok()?,
            assurance: Assurance { acr, amr },
            act,
            scope,
            client_id,
            session: None,
        })
    }
}

/// What tokens of `subject` say, from the database as it is now.
pub async fn refreshed_claims(
    platform: &dyn Platform,
    storage: &dyn Storage,
    subject: &TokenSubject,
) -> Result<Claims, AuthError> {
    let principals = storage.principals();
    let record = principals
        .lookup(&subject.tenant, &subject.user, &subject.client_id)
        .await?;
    // A user or a client that is gone is as good as one that never was.
    let principal = record.principal.ok_or(AuthError::InvalidGrant)?;
    let client = record.client.ok_or(AuthError::InvalidGrant)?;
    if let Some(session) = &subject.session {
        let store = storage.tenant(principal.tenant.id);
        if store.sessions().is_ended(session).await? {
            return Err(AuthError::InvalidGrant);
        }
    }
    let context = RequestContext {
        grant: Grant::RefreshToken,
        ip: None,
        user_agent: None,
        time: platform.now(),
    };
    let (assurance, scope) = (&subject.assurance, &subject.scope);
    let mut claims =
        decide(&principal, &client, assurance, scope, &context).map_err(AuthError::Denied)?;
    claims.access_token.act.clone_from(&subject.act);
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use iam_model::Scope;
    use serde_json::{Value, json};

    use super::TokenSubject;

    fn read(claims: &Value) -> Option<TokenSubject> {
        let user = "01890a5d-ac96-774b-bcce-b302099a8057";
        TokenSubject::read(user, claims, Scope::default(), "web".parse().unwrap())
    }

    #[test]
    fn tokens_that_are_not_ours_have_no_subject() {
        let good = json!({"tenant": "demo", "acr": "pwd", "amr": ["pwd"], "roles": []});
        assert!(read(&good).is_some());
        assert!(read(&json!({"tenant": "demo"})).is_none());
        assert!(read(&json!(null)).is_none());
        let client = TokenSubject::read("nightly", &good, Scope::default(), "a".parse().unwrap());
        assert!(client.is_none());
    }

    #[test]
    fn who_acts_for_the_subject_is_kept() {
        let act = json!({"sub": "nightly", "act": {"sub": "before"}});
        let claims = json!({"tenant": "demo", "acr": "pwd", "amr": ["pwd"], "act": act});
        let subject = read(&claims).unwrap();
        assert_eq!(serde_json::to_value(subject.act).unwrap(), act);
    }
}
