use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{self, PoolConfig, authentication::Credentials},
};

use super::{
    error::{MailError, MailSetupError},
    target::{Security, SmtpUrl},
};

/// How long one step of a conversation may take.
const STEP: Duration = Duration::from_secs(5);

/// Connections that are kept, and for how long.
const CONNECTIONS: u32 = 4;
const IDLE: Duration = Duration::from_secs(30);

/// Replies that say that it is us whom the server does not like, not the message
/// (RFC 4954 §6, RFC 5321 §4.2.3).
const SIGN_IN: [u16; 5] = [530, 534, 535, 538, 454];

/// An SMTP server.
pub(crate) struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    pub(crate) fn new(url: &SmtpUrl) -> Result<Self, MailSetupError> {
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match url.security {
            Security::Plain => Ok(Transport::builder_dangerous(&*url.host)),
            Security::StartTls => Transport::starttls_relay(&url.host),
            Security::Tls => Transport::relay(&url.host),
        };
        let builder = builder.map_err(|_| MailSetupError::Tls {
            host: url.host.clone(),
        })?;
        let pool = PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE);
        let builder = builder.port(url.port).timeout(Some(STEP)).pool_config(pool);
        let builder = match &url.login {
            Some((user, password)) => {
                builder.credentials(Credentials::new(user.clone(), password.expose().clone()))
            }
            None => builder,
        };
        Ok(Self(builder.build()))
    }

    pub(crate) async fn send(&self, message: Message) -> Result<(), MailError> {
        let envelope = message.envelope();
        let mut addresses = envelope.to().iter().chain(envelope.from());
        let is_plain = addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii());
        match self.0.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(classify(&error, is_plain)),
        }
    }
}

fn classify(error: &smtp::Error, is_plain: bool) -> MailError {
    let code = error.status().map(u16::from);
    match code {
        Some(code) if SIGN_IN.contains(&code) => MailError::SignIn(code),
        _ if error.is_permanent() => MailError::Refused(code),
        _ if error.is_transient() => MailError::Unwilling(code),
        // The server cannot take an address that is not ASCII (RFC 6531 §3.2).
        _ if error.is_client() && !is_plain => MailError::Refused(None),
        _ if error.is_timeout() => MailError::Timeout,
        _ => MailError::Unreachable,
    }
}
