use iam_model::{
    Client, ClientId, CredentialId, Principal, Scope, Sealed, TenantName, Timestamp, UserId,
};
use iam_policy::{Assurance, Grant, RequestContext};
use serde::{Deserialize, Serialize};

use crate::{AcrValues, CodeChallenge, DeviceDigest, Sender};

/// Somebody, and the client they log in through, as the database has them now.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) principal: &'a Principal,
    pub(crate) client: &'a Client,
}

/// How far a login has come: what it is for, and what is proved so far. Between its steps it waits
/// in the ephemeral store. What it leads to is not in it: that is decided afresh at every step.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Progress {
    pub(crate) tenant: TenantName,
    pub(crate) user: UserId,
    /// The password it began with. A login does not outlive it.
    password: Option<CredentialId>,
    pub(crate) client_id: ClientId,
    pub(crate) scope: Scope,
    pub(crate) mode: Mode,
    /// What the client wants to be reached.
    pub(crate) acr_values: AcrValues,
    pub(crate) assurance: Assurance,
    /// The device they are on, and whether it is to be known from now on.
    pub(crate) device: Device,
    /// How often this step was tried in vain.
    pub(crate) attempts: u8,
    /// The key that is being enrolled.
    pub(crate) enrolment: Option<Sealed>,
}

/// The device of who logs in.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Device {
    /// By the token that it got when it became known.
    pub digest: Option<DeviceDigest>,
    /// Whether it is to become known if it is not.
    pub remember: bool,
}

/// How a login ends.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// With tokens.
    Direct,
    /// With a browser that goes on.
    Challenge(Challenge),
    /// With a code for the client, which began with this.
    Code(CodeChallenge),
}

/// A browser that waits at Hydra.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Challenge {
    pub(crate) login_challenge: String,
    /// Whether the browser is to be remembered.
    pub(crate) remember: bool,
}

impl Progress {
    /// A login of which the password is proved, and nothing else.
    pub(crate) fn new(
        subject: Subject<'_>,
        scope: Scope,
        mode: Mode,
        wishes: (AcrValues, Device),
    ) -> Self {
        let Subject { principal, client } = subject;
        let (acr_values, device) = wishes;
        Self {
            tenant: principal.tenant.name.clone(),
            user: principal.user.id,
            password: principal.password.as_ref().map(|password| password.id),
            client_id: client.id.clone(),
            scope,
            mode,
            acr_values,
            device,
            assurance: Assurance::password(),
            attempts: 0,
            enrolment: None,
        }
    }

    /// Whether `principal` still has the password that this login began with.
    pub(crate) fn is_of(&self, principal: &Principal) -> bool {
        self.password == principal.password.as_ref().map(|password| password.id)
    }

    /// The same login after its user has set another password.
    pub(crate) fn with_password(self, password: CredentialId) -> Self {
        Self {
            password: Some(password),
            ..self
        }
    }

    /// The same login after a one-time code.
    pub(crate) fn with_one_time_code(self) -> Self {
        Self {
            assurance: self.assurance.and_one_time_code(),
            ..self
        }
    }

    /// The same login at the step in which the use of this key is confirmed.
    pub(crate) fn enrolling(self, key: Sealed) -> Self {
        Self {
            enrolment: Some(key),
            attempts: 0,
            ..self
        }
    }

    /// The same login at the beginning of another step.
    pub(crate) fn at_next_step(self) -> Self {
        Self {
            attempts: 0,
            enrolment: None,
            ..self
        }
    }
}

/// What a policy may know of a request.
pub(crate) fn context(sender: &Sender, now: Timestamp) -> RequestContext {
    RequestContext {
        grant: Grant::Password,
        ip: sender.origin.ip,
        user_agent: sender.origin.user_agent.clone(),
        time: now,
    }
}
