use std::{path::PathBuf, str::FromStr};

use iam_model::Secret;
use percent_encoding::percent_decode_str;
use thiserror::Error;
use url::{Host, Url};

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum MailTarget {
    /// Into files in this folder, one for each message, for who develops an app.
    Folder(PathBuf),
    /// To this SMTP server.
    Smtp(SmtpUrl),
}

/// An SMTP server: `smtp://` for STARTTLS, which is demanded but from a server on this machine;
/// `smtps://` for TLS from the start (RFC 8314 §3.3).
#[derive(Clone, Debug)]
pub struct SmtpUrl {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub security: Security,
    /// Who we are to it.
    pub login: Option<(String, Secret<String>)>,
}

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Security {
    /// In the clear: on this machine only.
    Plain,
    /// In the clear until TLS is agreed on, before anything of worth is said.
    StartTls,
    /// By TLS.
    Tls,
}

/// The text is no SMTP server. It is not repeated, since it may hold a password.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not an SMTP server such as smtps://user:password@mail.example.com")]
pub struct InvalidSmtpUrl;

impl FromStr for SmtpUrl {
    type Err = InvalidSmtpUrl;

    fn from_str(text: &str) -> Result<Self, InvalidSmtpUrl> {
        let url = Url::parse(text).map_err(|_| InvalidSmtpUrl)?;
        // The host of a scheme that is not the web's is a text as it was written.
        let name = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(InvalidSmtpUrl)?;
        let host = Host::parse(name).map_err(|_| InvalidSmtpUrl)?;
        let is_here = match &host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let (security, port) = match url.scheme() {
            "smtp" if is_here => (Security::Plain, 25),
            "smtp" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            _ => return Err(InvalidSmtpUrl),
        };
        let bare =
            matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if !bare {
            return Err(InvalidSmtpUrl);
        }
        Ok(Self {
            host: host.to_string().trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            security,
            login: login(&url)?,
        })
    }
}

/// User name and password, both or neither.
fn login(url: &Url) -> Result<Option<(String, Secret<String>)>, InvalidSmtpUrl> {
    let decode = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(std::borrow::Cow::into_owned)
            .map_err(|_| InvalidSmtpUrl)
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(InvalidSmtpUrl),
        (user, Some(password)) => Ok(Some((decode(user)?, Secret::new(decode(password)?)))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Security, SmtpUrl};

    #[test]
    fn a_url_says_how_a_server_is_spoken_to() {
        let read = |text: &str| {
            let url: SmtpUrl = text.parse().expect(text);
            (url.host, url.port, url.security)
        };
        let of = |host: &str, port, security| (host.to_owned(), port, security);
        assert_eq!(
            read("smtp://mail.example.com"),
            of("mail.example.com", 587, Security::StartTls)
        );
        assert_eq!(
            read("smtps://mail.example.com/"),
            of("mail.example.com", 465, Security::Tls)
        );
        assert_eq!(
            read("smtp://192.0.2.7:2525"),
            of("192.0.2.7", 2525, Security::StartTls)
        );
        assert_eq!(
            read("smtp://127.0.0.1:2525"),
            of("127.0.0.1", 2525, Security::Plain)
        );
        assert_eq!(
            read("smtp://localhost"),
            of("localhost", 25, Security::Plain)
        );
        assert_eq!(read("smtp://[::1]:25"), of("::1", 25, Security::Plain));
        // Only a name that is nobody else's.
        assert_eq!(read("smtp://localhost.example").2, Security::StartTls);
    }

    #[test]
    fn a_password_is_decoded_and_not_shown() {
        let url: SmtpUrl = "smtps://id%40acme.example:p%40ss%2Fw@mail.example"
            .parse()
            .unwrap();
        let shown = format!("{url:?}");
        let (user, password) = url.login.unwrap();
        assert_eq!(
            (user.as_str(), password.expose().as_str()),
            ("id@acme.example", "p@ss/w")
        );
        assert!(!shown.contains("p@ss"), "{shown}");
    }

    #[test]
    fn what_is_no_server_is_refused() {
        for bad in [
            "",
            "mail.example.com",
            "https://mail.example.com",
            "smtp://",
            "smtp://mail.example.com?tls=none",
            "smtp://mail.example.com/x",
            "smtp://user@mail.example.com",
            "smtp://:pass@mail.example.com",
        ] {
            assert!(bad.parse::<SmtpUrl>().is_err(), "{bad}");
        }
    }
}
