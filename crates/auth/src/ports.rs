use iam_hydra::Hydra;
use iam_messaging::Outbox;
use iam_model::{ClientId, Origin};
use iam_platform::Platform;
use iam_security::Keyring;
use iam_storage_ports::{EphemeralStore, Storage};

use crate::Limiter;

/// What every step of a login needs. What only some need, the hasher or the keyring, those ask for
/// beside, so that a component is given no more than its own steps use.
#[derive(Clone, Copy)]
pub struct LoginPorts<'a> {
    /// The clock and the randomness.
    pub platform: &'a dyn Platform,
    /// The database.
    pub storage: &'a dyn Storage,
    /// Where a login waits between its steps.
    pub ephemeral: &'a dyn EphemeralStore,
    /// What counts tries.
    pub limiter: &'a Limiter<'a>,
    /// The OAuth2 server.
    pub hydra: &'a Hydra,
    /// Where the client is while it logs its user in.
    pub entrance: Entrance<'a>,
    /// The audience of the access token (RFC 9068 §3: a default where no resource is named).
    pub audience: &'a str,
}

impl<'a> LoginPorts<'a> {
    /// Where users are told of what was done, by messages sealed with `keyring`.
    pub(crate) const fn outbox(&self, keyring: &'a Keyring) -> Outbox<'a> {
        Outbox {
            platform: self.platform,
            storage: self.storage,
            keyring,
        }
    }
}

/// Where a login is done. The token of a step is good at the entrance where it was given, and at the
/// authorization challenge endpoint for the client it was given to; elsewhere it is unknown.
#[derive(Clone, Copy)]
pub enum Entrance<'a> {
    /// At the API for logins.
    Auth,
    /// At the authorization challenge endpoint, by this client.
    Challenge(&'a ClientId),
}

/// A request, as the audit log and the logs know it.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    /// Where it came from.
    pub origin: Origin,
    /// Its id in the logs.
    pub trace_id: String,
}
