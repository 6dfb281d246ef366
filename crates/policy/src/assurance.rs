use iam_model::Acr;
use serde::{Deserialize, Serialize};

/// An authentication method, by its RFC 8176 §2 name.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Amr {
    /// Password.
    Pwd,
    /// A one-time code: by the time, or a recovery code.
    Otp,
    /// More than one factor.
    Mfa,
}

impl Amr {
    /// The value as it stands in tokens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
            Self::Otp => "otp",
            Self::Mfa => "mfa",
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

    /// This login after a one-time code: RFC 8176 §2 has `mfa` beside the methods themselves.
    #[must_use]
    pub fn and_one_time_code(mut self) -> Self {
        for method in [Amr::Otp, Amr::Mfa] {
            if !self.amr.contains(&method) {
                self.amr.push(method);
            }
        }
        self.acr = Acr::Mfa;
        self
    }
}
