//! The password of a user.

pub(super) mod change;
