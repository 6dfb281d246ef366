//! Password hashing, second factors, access tokens, API keys, PKCE, encryption at rest and random
//! tokens.
//!
//! [`PasswordHasher`] is the port; [`Argon2id`] hashes in this process and [`RemoteHasher`] asks
//! the private `password` component, which does nothing else and ends at once, because a wasm
//! memory that has grown for a hash never shrinks (ADR 0004). Hashes of other systems come in
//! through [`recognize`] and are verified beside our own until their owner's next login.
//!
//! [`Totp`] and [`RecoveryCode`] are the second factors, and [`Keyring`] is what their keys are
//! encrypted with where they are stored.
//!
//! [`verify_access_token`] and [`ApiKeySecret`] are what our own admin API knows its callers by.

mod access_token;
mod api_key;
mod es256;
mod keyring;
mod password;
mod password_rules;
mod pkce;
mod qr_code;
mod recovery_code;
mod remote;
#[cfg(test)]
mod testing;
mod token;
mod totp;

pub use access_token::{
    AccessToken, Expected, InvalidToken, JwkSet, signed_payload, verify_access_token,
};
pub use api_key::{ApiKeySecret, InvalidApiKey};
pub use es256::{Es256Key, Es256PublicJwk, access_token_hash};
pub use keyring::{InvalidKeyring, Keyring, NotOpened};
pub use password::{
    Argon2id, HashError, HashKind, PasswordHasher, UnknownHash, Verdict, recognize,
};
pub use password_rules::{
    PasswordOwner, PasswordRefusal, PasswordWeakness, check_password, password_expired,
};
pub use pkce::Pkce;
pub use qr_code::{QrCode, TooLong};
pub use recovery_code::RecoveryCode;
pub use remote::{HashReply, HashRequest, RemoteHasher, VerifyReply, VerifyRequest};
pub use token::random_token;
pub use totp::Totp;
