use iam_model::{Message, MessageId, Tenant};
use iam_platform::{Platform, random};
use iam_security::Keyring;
use iam_storage_ports::{Storage, StorageError};
use thiserror::Error;

use crate::content::{Content, Notice, purpose};

/// Where a use case leaves what it has to tell.
#[derive(Clone, Copy)]
pub struct Outbox<'a> {
    /// The clock and the randomness.
    pub platform: &'a dyn Platform,
    /// The database.
    pub storage: &'a dyn Storage,
    /// What contents are sealed with.
    pub keyring: &'a Keyring,
}

/// A notice was not queued.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct QueueError(#[from] StorageError);

impl From<QueueError> for StorageError {
    fn from(error: QueueError) -> Self {
        error.0
    }
}

impl Outbox<'_> {
    /// The message that `notice` is, for the change that it tells of.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the code in a notice is wiped once it is sealed"
    )]
    pub fn message(&self, tenant: &Tenant, notice: Notice) -> Message {
        let now = self.platform.now();
        let id = MessageId::generate(now, random(self.platform));
        let expires_at = now.plus(notice.expires_in);
        let content = Content::encode(tenant, &notice, expires_at);
        let content = content.expose().as_bytes();
        Message {
            id,
            tenant_id: tenant.id,
            user_id: notice.user,
            kind: notice.kind,
            channel: notice.channel,
            content: self.keyring.seal(self.platform, content, &purpose(&id)),
            attempts: 0,
            due_at: now,
            expires_at,
            created_at: now,
        }
    }

    /// Queues a notice that tells of no change.
    pub async fn queue(&self, tenant: &Tenant, notice: Notice) -> Result<(), QueueError> {
        let message = self.message(tenant, notice);
        Ok(self.storage.messages().add(&message).await?)
    }
}
