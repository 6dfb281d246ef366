//! Mail: `POST /v1/mail` hands one message to an SMTP server, or writes it into a folder where a
//! developer finds it. Nothing of it is logged, and no answer repeats it.

mod error;
mod folder;
mod request;
mod smtp;
mod target;

use std::time::Duration;

use http::StatusCode;
use serde::Serialize;
use tokio::{sync::Semaphore, time::timeout};

use self::{error::MailError, folder::Folder, request::MailRequest, smtp::Smtp};
pub use self::{
    error::MailSetupError,
    target::{InvalidSmtpUrl, MailTarget, SmtpUrl},
};
use crate::reply::{self, Reply};

/// The largest request: a message of ours is a few hundred bytes.
const MAX_BYTES: usize = 64 * 1024;

/// How many messages are under way at once; more wait.
const AT_ONCE: usize = 16;

/// How long a request may take, the waiting too: less than those who ask wait for an answer, which
/// would send the message once more.
const PATIENCE: Duration = Duration::from_secs(8);

/// Where mail goes.
pub(crate) struct Mailer {
    way: Option<Way>,
    places: Semaphore,
}

enum Way {
    Folder(Folder),
    Smtp(Smtp),
}

impl Mailer {
    pub(crate) fn new(target: Option<MailTarget>) -> Result<Self, MailSetupError> {
        let way = match target {
            None => None,
            Some(MailTarget::Folder(path)) => Some(Way::Folder(Folder::open(path)?)),
            Some(MailTarget::Smtp(url)) => Some(Way::Smtp(Smtp::new(&url)?)),
        };
        Ok(Self {
            way,
            places: Semaphore::new(AT_ONCE),
        })
    }

    /// Answers a request with `body`.
    pub(crate) async fn respond(&self, body: &[u8]) -> Reply {
        match self.send(body).await {
            Ok(()) => reply::json(StatusCode::ACCEPTED, &Accepted { accepted: true }),
            Err(error) => error.reply(),
        }
    }

    async fn send(&self, body: &[u8]) -> Result<(), MailError> {
        let Some(way) = &self.way else {
            return Err(MailError::NotSetUp);
        };
        if body.len() > MAX_BYTES {
            return Err(MailError::Invalid("is larger than 64 KiB"));
        }
        let mail = MailRequest::parse(body)?;
        let (id, message) = (mail.id, mail.message()?);
        let sending = async {
            let _place = self.places.acquire().await;
            match way {
                Way::Folder(folder) => folder.write(&id, &message).await,
                Way::Smtp(smtp) => smtp.send(message).await,
            }
        };
        timeout(PATIENCE, sending)
            .await
            .unwrap_or(Err(MailError::Timeout))
    }
}

#[derive(Serialize)]
struct Accepted {
    accepted: bool,
}
