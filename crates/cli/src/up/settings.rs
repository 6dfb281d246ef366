use std::{collections::BTreeMap, env, net::SocketAddr};

use anyhow::{Context, Result, ensure};
use iam_config::{HydraSettings, SigningKeySettings, StoreUrl};
use iam_host_wasmtime::spin_variables;
use iam_model::{Secret, TenantName};
use url::Url;

use crate::secrets::Secrets;

/// Where the parts listen, all of them on loopback but for us.
pub(crate) struct Addresses {
    pub(crate) own: SocketAddr,
    pub(crate) hook: SocketAddr,
    pub(crate) gateway: SocketAddr,
    pub(crate) hydra_public: SocketAddr,
    pub(crate) hydra_admin: SocketAddr,
}

/// The public URL: the one that was given, else where we listen.
pub(crate) fn issuer(given: Option<&str>, own: SocketAddr) -> Result<String> {
    let Some(given) = given else {
        return Ok(format!("http://{own}"));
    };
    let lookup = |name: &str| (name == "issuer").then(|| given.to_owned());
    let issuer = iam_config::issuer(&lookup).context("--issuer")?;
    let url = Url::parse(&issuer)?;
    // RFC 8414 §2 wants https; plain http is for one machine.
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    ensure!(
        url.scheme() == "https" || loopback,
        "--issuer {issuer} must be https: what is sent to an http name can be read on the way"
    );
    Ok(issuer)
}

/// The tenant whose administrators act on all tenants, as the components are told.
pub(crate) fn operator_tenant() -> Result<TenantName> {
    let given = environment();
    let lookup = |name: &str| given.get(name).map(|value| value.expose().clone());
    Ok(iam_config::operator_tenant(&lookup)?)
}

/// When the keys that tokens are signed with change, as the components are told.
pub(crate) fn signing_keys() -> Result<SigningKeySettings> {
    let given = environment();
    let lookup = |name: &str| given.get(name).map(|value| value.expose().clone());
    Ok(SigningKeySettings::from_variables(&lookup)?)
}

/// The values of the variables of `spin.toml`.
pub(crate) struct Variables(pub(crate) BTreeMap<String, Secret<String>>);

impl Variables {
    /// Those of this stack. `SPIN_VARIABLE_<NAME>` goes before ours, as under Spin.
    pub(crate) fn new(
        issuer: &str,
        mail_from: &str,
        addresses: &Addresses,
        secrets: &Secrets,
        engine: &str,
    ) -> Self {
        let url = |address: SocketAddr| format!("http://{address}");
        let ours = [
            ("issuer", issuer.to_owned()),
            ("database_engine", engine.to_owned()),
            ("database_origin", url(addresses.gateway)),
            ("database_token", secrets.gateway_token.clone()),
            ("redis_origin", url(addresses.gateway)),
            ("redis_token", secrets.gateway_token.clone()),
            ("hydra_public_url", url(addresses.hydra_public)),
            ("hydra_admin_url", url(addresses.hydra_admin)),
            ("token_hook_key", secrets.token_hook_key.clone()),
            ("encryption_keys", secrets.encryption_keys.clone()),
            ("internal_key", secrets.internal_key.clone()),
            ("mail_url", format!("smtp+{}", url(addresses.gateway))),
            ("mail_origin", url(addresses.gateway)),
            ("mail_token", secrets.gateway_token.clone()),
            ("mail_from", mail_from.to_owned()),
        ];
        let mut all: BTreeMap<_, _> = ours
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Secret::new(value)))
            .collect();
        all.extend(environment());
        Self(all)
    }
}

/// The variables that are given as `SPIN_VARIABLE_<NAME>`.
fn environment() -> BTreeMap<String, Secret<String>> {
    // What is not UTF-8 is not for us.
    let all =
        env::vars_os().filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?)));
    spin_variables(all)
}

/// Our own database, whatever the components are told to use: it is what we migrate and seed.
pub(crate) fn database(addresses: &Addresses, secrets: &Secrets, engine: &str) -> Result<StoreUrl> {
    let lookup = |name: &str| match name {
        "database_url" => Some(format!("{engine}+http://{}", addresses.gateway)),
        "database_token" => Some(secrets.gateway_token.clone()),
        _ => None,
    };
    Ok(StoreUrl::database(&lookup)?)
}

/// Our own Hydra.
pub(crate) fn hydra(issuer: &str, addresses: &Addresses) -> Result<HydraSettings> {
    let lookup = |name: &str| match name {
        "issuer" => Some(issuer.to_owned()),
        "hydra_public_url" => Some(format!("http://{}", addresses.hydra_public)),
        "hydra_admin_url" => Some(format!("http://{}", addresses.hydra_admin)),
        _ => None,
    };
    Ok(HydraSettings::from_variables(&lookup)?)
}

#[cfg(test)]
mod tests {
    use super::issuer;

    #[test]
    fn an_issuer_is_https_or_on_this_machine() {
        let own = ([127, 0, 0, 1], 8080).into();
        assert_eq!(issuer(None, own).unwrap(), "http://127.0.0.1:8080");
        let public = issuer(Some("https://id.example.com/"), own);
        assert_eq!(public.unwrap(), "https://id.example.com");
        assert!(issuer(Some("http://localhost:9"), own).is_ok());
        for bad in [
            "http://id.example.com",
            "id.example.com",
            "https://x/?a=b",
            "",
        ] {
            assert!(issuer(Some(bad), own).is_err(), "{bad}");
        }
    }
}
