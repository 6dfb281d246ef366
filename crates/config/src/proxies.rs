use std::str::FromStr;

use crate::{ConfigError, Lookup, optional};

/// The proxies in front of us that are ours: what they say of who sent a request is believed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TrustedProxies {
    /// How many there are, one behind the other.
    pub hops: usize,
    /// Where they say it.
    pub header: ProxyHeader,
}

/// The header that all trusted proxies add to. It is one: what they do not add to is the sender's.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ProxyHeader {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`.
    #[default]
    XForwardedFor,
}

impl FromStr for ProxyHeader {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "forwarded" => Ok(Self::Forwarded),
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            _ => Err(()),
        }
    }
}

impl TrustedProxies {
    /// Reads `trusted_proxy_hops`, by default none, and `trusted_proxy_header` through `lookup`.
    pub fn from_variables(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let hops = read(lookup, "trusted_proxy_hops", "a number from 0 to 10")?;
        let header = "`x-forwarded-for` or `forwarded`";
        let header = read(lookup, "trusted_proxy_header", header)?;
        if hops > Some(10) {
            return Err(ConfigError::Invalid {
                name: "trusted_proxy_hops",
                wants: "a number from 0 to 10",
            });
        }
        Ok(Self {
            hops: hops.unwrap_or_default(),
            header: header.unwrap_or_default(),
        })
    }
}

fn read<T: FromStr>(
    lookup: Lookup<'_>,
    name: &'static str,
    wants: &'static str,
) -> Result<Option<T>, ConfigError> {
    let text = optional(lookup, name).map(|text| text.parse());
    text.transpose()
        .map_err(|_| ConfigError::Invalid { name, wants })
}

#[cfg(test)]
mod tests {
    use super::{ProxyHeader, TrustedProxies};

    fn read(hops: &'static str, header: &'static str) -> Option<(usize, ProxyHeader)> {
        let proxies = TrustedProxies::from_variables(&|name| {
            let hops_asked = name == "trusted_proxy_hops";
            Some(if hops_asked { hops } else { header }.to_owned())
        });
        proxies.ok().map(|proxies| (proxies.hops, proxies.header))
    }

    #[test]
    fn no_proxy_is_trusted_unless_it_is_said() {
        assert_eq!(read("", ""), Some((0, ProxyHeader::XForwardedFor)));
        assert_eq!(read("2", "forwarded"), Some((2, ProxyHeader::Forwarded)));
        for (hops, header) in [("11", ""), ("-1", ""), ("all", ""), ("1", "x-real-ip")] {
            assert_eq!(read(hops, header), None, "{hops} {header}");
        }
    }
}
