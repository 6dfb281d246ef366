use std::time::Duration;

use iam_model::Secret;

/// How long a login waits for its next step.
pub(crate) const STEP_TTL: Duration = Duration::from_mins(5);

/// How often one step can be tried.
pub(crate) const MAX_ATTEMPTS: u8 = 5;

/// What a user has to do before they get tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StepKind {
    /// Set a first password of their own: they were invited.
    Invitation,
    /// Prove the second factor they have.
    Mfa,
    /// Enrol a second factor.
    MfaEnrollment,
    /// Confirm the second factor that they are enrolling.
    MfaConfirmation,
    /// Set another password, since an operator says so.
    PasswordChange,
    /// Set another password, since theirs is too old.
    PasswordExpired,
}

/// A step of a login that waits for its user.
#[derive(Clone, Debug)]
pub struct Step {
    /// What they have to do.
    pub kind: StepKind,
    /// What the login goes on by, once.
    pub token: Secret<String>,
    /// How long it waits.
    pub expires_in: Duration,
}

/// What a second factor is proved with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// A code by the time.
    Totp,
    /// A recovery code.
    RecoveryCode,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RecoveryCode => "recovery_code",
            Self::Totp => "totp",
        }
    }
}

impl std::str::FromStr for Method {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Totp, Self::RecoveryCode]
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or("must be one of totp, recovery_code")
    }
}

impl StepKind {
    /// What it can be done with, where there is a choice.
    #[must_use]
    pub const fn methods(self) -> &'static [Method] {
        match self {
            Self::Mfa => &[Method::Totp, Method::RecoveryCode],
            Self::Invitation
            | Self::MfaConfirmation
            | Self::MfaEnrollment
            | Self::PasswordChange
            | Self::PasswordExpired => &[],
        }
    }
}
