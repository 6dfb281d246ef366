use std::{net::IpAddr, ops::Range};

use ipnet::IpNet;

use super::destination::{Destination, default_port};

/// The hosts a component may send requests to; none by default.
#[derive(Debug, Default)]
pub(crate) struct AllowedHosts(Vec<AllowedHost>);

impl AllowedHosts {
    pub(crate) fn allow(&self, destination: &Destination) -> bool {
        self.0.iter().any(|allowed| allowed.allows(destination))
    }
}

impl FromIterator<AllowedHost> for AllowedHosts {
    fn from_iter<I: IntoIterator<Item = AllowedHost>>(hosts: I) -> Self {
        Self(hosts.into_iter().collect())
    }
}

/// `scheme://host:port`, with the wildcards of Spin.
#[derive(Debug)]
pub(crate) struct AllowedHost {
    /// `None` for any.
    scheme: Option<String>,
    host: Host,
    port: Port,
}

#[derive(Debug)]
enum Host {
    Any,
    Exact(String),
    Network(IpNet),
    /// With its leading dot.
    Subdomain(String),
}

#[derive(Debug)]
enum Port {
    Any,
    Exact(u16),
    /// Without its end, as in Spin.
    Range(Range<u16>),
}

impl AllowedHost {
    /// Reads one; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = text
            .trim()
            .split_once("://")
            .ok_or("must begin with a scheme such as http:// or, for any, *://")?;
        let is_word = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphabetic());
        if scheme != "*" && !is_word {
            return Err("must have a scheme of letters, or * for any");
        }
        let (host, port) = split(rest)?;
        Ok(Self {
            scheme: (scheme != "*").then(|| scheme.to_ascii_lowercase()),
            host: Host::parse(host)?,
            port: Port::parse(port, scheme)?,
        })
    }

    fn allows(&self, destination: &Destination) -> bool {
        self.scheme
            .as_ref()
            .is_none_or(|scheme| *scheme == destination.scheme)
            && self.host.allows(&destination.host)
            && self.port.allows(destination.effective_port())
    }
}

/// Host and port, the latter empty if there is none. A slash is allowed in a network, such as
/// `10.0.0.0/8`, and at the end.
fn split(rest: &str) -> Result<(&str, &str), &'static str> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.starts_with('{') || rest.contains(',') {
        return Err("cannot be a list: write one entry for each host");
    }
    let host_end = rest.find(']').map_or(0, |bracket| bracket + 1);
    let port_start = rest[host_end..].rfind(':').map(|colon| host_end + colon);
    let (host, port) = match port_start {
        Some(colon) => (&rest[..colon], &rest[colon + 1..]),
        None => (rest, ""),
    };
    if port.contains('/') || (host.contains('/') && host.parse::<IpNet>().is_err()) {
        return Err("must not have a path: hosts are allowed as a whole");
    }
    Ok((host, port))
}

impl Host {
    fn parse(host: &str) -> Result<Self, &'static str> {
        if host == "*" {
            return Ok(Self::Any);
        }
        if host == "self" {
            return Err("cannot be `self` here: name the component, http://<id>.spin.internal");
        }
        if let Ok(network) = host.parse() {
            return Ok(Self::Network(network));
        }
        let (is_suffix, name) = match host.strip_prefix("*.") {
            Some(domain) => (true, domain),
            None => (false, host),
        };
        if name.is_empty() || name.contains(['*', '@', ' ']) {
            return Err("must have a host: a name, an address, a network, * or *.domain");
        }
        let name = name.to_ascii_lowercase();
        Ok(if is_suffix {
            Self::Subdomain(format!(".{name}"))
        } else {
            Self::Exact(name)
        })
    }

    fn allows(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(name) => name == host,
            Self::Subdomain(suffix) => host.ends_with(suffix.as_str()),
            Self::Network(network) => {
                let bare = host.trim_start_matches('[').trim_end_matches(']');
                bare.parse::<IpAddr>()
                    .is_ok_and(|address| network.contains(&address))
            }
        }
    }
}

impl Port {
    fn parse(port: &str, scheme: &str) -> Result<Self, &'static str> {
        const WANTS: &str = "must have a port: a number, a range such as 80..90, or *";
        if port.is_empty() {
            return default_port(scheme).map(Self::Exact).ok_or(WANTS);
        }
        if port == "*" {
            return Ok(Self::Any);
        }
        if let Some((start, end)) = port.split_once("..") {
            let (start, end) = (start.parse(), end.parse());
            return match (start, end) {
                (Ok(start), Ok(end)) => Ok(Self::Range(start..end)),
                _ => Err(WANTS),
            };
        }
        port.parse().map(Self::Exact).map_err(|_| WANTS)
    }

    fn allows(&self, port: Option<u16>) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(allowed) => port == Some(*allowed),
            Self::Range(allowed) => port.is_some_and(|port| allowed.contains(&port)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AllowedHost, AllowedHosts};
    use crate::outbound::Destination;

    #[track_caller]
    fn check(allowed: &str, yes: &[&'static str], no: &[&'static str]) {
        let hosts: AllowedHosts = [AllowedHost::parse(allowed).unwrap()].into_iter().collect();
        let allows =
            |uri: &&'static str| hosts.allow(&Destination::of(&uri.parse().unwrap()).unwrap());
        for uri in yes {
            assert!(allows(uri), "{allowed} should allow {uri}");
        }
        for uri in no {
            assert!(!allows(uri), "{allowed} should not allow {uri}");
        }
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        let destination = Destination::of(&"http://a".parse().unwrap()).unwrap();
        assert!(!AllowedHosts::default().allow(&destination));
    }

    #[test]
    fn scheme_host_and_port_must_all_match() {
        check(
            "http://db.example",
            &["http://db.example/x", "http://DB.example:80"],
            &[
                "https://db.example",
                "http://db.example:81",
                "http://db.example.evil",
                "http://db.example@evil/",
                "http://x.db.example",
            ],
        );
        check(
            "https://h",
            &["https://h", "https://h:443"],
            &["http://h:443", "https://h:80"],
        );
        check(
            "http://h:80..82/",
            &["http://h:80", "http://h:81"],
            &["http://h:82"],
        );
        check(
            "http://[::1]:8080",
            &["http://[::1]:8080"],
            &["http://[::2]:8080"],
        );
    }

    #[test]
    fn wildcards_stand_for_what_they_say() {
        check("*://*:*", &["http://a:1", "https://b"], &[]);
        check("http://*:8080", &["http://a:8080"], &["http://a"]);
        check(
            "http://*.spin.internal",
            &["http://a.spin.internal", "http://a.b.spin.internal"],
            &[
                "http://spin.internal",
                "http://aspin.internal",
                "https://a.spin.internal",
            ],
        );
        check(
            "*://10.0.0.0/8:*",
            &["http://10.1.2.3:9", "https://10.0.0.1"],
            &["http://11.0.0.1", "http://10.example"],
        );
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_refused() {
        for bad in [
            "db.example",
            "http://",
            "ht+tp://a",
            "http://a/path",
            "http://a:80/path",
            "http://a:port",
            "http://a:80..x",
            "http://a.*",
            "http://self",
            "http://user@a",
            "http://{a,b}",
            "gopher://a",
        ] {
            assert!(AllowedHost::parse(bad).is_err(), "{bad}");
        }
    }
}
