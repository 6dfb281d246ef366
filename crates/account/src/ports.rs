use iam_auth::{Attempt, Limiter, Sender};
use iam_hydra::Hydra;
use iam_identity::IdentityPorts;
use iam_messaging::Outbox;
use iam_model::{ClientId, TenantName};
use iam_platform::Platform;
use iam_security::{Keyring, PasswordHasher};
use iam_storage_ports::{EphemeralStore, Storage};

/// What the use cases of this crate need.
#[derive(Clone, Copy)]
pub struct AccountPorts<'a> {
    /// The clock and the randomness.
    pub platform: &'a dyn Platform,
    /// The database.
    pub storage: &'a dyn Storage,
    /// Where a second factor waits until it is confirmed.
    pub ephemeral: &'a dyn EphemeralStore,
    /// The OAuth2 server.
    pub hydra: &'a Hydra,
    /// The password hasher.
    pub hasher: &'a dyn PasswordHasher,
    /// What secrets at rest are sealed with.
    pub keyring: &'a Keyring,
    /// What counts tries.
    pub limiter: &'a Limiter<'a>,
    /// The issuer and the audience of access tokens.
    pub issuer: &'a str,
    /// The request, as the logs know it.
    pub sender: &'a Sender,
}

impl<'a> AccountPorts<'a> {
    pub(crate) const fn identity(&self) -> IdentityPorts<'a> {
        IdentityPorts {
            platform: self.platform,
            storage: self.storage,
            hydra: self.hydra,
            hasher: self.hasher,
            audience: self.issuer,
        }
    }

    pub(crate) const fn outbox(&self) -> Outbox<'a> {
        Outbox {
            platform: self.platform,
            storage: self.storage,
            keyring: self.keyring,
        }
    }

    /// A try at `account`, from where this request comes.
    pub(crate) fn attempt(
        &self,
        tenant: &TenantName,
        account: impl Into<String>,
        client_id: &ClientId,
    ) -> Attempt {
        Attempt {
            tenant: tenant.clone(),
            account: account.into(),
            client_id: client_id.clone(),
            ip: self.sender.origin.ip,
            device: None,
        }
    }
}
