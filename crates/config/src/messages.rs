use std::str::FromStr;

use iam_model::{Email, Line, Secret};

use crate::{ConfigError, Endpoint, Lookup, optional};

/// How messages leave. What is `None` waits in the queue.
#[derive(Clone, Debug)]
pub struct MessageSettings {
    /// How mail leaves.
    pub mail: Option<MailRoute>,
    /// Where SMS are posted to.
    pub sms: Option<Webhook>,
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub enum MailRoute {
    /// Through the SMTP server of a gateway.
    Gateway {
        /// The gateway.
        endpoint: Endpoint,
        /// The bearer token it wants, if any.
        token: Option<Secret<String>>,
        /// Whom mail is from.
        from: MailFrom,
    },
    /// By an app that sends it.
    Webhook(Webhook),
}

/// An app that is told what to send.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where it listens.
    pub url: Endpoint,
    /// What requests are signed with: `whsec_` and base64, several by spaces while they rotate.
    pub secret: Secret<String>,
}

/// Whom mail is from: an address, with a name or without.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MailFrom {
    /// The name; `None` for that of the tenant.
    pub name: Option<Line>,
    /// The address.
    pub address: Email,
}

/// The text is no sender: `address`, or `Name <address>`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidFrom;

impl FromStr for MailFrom {
    type Err = InvalidFrom;

    fn from_str(text: &str) -> Result<Self, InvalidFrom> {
        let (name, address) = match text.strip_suffix('>').and_then(|t| t.rsplit_once('<')) {
            Some((name, address)) => (name.trim(), address),
            None => ("", text),
        };
        let name = (!name.is_empty()).then(|| name.trim_matches('"').parse());
        Ok(Self {
            name: name.transpose().map_err(|_| InvalidFrom)?,
            address: address.trim().parse().map_err(|_| InvalidFrom)?,
        })
    }
}

impl MessageSettings {
    /// Reads `mail_url`, `mail_token`, `mail_from`, `sms_url` and `webhook_secret` through
    /// `lookup`.
    pub fn from_variables(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            mail: mail(lookup)?,
            sms: sms(lookup)?,
        })
    }
}

fn mail(lookup: Lookup<'_>) -> Result<Option<MailRoute>, ConfigError> {
    let name = "mail_url";
    let wants = "webhook+https://host/path, or smtp+http://host:port for a gateway";
    let invalid = ConfigError::Invalid { name, wants };
    let Some(text) = optional(lookup, name) else {
        return Ok(None);
    };
    if let Some(url) = text.strip_prefix("webhook+") {
        return Ok(Some(MailRoute::Webhook(webhook(lookup, url, invalid)?)));
    }
    let endpoint = text.strip_prefix("smtp+").and_then(Endpoint::parse);
    Ok(Some(MailRoute::Gateway {
        endpoint: endpoint.ok_or(invalid)?,
        token: optional(lookup, "mail_token").map(Secret::new),
        from: mail_from(lookup)?,
    }))
}

fn sms(lookup: Lookup<'_>) -> Result<Option<Webhook>, ConfigError> {
    let (name, wants) = ("sms_url", "webhook+https://host/path");
    let invalid = ConfigError::Invalid { name, wants };
    let Some(text) = optional(lookup, name) else {
        return Ok(None);
    };
    let url = text
        .strip_prefix("webhook+")
        .ok_or_else(|| invalid.clone())?;
    webhook(lookup, url, invalid).map(Some)
}

fn webhook(lookup: Lookup<'_>, url: &str, invalid: ConfigError) -> Result<Webhook, ConfigError> {
    let name = "webhook_secret";
    let wants = "`whsec_` and the base64 of 24 to 64 random bytes; several by spaces";
    let secret = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
    Ok(Webhook {
        url: Endpoint::parse(url).ok_or(invalid)?,
        secret: Secret::new(secret),
    })
}

fn mail_from(lookup: Lookup<'_>) -> Result<MailFrom, ConfigError> {
    let (name, wants) = ("mail_from", "an address, or `Name <address>`");
    let text = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
    text.parse()
        .map_err(|_| ConfigError::Invalid { name, wants })
}

/// What a caller of `/internal` proves itself with, from `internal_key`.
pub fn internal_key(lookup: Lookup<'_>) -> Result<Secret<String>, ConfigError> {
    let (name, wants) = ("internal_key", "a random secret of 32 characters or more");
    let key = optional(lookup, name).ok_or(ConfigError::Missing { name, wants })?;
    if key.len() < 32 {
        return Err(ConfigError::Invalid { name, wants });
    }
    Ok(Secret::new(key))
}

#[cfg(test)]
mod tests {
    use super::{MailRoute, MessageSettings};
    use crate::ConfigError;

    fn read(set: &[(&str, &str)]) -> Result<MessageSettings, ConfigError> {
        let lookup = |name: &str| {
            let found = set.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        MessageSettings::from_variables(&lookup)
    }

    #[test]
    fn without_a_url_messages_wait() {
        let settings = read(&[("mail_url", "")]).unwrap();
        assert!(settings.mail.is_none() && settings.sms.is_none());
    }

    #[test]
    fn mail_leaves_by_a_gateway_or_a_webhook() {
        let gateway = read(&[
            ("mail_url", "smtp+http://127.0.0.1:9000/"),
            ("mail_from", "\"Acme, Inc.\" <id@acme.example>"),
        ]);
        let Ok(Some(MailRoute::Gateway { endpoint, from, .. })) = gateway.map(|s| s.mail) else {
            panic!("no gateway");
        };
        assert_eq!(endpoint.as_str(), "http://127.0.0.1:9000");
        let name = from.name.map(|name| name.to_string());
        assert_eq!(name.as_deref(), Some("Acme, Inc."));
        assert_eq!(from.address.as_str(), "id@acme.example");
        let secret = ("webhook_secret", "whsec_AAAA");
        let webhook = read(&[("mail_url", "webhook+https://a.example/hook"), secret]);
        let Ok(Some(MailRoute::Webhook(webhook))) = webhook.map(|s| s.mail) else {
            panic!("no webhook");
        };
        assert_eq!(webhook.url.as_str(), "https://a.example/hook");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let name = |set: &[(&str, &str)]| match read(set) {
            Err(ConfigError::Missing { name, .. } | ConfigError::Invalid { name, .. }) => name,
            Ok(_) => "nothing",
        };
        let gateway = ("mail_url", "smtp+http://127.0.0.1:9000");
        assert_eq!(name(&[("mail_url", "smtp://mail.example")]), "mail_url");
        assert_eq!(name(&[("mail_url", "webhook+ftp://x")]), "webhook_secret");
        assert_eq!(name(&[gateway]), "mail_from");
        for from in [
            "id",
            "<id@a.example",
            "A\r\nBcc: x <id@a.example>",
            "id@a.example\nBcc: b@a.example",
        ] {
            assert_eq!(
                name(&[gateway, ("mail_from", from)]),
                "mail_from",
                "{from:?}"
            );
        }
        let secret = ("webhook_secret", "whsec_AAAA");
        assert_eq!(name(&[("sms_url", "https://a.example"), secret]), "sms_url");
        assert_eq!(name(&[("mail_url", "webhook+ftp://x"), secret]), "mail_url");
    }
}
