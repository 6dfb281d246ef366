use iam_identity::{IdentityError, Violation};
use iam_model::{CredentialId, PasswordCredential, Secret, Tenant, User};
use iam_platform::random;
use iam_security::{PasswordOwner, PasswordRefusal, check_password};

use crate::{AccountError, AccountPorts};

/// A password that `user` may have, hashed. `pointer` is where it stands in the request.
pub(crate) async fn new_password(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    user: &User,
    (pointer, password): (&str, &Secret<String>),
) -> Result<PasswordCredential, AccountError> {
    let owner = PasswordOwner {
        tenant,
        username: &user.username,
        details: &user.details,
    };
    match check_password(ports.platform, &owner, password).await {
        Ok(()) => {}
        Err(PasswordRefusal::Weak(weakness)) => {
            let violation = Violation::new(pointer, weakness.to_string());
            let violations = vec![violation.with_code(weakness.code())];
            return Err(IdentityError::Invalid(violations).into());
        }
        Err(PasswordRefusal::Config(error)) => {
            return Err(IdentityError::Internal(error.into()).into());
        }
    }
    let now = ports.platform.now();
    Ok(PasswordCredential {
        id: CredentialId::generate(now, random(ports.platform)),
        user_id: user.id,
        hash: ports.hasher.hash(password).await?,
        updated_at: now,
    })
}
