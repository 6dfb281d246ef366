use std::{
    cell::{Ref, RefCell, RefMut},
    collections::{BTreeMap, BTreeSet},
};

use async_trait::async_trait;
use iam_model::{
    Client, ClientId, CredentialId, PasswordCredential, Role, RoleId, Tenant, TenantId, User,
    UserId,
};
use iam_storage_ports::{
    ClientRepository, CredentialRepository, PrincipalRepository, RoleRepository, Storage,
    StorageError, TenantRepository, TenantStorage, UserRepository,
};

/// A database in memory. It is empty at first and needs no migration.
#[derive(Default)]
pub struct MemoryStorage(RefCell<Tables>);

/// What belongs to a tenant has the tenant in its key.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) credentials: BTreeMap<(TenantId, CredentialId), PasswordCredential>,
    pub(crate) roles: BTreeMap<(TenantId, RoleId), Role>,
    pub(crate) tenants: BTreeMap<TenantId, Tenant>,
    pub(crate) user_roles: BTreeSet<(TenantId, UserId, RoleId)>,
    pub(crate) users: BTreeMap<(TenantId, UserId), User>,
}

impl MemoryStorage {
    /// An empty database.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn read(&self) -> Ref<'_, Tables> {
        self.0.borrow()
    }

    pub(crate) fn write(&self) -> RefMut<'_, Tables> {
        self.0.borrow_mut()
    }
}

#[async_trait(?Send)]
impl Storage for MemoryStorage {
    fn clients(&self) -> &dyn ClientRepository {
        self
    }

    fn principals(&self) -> &dyn PrincipalRepository {
        self
    }

    fn tenant(&self, id: TenantId) -> Box<dyn TenantStorage + '_> {
        Box::new(MemoryTenant { storage: self, id })
    }

    fn tenants(&self) -> &dyn TenantRepository {
        self
    }

    async fn migrate(&self) -> Result<(), StorageError> {
        Ok(())
    }

    async fn ping(&self) -> Result<(), StorageError> {
        Ok(())
    }
}

/// The objects of one tenant.
pub(crate) struct MemoryTenant<'a> {
    storage: &'a MemoryStorage,
    pub(crate) id: TenantId,
}

impl MemoryTenant<'_> {
    pub(crate) fn read(&self) -> Ref<'_, Tables> {
        self.storage.read()
    }

    pub(crate) fn write(&self) -> RefMut<'_, Tables> {
        self.storage.write()
    }
}

impl TenantStorage for MemoryTenant<'_> {
    fn credentials(&self) -> &dyn CredentialRepository {
        self
    }

    fn roles(&self) -> &dyn RoleRepository {
        self
    }

    fn users(&self) -> &dyn UserRepository {
        self
    }
}
