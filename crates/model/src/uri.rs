use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::name::text_serde;

/// The text cannot be registered as a redirect URI.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum InvalidUri {
    /// Not an absolute URI.
    #[error("is not an absolute URI")]
    NotAbsolute,
    /// RFC 6749 §3.1.2: the endpoint URI must not include a fragment.
    #[error("must not have a fragment")]
    Fragment,
    /// RFC 9700 §2.6: plain http only for loopback.
    #[error("must use https; plain http is allowed for 127.0.0.1, [::1] and localhost only")]
    Insecure,
    /// User names and passwords in a URI end up in logs and histories.
    #[error("must not carry a user name or a password")]
    UserInfo,
}

/// A URI that a client registered to be sent back to, compared exactly (RFC 9700 §2.1).
///
/// Private-use schemes (RFC 8252 §7.1) must have a dot in them, as in `com.example.app:/done`.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

impl RedirectUri {
    /// The URI as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RedirectUri {
    type Err = InvalidUri;

    fn from_str(text: &str) -> Result<Self, InvalidUri> {
        let url = Url::parse(text).map_err(|_| InvalidUri::NotAbsolute)?;
        if url.fragment().is_some() {
            return Err(InvalidUri::Fragment);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidUri::UserInfo);
        }
        let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        match url.scheme() {
            "https" => Ok(Self(text.to_owned())),
            "http" if loopback => Ok(Self(text.to_owned())),
            scheme if scheme.contains('.') => Ok(Self(text.to_owned())),
            _ => Err(InvalidUri::Insecure),
        }
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(RedirectUri, InvalidUri);

/// A resource that tokens can be for (RFC 8707 §2): an absolute URI without a fragment, compared
/// exactly.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourceUri(String);

impl ResourceUri {
    /// The URI as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceUri {
    type Err = InvalidUri;

    fn from_str(text: &str) -> Result<Self, InvalidUri> {
        let url = Url::parse(text).map_err(|_| InvalidUri::NotAbsolute)?;
        if url.fragment().is_some() {
            return Err(InvalidUri::Fragment);
        }
        // They are joined by spaces where several are named.
        if text.contains(char::is_whitespace) {
            return Err(InvalidUri::NotAbsolute);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ResourceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(ResourceUri, InvalidUri);

/// The origin of a web app, as browsers send it in `Origin` (RFC 6454 §6.2), compared exactly.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebOrigin(String);

impl WebOrigin {
    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WebOrigin {
    type Err = InvalidUri;

    fn from_str(text: &str) -> Result<Self, InvalidUri> {
        let origin = Url::parse(text)
            .map_err(|_| InvalidUri::NotAbsolute)?
            .origin();
        // No path, no default port, lower case: one origin has one spelling.
        if !origin.is_tuple() || origin.ascii_serialization() != text {
            return Err(InvalidUri::NotAbsolute);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(WebOrigin, InvalidUri);

#[cfg(test)]
mod tests {
    use super::{InvalidUri, RedirectUri, ResourceUri, WebOrigin};

    #[track_caller]
    fn check(text: &str, expected: Result<(), InvalidUri>) {
        assert_eq!(text.parse::<RedirectUri>().map(|_| ()), expected, "{text}");
    }

    #[test]
    fn a_redirect_uri_is_absolute_private_and_has_no_fragment() {
        check("https://app.example/done?x=1", Ok(()));
        check("http://127.0.0.1:3000/done", Ok(()));
        check("com.example.app:/done", Ok(()));
        check("/done", Err(InvalidUri::NotAbsolute));
        check("https://app.example/#x", Err(InvalidUri::Fragment));
        check("https://a:b@app.example/", Err(InvalidUri::UserInfo));
        check("http://app.example/", Err(InvalidUri::Insecure));
        check("http://localhost.evil.example/", Err(InvalidUri::Insecure));
        check("javascript:alert(1)", Err(InvalidUri::Insecure));
        check("data:text/html,x", Err(InvalidUri::Insecure));
    }

    #[test]
    fn a_resource_is_absolute_and_has_no_fragment() {
        assert!("https://api.example/v1".parse::<ResourceUri>().is_ok());
        assert!("urn:example:orders".parse::<ResourceUri>().is_ok());
        for bad in [
            "orders",
            "https://api.example/#x",
            "https://api.example/a b",
        ] {
            assert!(bad.parse::<ResourceUri>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_spelled_as_browsers_do() {
        for good in ["https://app.example", "http://localhost:3000"] {
            assert!(good.parse::<WebOrigin>().is_ok(), "{good}");
        }
        for bad in [
            "*",
            "null",
            "https://app.example/",
            "https://App.example",
            "https://a.b:443",
        ] {
            assert!(bad.parse::<WebOrigin>().is_err(), "{bad}");
        }
    }
}
