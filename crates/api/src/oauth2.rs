//! `/oauth2` and `/.well-known`: the OAuth2 surface, so far as it is open. Errors are those of
//! RFC 6749 §5.2, not problems.

mod error;
pub mod jwks;
pub mod metadata;
pub mod token;
