//! The keys that tokens are signed with (ADR 0012).
//!
//! They are in a key set of our own in Hydra, which makes and encrypts them. What a key does at
//! which time is in its `kid` and nowhere else, so there is no state that a crash, or two programs
//! at once, could leave in pieces: a rotation is one key that is added.

mod hint;
mod kid;
mod original;
mod rotate;
mod set;
mod tokens;

pub use rotate::{Advance, Rotation};
pub use set::{KeyState, SigningKeyStatus};

pub(crate) use original::original;
pub(crate) use tokens::sign_answer;
