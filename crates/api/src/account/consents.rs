//! What a user has granted apps of others.

pub(super) mod list;
pub(super) mod revoke;
