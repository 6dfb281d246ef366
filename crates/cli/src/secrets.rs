use std::{
    fs,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use anyhow::{Context, Result};
use iam_model::ApiKeyId;
use iam_platform::{Platform, random};
use iam_security::{ApiKeySecret, random_token};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What one installation keeps to itself, made at its first start.
#[derive(Deserialize, Serialize)]
pub(crate) struct Secrets {
    /// Encrypts what Hydra stores.
    pub(crate) hydra_system: String,
    /// Hydra's proof at the token hook.
    pub(crate) token_hook_key: String,
    /// Opens the gateway.
    pub(crate) gateway_token: String,
    /// The password of the demo users.
    pub(crate) demo_password: String,
    /// The API key of the operator; empty in a file of an older version.
    #[serde(default)]
    pub(crate) operator_key: String,
    /// Encrypts what is secret in the database; empty in a file of an older version.
    #[serde(default)]
    pub(crate) encryption_keys: String,
    /// Lets messages be delivered; empty in a file of an older version.
    #[serde(default)]
    pub(crate) internal_key: String,
}

impl Secrets {
    /// The secrets in `file`, made if there is no such file.
    pub(crate) fn open(file: &Path, platform: &dyn Platform) -> Result<Self> {
        let operator_key = || {
            let id = ApiKeyId::generate(platform.now(), random(platform));
            ApiKeySecret::generate(platform, id)
                .expose()
                .expose()
                .clone()
        };
        // A random token has as many bits as a key.
        let encryption_key = || format!("k1:{}", random_token(platform).expose());
        let token = || random_token(platform).expose().clone();
        if file.exists() {
            let mut secrets: Self = read_json(file)?;
            let complete = !secrets.operator_key.is_empty()
                && !secrets.encryption_keys.is_empty()
                && !secrets.internal_key.is_empty();
            if secrets.operator_key.is_empty() {
                secrets.operator_key = operator_key();
            }
            if secrets.encryption_keys.is_empty() {
                secrets.encryption_keys = encryption_key();
            }
            if secrets.internal_key.is_empty() {
                secrets.internal_key = token();
            }
            if !complete {
                secrets.write(file)?;
            }
            return Ok(secrets);
        }
        let secrets = Self {
            hydra_system: token(),
            token_hook_key: token(),
            gateway_token: token(),
            demo_password: token().chars().take(16).collect(),
            operator_key: operator_key(),
            encryption_keys: encryption_key(),
            internal_key: token(),
        };
        secrets.write(file)?;
        Ok(secrets)
    }

    /// The secrets in `file`, which has to be there.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        read_json(file)
    }

    /// Writes them to `file`.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        write_private(file, &serde_json::to_vec_pretty(self)?)
    }
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    // serde's own text could repeat a secret.
    serde_json::from_slice(&text).ok().with_context(|| {
        let file = file.display();
        format!("{file} is damaged: restore it, or remove its folder to start anew")
    })
}

/// Creates a folder that only its owner can enter.
pub(crate) fn create_private_dir(dir: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    let created = builder.recursive(true).mode(0o700).create(dir);
    created.with_context(|| format!("cannot create {}: choose another --dir", dir.display()))
}

/// Replaces a file, at once, by one that only its owner can read.
pub(crate) fn write_private(file: &Path, content: &[u8]) -> Result<()> {
    let unfinished = file.with_extension("new");
    let write = || -> std::io::Result<()> {
        // One left by a start that broke off may have other permissions.
        if unfinished.exists() {
            fs::remove_file(&unfinished)?;
        }
        let mut options = fs::OpenOptions::new();
        let mut new = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        new.write_all(content)?;
        new.sync_all()?;
        fs::rename(&unfinished, file)
    };
    write().with_context(|| format!("cannot write {}", file.display()))
}
