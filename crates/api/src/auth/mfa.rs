//! `/auth/mfa`: the steps of a login that are about a second factor.

pub mod confirm;
pub mod enroll;
pub mod verify;
