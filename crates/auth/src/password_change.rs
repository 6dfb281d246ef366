use futures_util::future::join;
use iam_model::{
    CredentialId, MessageKind, PasswordCredential, PasswordHash, Secret, User, UserStatus,
};
use iam_platform::random;
use iam_security::{
    Keyring, PasswordHasher, PasswordOwner, PasswordRefusal, Verdict, check_password,
};
use iam_storage_ports::StorageError;
use serde_json::json;

use crate::{
    AuthError, Factor, LoginOutcome, LoginPorts, Sender, StepKind,
    continue_login::continue_login,
    login_log::LoginLog,
    pending::{Desk, Resumed, resume_to_try, try_again},
    progress::Subject,
};

/// The step of a login in which its user sets a password: since an operator says so, since theirs
/// is too old, or for the first time. Who was invited is active then. All sessions end: whoever
/// knew the old password may have made some.
pub async fn change_password(
    ports: &LoginPorts<'_>,
    (hasher, keyring): (&dyn PasswordHasher, &Keyring),
    sender: &Sender,
    step_token: &Secret<String>,
    new_password: &Secret<String>,
) -> Result<LoginOutcome, AuthError> {
    // A try tells whether it is the password there is, and costs hashes.
    let tried = (Desk::Password, Factor::Password);
    let (resumed, admitted) = resume_to_try(ports, sender, tried, step_token).await?;
    let subject = resumed.subject()?;
    if let Some((code, detail)) = unacceptable(ports, hasher, subject, new_password).await? {
        let progress = resumed.progress.clone();
        let step = try_again(ports, StepKind::PasswordChange, progress).await?;
        return Err(AuthError::UnacceptablePassword { code, detail, step });
    }
    let hash = hasher.hash(new_password).await?;
    // Before, so that nothing has changed if it cannot be done; and after, since who knows the old
    // password may have logged in between the two.
    let user = &resumed.progress.user;
    ports.hydra.revoke_sessions(user).await?;
    let password = set(ports, keyring, sender, subject, hash).await?;
    ports.hydra.revoke_sessions(user).await?;
    let progress = resumed.progress.with_password(password);
    let resumed = Resumed::read(ports, progress).await?;
    let subject = resumed.subject()?;
    let progress = resumed.progress.clone();
    let (outcome, reset) = join(
        continue_login(ports, sender, subject, progress, &admitted, None),
        admitted.succeeded(ports),
    )
    .await;
    reset.and(outcome)
}

/// Why the password cannot be taken: the rule, and what it says.
async fn unacceptable(
    ports: &LoginPorts<'_>,
    hasher: &dyn PasswordHasher,
    subject: Subject<'_>,
    new_password: &Secret<String>,
) -> Result<Option<(&'static str, String)>, AuthError> {
    let principal = subject.principal;
    let owner = PasswordOwner {
        tenant: &principal.tenant,
        username: &principal.user.username,
        details: &principal.user.details,
    };
    match check_password(ports.platform, &owner, new_password).await {
        Ok(()) => {}
        Err(PasswordRefusal::Weak(weakness)) => {
            return Ok(Some((weakness.code(), weakness.to_string())));
        }
        Err(error @ PasswordRefusal::Config(_)) => return Err(AuthError::Internal(error.into())),
    }
    let own = principal.password.as_ref();
    let verdict = hasher.verify(new_password, own.map(|p| &p.hash)).await?;
    let unchanged = ("password_unchanged", "is the password there is".to_owned());
    Ok(Some(unchanged).filter(|_| verdict != Verdict::Invalid))
}

async fn set(
    ports: &LoginPorts<'_>,
    keyring: &Keyring,
    sender: &Sender,
    subject: Subject<'_>,
    hash: PasswordHash,
) -> Result<CredentialId, AuthError> {
    let principal = subject.principal;
    let now = ports.platform.now();
    let password = PasswordCredential {
        id: CredentialId::generate(now, random(ports.platform)),
        user_id: principal.user.id,
        hash,
        updated_at: now,
    };
    let mut user = User {
        updated_at: now,
        ..principal.user.clone()
    };
    user.details.password_change_required = false;
    if user.status == UserStatus::Invited {
        user.status = UserStatus::Active;
    }
    let log = LoginLog::of(ports, sender, subject);
    let details = json!({ "activated": user.status != principal.user.status });
    let change = log.change(&principal.tenant, "password.changed", details);
    // NIST SP 800-63B-4 §4.6: they are told, in case it was not them.
    let told = MessageKind::PasswordChanged;
    let outbox = ports.outbox(keyring);
    let change = outbox.telling(&principal.tenant, &principal.user, told, change);
    let store = ports.storage.tenant(principal.tenant.id);
    match store
        .users()
        .change_password(user, &password, &change)
        .await
    {
        Ok(_) => Ok(password.id),
        // Somebody has changed the user meanwhile: what they did must not be undone.
        Err(StorageError::Stale) => Err(AuthError::InvalidStep),
        Err(error) => Err(error.into()),
    }
}
