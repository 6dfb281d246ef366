use std::time::Duration;

use futures_util::{StreamExt, stream};
use iam_config::MessageSettings;
use iam_model::Message;
use iam_platform::Platform;
use iam_security::{Keyring, NotOpened};
use iam_storage_ports::{MessageRepository, Storage, StorageError};
use thiserror::Error;

use crate::{
    backoff,
    content::{Content, purpose},
    transport::{self, Outcome},
};

/// The most messages that one call sends.
pub const MAX_LIMIT: u16 = 32;

/// How many are sent at once. With [`MAX_LIMIT`] and the time that a host gives a fetch, 10 s, no
/// call takes longer than 20 s, which is less than hosts let a request live.
const AT_ONCE: usize = 16;

/// How long nobody else sends what is claimed here: longer than a call takes.
const CLAIM: Duration = Duration::from_mins(1);

/// After so many attempts, about a day, a message is given up.
const MAX_ATTEMPTS: u16 = 30;

/// What [`deliver`] needs.
#[derive(Clone, Copy)]
pub struct DeliveryPorts<'a> {
    /// The clock, the randomness and the way out.
    pub platform: &'a dyn Platform,
    /// The database.
    pub storage: &'a dyn Storage,
    /// What contents are sealed with.
    pub keyring: &'a Keyring,
    /// How messages leave.
    pub settings: &'a MessageSettings,
}

/// What became of the messages that were due.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Delivered {
    /// How many were sent.
    pub sent: u64,
    /// How many are tried again.
    pub retried: u64,
    /// How many were given up: nobody takes them, or their time is over.
    pub given_up: u64,
    /// Whether more may be due already.
    pub more: bool,
}

/// The queue is out of reach.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct DeliverError(#[from] pub StorageError);

/// Sends up to `limit` messages that are due. Many may do this at once: each message is one's. A
/// message is sent once as a rule; and once more, with the same id, by who comes after a deliverer
/// that went away between sending it and saying so.
pub async fn deliver(ports: DeliveryPorts<'_>, limit: u16) -> Result<Delivered, DeliverError> {
    let (messages, now) = (ports.storage.messages(), ports.platform.now());
    let expired = messages.purge(now).await?;
    if expired > 0 {
        log(
            ports,
            &format!("{expired} messages expired before they were sent"),
        );
    }
    let mut delivered = Delivered {
        given_up: expired,
        ..Delivered::default()
    };
    if ports.settings.mail.is_none() && ports.settings.sms.is_none() {
        let waiting = messages.count(now).await?;
        if waiting > 0 {
            log(
                ports,
                &format!("{waiting} messages wait: mail_url and sms_url are not set"),
            );
        }
        return Ok(delivered);
    }
    let limit = limit.clamp(1, MAX_LIMIT);
    let claimed = messages.claim(now, now.plus(CLAIM), limit).await?;
    delivered.more = claimed.len() == usize::from(limit);
    let attempts = claimed
        .iter()
        .map(|message| attempt(ports, messages, message));
    let mut outcomes = stream::iter(attempts).buffer_unordered(AT_ONCE);
    while let Some(outcome) = outcomes.next().await {
        match outcome? {
            Fate::GivenUp => delivered.given_up += 1,
            Fate::Retried => delivered.retried += 1,
            Fate::Sent => delivered.sent += 1,
        }
    }
    Ok(delivered)
}

/// What became of a message.
enum Fate {
    GivenUp,
    Retried,
    Sent,
}

/// Sends a message once, and says so in the queue.
async fn attempt(
    ports: DeliveryPorts<'_>,
    messages: &dyn MessageRepository,
    message: &Message,
) -> Result<Fate, DeliverError> {
    let fate = match send(ports, message).await {
        Outcome::Sent => Fate::Sent,
        Outcome::Refused(why) => {
            give_up(ports, message, &why);
            Fate::GivenUp
        }
        Outcome::Retry(why) => {
            let wait = backoff::wait(ports.platform, message.attempts);
            let due_at = ports.platform.now().plus(wait);
            if message.attempts < MAX_ATTEMPTS && due_at < message.expires_at {
                return match messages.retry(message, due_at).await {
                    // Stale: we took so long that it is somebody else's by now.
                    Ok(()) | Err(StorageError::Stale) => Ok(Fate::Retried),
                    Err(error) => Err(error.into()),
                };
            }
            give_up(ports, message, &why);
            Fate::GivenUp
        }
    };
    messages.remove(&message.id).await?;
    Ok(fate)
}

async fn send(ports: DeliveryPorts<'_>, message: &Message) -> Outcome {
    let content = match ports.keyring.open(&message.content, &purpose(&message.id)) {
        Ok(opened) => Content::decode(opened.expose()),
        // The key may come back: it was taken away by mistake.
        Err(error @ NotOpened::UnknownKey) => return Outcome::Retry(error.to_string()),
        Err(NotOpened::Damaged) => None,
    };
    match content {
        Some(content) => transport::send(ports.platform, ports.settings, message, &content).await,
        None => Outcome::Refused("its content is damaged".to_owned()),
    }
}

fn give_up(ports: DeliveryPorts<'_>, message: &Message, why: &str) {
    let Message {
        id, kind, attempts, ..
    } = message;
    let tried = format!("message {id} ({kind}) is given up after {attempts} attempts");
    log(ports, &format!("{tried}: {why}"));
}

fn log(ports: DeliveryPorts<'_>, line: &str) {
    ports.platform.log(line);
}

#[cfg(test)]
mod tests;
