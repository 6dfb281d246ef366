use iam_model::Secret;
use iam_security::{Keyring, QrCode, Totp};

use crate::{
    AuthError, LoginPorts, Step, StepKind,
    pending::{Desk, resume, suspend},
};

/// A key for codes by the time, which its user puts into their authenticator app.
#[derive(Debug)]
pub struct Enrollment {
    /// The key, for who types it.
    pub secret: Secret<String>,
    /// The `otpauth://` URI.
    pub uri: Secret<String>,
    /// The URI as a picture.
    pub qr_code: QrCode,
    /// The step in which a first code confirms that the app has the key.
    pub step: Step,
}

/// The step of a login in which its user gets a key for codes by the time. Until it is confirmed it
/// is kept with the login, encrypted, and nowhere else.
pub async fn enroll(
    ports: &LoginPorts<'_>,
    keyring: &Keyring,
    step_token: &Secret<String>,
) -> Result<Enrollment, AuthError> {
    let resumed = resume(ports, Desk::Enrollment, step_token).await?;
    let principal = resumed.subject()?.principal;
    if principal.totp.is_some() {
        // It was enrolled meanwhile. Who knows the password alone must not replace it.
        return Err(AuthError::InvalidStep);
    }
    let totp = Totp::generate(ports.platform);
    let (tenant, user) = (&principal.tenant, &principal.user);
    let uri = totp.uri(&tenant.display_name, user.username.as_str());
    let qr_code = QrCode::of(&uri).map_err(|error| AuthError::Internal(error.into()))?;
    let sealed = totp.seal(keyring, ports.platform, &tenant.id, &user.id);
    let progress = resumed.progress.clone().enrolling(sealed);
    Ok(Enrollment {
        secret: totp.secret(),
        uri,
        qr_code,
        step: suspend(ports, StepKind::MfaConfirmation, &progress).await?,
    })
}
