//! What a user says of themself.

pub(super) mod change;
pub(super) mod read;
mod wire;
