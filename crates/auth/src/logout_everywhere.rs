use iam_hydra::TokenUse;
use iam_model::{Outcome, Secret, UserId};
use serde_json::json;

use crate::{
    AuthError, BrowserPorts, Sender, TokenSubject, login_log::LoginLog, progress::Subject,
};

/// Ends all sessions of the user whose access token this is, at all clients, this one's too. A
/// token that is no more good ends nothing.
pub async fn logout_everywhere(
    ports: &BrowserPorts<'_>,
    sender: &Sender,
    access_token: &Secret<String>,
) -> Result<(), AuthError> {
    let token = ports.hydra.introspect(access_token).await?;
    let token = token.ok_or(AuthError::InvalidToken)?;
    // A token for some other resource must not open this one (RFC 9700 §2.3).
    let ours = token.aud.iter().any(|audience| audience == ports.issuer);
    let user: Option<UserId> = token.sub.parse().ok();
    let (TokenUse::AccessToken, true, Some(user)) = (token.token_use, ours, user) else {
        return Err(AuthError::InvalidToken);
    };
    let subject = TokenSubject::read(&token.sub, &token.claims, token.scope, token.client_id);
    // Who acts in somebody's name does not log them out.
    let subject = subject.filter(|subject| subject.act.is_none());
    let subject = subject.ok_or(AuthError::InvalidToken)?;
    let principals = ports.storage.principals();
    let record = principals
        .lookup(&subject.tenant, &user, &subject.client_id)
        .await?;
    let (Some(principal), Some(client)) = (&record.principal, &record.client) else {
        return Err(AuthError::InvalidToken);
    };
    let subject = Subject { principal, client };
    let log = LoginLog::in_browser(ports.platform, ports.storage, sender, subject);
    log.add("user.sessions_revoked", Outcome::Success, json!({}))
        .await?;
    Ok(ports.hydra.revoke_sessions(&user).await?)
}
