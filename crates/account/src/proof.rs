use iam_auth::Factor;
use iam_model::Secret;
use iam_security::{RecoveryCode, Totp, Verdict};
use iam_storage_ports::StorageError;

use crate::{
    AccountError, AccountPorts, Caller,
    log::{own_change, refused},
};

/// What somebody proves again that they are who their token says: the token may have been stolen.
#[derive(Debug)]
pub enum Proof {
    /// A code of their authenticator app, or one of their recovery codes.
    Code(Secret<String>),
    /// Their password.
    Password(Secret<String>),
}

impl Proof {
    /// Refuses whoever does not prove it. Tries are counted with those of logins.
    pub(crate) async fn ensure(
        &self,
        ports: &AccountPorts<'_>,
        caller: &Caller,
    ) -> Result<(), AccountError> {
        let (factor, error) = match self {
            Self::Code(_) => (Factor::Otp, AccountError::InvalidCode),
            Self::Password(_) => (Factor::Password, AccountError::InvalidCredentials),
        };
        let (tenant, account) = (&caller.tenant().name, caller.user().username.key());
        let attempt = ports.attempt(tenant, account, &caller.client.id);
        let admission = ports.limiter.admit(&attempt, factor).await?;
        let right = match self {
            Self::Code(code) => is_code(ports, caller, code).await?,
            Self::Password(password) => is_password(ports, caller, password).await?,
        };
        if right {
            return Ok(ports.limiter.succeeded(&admission).await?);
        }
        let refusal = ("account.proof_refused", "wrong");
        refused(ports, caller.tenant(), &caller.user().id, refusal).await?;
        Err(error)
    }
}

async fn is_password(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    password: &Secret<String>,
) -> Result<bool, AccountError> {
    let hash = caller.principal.password.as_ref().map(|own| &own.hash);
    Ok(ports.hasher.verify(password, hash).await? != Verdict::Invalid)
}

/// A code is used up by this.
async fn is_code(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    code: &Secret<String>,
) -> Result<bool, AccountError> {
    let (tenant, user) = (caller.tenant(), &caller.user().id);
    let Some(credential) = &caller.principal.totp else {
        return Ok(false);
    };
    let store = caller.store(ports);
    let totp = Totp::open(ports.keyring, &credential.secret, &tenant.id, user)
        .map_err(|error| iam_identity::IdentityError::Internal(error.into()))?;
    if let Some(step) = totp.verify(code, ports.platform.now(), credential.last_step) {
        return match store.credentials().accept_totp_step(credential, step).await {
            Ok(()) => Ok(true),
            // Somebody else was faster with this code.
            Err(StorageError::Stale) => Ok(false),
            Err(error) => Err(error.into()),
        };
    }
    let digest = RecoveryCode::typed(code).digest();
    let change = own_change(ports, tenant, user, "recovery_code.used");
    let credentials = store.credentials();
    Ok(credentials
        .take_recovery_code(user, &digest, &change)
        .await?)
}
