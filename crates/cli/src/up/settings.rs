use std::{collections::BTreeMap, env, net::SocketAddr};

use anyhow::{Result, ensure};
use url::Url;

use super::Options;
use crate::secrets::Secrets;

/// Where the parts listen, all of them on loopback but for us.
pub(crate) struct Addresses {
    pub(crate) own: SocketAddr,
    pub(crate) gateway: SocketAddr,
    pub(crate) hydra_public: SocketAddr,
    pub(crate) hydra_admin: SocketAddr,
}

/// The public URL: the one that was given, else where we listen.
pub(crate) fn issuer(options: &Options, own: SocketAddr) -> Result<String> {
    let Some(given) = &options.issuer else {
        return Ok(format!("http://{own}"));
    };
    let lookup = |name: &str| (name == "issuer").then(|| given.clone());
    let issuer = iam_config::issuer(&lookup)?;
    let url = Url::parse(&issuer)?;
    // RFC 8414 §2 wants https; plain http is for one machine.
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    ensure!(
        url.scheme() == "https" || loopback,
        "--issuer {issuer} must be https: tokens under an http name can be forged on the way"
    );
    Ok(issuer)
}

/// The variables of `spin.toml`. `SPIN_VARIABLE_<NAME>` goes before ours, as under Spin.
pub(crate) fn variables(
    issuer: &str,
    addresses: &Addresses,
    secrets: &Secrets,
) -> BTreeMap<String, String> {
    let url = |address: SocketAddr| format!("http://{address}");
    let ours = [
        ("issuer", issuer.to_owned()),
        ("database_origin", url(addresses.gateway)),
        ("database_token", secrets.gateway_token.clone()),
        ("redis_origin", url(addresses.gateway)),
        ("redis_token", secrets.gateway_token.clone()),
        ("hydra_public_url", url(addresses.hydra_public)),
        ("hydra_admin_url", url(addresses.hydra_admin)),
        ("token_hook_key", secrets.token_hook_key.clone()),
    ];
    let ours = ours.into_iter().map(|(name, value)| (name.to_owned(), value));
    let given = env::vars().filter_map(|(name, value)| {
        let name = name.strip_prefix("SPIN_VARIABLE_")?.to_lowercase();
        Some((name, value))
    });
    ours.chain(given).collect()
}
