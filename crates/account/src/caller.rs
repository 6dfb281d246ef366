use iam_identity::authenticated_user;
use iam_model::{Client, Principal, Tenant, User};
use iam_storage_ports::TenantStorage;

use crate::{AccountError, AccountPorts};

/// What a token of a client that is not first-party must be granted.
pub const ACCOUNT_SCOPE: &str = "account";

/// A user who acts on themself.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who they are.
    pub principal: Principal,
    /// The app they use.
    pub client: Client,
}

/// Who `bearer`, an access token of ours, stands for. It must come from a first-party client, or
/// with the scope [`ACCOUNT_SCOPE`]. Nobody acts on another's account, an operator neither.
pub async fn authenticate(ports: &AccountPorts<'_>, bearer: &str) -> Result<Caller, AccountError> {
    let (token, principal, client) = authenticated_user(&ports.identity(), bearer).await?;
    if !client.first_party && !token.scope.contains(ACCOUNT_SCOPE) {
        return Err(AccountError::InsufficientScope);
    }
    Ok(Caller { principal, client })
}

impl Caller {
    pub(crate) const fn user(&self) -> &User {
        &self.principal.user
    }

    pub(crate) const fn tenant(&self) -> &Tenant {
        &self.principal.tenant
    }

    pub(crate) fn store<'a>(&self, ports: &AccountPorts<'a>) -> Box<dyn TenantStorage + 'a> {
        ports.storage.tenant(self.tenant().id)
    }
}
