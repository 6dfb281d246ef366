use iam_auth::Factor;
use iam_messaging::code_digest;
use iam_model::{
    ClientId, CodePurpose, Email, OneTimeCode, Secret, Tenant, TenantName, TenantStatus, User,
    UserStatus,
};
use iam_storage_ports::{Change, StorageError};

use crate::{AccountError, AccountPorts, log::own_change};

/// A code that came back, with whose it is.
pub(crate) struct Brought {
    pub(crate) tenant: Tenant,
    pub(crate) user: User,
    pub(crate) code: OneTimeCode,
}

/// Who brings a code, which proves all that has to be proved.
pub struct CodeBearer<'a> {
    /// The tenant they name.
    pub tenant: &'a TenantName,
    /// The app they use, as the limits know it.
    pub client_id: &'a ClientId,
    /// The code.
    pub code: &'a Secret<String>,
}

impl CodeBearer<'_> {
    /// Whose code it is. It is not used up: that comes with the change that it allows. Tries are
    /// counted by address alone, as a code of 256 bits says nothing of an account until it is found.
    pub(crate) async fn open(
        &self,
        ports: &AccountPorts<'_>,
        purpose: CodePurpose,
    ) -> Result<Brought, AccountError> {
        let digest = code_digest(self.code.expose());
        let attempt = ports.attempt(self.tenant, digest.as_str(), self.client_id);
        let admission = ports.limiter.admit(&attempt, Factor::Otp).await?;
        let tenant = ports.storage.tenants().find_by_name(self.tenant).await?;
        let tenant = tenant.filter(|tenant| tenant.status == TenantStatus::Active);
        let tenant = tenant.ok_or(AccountError::InvalidCode)?;
        let store = ports.storage.tenant(tenant.id);
        let codes = store.one_time_codes();
        let code = codes
            .find_by_digest(purpose, &digest, ports.platform.now())
            .await?;
        let code = code.ok_or(AccountError::InvalidCode)?;
        let user = store.users().lookup(&code.user_id).await?;
        let may = |user: &User| matches!(user.status, UserStatus::Active | UserStatus::Invited);
        let user = user.filter(may).ok_or(AccountError::InvalidCode)?;
        ports.limiter.succeeded(&admission).await?;
        Ok(Brought { tenant, user, code })
    }
}

impl Brought {
    /// What the code allows, which uses it up.
    pub(crate) fn change(&self, ports: &AccountPorts<'_>, action: &str) -> Change {
        let change = own_change(ports, &self.tenant, &self.user.id, action);
        Change {
            spent: Some(self.code.clone()),
            ..change
        }
    }

    /// The user, whose address is proved: who brings the code reads what is sent there.
    pub(crate) fn verified_user(&self, ports: &AccountPorts<'_>) -> User {
        let mut user = self.user.clone();
        user.updated_at = ports.platform.now();
        if let Some(address) = self.address() {
            let mut emails = user.details.emails.iter_mut();
            if let Some(own) = emails.find(|own| own.address.key() == address.key()) {
                own.verified = true;
            }
        }
        user
    }

    /// The address that the code was sent to.
    pub(crate) fn address(&self) -> Option<Email> {
        self.code.address.as_ref()?.parse().ok()
    }
}

/// Of two who bring one code, or where the user was changed meanwhile, one is too late.
pub(crate) fn too_late(error: StorageError) -> AccountError {
    match error {
        StorageError::Stale => AccountError::InvalidCode,
        error => error.into(),
    }
}
