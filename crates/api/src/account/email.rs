//! The addresses of a user.

pub(super) mod change;
pub(super) mod confirm;
pub(super) mod verify;
