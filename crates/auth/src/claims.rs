use iam_model::{Scope, TenantName, UserId};
use iam_policy::{Assurance, Claims, decide};
use iam_storage_ports::Storage;

use crate::AuthError;

/// Whose tokens are being refreshed, as the tokens before said.
pub struct RefreshedSubject {
    /// The tenant.
    pub tenant: TenantName,
    /// The user.
    pub user: UserId,
    /// How they logged in; a refresh neither raises nor lowers it.
    pub assurance: Assurance,
    /// What was granted at login.
    pub scope: Scope,
}

/// What the refreshed tokens of `subject` say, from the database as it is now.
pub async fn refreshed_claims(
    storage: &dyn Storage,
    subject: &RefreshedSubject,
) -> Result<Claims, AuthError> {
    let principals = storage.principals();
    let principal = principals.lookup(&subject.tenant, &subject.user).await?;
    // A user who is gone is as good as one who never was.
    let principal = principal.ok_or(AuthError::InvalidGrant)?;
    decide(&principal, &subject.assurance, &subject.scope).map_err(AuthError::Denied)
}
