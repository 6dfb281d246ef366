use iam_hydra::Hydra;
use iam_platform::Platform;
use iam_storage_ports::Storage;

/// What the use cases at and behind the token endpoint need.
#[derive(Clone, Copy)]
pub struct TokenPorts<'a> {
    /// The clock.
    pub platform: &'a dyn Platform,
    /// The database.
    pub storage: &'a dyn Storage,
    /// The OAuth2 server.
    pub hydra: &'a Hydra,
    /// Our issuer, which is the audience of tokens for which no resource is named (RFC 9068 §3).
    pub issuer: &'a str,
}
