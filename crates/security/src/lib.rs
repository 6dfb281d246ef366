//! Password hashing, PKCE and random tokens.
//!
//! [`PasswordHasher`] is the port; [`Argon2id`] hashes in this process and [`RemoteHasher`] asks
//! the private `password` component, which does nothing else and ends at once, because a wasm
//! memory that has grown for a hash never shrinks (ADR 0004).

mod argon2id;
mod password;
mod pkce;
mod remote;
mod token;

pub use argon2id::Argon2id;
pub use password::{HashError, PasswordHasher, Verdict};
pub use pkce::Pkce;
pub use remote::{HashReply, HashRequest, RemoteHasher, VerifyReply, VerifyRequest};
pub use token::random_token;
