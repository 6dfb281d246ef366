//! The password of a login.

use iam_model::{Principal, Secret, Username};
use iam_security::{PasswordHasher, Verdict};
use iam_storage_ports::{LoginRecord, StorageError};

use crate::{AuthError, LoginPorts, login_log::LoginLog};

/// Who somebody claims to be, and what they prove it with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The login name.
    pub username: Username,
    /// The password.
    pub password: Secret<String>,
}

/// Compares the password with that of the user. For one who is not there it takes as long: neither
/// the answer nor its time tells who exists.
pub(crate) async fn verify(
    hasher: &dyn PasswordHasher,
    credentials: &Credentials,
    record: &LoginRecord,
) -> Result<Verdict, AuthError> {
    let own = record.principal.as_ref().and_then(|p| p.password.as_ref());
    let hash = own.map(|credential| &credential.hash);
    Ok(hasher.verify(&credentials.password, hash).await?)
}

/// The user, if the password is theirs.
pub(crate) async fn proved<'a>(
    log: &LoginLog<'_>,
    record: &'a LoginRecord,
    verdict: Verdict,
) -> Result<&'a Principal, AuthError> {
    let principal = record.principal.as_ref();
    let Some(principal) = principal.filter(|_| verdict != Verdict::Invalid) else {
        log.failed("invalid_credentials").await?;
        return Err(AuthError::InvalidCredentials);
    };
    Ok(principal)
}

/// Replaces a hash that has old parameters, or is of another system's. Whatever goes wrong is no
/// reason to refuse the login.
pub(crate) async fn rehash(
    ports: &LoginPorts<'_>,
    hasher: &dyn PasswordHasher,
    principal: &Principal,
    password: &Secret<String>,
    verdict: Verdict,
) {
    let outdated = principal.password.as_ref();
    let Some(credential) = outdated.filter(|_| verdict == Verdict::Outdated) else {
        return;
    };
    let hash = match hasher.hash(password).await {
        Ok(hash) => hash,
        Err(error) => {
            return ports
                .platform
                .log(&format!("password not rehashed: {error}"));
        }
    };
    let tenant = ports.storage.tenant(principal.tenant.id);
    let credentials = tenant.credentials();
    match credentials.rehash(credential, &hash).await {
        // Stale: the password was changed meanwhile, and that is what should stay.
        Ok(()) | Err(StorageError::Stale) => {}
        Err(error) => ports
            .platform
            .log(&format!("password not rehashed: {error}")),
    }
}
