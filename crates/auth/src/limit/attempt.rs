use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use iam_model::{ClientId, Secret, TenantName};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Who tries, and from where, as they say and as the host says.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The tenant they name.
    pub tenant: TenantName,
    /// Who they claim to be: [`Username::key`](iam_model::Username::key), so that one user has one
    /// spelling.
    pub account: String,
    /// The client they come through.
    pub client_id: ClientId,
    /// Their address.
    pub ip: Option<IpAddr>,
    /// The device they say they are on.
    pub device: Option<DeviceDigest>,
}

/// What is kept of a device token: its SHA-256.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct DeviceDigest(String);

impl DeviceDigest {
    /// The digest of `token`; `None` if it cannot be one of ours.
    #[must_use]
    pub fn of(token: &Secret<String>) -> Option<Self> {
        let is_ours = token.expose().len() == 43;
        is_ours.then(|| Self(digest(&[token.expose()])))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The names of what is kept about one attempt. Who it is about is in none of them: they have
/// digests.
pub(super) struct Keys<'a> {
    attempt: &'a Attempt,
    factor: &'static str,
    account: String,
    /// The network that the address is in, if there is an address.
    network: Option<String>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(attempt: &'a Attempt, factor: &'static str) -> Self {
        Self {
            attempt,
            factor,
            account: digest(&[attempt.tenant.as_str(), &attempt.account]),
            network: attempt.ip.map(|ip| digest(&[&network(ip)])),
        }
    }

    pub(super) const fn factor(&self) -> &'static str {
        self.factor
    }

    /// Callers without an address, whom no host of ours should have, are counted together.
    pub(super) fn ip(&self) -> String {
        let ip = self.attempt.ip.map(host).unwrap_or_default();
        format!("limit:{}:ip:{}", self.factor, digest(&[&ip]))
    }

    pub(super) fn client(&self) -> String {
        let client = digest(&[self.attempt.client_id.as_str()]);
        format!("limit:{}:client:{client}", self.factor)
    }

    pub(super) fn tenant(&self) -> String {
        let tenant = digest(&[self.attempt.tenant.as_str()]);
        format!("limit:{}:tenant:{tenant}", self.factor)
    }

    /// The counters of tries at the account from `source`.
    pub(super) fn account(&self, source: &str) -> String {
        format!("limit:{}:account:{}:{source}", self.factor, self.account)
    }

    pub(super) fn network(&self) -> Option<&str> {
        self.network.as_deref()
    }

    pub(super) fn device(&self) -> Option<&DeviceDigest> {
        self.attempt.device.as_ref()
    }

    pub(super) fn known_network(&self) -> Option<String> {
        let network = self.network()?;
        Some(format!("known:{}:network:{network}", self.account))
    }

    pub(super) fn known_device(&self, device: &DeviceDigest) -> String {
        format!("known:{}:device:{}", self.account, device.as_str())
    }
}

/// One subscriber: an IPv6 host has all of a /64 to itself (RFC 6177 §1).
fn host(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => masked(ip, 64).to_string(),
    }
}

/// A site: /24, or /48.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => Ipv4Addr::from_bits(ip.to_bits() & !0xff).to_string(),
        IpAddr::V6(ip) => masked(ip, 48).to_string(),
    }
}

fn masked(ip: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << (128 - bits)))
}

/// 132 bits of the SHA-256 of `parts`, of which none can hold a line break.
fn digest(parts: &[&str]) -> String {
    let mut digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(parts.join("\n")));
    digest.truncate(22);
    digest
}

#[cfg(test)]
mod tests {
    use super::{host, network};

    #[test]
    fn addresses_of_one_site_are_one_network() {
        let network = |ip: &str| network(ip.parse().unwrap());
        assert_eq!(network("192.0.2.7"), network("192.0.2.200"));
        assert_ne!(network("192.0.2.7"), network("192.0.3.7"));
        assert_eq!(network("2001:db8:1:2::3"), network("2001:db8:1:9::4"));
        assert_ne!(network("2001:db8:1::"), network("2001:db8:2::"));
        assert_eq!(network("::ffff:192.0.2.7"), network("192.0.2.9"));
    }

    #[test]
    fn a_host_with_many_addresses_is_one() {
        let host = |ip: &str| host(ip.parse().unwrap());
        assert_eq!(host("2001:db8::1:2:3:4"), host("2001:db8::5:6:7:8"));
        assert_ne!(host("2001:db8:0:1::1"), host("2001:db8:0:2::1"));
        assert_ne!(host("192.0.2.7"), host("192.0.2.8"));
        assert_eq!(host("::ffff:192.0.2.7"), host("192.0.2.7"));
    }
}
