use std::rc::Rc;

use bytes::Bytes;
use http::Response;
use iam_auth::{Entrance, Limiter, LoginPorts, Sender};
use iam_config::LimitSettings;
use iam_hydra::Hydra;
use iam_platform::Platform;
use iam_storage_ports::{EphemeralStore, Storage};

use crate::{call::Call, problem::Problem, rate_limit::limited};

/// What every step of a login needs, as this call's component has it.
pub(crate) struct Steps {
    platform: Rc<dyn Platform>,
    storage: Rc<dyn Storage>,
    ephemeral: Rc<dyn EphemeralStore>,
    hydra: Hydra,
    issuer: String,
    limits: LimitSettings,
}

impl Steps {
    pub(crate) fn of(call: &Call) -> Result<Self, Problem> {
        Ok(Self {
            platform: Rc::clone(&call.platform),
            storage: call.storage()?,
            ephemeral: call.ephemeral()?,
            hydra: call.hydra()?,
            issuer: call.issuer()?,
            limits: call.limits()?,
        })
    }

    /// The answer that `work` gives, with what was counted on the way.
    pub(super) async fn run<F>(&self, work: F) -> Result<Response<Bytes>, Problem>
    where
        F: AsyncFnOnce(&LoginPorts<'_>) -> Result<Response<Bytes>, Problem>,
    {
        self.run_at(Entrance::Auth, work).await
    }

    /// The same, for a login that is done at `entrance`.
    pub(crate) async fn run_at<F>(
        &self,
        entrance: Entrance<'_>,
        work: F,
    ) -> Result<Response<Bytes>, Problem>
    where
        F: AsyncFnOnce(&LoginPorts<'_>) -> Result<Response<Bytes>, Problem>,
    {
        let limiter = Limiter::new(&*self.ephemeral, &*self.platform, self.limits);
        let ports = LoginPorts {
            platform: &*self.platform,
            storage: &*self.storage,
            ephemeral: &*self.ephemeral,
            limiter: &limiter,
            hydra: &self.hydra,
            entrance,
            audience: &self.issuer,
        };
        let answer = work(&ports).await;
        limited(&limiter, answer)
    }
}

/// The request, as the logs know it.
pub(crate) fn sender(call: &Call) -> Sender {
    Sender {
        origin: call.origin(),
        trace_id: call.trace_id.clone(),
    }
}
