use std::cmp::Reverse;

use iam_hydra::Consent;
use iam_identity::IdentityError;
use iam_model::{EndedSession, SessionId};
use iam_storage_ports::StorageError;

use crate::{
    AccountError, AccountPorts, Caller,
    log::{own_change, with},
};

/// The caller's sessions that have not ended, the last first.
pub async fn sessions(
    ports: &AccountPorts<'_>,
    caller: &Caller,
) -> Result<Vec<Consent>, AccountError> {
    let user = &caller.user().id;
    let ended = caller.store(ports).sessions().list(user).await?;
    let mut sessions = ports.hydra.consents(user).await?;
    sessions.retain(|session| !ended.iter().any(|ended| ended.id == session.id));
    // Hydra's own order is that of the requests.
    sessions.sort_by_key(|session| Reverse(session.granted_at));
    Ok(sessions)
}

/// Ends one session: it is refreshed no more, and the browser that it came from has to log in again.
/// Its access token is good until it expires, as nobody asks us about those.
pub async fn end_session(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    id: &SessionId,
) -> Result<(), AccountError> {
    let sessions = sessions(ports, caller).await?;
    let session = sessions.iter().find(|session| session.id == *id);
    let session = session.ok_or(IdentityError::NotFound)?;
    let user = caller.user().id;
    let change = own_change(ports, caller.tenant(), &user, "session.ended");
    let change = with(change, "client_id", session.client_id.as_str());
    let ended = EndedSession {
        id: id.clone(),
        user_id: user,
        ended_at: ports.platform.now(),
    };
    match caller.store(ports).sessions().end(&ended, &change).await {
        // Somebody was faster: what was asked for is so.
        Ok(()) | Err(StorageError::AlreadyExists) => {}
        Err(error) => return Err(error.into()),
    }
    match &session.login_session {
        Some(login) => Ok(ports.hydra.end_login_session(login).await?),
        None => Ok(()),
    }
}

/// Ends all sessions of the caller, at all clients, this one too, and forgets all consents.
pub async fn end_all_sessions(
    ports: &AccountPorts<'_>,
    caller: &Caller,
) -> Result<(), AccountError> {
    let user = &caller.user().id;
    ports.hydra.revoke_sessions(user).await?;
    let change = own_change(ports, caller.tenant(), user, "user.sessions_revoked");
    let store = caller.store(ports);
    Ok(store.audit().add(&[change.event]).await?)
}
