use async_trait::async_trait;
use iam_model::TenantId;
use iam_storage_ports::{
    ClientRepository, CredentialRepository, PrincipalRepository, RoleRepository, Storage,
    StorageError, TenantRepository, TenantStorage, UserRepository,
};

use crate::{Dialect, Row, SqlTransport, Statement, migration};

/// A SQL database.
pub struct SqlStorage<T> {
    transport: T,
}

impl<T: SqlTransport> SqlStorage<T> {
    /// The database that `transport` leads to.
    #[must_use]
    pub const fn new(transport: T) -> Self {
        Self { transport }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.transport.dialect()
    }

    /// Runs a unit of work.
    pub(crate) async fn write(&self, unit: &[Statement]) -> Result<(), StorageError> {
        self.transport.execute(unit).await?;
        Ok(())
    }

    /// What `read` makes of the first row of a query's answer.
    pub(crate) async fn find<R>(
        &self,
        query: Statement,
        read: impl FnOnce(&mut Row) -> Result<R, StorageError>,
    ) -> Result<Option<R>, StorageError> {
        let answers = self.transport.execute(&[query]).await?;
        let first = answers.into_iter().flatten().next();
        first.map(|mut row| read(&mut row)).transpose()
    }
}

#[async_trait(?Send)]
impl<T: SqlTransport> Storage for SqlStorage<T> {
    fn clients(&self) -> &dyn ClientRepository {
        self
    }

    fn principals(&self) -> &dyn PrincipalRepository {
        self
    }

    fn tenant(&self, id: TenantId) -> Box<dyn TenantStorage + '_> {
        Box::new(SqlTenant { storage: self, id })
    }

    fn tenants(&self) -> &dyn TenantRepository {
        self
    }

    async fn migrate(&self) -> Result<(), StorageError> {
        migration::run(&self.transport).await
    }

    async fn ping(&self) -> Result<(), StorageError> {
        migration::check(&self.transport).await
    }
}

/// The objects of one tenant.
pub(crate) struct SqlTenant<'a, T> {
    pub(crate) storage: &'a SqlStorage<T>,
    pub(crate) id: TenantId,
}

impl<T: SqlTransport> TenantStorage for SqlTenant<'_, T> {
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
