use crate::{MessageId, Sealed, TenantId, Timestamp, UserId, words::words};

words! {
    /// How a message reaches its reader.
    Channel {
        /// By e-mail.
        Email "email",
        /// By SMS.
        Sms "sms",
    }
}

words! {
    /// What a message is about. An app that sends messages itself chooses its text by this.
    MessageKind {
        /// A code that proves that an e-mail address is read by its user.
        EmailVerification "email_verification",
        /// An invitation to set a first password.
        Invitation "invitation",
        /// Tells that the second factor was set, replaced or removed.
        MfaChanged "mfa_changed",
        /// Tells that the password was changed.
        PasswordChanged "password_changed",
        /// A code to set a new password with.
        PasswordRecovery "password_recovery",
        /// Tells who owns an address that somebody tried to register with it.
        RegistrationAttempted "registration_attempted",
    }
}

/// A message that waits to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its id; a receiver that gets it twice can tell by it.
    pub id: MessageId,
    /// The tenant in whose name it is sent.
    pub tenant_id: TenantId,
    /// Whom it is for.
    pub user_id: UserId,
    /// What it is about.
    pub kind: MessageKind,
    /// How it is sent.
    pub channel: Channel,
    /// Recipient, code, link and what else it is made of: JSON, sealed, since a code is as good as
    /// a password.
    pub content: Sealed,
    /// How often sending was tried.
    pub attempts: u16,
    /// When it is tried next.
    pub due_at: Timestamp,
    /// When it is given up.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}
