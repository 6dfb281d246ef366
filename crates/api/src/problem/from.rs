use http::header::RETRY_AFTER;
use iam_account::AccountError;
use iam_auth::{AuthError, Dependency};
use iam_config::ConfigError;
use iam_identity::{IdentityError, Violation};
use iam_model::{Permission, ScopeToken};
use iam_policy::{Denial, ReasonCode};
use iam_security::HashError;

use super::{Code, FieldError, Problem};
use crate::rate_limit;

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let code = match &error {
            AuthError::AssuranceUnavailable => Code::AssuranceUnavailable,
            AuthError::Challenge => Code::InvalidChallenge,
            AuthError::Denied(denial) => return denied(denial),
            AuthError::Internal(_) => Code::Internal,
            AuthError::InvalidCode(step) => {
                return Self::new(Code::InvalidCode).step(step.as_ref());
            }
            AuthError::InvalidCredentials => Code::InvalidCredentials,
            AuthError::InvalidGrant => Code::InvalidGrant,
            AuthError::InvalidScope(beyond) => return invalid_scope(beyond),
            AuthError::InvalidStep => Code::InvalidStep,
            AuthError::InvalidToken => Code::Unauthenticated,
            AuthError::NotFirstParty => Code::UnauthorizedClient,
            AuthError::UnacceptablePassword { code, detail, step } => {
                let error = FieldError::at("/new_password", detail).with_code(Some(code));
                let problem = Self::new(Code::InvalidRequest).errors(vec![error]);
                return problem.step(step.as_ref());
            }
            AuthError::TooManyRequests { retry_after } => {
                let problem = Self::new(Code::TooManyRequests);
                return problem.header(RETRY_AFTER, rate_limit::retry_after(*retry_after));
            }
            AuthError::Unavailable(Dependency::Database, _) => Code::DatabaseUnavailable,
            AuthError::Unavailable(Dependency::Ephemeral, _) => Code::EphemeralUnavailable,
            AuthError::Unavailable(Dependency::Hasher, _) => Code::HasherUnavailable,
            AuthError::Unavailable(Dependency::OAuth, _) => Code::OauthUnavailable,
            AuthError::UnknownClient => Code::UnknownClient,
        };
        let problem = Self::new(code);
        if code.status().is_server_error() {
            return problem.cause(&error);
        }
        problem
    }
}

fn denied(denial: &Denial) -> Problem {
    Problem::new(match denial {
        Denial::AssuranceRequired(_) => Code::AssuranceRequired,
        Denial::PasswordChangeRequired => Code::PasswordChangeRequired,
        Denial::PolicyDenied(reasons) if reasons.is_empty() => Code::PolicyDenied,
        Denial::PolicyDenied(reasons) => {
            let reasons: Vec<_> = reasons.iter().map(ReasonCode::as_str).collect();
            let detail = format!("The tenant's policy says no: {}.", reasons.join(", "));
            return Problem::new(Code::PolicyDenied).detail(detail);
        }
        Denial::PolicyFailed(_) => Code::PolicyFailed,
        Denial::TenantSuspended => Code::TenantSuspended,
        // What is deleted is absent to all but operators.
        Denial::TenantDeleted => Code::UnknownClient,
        Denial::UserDeleted => Code::InvalidCredentials,
        Denial::UserDisabled => Code::UserDisabled,
        Denial::UserInvited => Code::UserInvited,
        Denial::UserLocked => Code::UserLocked,
    })
}

fn invalid_scope(beyond: &[ScopeToken]) -> Problem {
    let names: Vec<_> = beyond.iter().map(ScopeToken::as_str).collect();
    Problem::new(Code::InvalidScope).errors(vec![FieldError::at(
        "/scope",
        format!("the client may not ask for: {}", names.join(" ")),
    )])
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        use iam_identity::Dependency;
        let code = match &error {
            IdentityError::AlreadyExists => Code::AlreadyExists,
            IdentityError::Beyond(beyond) => return beyond_permissions(beyond),
            IdentityError::Cycle => Code::Cycle,
            IdentityError::Denied => Code::PermissionDenied,
            IdentityError::IdempotencyKeyReused => Code::IdempotencyKeyReused,
            IdentityError::InUse => Code::InUse,
            IdentityError::Internal(_) => Code::Internal,
            IdentityError::Invalid(violations) => return invalid(violations),
            IdentityError::NotFound => Code::NotFound,
            IdentityError::Stale => Code::PreconditionFailed,
            IdentityError::State(state) => {
                return Self::new(Code::WrongState)
                    .detail(format!("This cannot be done: the object is {state}."));
            }
            IdentityError::Unauthenticated => Code::Unauthenticated,
            IdentityError::Unavailable(Dependency::Database, _) => Code::DatabaseUnavailable,
            IdentityError::Unavailable(Dependency::Hasher, _) => Code::HasherUnavailable,
            IdentityError::Unavailable(Dependency::OAuth, _) => Code::OauthUnavailable,
        };
        let problem = Self::new(code);
        if code.status().is_server_error() {
            return problem.cause(&error);
        }
        problem
    }
}

fn invalid(violations: &[Violation]) -> Problem {
    let error = |v: &Violation| FieldError::at(&v.pointer, &v.detail).with_code(v.code);
    Problem::new(Code::InvalidRequest).errors(violations.iter().map(error).collect())
}

fn beyond_permissions(beyond: &[Permission]) -> Problem {
    let names: Vec<_> = beyond.iter().map(Permission::as_str).collect();
    Problem::new(Code::BeyondOwnPermissions).detail(format!(
        "Nobody can grant what they do not hold. You do not hold: {}.",
        names.join(", ")
    ))
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Auth(error) => error.into(),
            AccountError::Identity(error) => error.into(),
            AccountError::InsufficientScope => Self::new(Code::InsufficientScope)
                .detail("The client is not first-party: its token needs the scope `account`."),
            AccountError::InvalidCode => Self::new(Code::InvalidCode)
                .detail("The code is wrong, expired or was used before. Ask for another."),
            AccountError::InvalidCredentials => {
                Self::new(Code::InvalidCredentials).detail("This is not your password.")
            }
            AccountError::NotOffered => Self::new(Code::SelfServiceDisabled),
            AccountError::ProofRequired => Self::new(Code::ProofRequired),
        }
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        Self::new(Code::Internal).cause(&error)
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        AuthError::from(error).into()
    }
}
