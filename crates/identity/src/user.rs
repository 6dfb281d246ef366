use iam_model::{
    CredentialId, PasswordCredential, Secret, TenantId, User, UserId, UserStatus, Username,
};
use iam_platform::random;

use crate::{IdentityError, IdentityPorts};

/// Creates an active user with a password.
pub async fn create_user(
    ports: &IdentityPorts<'_>,
    tenant: TenantId,
    username: Username,
    password: &Secret<String>,
) -> Result<User, IdentityError> {
    let hash = ports.hasher.hash(password).await?;
    let now = ports.platform.now();
    let user = User {
        id: UserId::generate(now, random(ports.platform)),
        username,
        status: UserStatus::Active,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let credential = PasswordCredential {
        id: CredentialId::generate(now, random(ports.platform)),
        user_id: user.id,
        hash,
        updated_at: now,
    };
    let tenant = ports.storage.tenant(tenant);
    tenant.users().enroll(&user, &credential).await?;
    Ok(user)
}
