use std::rc::Rc;

use http::HeaderMap;
use iam_config::{HydraSettings, PasswordParameters, StoreUrl, password_component};
use iam_hydra::Hydra;
use iam_platform::Platform;
use iam_security::{Argon2id, PasswordHasher, RemoteHasher};
use iam_storage_ports::{EphemeralStore, Storage};

use crate::{Body, problem::Problem};

/// One request and what is needed to answer it. Settings are read when they are asked for, so a
/// component is given only the variables of its own routes.
pub(crate) struct Call {
    pub(crate) platform: Rc<dyn Platform>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

impl Call {
    fn variable<T, E>(
        &self,
        read: impl Fn(iam_config::Lookup<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        read(&|name| self.platform.variable(name))
    }

    pub(crate) fn issuer(&self) -> Result<String, Problem> {
        Ok(self.variable(iam_config::issuer)?)
    }

    pub(crate) fn token_hook_key(&self) -> Result<iam_model::Secret<String>, Problem> {
        Ok(self.variable(iam_config::token_hook_key)?)
    }

    pub(crate) fn hydra(&self) -> Result<Hydra, Problem> {
        let settings = self.variable(HydraSettings::from_variables)?;
        Ok(Hydra::new(Rc::clone(&self.platform), settings))
    }

    pub(crate) fn storage(&self) -> Result<Rc<dyn Storage>, Problem> {
        let url = self.variable(StoreUrl::database)?;
        Ok(iam_storage::open(Rc::clone(&self.platform), &url)?)
    }

    pub(crate) fn ephemeral(&self) -> Result<Rc<dyn EphemeralStore>, Problem> {
        let url = self.variable(StoreUrl::redis)?;
        Ok(iam_storage::open_ephemeral(
            Rc::clone(&self.platform),
            &url,
        )?)
    }

    /// The hasher of a login: the `password` component if there is one, else this process.
    pub(crate) fn hasher(&self) -> Result<Box<dyn PasswordHasher>, Problem> {
        match self.variable(password_component)? {
            Some(endpoint) => {
                let platform = Rc::clone(&self.platform);
                Ok(Box::new(RemoteHasher::new(platform, endpoint)))
            }
            None => Ok(Box::new(self.argon2id()?)),
        }
    }

    pub(crate) fn argon2id(&self) -> Result<Argon2id, Problem> {
        let parameters = self.variable(PasswordParameters::from_variables)?;
        Ok(Argon2id::new(Rc::clone(&self.platform), parameters))
    }
}
