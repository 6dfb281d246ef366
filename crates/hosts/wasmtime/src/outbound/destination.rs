use std::fmt;

use http::Uri;

/// Where a request goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Destination {
    pub(crate) scheme: String,
    /// In lower case; an IPv6 address is in brackets.
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
}

impl Destination {
    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        let host = uri.host().filter(|host| !host.is_empty())?;
        Some(Self {
            scheme: uri.scheme_str()?.to_owned(),
            host: host.to_ascii_lowercase(),
            port: uri.port_u16(),
        })
    }

    /// The component, if it is one of this application.
    pub(crate) fn component(&self) -> Option<&str> {
        (self.scheme == "http")
            .then(|| self.host.strip_suffix(COMPONENT_DOMAIN))
            .flatten()
    }

    /// The port, which the scheme may imply.
    pub(crate) fn effective_port(&self) -> Option<u16> {
        self.port.or_else(|| default_port(&self.scheme))
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Whether `host`, with or without a port, is a name that only components use for each other.
pub(crate) fn is_component_host(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.to_ascii_lowercase().ends_with(COMPONENT_DOMAIN)
}

pub(super) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "mqtt" => Some(1883),
        "mysql" => Some(3306),
        "postgres" => Some(5432),
        "redis" => Some(6379),
        _ => None,
    }
}

const COMPONENT_DOMAIN: &str = ".spin.internal";

#[cfg(test)]
mod tests {
    use super::{Destination, is_component_host};

    fn component(uri: &'static str) -> Option<String> {
        let destination = Destination::of(&uri.parse().unwrap()).unwrap();
        destination.component().map(str::to_owned)
    }

    #[test]
    fn a_component_is_named_by_its_host() {
        assert_eq!(
            component("http://password.spin.internal/x").as_deref(),
            Some("password")
        );
        assert_eq!(
            component("http://PassWord.Spin.Internal:80/").as_deref(),
            Some("password")
        );
        assert_eq!(component("https://password.spin.internal/"), None);
        assert_eq!(component("http://spin.internal/"), None);
        assert_eq!(component("http://password.spin.internal.example/"), None);
        // What is before the `@` is a user, not a host.
        assert_eq!(
            component("http://password.spin.internal@evil.example/"),
            None
        );
        assert!(is_component_host("a.spin.internal:80") && is_component_host("A.SPIN.INTERNAL"));
        assert!(!is_component_host("spin.internal.example"));
    }

    #[test]
    fn a_destination_is_shown_as_it_is_to_be_allowed() {
        let shown = |uri: &'static str| Destination::of(&uri.parse().unwrap()).unwrap().to_string();
        assert_eq!(
            shown("http://u:p@Db.Example:81/secret?x"),
            "http://db.example:81"
        );
        assert_eq!(shown("https://[::1]/"), "https://[::1]");
    }
}
