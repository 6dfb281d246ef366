use async_trait::async_trait;
use iam_model::{PasswordCredential, TenantId, Timestamp, User, UserId, UserStatus, Username};
use iam_storage_ports::{StorageError, UserRepository};

use crate::storage::{MemoryTenant, Tables};

#[async_trait(?Send)]
impl UserRepository for MemoryTenant<'_> {
    async fn lookup(&self, id: &UserId) -> Result<Option<User>, StorageError> {
        Ok(self.read().users.get(&(self.id, *id)).cloned())
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        Ok(self.read().user_named(self.id, username).cloned())
    }

    async fn add(&self, user: &User) -> Result<(), StorageError> {
        self.write().add_user(self.id, user)
    }

    async fn enroll(&self, user: &User, password: &PasswordCredential) -> Result<(), StorageError> {
        let mut tables = self.write();
        tables.add_user(self.id, user)?;
        let added = tables.add_password(self.id, password);
        if added.is_err() {
            tables.users.remove(&(self.id, user.id));
        }
        added
    }

    async fn change_status(
        &self,
        user: User,
        status: UserStatus,
        now: Timestamp,
    ) -> Result<User, StorageError> {
        let mut tables = self.write();
        let stored = tables
            .users
            .get_mut(&(self.id, user.id))
            .filter(|stored| stored.version == user.version)
            .ok_or(StorageError::Stale)?;
        stored.status = status;
        stored.version += 1;
        stored.updated_at = now;
        Ok(stored.clone())
    }
}

impl Tables {
    fn add_user(&mut self, tenant: TenantId, user: &User) -> Result<(), StorageError> {
        if !self.tenants.contains_key(&tenant) {
            return Err(StorageError::NotFound);
        }
        let known = self.users.contains_key(&(tenant, user.id));
        if known || self.user_named(tenant, &user.username).is_some() {
            return Err(StorageError::AlreadyExists);
        }
        self.users.insert((tenant, user.id), user.clone());
        Ok(())
    }

    pub(crate) fn user_named(&self, tenant: TenantId, username: &Username) -> Option<&User> {
        self.users
            .iter()
            .find(|((id, _), user)| *id == tenant && user.username.key() == username.key())
            .map(|(_, user)| user)
    }
}
