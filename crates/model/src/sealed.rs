use serde::{Deserialize, Serialize};

/// A secret that is encrypted at rest, as it is stored: `v1.<key id>.<base64url>`.
///
/// What opens it, and only for the purpose it was sealed for, is the keyring of `iam-security`.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// Takes a text that was sealed; whether it was, whoever opens it finds out.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
