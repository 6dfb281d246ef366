use std::{collections::BTreeMap, path::Path, rc::Rc};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use iam_config::PasswordParameters;
use iam_host_wasmtime::{Host, HostOptions, Manifest};
use iam_model::{PasswordHash, Secret};
use iam_platform::Platform;
use iam_security::{Argon2id, PasswordHasher, Verdict};
use serde_json::json;

/// A value for each variable that must have one: the component that is measured reads none of them.
fn unused_variables() -> Result<BTreeMap<String, Secret<String>>> {
    let manifest = Manifest::load(Path::new("spin.toml"))?;
    let required = manifest.variables.into_iter();
    let required = required.filter(|(_, variable)| variable.default.is_none());
    Ok(required
        .map(|(name, _)| (name, Secret::new("0".repeat(32))))
        .collect())
}

/// One verification of a password, native and in the component file.
pub(crate) struct Argon {
    hasher: Argon2id,
    host: Host,
    password: Secret<String>,
    hash: PasswordHash,
}

impl Argon {
    pub(crate) async fn start(dir: &Path, platform: Rc<dyn Platform>) -> Result<Self> {
        let hasher = Argon2id::new(platform, PasswordParameters::default());
        let password = Secret::new("correct horse battery staple".to_owned());
        let hash = hasher.hash(&password).await?;
        let mut options = HostOptions::new("spin.toml");
        options.cache = Some(dir.join("cache"));
        options.variables = unused_variables()?;
        // As `iam up` has it.
        options.uninterrupted.insert("password".to_owned());
        let host = Host::start(options).await?;
        Ok(Self {
            hasher,
            host,
            password,
            hash,
        })
    }

    pub(crate) async fn native(&self) -> Result<()> {
        let verdict = self.hasher.verify(&self.password, Some(&self.hash)).await?;
        ensure!(verdict == Verdict::Valid, "{verdict:?}");
        Ok(())
    }

    /// With what the component costs beside hashing: an instance, and JSON.
    pub(crate) async fn component(&self) -> Result<()> {
        let body = json!({ "password": self.password.expose(), "hash": self.hash.expose() });
        let request = Request::post("http://password.spin.internal/password/verify")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Bytes::from(body.to_string()))?;
        let response = self.host.handle("password", request).await?;
        let status = response.status();
        let body = response
            .into_body()
            .collect()
            .await
            .ok()
            .context("no body")?
            .to_bytes();
        ensure!(
            status == StatusCode::OK && body.ends_with(b"\"valid\"}"),
            "{status}"
        );
        Ok(())
    }
}
