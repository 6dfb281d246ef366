use futures_util::future::join3;
use iam_model::Secret;
use iam_security::{Keyring, RecoveryCode, Totp};
use iam_storage_ports::StorageError;
use serde_json::json;

use crate::{
    AuthError, Factor, LoginOutcome, LoginPorts, Method, Sender, StepKind,
    continue_login::continue_login,
    login_log::LoginLog,
    pending::{Desk, resume_to_try, try_again},
    progress::Subject,
};

/// The step of a login in which its user proves their second factor. Without a method, it is that
/// which `code` looks like.
pub async fn verify_code(
    ports: &LoginPorts<'_>,
    keyring: &Keyring,
    sender: &Sender,
    step_token: &Secret<String>,
    (code, method): (&Secret<String>, Option<Method>),
) -> Result<LoginOutcome, AuthError> {
    let tried = (Desk::Verification, Factor::Otp);
    let (resumed, admitted) = resume_to_try(ports, sender, tried, step_token).await?;
    let subject = resumed.subject()?;
    let log = LoginLog::of(ports, sender, subject);
    let method = method.unwrap_or_else(|| looks_like(code));
    let right = match method {
        Method::RecoveryCode => take(ports, &log, subject, code).await?,
        Method::Totp => accept(ports, keyring, subject, code).await?,
    };
    if !right {
        log.mfa_failed(method).await?;
        let step = try_again(ports, StepKind::Mfa, resumed.progress.clone()).await?;
        return Err(AuthError::InvalidCode(step));
    }
    let progress = resumed.progress.clone().with_one_time_code();
    let (outcome, logged, reset) = join3(
        continue_login(ports, sender, subject, progress, &admitted, None),
        log.mfa_verified(method),
        admitted.succeeded(ports),
    )
    .await;
    logged.and(reset).and(outcome)
}

/// Codes by the time are digits; a recovery code is longer.
fn looks_like(code: &Secret<String>) -> Method {
    let mut characters = code.expose().chars().filter(|c| !c.is_whitespace());
    if characters.by_ref().take(6).all(|c| c.is_ascii_digit()) && characters.next().is_none() {
        Method::Totp
    } else {
        Method::RecoveryCode
    }
}

/// Whether this is a code of now that was not used before.
async fn accept(
    ports: &LoginPorts<'_>,
    keyring: &Keyring,
    subject: Subject<'_>,
    code: &Secret<String>,
) -> Result<bool, AuthError> {
    let principal = subject.principal;
    // Who has none any more has another step to do, if any.
    let credential = principal.totp.as_ref().ok_or(AuthError::InvalidStep)?;
    let (tenant, user) = (&principal.tenant.id, &principal.user.id);
    let totp = Totp::open(keyring, &credential.secret, tenant, user)
        .map_err(|error| AuthError::Internal(error.into()))?;
    let Some(step) = totp.verify(code, ports.platform.now(), credential.last_step) else {
        return Ok(false);
    };
    let store = ports.storage.tenant(*tenant);
    match store.credentials().accept_totp_step(credential, step).await {
        Ok(()) => Ok(true),
        // Somebody else was faster with this code.
        Err(StorageError::Stale) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether this is one of the user's recovery codes, which it then was.
async fn take(
    ports: &LoginPorts<'_>,
    log: &LoginLog<'_>,
    subject: Subject<'_>,
    code: &Secret<String>,
) -> Result<bool, AuthError> {
    let principal = subject.principal;
    let digest = RecoveryCode::typed(code).digest();
    let change = log.change(&principal.tenant, "recovery_code.used", json!({}));
    let store = ports.storage.tenant(principal.tenant.id);
    let credentials = store.credentials();
    Ok(credentials
        .take_recovery_code(&principal.user.id, &digest, &change)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::looks_like;
    use crate::Method;

    #[test]
    fn six_digits_are_a_code_by_the_time() {
        let method = |text: &str| looks_like(&text.to_owned().into());
        assert_eq!(method("123456"), Method::Totp);
        assert_eq!(method("123 456"), Method::Totp);
        assert_eq!(method("1234567"), Method::RecoveryCode);
        assert_eq!(method("7k3v-x9qm-2hdp-w8tn"), Method::RecoveryCode);
    }
}
