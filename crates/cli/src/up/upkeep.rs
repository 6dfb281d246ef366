use std::{rc::Rc, time::Duration};

use anyhow::Result;
use iam_config::{PasswordParameters, SigningKeySettings};
use iam_hydra::Hydra;
use iam_identity::{Actor, Admin, IdentityPorts, advance_signing_keys};
use iam_model::{Origin, Tenant};
use iam_platform::Platform;
use iam_security::Argon2id;
use iam_storage_ports::Storage;
use tokio::join;

use super::{messages::Messages, schedule::every};

/// How often it is looked whether something is due with the signing keys. Nothing has to happen to
/// the second: each key says itself from when on it signs.
const SIGNING_KEYS: Duration = Duration::from_mins(1);

/// How often it is looked for messages that are due: somebody waits for a code.
const MESSAGES: Duration = Duration::from_secs(1);

/// What has to be done from time to time, which elsewhere a timer calls the admin API for.
pub(crate) struct Upkeep {
    pub(super) platform: Rc<dyn Platform>,
    pub(super) storage: Rc<dyn Storage>,
    pub(super) hydra: Hydra,
    pub(super) signing_keys: SigningKeySettings,
    /// In whose audit log it is written.
    pub(super) operator: Tenant,
    pub(super) issuer: String,
    pub(super) messages: Messages,
}

impl Upkeep {
    /// Does it until it is dropped.
    pub(crate) async fn run(&self) {
        let signing_keys = every(SIGNING_KEYS, async || {
            // It is tried again at the next time.
            if let Err(error) = self.signing_keys().await {
                eprintln!("signing keys: {error:#}");
            }
        });
        let messages = every(MESSAGES, async || {
            self.messages.deliver(&*self.platform).await;
        });
        join!(signing_keys, messages);
    }

    async fn signing_keys(&self) -> Result<()> {
        let hasher = Argon2id::new(Rc::clone(&self.platform), PasswordParameters::default());
        let ports = IdentityPorts {
            platform: &*self.platform,
            storage: &*self.storage,
            hydra: &self.hydra,
            hasher: &hasher,
            audience: &self.issuer,
        };
        let (actor, origin) = (Actor::system(), Origin::default());
        let admin = Admin::of_system(ports, &actor, &origin, &self.operator);
        advance_signing_keys(&admin, &self.signing_keys).await?;
        Ok(())
    }
}
