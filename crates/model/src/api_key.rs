use crate::{ApiKeyId, Line, Permission, Timestamp, digest::digest};

digest! {
    /// The SHA-256 of an API key, in 64 hexadecimal digits: all that is kept of it.
    ApiKeyDigest
}

/// A service account: a program that calls the admin API with a key of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKey {
    /// Its id, which is part of the key.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: Line,
    /// The digest of the key.
    pub digest: ApiKeyDigest,
    /// What it may do, sorted and without repeats.
    pub permissions: Vec<Permission>,
    /// When it stops working; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ApiKey {
    /// Whether it works at `now`.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
