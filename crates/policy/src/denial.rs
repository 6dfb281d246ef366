use iam_model::Acr;

use crate::{PolicyError, ReasonCode};

/// Why a subject whose credential is right gets no token all the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Denial {
    /// The tenant's policy wants more than the login proved.
    AssuranceRequired(Acr),
    /// The password has to be changed first.
    PasswordChangeRequired,
    /// The tenant's policy says no, for these reasons; there may be none.
    PolicyDenied(Vec<ReasonCode>),
    /// The tenant's policy could not be evaluated. Who logs in is not told why.
    PolicyFailed(PolicyError),
    /// Its tenant is deleted.
    TenantDeleted,
    /// Its tenant is suspended.
    TenantSuspended,
    /// It is deleted.
    UserDeleted,
    /// It was switched off.
    UserDisabled,
    /// It was invited and has not accepted yet.
    UserInvited,
    /// It is locked.
    UserLocked,
}

impl Denial {
    /// The reason as a stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AssuranceRequired(_) => "assurance_required",
            Self::PasswordChangeRequired => "password_change_required",
            Self::PolicyDenied(_) => "policy_denied",
            Self::PolicyFailed(_) => "policy_failed",
            Self::TenantDeleted => "tenant_deleted",
            Self::TenantSuspended => "tenant_suspended",
            Self::UserDeleted => "user_deleted",
            Self::UserDisabled => "user_disabled",
            Self::UserInvited => "user_invited",
            Self::UserLocked => "user_locked",
        }
    }

    /// The reasons that the tenant's policy gave, sorted.
    #[must_use]
    pub fn reasons(&self) -> &[ReasonCode] {
        match self {
            Self::PolicyDenied(reasons) => reasons,
            _ => &[],
        }
    }
}
