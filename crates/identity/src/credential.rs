use iam_model::{
    CredentialId, CredentialSummary, PasswordCredential, PasswordHash, ResourceKind, Secret, User,
    UserId,
};
use iam_security::{PasswordOwner, PasswordRefusal, check_password};

use crate::{Admin, IdentityError, Violation, admin::WithDetails, user::ensure_may_act_on};

/// All that the user can log in with, without what is secret.
pub async fn credentials(
    admin: &Admin<'_>,
    user: &UserId,
) -> Result<Vec<CredentialSummary>, IdentityError> {
    Ok(admin.store().credentials().list(user).await?)
}

/// Removes a credential of a user, for instance the second factor of who has lost it. With the key
/// for codes by the time go the recovery codes.
pub async fn remove_credential(
    admin: &Admin<'_>,
    user: &User,
    id: &CredentialId,
) -> Result<(), IdentityError> {
    ensure_may_act_on(admin, user).await?;
    let own = credentials(admin, &user.id).await?;
    let credential = own.iter().find(|own| own.id == *id);
    let credential = credential.ok_or(IdentityError::NotFound)?;
    let change = admin.change("user.credential_removed", ResourceKind::User, user.id);
    let change = change.with("credential", id.to_string());
    let change = change.with("kind", credential.kind.as_str());
    Ok(admin
        .store()
        .credentials()
        .remove(&user.id, credential, &change)
        .await?)
}

/// A new password of `user`, of which `hash` is the hash.
pub(crate) fn password_of(
    admin: &Admin<'_>,
    user: &UserId,
    hash: PasswordHash,
) -> PasswordCredential {
    PasswordCredential {
        id: admin.id(CredentialId::generate),
        user_id: *user,
        hash,
        updated_at: admin.now(),
    }
}

/// What is wrong with a password that `owner` is to get.
pub(crate) async fn password_violation(
    admin: &Admin<'_>,
    owner: &PasswordOwner<'_>,
    password: &Secret<String>,
) -> Result<Option<Violation>, IdentityError> {
    match check_password(admin.ports.platform, owner, password).await {
        Ok(()) => Ok(None),
        Err(PasswordRefusal::Weak(weakness)) => Ok(Some(
            Violation::new("/password", weakness.to_string()).with_code(weakness.code()),
        )),
        Err(PasswordRefusal::Config(error)) => Err(IdentityError::Internal(error.into())),
    }
}

/// The hash of a password from another system, if it is of a kind that can be verified here.
pub(crate) fn recognized(hash: &Secret<String>) -> Result<PasswordHash, Violation> {
    iam_security::recognize(hash.expose())
        .map_err(|error| Violation::new("/password_hash", error.to_string()))
}
