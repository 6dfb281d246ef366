//! The second factor of a user.

pub(super) mod confirm;
pub(super) mod enroll;
pub(super) mod read;
pub(super) mod recovery_codes;
pub(super) mod remove;
