use std::time::Duration;

use iam_model::{Channel, MessageId, MessageKind, Secret, Tenant, Timestamp, UserId};
use serde::Deserialize;
use serde_json::json;

/// What somebody is to be told.
pub struct Notice {
    /// Whom.
    pub user: UserId,
    /// What about.
    pub kind: MessageKind,
    /// How.
    pub channel: Channel,
    /// The e-mail address or the phone number.
    pub recipient: String,
    /// The code that they are to bring.
    pub code: Option<Secret<String>>,
    /// Where to bring it.
    pub link: Option<Secret<String>>,
    /// The language they read, as BCP 47 names it.
    pub locale: Option<String>,
    /// How long it is worth sending: as long as the code works.
    pub expires_in: Duration,
}

/// All that a message is made of, as it waits in the queue.
#[derive(Deserialize)]
pub(crate) struct Content {
    /// The tenant's name.
    pub(crate) tenant: String,
    /// The tenant's name as people read it.
    pub(crate) tenant_name: String,
    pub(crate) recipient: String,
    pub(crate) code: Option<Secret<String>>,
    pub(crate) link: Option<Secret<String>>,
    pub(crate) locale: Option<String>,
    pub(crate) expires_at: Timestamp,
}

impl Content {
    /// What is sealed. It is wiped when it is dropped.
    pub(crate) fn encode(
        tenant: &Tenant,
        notice: &Notice,
        expires_at: Timestamp,
    ) -> Secret<String> {
        let secret = |secret: &Option<Secret<String>>| secret.as_ref().map(|s| s.expose().clone());
        let content = json!({
            "tenant": tenant.name.as_str(),
            "tenant_name": tenant.display_name,
            "recipient": notice.recipient,
            "code": secret(&notice.code),
            "link": secret(&notice.link),
            "locale": notice.locale,
            "expires_at": expires_at,
        });
        Secret::new(content.to_string())
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// What the content of a message is sealed for: it is of no use in another's row.
pub(crate) fn purpose(id: &MessageId) -> String {
    format!("message:{id}")
}
