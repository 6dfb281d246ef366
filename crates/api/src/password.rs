//! `/password`: the private hasher that logins call. Never a public route.

pub mod hash;
pub mod verify;
