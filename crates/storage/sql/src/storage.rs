use async_trait::async_trait;
use iam_model::TenantId;
use iam_storage_ports::{
    ApiKeyRepository, AuditRepository, Change, ClientRepository, CredentialRepository,
    GroupRepository, IdempotencyRepository, Listing, MessageRepository, Migration,
    OneTimeCodeRepository, Page, PermissionRepository, PolicyRepository, PrincipalRepository,
    RoleRepository, SessionRepository, Storage, StorageError, TenantRepository, TenantStorage,
    UserRepository,
};

use crate::{Dialect, Row, SqlError, SqlTransport, Statement, change, migration};

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

    /// Runs a unit of work and gives the rows of each statement.
    pub(crate) async fn run(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError> {
        self.transport.execute(unit).await
    }

    /// Runs a unit of work and what goes with it.
    pub(crate) async fn write(
        &self,
        mut unit: Vec<Statement>,
        change: &Change,
    ) -> Result<(), SqlError> {
        unit.extend(change::record(self.dialect(), change)?);
        self.run(&unit).await.map(drop)
    }

    /// [`write`](Self::write), and gives the row that `query` finds at the end of the unit: what
    /// was changed, as it now is.
    pub(crate) async fn write_and_read(
        &self,
        mut unit: Vec<Statement>,
        change: &Change,
        query: Statement,
    ) -> Result<Row, SqlError> {
        unit.extend(change::record(self.dialect(), change)?);
        unit.push(query);
        let rows = self.run(&unit).await?.pop();
        let row = rows.and_then(|rows| rows.into_iter().next());
        row.ok_or_else(|| SqlError::Internal("what was written is not there".to_owned()))
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

    /// What `read` makes of each row of a query's answer.
    pub(crate) async fn all<R>(
        &self,
        query: Statement,
        mut read: impl FnMut(&mut Row) -> Result<R, StorageError>,
    ) -> Result<Vec<R>, StorageError> {
        let answers = self.run(&[query]).await?;
        let rows = answers.into_iter().flatten();
        rows.map(|mut row| read(&mut row)).collect()
    }

    /// Runs a unit of work that begins with a `count(*)` over `table`, and gives the count.
    pub(crate) async fn count_of(
        &self,
        table: &'static str,
        unit: &[Statement],
    ) -> Result<u64, StorageError> {
        let mut count = self.run(unit).await?.into_iter().flatten().next();
        let count = count
            .as_mut()
            .map_or(Ok(0), |row| row.of(table).integer("count"))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The page that `query` is for, which asks for one item more than the page holds.
    pub(crate) async fn list<R>(
        &self,
        query: Statement,
        page: &Page,
        read: impl FnMut(&mut Row) -> Result<R, StorageError>,
        key: impl Fn(&R) -> String,
    ) -> Result<Listing<R>, StorageError> {
        Ok(Listing::new(self.all(query, read).await?, page, key))
    }
}

#[async_trait(?Send)]
impl<T: SqlTransport> Storage for SqlStorage<T> {
    fn messages(&self) -> &dyn MessageRepository {
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

    async fn migrations(&self) -> Result<Vec<Migration>, StorageError> {
        migration::list(&self.transport).await
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
