use std::collections::BTreeMap;

use iam_identity::IdentityError;
use iam_model::{ClientId, Scope, Timestamp};

use crate::{
    AccountError, AccountPorts, Caller,
    log::{own_change, with},
    sessions::sessions,
};

/// What the caller has granted an app.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GrantedConsent {
    /// The app.
    pub client_id: ClientId,
    /// What its tenant calls it.
    pub client_name: String,
    /// All that was granted.
    pub scope: Scope,
    /// Whether it is granted again without asking.
    pub remembered: bool,
    /// When something was granted last.
    pub granted_at: Option<Timestamp>,
}

/// What the caller has granted to third-party apps, by client: those of first parties are not asked
/// for. A client that is gone has nothing any more.
pub async fn consents(
    ports: &AccountPorts<'_>,
    caller: &Caller,
) -> Result<Vec<GrantedConsent>, AccountError> {
    let mut granted = BTreeMap::new();
    // The last first, so the first that is seen is the last that was granted.
    for session in sessions(ports, caller).await? {
        let consent = granted
            .entry(session.client_id.clone())
            .or_insert_with(|| GrantedConsent {
                client_id: session.client_id,
                client_name: String::new(),
                scope: Scope::default(),
                remembered: false,
                granted_at: session.granted_at,
            });
        let both = consent.scope.tokens().chain(session.scope.tokens());
        consent.scope = both.cloned().collect();
        consent.remembered |= session.remembered;
    }
    let store = caller.store(ports);
    let mut shown = Vec::new();
    for (id, consent) in granted {
        let client = store.clients().lookup(&id).await?;
        if let Some(client) = client.filter(|client| !client.first_party) {
            shown.push(GrantedConsent {
                client_name: client.details.name.to_string(),
                ..consent
            });
        }
    }
    Ok(shown)
}

/// Takes back all that the caller has granted a client; its sessions end.
pub async fn revoke_consent(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    client_id: &ClientId,
) -> Result<(), AccountError> {
    let consents = consents(ports, caller).await?;
    if !consents
        .iter()
        .any(|consent| consent.client_id == *client_id)
    {
        return Err(IdentityError::NotFound.into());
    }
    let user = &caller.user().id;
    ports.hydra.revoke_consents(user, client_id).await?;
    let change = own_change(ports, caller.tenant(), user, "consent.revoked");
    let change = with(change, "client_id", client_id.as_str());
    let store = caller.store(ports);
    Ok(store.audit().add(&[change.event]).await?)
}
