use serde::{Deserialize, Serialize};

/// Authentication context class reference (OIDC Core §2): how far the login can be relied on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Acr {
    /// One factor: a password.
    Pwd,
    /// Two different factors.
    Mfa,
}

impl Acr {
    /// The value as it stands in tokens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
            Self::Mfa => "mfa",
        }
    }
}

/// An authentication method, by its RFC 8176 §2 name.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Amr {
    /// Password.
    Pwd,
}

impl Amr {
    /// The value as it stands in tokens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
        }
    }
}

/// How a subject proved who they are.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct Assurance {
    /// The assurance level reached.
    pub acr: Acr,
    /// The methods used to reach it.
    pub amr: Vec<Amr>,
}

impl Assurance {
    /// A login by password alone.
    #[must_use]
    pub fn password() -> Self {
        Self {
            acr: Acr::Pwd,
            amr: vec![Amr::Pwd],
        }
    }
}
