use std::time::Duration;

use iam_identity::IdentityError;
use iam_model::{MfaPolicy, Sealed, Secret};
use iam_security::{QrCode, Totp};

use crate::{AccountError, AccountPorts, Caller, Proof};

/// How long a key waits to be confirmed: as long as it takes to find the phone.
const PENDING: Duration = Duration::from_mins(10);

/// A key for codes by the time, which its user puts into their authenticator app.
#[derive(Debug)]
pub struct Enrollment {
    /// The key, for who types it.
    pub secret: Secret<String>,
    /// The `otpauth://` URI.
    pub uri: Secret<String>,
    /// The URI as a picture.
    pub qr_code: QrCode,
    /// How long it waits to be confirmed.
    pub expires_in: Duration,
}

/// Gives the caller a key. Until a first code confirms it, it is kept sealed in the ephemeral store
/// and the one they have stays good.
///
/// It takes a proof at the level they have: whoever has a second factor brings a code of it (NIST
/// SP 800-63B-4 §4.1.2.1), the others their password.
pub async fn enroll_totp(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    proof: &Proof,
) -> Result<Enrollment, AccountError> {
    let (tenant, user) = (caller.tenant(), caller.user());
    if tenant.settings.mfa == MfaPolicy::Off {
        return Err(AccountError::NotOffered);
    }
    ensure_at_own_level(ports, caller, proof).await?;
    let totp = Totp::generate(ports.platform);
    let uri = totp.uri(&tenant.display_name, user.username.as_str());
    let qr_code = QrCode::of(&uri).map_err(|error| IdentityError::Internal(error.into()))?;
    let sealed = totp.seal(ports.keyring, ports.platform, &tenant.id, &user.id);
    ports
        .ephemeral
        .put(&key(caller), sealed.as_str(), PENDING)
        .await?;
    Ok(Enrollment {
        secret: totp.secret(),
        uri,
        qr_code,
        expires_in: PENDING,
    })
}

pub(crate) async fn ensure_at_own_level(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    proof: &Proof,
) -> Result<(), AccountError> {
    match (proof, &caller.principal.totp) {
        (Proof::Code(_), _) | (Proof::Password(_), None) => proof.ensure(ports, caller).await,
        (Proof::Password(_), Some(_)) => Err(AccountError::ProofRequired),
    }
}

/// The key that waits for its first code.
pub(crate) async fn pending(
    ports: &AccountPorts<'_>,
    caller: &Caller,
) -> Result<Option<Sealed>, AccountError> {
    let sealed = ports.ephemeral.lookup(&key(caller)).await?;
    Ok(sealed.map(Sealed::new))
}

/// Takes the key that waits, so that it is confirmed once.
pub(crate) async fn take_pending(
    ports: &AccountPorts<'_>,
    caller: &Caller,
) -> Result<Option<Sealed>, AccountError> {
    let sealed = ports.ephemeral.take(&key(caller)).await?;
    Ok(sealed.map(Sealed::new))
}

fn key(caller: &Caller) -> String {
    format!("account:totp:{}:{}", caller.tenant().id, caller.user().id)
}
