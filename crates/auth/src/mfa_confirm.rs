use futures_util::future::join;
use iam_model::{CredentialId, MessageKind, Secret, TotpCredential};
use iam_platform::random;
use iam_security::{Keyring, RecoveryCode, Totp};
use iam_storage_ports::StorageError;
use serde_json::json;

use crate::{
    AuthError, Factor, LoginOutcome, LoginPorts, Method, Sender, StepKind,
    admitted::Admitted,
    continue_login::continue_login,
    login_log::LoginLog,
    pending::{Desk, Resumed, resume_to_try, try_again},
    progress::Subject,
};

/// A second factor that is enrolled.
#[derive(Debug)]
pub struct Confirmed {
    /// The codes for who loses it, which nobody will see again.
    pub recovery_codes: Vec<RecoveryCode>,
    /// What comes of the login.
    pub outcome: Result<LoginOutcome, AuthError>,
}

/// The step of a login in which a first code shows that its user's app has the key: from then on it
/// is their second factor, and proved.
pub async fn confirm(
    ports: &LoginPorts<'_>,
    keyring: &Keyring,
    sender: &Sender,
    step_token: &Secret<String>,
    code: &Secret<String>,
) -> Result<Confirmed, AuthError> {
    let tried = (Desk::Confirmation, Factor::Otp);
    let (resumed, admitted) = resume_to_try(ports, sender, tried, step_token).await?;
    let subject = resumed.subject()?;
    let log = LoginLog::of(ports, sender, subject);
    let Some(credential) = proved(ports, keyring, &resumed, code)? else {
        log.mfa_failed(Method::Totp).await?;
        let step = try_again(ports, StepKind::MfaConfirmation, resumed.progress.clone()).await?;
        return Err(AuthError::InvalidCode(step));
    };
    let recovery_codes = store(ports, keyring, &log, subject, &credential).await?;
    let outcome = proceed(ports, sender, &resumed, &admitted).await;
    Ok(Confirmed {
        recovery_codes,
        outcome,
    })
}

/// The key as it is stored, if the code is one of it.
fn proved(
    ports: &LoginPorts<'_>,
    keyring: &Keyring,
    resumed: &Resumed,
    code: &Secret<String>,
) -> Result<Option<TotpCredential>, AuthError> {
    let principal = resumed.subject()?.principal;
    let sealed = resumed.progress.enrolment.clone();
    // It may have been enrolled meanwhile: who knows the password alone must not replace it.
    let sealed = sealed.filter(|_| principal.totp.is_none());
    let sealed = sealed.ok_or(AuthError::InvalidStep)?;
    let (tenant, user) = (&principal.tenant.id, &principal.user.id);
    let totp = Totp::open(keyring, &sealed, tenant, user)
        .map_err(|error| AuthError::Internal(error.into()))?;
    let now = ports.platform.now();
    Ok(totp.verify(code, now, 0).map(|step| TotpCredential {
        id: CredentialId::generate(now, random(ports.platform)),
        user_id: *user,
        secret: sealed,
        // This code has been used.
        last_step: step,
        updated_at: now,
    }))
}

async fn store(
    ports: &LoginPorts<'_>,
    keyring: &Keyring,
    log: &LoginLog<'_>,
    subject: Subject<'_>,
    credential: &TotpCredential,
) -> Result<Vec<RecoveryCode>, AuthError> {
    let principal = subject.principal;
    let (codes, set) = RecoveryCode::generate_set(ports.platform, &principal.user.id);
    let details = json!({ "method": Method::Totp.as_str() });
    let change = log.change(&principal.tenant, "mfa.enrolled", details);
    // NIST SP 800-63B-4 §4.6: they are told, in case it was not them.
    let told = MessageKind::MfaChanged;
    let outbox = ports.outbox(keyring);
    let change = outbox.telling(&principal.tenant, &principal.user, told, change);
    let store = ports.storage.tenant(principal.tenant.id);
    match store
        .credentials()
        .enroll_totp(credential, &set, &change)
        .await
    {
        Ok(()) => Ok(codes),
        // Somebody else was faster, or the user is gone.
        Err(StorageError::AlreadyExists | StorageError::NotFound) => Err(AuthError::InvalidStep),
        Err(error) => Err(error.into()),
    }
}

async fn proceed(
    ports: &LoginPorts<'_>,
    sender: &Sender,
    resumed: &Resumed,
    admitted: &Admitted,
) -> Result<LoginOutcome, AuthError> {
    let progress = resumed.progress.clone().with_one_time_code();
    let subject = resumed.subject()?;
    let (outcome, reset) = join(
        continue_login(ports, sender, subject, progress, admitted, None),
        admitted.succeeded(ports),
    )
    .await;
    reset.and(outcome)
}
