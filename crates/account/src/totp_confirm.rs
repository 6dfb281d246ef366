use iam_auth::Factor;
use iam_identity::IdentityError;
use iam_model::{CredentialId, MessageKind, Secret, TotpCredential};
use iam_platform::random;
use iam_security::{RecoveryCode, Totp};

use crate::{
    AccountError, AccountPorts, Caller,
    log::{own_change, refused, with},
    notice::telling,
    totp::{pending, take_pending},
};

/// Makes the key that waits the caller's second factor, since a first code shows that their app has
/// it. The recovery codes that come back are shown once; those they had are gone.
pub async fn confirm_totp(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    code: &Secret<String>,
) -> Result<Vec<RecoveryCode>, AccountError> {
    let (tenant, user) = (caller.tenant(), caller.user());
    let attempt = ports.attempt(&tenant.name, user.username.key(), &caller.client.id);
    let admission = ports.limiter.admit(&attempt, Factor::Otp).await?;
    let sealed = pending(ports, caller).await?;
    let sealed = sealed.ok_or(IdentityError::State("not waiting for a code: begin again"))?;
    let totp = Totp::open(ports.keyring, &sealed, &tenant.id, &user.id)
        .map_err(|error| IdentityError::Internal(error.into()))?;
    let now = ports.platform.now();
    let Some(last_step) = totp.verify(code, now, 0) else {
        refused(
            ports,
            tenant,
            &user.id,
            ("mfa.enrolment_refused", "wrong code"),
        )
        .await?;
        return Err(AccountError::InvalidCode);
    };
    // Of two who confirm it at once, one does, and the other cannot put an older one in its place.
    if take_pending(ports, caller).await?.as_ref() != Some(&sealed) {
        return Err(IdentityError::Stale.into());
    }
    let credential = TotpCredential {
        id: CredentialId::generate(now, random(ports.platform)),
        user_id: user.id,
        secret: sealed,
        // This code has been used.
        last_step,
        updated_at: now,
    };
    let (codes, set) = RecoveryCode::generate_set(ports.platform, &user.id);
    let change = own_change(ports, tenant, &user.id, "mfa.enrolled");
    let change = telling(ports, tenant, user, MessageKind::MfaChanged, change);
    let change = with(change, "method", "totp");
    let store = caller.store(ports);
    store
        .credentials()
        .enroll_totp(&credential, &set, &change)
        .await?;
    ports.limiter.succeeded(&admission).await?;
    Ok(codes)
}
