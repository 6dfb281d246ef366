use iam_auth::{AuthError, Dependency};
use iam_config::ConfigError;
use iam_model::ScopeToken;
use iam_policy::Denial;
use iam_security::HashError;

use super::{Code, FieldError, Problem};

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let code = match &error {
            AuthError::Denied(Denial::TenantSuspended) => Code::TenantSuspended,
            AuthError::Denied(Denial::UserDisabled) => Code::UserDisabled,
            AuthError::Denied(Denial::UserLocked) => Code::UserLocked,
            AuthError::Internal(_) => Code::Internal,
            AuthError::InvalidCredentials => Code::InvalidCredentials,
            AuthError::InvalidGrant => Code::InvalidGrant,
            AuthError::InvalidScope(beyond) => return invalid_scope(beyond),
            AuthError::NotFirstParty => Code::UnauthorizedClient,
            AuthError::Unavailable(Dependency::Database, _) => Code::DatabaseUnavailable,
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

fn invalid_scope(beyond: &[ScopeToken]) -> Problem {
    let names: Vec<_> = beyond.iter().map(ScopeToken::as_str).collect();
    Problem::new(Code::InvalidScope).errors(vec![FieldError {
        pointer: "/scope".to_owned(),
        detail: format!("the client may not ask for: {}", names.join(" ")),
    }])
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
