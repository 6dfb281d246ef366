//! A new password for who forgot theirs.

pub(super) mod ask;
pub(super) mod confirm;
