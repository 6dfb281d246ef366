use std::{net::SocketAddr, path::Path};

use anyhow::Result;
use serde::Serialize;

use crate::{
    demo::Demo,
    secrets::{Secrets, write_private},
};

/// Where the parts of a running `iam up` are, for tests and tools: `state.json`.
#[derive(Serialize)]
pub(crate) struct State<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) hydra_public_url: String,
    pub(crate) hydra_admin_url: String,
    pub(crate) database_origin: String,
    pub(crate) database_token: &'a str,
    pub(crate) redis_origin: String,
    pub(crate) redis_token: &'a str,
    pub(crate) token_hook_key: &'a str,
    pub(crate) internal_key: &'a str,
    /// Where `/internal` is served beside the public URL.
    pub(crate) internal_url: String,
}

/// What an app needs to log the demo user in: `dev.json`.
#[derive(Serialize)]
pub(crate) struct Dev {
    pub(crate) base_url: String,
    pub(crate) issuer: String,
    pub(crate) jwks_uri: String,
    pub(crate) tenant: &'static str,
    pub(crate) username: &'static str,
    pub(crate) password: String,
    pub(crate) client_id: &'static str,
    pub(crate) login_uri: &'static str,
    /// A user of the tenant who administers it, with the same password.
    pub(crate) admin: &'static str,
    /// The operator's API key, for `/admin/v1`.
    pub(crate) api_key: String,
}

impl Dev {
    pub(crate) fn new(address: SocketAddr, issuer: &str, secrets: &Secrets) -> Self {
        Self {
            base_url: format!("http://{address}"),
            issuer: issuer.to_owned(),
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            tenant: Demo::TENANT,
            username: Demo::USERNAME,
            password: secrets.demo_password.clone(),
            client_id: Demo::CLIENT_ID,
            login_uri: Demo::LOGIN_URI,
            admin: Demo::ADMIN,
            api_key: secrets.operator_key.clone(),
        }
    }
}

/// Writes `content` as JSON that only the owner can read.
pub(crate) fn write(file: &Path, content: &impl Serialize) -> Result<()> {
    write_private(file, &serde_json::to_vec_pretty(content)?)
}
