use std::{
    cell::{Ref, RefCell},
    rc::Rc,
};

use async_trait::async_trait;
use iam_model::TenantId;
use iam_storage_ports::{
    ApiKeyRepository, AuditRepository, Change, ClientRepository, CredentialRepository,
    GroupRepository, IdempotencyRepository, MessageRepository, Migration, OneTimeCodeRepository,
    PermissionRepository, PolicyRepository, PrincipalRepository, RoleRepository, SessionRepository,
    Storage, StorageError, TenantRepository, TenantStorage, UserRepository,
};

use crate::tables::{Tables, TenantTables};

/// A database in memory. It is empty at first and needs no migration.
#[derive(Default)]
pub struct MemoryStorage(RefCell<Tables>);

impl MemoryStorage {
    /// An empty database.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn read(&self) -> Ref<'_, Tables> {
        self.0.borrow()
    }

    /// Does a unit of work on a copy, which takes the place of the tables if all of it succeeds.
    pub(crate) fn unit<T>(
        &self,
        work: impl FnOnce(&mut Tables) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut tables = self.0.borrow().clone();
        let value = work(&mut tables)?;
        self.0.replace(tables);
        Ok(value)
    }
}

#[async_trait(?Send)]
impl Storage for MemoryStorage {
    fn messages(&self) -> &dyn MessageRepository {
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

    async fn migrations(&self) -> Result<Vec<Migration>, StorageError> {
        Ok(Vec::new())
    }

    async fn ping(&self) -> Result<(), StorageError> {
        Ok(())
    }
}

/// The objects of one tenant.
pub(crate) struct MemoryTenant<'a> {
    pub(crate) storage: &'a MemoryStorage,
    pub(crate) id: TenantId,
}

impl MemoryTenant<'_> {
    /// What the tenant has; nothing if there is no such tenant.
    pub(crate) fn read(&self) -> Rc<TenantTables> {
        self.storage.read().of(self.id)
    }

    /// A unit of work on what the tenant has, written together with `change`.
    pub(crate) fn write<T>(
        &self,
        change: &Change,
        work: impl FnOnce(&mut TenantTables) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.storage.unit(|tables| {
            let value = tables.write(self.id, work)?;
            tables.record(change)?;
            Ok(value)
        })
    }
}

impl TenantStorage for MemoryTenant<'_> {
    fn api_keys(&self) -> &dyn ApiKeyRepository {
        self
    }

    fn audit(&self) -> &dyn AuditRepository {
        self
    }

    fn clients(&self) -> &dyn ClientRepository {
        self
    }

    fn credentials(&self) -> &dyn CredentialRepository {
        self
    }

    fn groups(&self) -> &dyn GroupRepository {
        self
    }

    fn idempotency(&self) -> &dyn IdempotencyRepository {
        self
    }

    fn one_time_codes(&self) -> &dyn OneTimeCodeRepository {
        self
    }

    fn permissions(&self) -> &dyn PermissionRepository {
        self
    }

    fn policies(&self) -> &dyn PolicyRepository {
        self
    }

    fn roles(&self) -> &dyn RoleRepository {
        self
    }

    fn sessions(&self) -> &dyn SessionRepository {
        self
    }

    fn users(&self) -> &dyn UserRepository {
        self
    }
}
