use std::{rc::Rc, str::FromStr};

use http::{HeaderMap, Method, Uri};
use iam_config::{
    ConfigError, ENCRYPTION_KEYS, HydraSettings, LimitSettings, MessageSettings,
    PasswordParameters, SigningKeySettings, StoreUrl, TrustedProxies, password_component,
};
use iam_hydra::Hydra;
use iam_model::{Origin, TenantName};
use iam_platform::Platform;
use iam_security::{Argon2id, Keyring, PasswordHasher, RemoteHasher};
use iam_storage_ports::{EphemeralStore, Storage};

use crate::{
    Body,
    origin::origin,
    problem::{Code, Problem},
};

/// One request and what is needed to answer it. Settings are read when they are asked for, so a
/// component is given only the variables of its own routes.
pub(crate) struct Call {
    pub(crate) platform: Rc<dyn Platform>,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    /// The values of the parameters of the route's path, in order.
    pub(crate) parameters: Vec<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// The id of the request in logs and problems.
    pub(crate) trace_id: String,
}

impl Call {
    fn variable<T, E>(
        &self,
        read: impl Fn(iam_config::Lookup<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        read(&|name| self.platform.variable(name))
    }

    /// The parameter of the path at `index`. What cannot be a name of anything names nothing.
    pub(crate) fn parameter<T: FromStr>(&self, index: usize) -> Result<T, Problem> {
        let text = self.parameters.get(index);
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| Problem::new(Code::NotFound))
    }

    /// Where the request came from.
    pub(crate) fn origin(&self) -> Origin {
        let proxies = self.variable(TrustedProxies::from_variables);
        let proxies = proxies.unwrap_or_else(|error| {
            self.platform.log(&format!("no proxy is trusted: {error}"));
            TrustedProxies::default()
        });
        origin(&self.headers, proxies)
    }

    /// How often something may be tried.
    pub(crate) fn limits(&self) -> Result<LimitSettings, Problem> {
        Ok(self.variable(LimitSettings::from_variables)?)
    }

    pub(crate) fn issuer(&self) -> Result<String, Problem> {
        Ok(self.variable(iam_config::issuer)?)
    }

    /// The tenant whose administrators act on all tenants.
    pub(crate) fn operator_tenant(&self) -> Result<TenantName, Problem> {
        Ok(self.variable(iam_config::operator_tenant)?)
    }

    /// What a caller of `/internal` proves itself with.
    pub(crate) fn internal_key(&self) -> Result<iam_model::Secret<String>, Problem> {
        Ok(self.variable(iam_config::internal_key)?)
    }

    /// How messages leave.
    pub(crate) fn message_settings(&self) -> Result<MessageSettings, Problem> {
        Ok(self.variable(MessageSettings::from_variables)?)
    }

    pub(crate) fn token_hook_key(&self) -> Result<iam_model::Secret<String>, Problem> {
        Ok(self.variable(iam_config::token_hook_key)?)
    }

    pub(crate) fn hydra(&self) -> Result<Hydra, Problem> {
        let settings = self.variable(HydraSettings::from_variables)?;
        Ok(Hydra::new(Rc::clone(&self.platform), settings))
    }

    /// When the keys that tokens are signed with change.
    pub(crate) fn signing_key_settings(&self) -> Result<SigningKeySettings, Problem> {
        Ok(self.variable(SigningKeySettings::from_variables)?)
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

    /// The keys that secrets at rest are encrypted with.
    pub(crate) fn keyring(&self) -> Result<Keyring, Problem> {
        let keys = self.variable(iam_config::encryption_keys)?;
        keys.expose().parse().map_err(|_| {
            let (name, wants) = ("encryption_keys", ENCRYPTION_KEYS);
            ConfigError::Invalid { name, wants }.into()
        })
    }

    pub(crate) fn argon2id(&self) -> Result<Argon2id, Problem> {
        let parameters = self.variable(PasswordParameters::from_variables)?;
        Ok(Argon2id::new(Rc::clone(&self.platform), parameters))
    }
}
