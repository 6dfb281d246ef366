use crate::{Timestamp, UserId, digest::digest, words::words};

words! {
    /// What a one-time code lets its bearer do.
    CodePurpose {
        /// Prove that they read what is sent to an address.
        EmailVerification "email_verification",
        /// Set a first password.
        Invitation "invitation",
        /// Set a new password without the old one.
        PasswordRecovery "password_recovery",
    }
}

digest! {
    /// The SHA-256 of a one-time code, in 64 hexadecimal digits: all that is kept of it outside of
    /// the message that brings it. A short code is digested together with whose it is and what for.
    OneTimeCodeDigest
}

/// A code that was sent to a user and works once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OneTimeCode {
    /// Its digest, which it is found by.
    pub digest: OneTimeCodeDigest,
    /// What it is for.
    pub purpose: CodePurpose,
    /// Whose it is.
    pub user_id: UserId,
    /// The address that it was sent to, if it proves that the user reads what is sent there.
    pub address: Option<String>,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}
