use iam_hydra::Hydra;
use iam_platform::Platform;
use iam_security::PasswordHasher;
use iam_storage_ports::Storage;

/// What the use cases of this crate need.
#[derive(Clone, Copy)]
pub struct IdentityPorts<'a> {
    /// The clock and the randomness of ids.
    pub platform: &'a dyn Platform,
    /// The database.
    pub storage: &'a dyn Storage,
    /// The OAuth2 server, which has its own record of every client.
    pub hydra: &'a Hydra,
    /// The password hasher.
    pub hasher: &'a dyn PasswordHasher,
    /// The audience that access tokens may be granted.
    pub audience: &'a str,
}
