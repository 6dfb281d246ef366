use std::path::Path;

use iam_config::Endpoint;
use iam_model::Secret;
use serde::Deserialize;
use url::{Host, Url};

use super::{Login, Remote};
use crate::failure::Failure;

/// What `iam up --demo` leaves for a developer: where it is, and the operator's key.
#[derive(Deserialize)]
pub(super) struct Dev {
    pub(super) base_url: String,
    pub(super) api_key: String,
}

impl Dev {
    /// That of the current folder, if there is one that has a key.
    pub(super) fn here() -> Option<Self> {
        let text = std::fs::read(Path::new(".iam").join("dev.json")).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

/// Where to send requests, and by what they prove who sends them.
pub(super) struct Target<'a> {
    pub(super) base: Endpoint,
    pub(super) proof: Proof<'a>,
}

/// By what a request proves who sends it.
pub(super) enum Proof<'a> {
    /// A key of the command line or its environment.
    Given(Secret<String>),
    /// The key of an `iam up` of this folder.
    Dev(Secret<String>),
    /// A login that was saved.
    Saved(&'a Login),
}

/// Decides where to go and as whom. No credential is ever sent to another place than the one it
/// came with: a key that is given needs a place that is given or was logged in to.
pub(super) fn choose<'a>(
    options: &Remote,
    saved: Option<&'a Login>,
    dev: Option<Dev>,
) -> Result<Target<'a>, Failure> {
    let base = |url: &str| base_url(url, options.allow_http);
    let wanted = options.url.as_deref().map(base).transpose()?;
    if let Some(key) = &options.key {
        let known = || saved.map(|login| base(&login.url)).transpose();
        let base = wanted.map_or_else(known, |base| Ok(Some(base)))?;
        let base =
            base.ok_or_else(|| Failure::usage("say where the key is for: --url or IAM_URL"))?;
        let proof = Proof::Given(key.clone());
        return Ok(Target { base, proof });
    }
    let is_wanted = |url: &Endpoint| wanted.as_ref().is_none_or(|wanted| wanted == url);
    if let Some(login) = saved {
        let base = base(&login.url)?;
        if is_wanted(&base) {
            let proof = Proof::Saved(login);
            return Ok(Target { base, proof });
        }
    }
    if let Some(dev) = dev {
        let base = base(&dev.base_url)?;
        if is_wanted(&base) {
            let proof = Proof::Dev(Secret::new(dev.api_key));
            return Ok(Target { base, proof });
        }
    }
    let place = wanted.map_or_else(|| "URL".to_owned(), |url| url.to_string());
    Err(Failure::Unauthenticated(format!(
        "not logged in: run `iam login --url {place}`, or set IAM_URL and IAM_API_KEY"
    )))
}

/// The base URL that `text` is: https, or http on this machine.
pub(crate) fn base_url(text: &str, allow_http: bool) -> Result<Endpoint, Failure> {
    let parsed = Endpoint::parse(text).zip(Url::parse(text).ok());
    let (endpoint, url) = parsed.ok_or_else(|| {
        Failure::usage(
            "--url must be a URL such as https://id.example.com, without a user or a query",
        )
    })?;
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() == "https" || local || allow_http {
        return Ok(endpoint);
    }
    Err(Failure::usage(format!(
        "{endpoint} must be https: what is sent to an http address can be read on the way \
         (--allow-http does it all the same)"
    )))
}

#[cfg(test)]
mod tests;
