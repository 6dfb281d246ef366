//! What cases start from. Every name and id is new, whatever ran before.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
};

use iam_model::{
    Client, CredentialId, PasswordCredential, PasswordHash, Permission, Role, RoleId, Tenant,
    TenantId, TenantStatus, Timestamp, User, UserId, UserStatus,
};
use iam_storage_ports::Storage;

/// When everything is made.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// When everything is changed.
pub(crate) const LATER: Timestamp = Timestamp::from_millis(1_790_000_000_001);

/// How many run a race.
pub(crate) const MANY: usize = 20;

/// A random number: the standard library has no other source of them than its hash keys.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

pub(crate) fn id<T>(generate: impl Fn(Timestamp, [u8; 10]) -> T) -> T {
    let bytes = (u128::from(random()) << 64 | u128::from(random())).to_be_bytes();
    generate(NOW, std::array::from_fn(|i| bytes[i]))
}

pub(crate) fn tenant() -> Tenant {
    Tenant {
        id: id(TenantId::generate),
        name: format!("t-{:016x}", random()).parse().unwrap(),
        display_name: "Acme".to_owned(),
        status: TenantStatus::Active,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn user(username: &str) -> User {
    User {
        id: id(UserId::generate),
        username: username.parse().expect(username),
        status: UserStatus::Active,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn password(user: &User) -> PasswordCredential {
    PasswordCredential {
        id: id(CredentialId::generate),
        user_id: user.id,
        hash: hash(),
        updated_at: NOW,
    }
}

/// A hash that no other equals.
pub(crate) fn hash() -> PasswordHash {
    let salt = random();
    PasswordHash::new(format!(
        "$argon2id$v=19$m=7168,t=5,p=1${salt:016x}$c29tZWhhc2g"
    ))
}

pub(crate) fn role(name: &str, permissions: &[&str]) -> Role {
    Role {
        id: id(RoleId::generate),
        name: name.parse().expect(name),
        permissions: self::permissions(permissions),
        created_at: NOW,
    }
}

pub(crate) fn permissions(texts: &[&str]) -> Vec<Permission> {
    texts.iter().map(|text| text.parse().expect(text)).collect()
}

pub(crate) fn client(tenant: &Tenant) -> Client {
    Client {
        id: format!("c-{:016x}", random()).parse().unwrap(),
        tenant_id: tenant.id,
        first_party: true,
        redirect_uri: "https://app.example/done?x=1".parse().unwrap(),
        scope: "openid profile".parse().unwrap(),
        login_uri: None,
        created_at: NOW,
    }
}

/// A tenant that is in `storage`.
pub(crate) async fn new_tenant(storage: &dyn Storage) -> Tenant {
    let tenant = tenant();
    storage.tenants().add(&tenant).await.unwrap();
    tenant
}

/// A user that is in `storage`.
pub(crate) async fn new_user(storage: &dyn Storage, tenant: &Tenant, username: &str) -> User {
    let user = user(username);
    let users = storage.tenant(tenant.id);
    users.users().add(&user).await.unwrap();
    user
}

/// A password that is in `storage`.
pub(crate) async fn new_password(
    storage: &dyn Storage,
    tenant: &Tenant,
    user: &User,
) -> PasswordCredential {
    let password = self::password(user);
    let tenant = storage.tenant(tenant.id);
    tenant.credentials().add(&password).await.unwrap();
    password
}

/// A role that is in `storage`.
pub(crate) async fn new_role(
    storage: &dyn Storage,
    tenant: &Tenant,
    name: &str,
    permissions: &[&str],
) -> Role {
    let role = self::role(name, permissions);
    storage.tenant(tenant.id).roles().add(&role).await.unwrap();
    role
}

/// A client that is in `storage`.
pub(crate) async fn new_client(storage: &dyn Storage, tenant: &Tenant) -> Client {
    let client = self::client(tenant);
    storage.clients().add(&client).await.unwrap();
    client
}
