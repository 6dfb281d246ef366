use iam_model::{CredentialKind, MfaPolicy, Timestamp};

use crate::{AccountError, AccountPorts, Caller};

/// The second factors of a user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mfa {
    /// What their tenant wants.
    pub policy: MfaPolicy,
    /// Since when they have codes by the time, if they have.
    pub totp_since: Option<Timestamp>,
    /// How many recovery codes they have left.
    pub recovery_codes_left: u64,
}

/// The caller's second factors, without what is secret.
pub async fn mfa(ports: &AccountPorts<'_>, caller: &Caller) -> Result<Mfa, AccountError> {
    let user = &caller.user().id;
    let store = caller.store(ports);
    let credentials = store.credentials();
    let own = credentials.list(user).await?;
    let totp = own.iter().find(|own| own.kind == CredentialKind::Totp);
    Ok(Mfa {
        policy: caller.tenant().settings.mfa,
        totp_since: totp.map(|totp| totp.updated_at),
        recovery_codes_left: credentials.count_recovery_codes(user).await?,
    })
}
