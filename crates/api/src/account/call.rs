use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, Response};
use iam_account::{AccountPorts, Caller, authenticate};
use iam_auth::{Limiter, Sender};
use iam_config::LimitSettings;
use iam_hydra::Hydra;
use iam_model::ClientId;
use iam_platform::Platform;
use iam_security::{Keyring, PasswordHasher};
use iam_storage_ports::{EphemeralStore, Storage};

use crate::{
    admin::call::bearer,
    call::Call,
    problem::{Code, Problem},
    rate_limit::limited,
};

/// What the use cases need, as this call's component has it.
pub(super) struct Account {
    platform: Rc<dyn Platform>,
    storage: Rc<dyn Storage>,
    ephemeral: Rc<dyn EphemeralStore>,
    hydra: Hydra,
    hasher: Box<dyn PasswordHasher>,
    keyring: Keyring,
    limits: LimitSettings,
    issuer: String,
    sender: Sender,
}

impl Account {
    pub(super) fn of(call: &Call) -> Result<Self, Problem> {
        Ok(Self {
            platform: Rc::clone(&call.platform),
            storage: call.storage()?,
            ephemeral: call.ephemeral()?,
            hydra: call.hydra()?,
            hasher: call.hasher()?,
            keyring: call.keyring()?,
            limits: call.limits()?,
            issuer: call.issuer()?,
            sender: Sender {
                origin: call.origin(),
                trace_id: call.trace_id.clone(),
            },
        })
    }

    /// The answer that `work` gives to whoever asks, with what was counted on the way.
    pub(super) async fn open<F>(&self, work: F) -> Result<Response<Bytes>, Problem>
    where
        F: AsyncFnOnce(&AccountPorts<'_>) -> Result<Response<Bytes>, Problem>,
    {
        let limiter = Limiter::new(&*self.ephemeral, &*self.platform, self.limits);
        let ports = AccountPorts {
            platform: &*self.platform,
            storage: &*self.storage,
            ephemeral: &*self.ephemeral,
            hydra: &self.hydra,
            hasher: &*self.hasher,
            keyring: &self.keyring,
            limiter: &limiter,
            issuer: &self.issuer,
            sender: &self.sender,
        };
        let answer = work(&ports).await;
        limited(&limiter, answer)
    }

    /// The answer that `work` gives to the user whose token came with the request.
    pub(super) async fn own<F>(
        &self,
        headers: &HeaderMap,
        work: F,
    ) -> Result<Response<Bytes>, Problem>
    where
        F: AsyncFnOnce(&AccountPorts<'_>, &Caller) -> Result<Response<Bytes>, Problem>,
    {
        let token = bearer(headers).ok_or_else(|| Problem::new(Code::Unauthenticated))?;
        self.open(async |ports| {
            let caller = authenticate(ports, token).await?;
            work(ports, &caller).await
        })
        .await
    }
}

/// The app that an open request says it comes from, as the limits count it. All that say nothing
/// count as one.
pub(super) fn app(client_id: Option<ClientId>) -> Result<ClientId, Problem> {
    match client_id {
        Some(client_id) => Ok(client_id),
        None => "unnamed".parse().map_err(|_| Problem::new(Code::Internal)),
    }
}
