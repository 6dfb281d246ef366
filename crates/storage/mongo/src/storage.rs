use std::{collections::BTreeSet, rc::Rc};

use async_trait::async_trait;
use http::HeaderValue;
use iam_config::Endpoint;
use iam_model::TenantId;
use iam_platform::Platform;
use iam_storage_ports::{
    ApiKeyRepository, AuditRepository, Change, ClientRepository, CredentialRepository,
    GroupRepository, IdempotencyRepository, Listing, MessageRepository, Migration,
    OneTimeCodeRepository, Page, PermissionRepository, PolicyRepository, PrincipalRepository,
    RoleRepository, SessionRepository, Storage, StorageError, TenantRepository, TenantStorage,
    UserRepository,
};

use crate::{
    change,
    collection::Collection,
    command::{Command, Filter},
    connection::Connection,
    document::{Document, id},
    migration,
    unit::{Query, Unit, exists},
};

/// A MongoDB behind a gateway.
pub struct MongoStorage {
    pub(crate) connection: Connection,
}

impl MongoStorage {
    /// The database that the gateway at `endpoint` calls `database`; it wants to see
    /// `authorization`, if anything.
    #[must_use]
    pub fn new(
        platform: Rc<dyn Platform>,
        endpoint: &Endpoint,
        database: String,
        authorization: Option<HeaderValue>,
    ) -> Self {
        let connection = Connection::new(platform, endpoint, database, authorization);
        Self { connection }
    }

    /// A unit of work that is written together with `change`; it sees what `queries` found as the
    /// first answers.
    pub(crate) async fn write<T>(
        &self,
        change: &Change,
        mut queries: Vec<Query>,
        work: impl Fn(&mut Unit) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        queries.extend(change::queries(change));
        self.unit(&queries, |unit| {
            let value = work(unit)?;
            change::record(unit, change)?;
            Ok(value)
        })
        .await
    }

    /// What `read` makes of the one document that `query` finds.
    pub(crate) async fn find<R>(
        &self,
        query: Query,
        read: impl FnOnce(&Document) -> Result<R, StorageError>,
    ) -> Result<Option<R>, StorageError> {
        let found = self.read(&[query.command]).await?;
        found.first(0).map(read).transpose()
    }

    /// What `read` makes of each document that `query` finds.
    pub(crate) async fn all<R>(
        &self,
        query: Query,
        read: impl FnMut(&Document) -> Result<R, StorageError>,
    ) -> Result<Vec<R>, StorageError> {
        let found = self.read(&[query.command]).await?;
        found.all(0).iter().map(read).collect()
    }

    /// The page of `of` that is asked for.
    pub(crate) async fn list<R>(
        &self,
        of: Collection,
        (filter, key, page): (Filter, &'static str, &Page),
        read: impl FnMut(&Document) -> Result<R, StorageError>,
        text: impl Fn(&R) -> String,
    ) -> Result<Listing<R>, StorageError> {
        let query = Query::new(of, Command::page(of, filter, key, page));
        Ok(Listing::new(self.all(query, read).await?, page, text))
    }

    /// How many documents of `of` a filter lets through.
    pub(crate) async fn count(&self, of: Collection, filter: Filter) -> Result<u64, StorageError> {
        Ok(self.read(&[Command::count(of, filter)]).await?.count(0))
    }

    /// Removes what a filter lets through, and says how many they were.
    pub(crate) async fn purge(
        &self,
        from: Collection,
        filter: Filter,
    ) -> Result<u64, StorageError> {
        let query = Query::new(from, Command::count(from, filter.clone()));
        self.unit(&[query], |unit| {
            let count = unit.found.count(0);
            if count > 0 {
                unit.bury(from, filter.clone());
            }
            Ok(count)
        })
        .await
    }
}

#[async_trait(?Send)]
impl Storage for MongoStorage {
    fn messages(&self) -> &dyn MessageRepository {
        self
    }

    fn principals(&self) -> &dyn PrincipalRepository {
        self
    }

    fn tenant(&self, id: TenantId) -> Box<dyn TenantStorage + '_> {
        Box::new(MongoTenant { storage: self, id })
    }

    fn tenants(&self) -> &dyn TenantRepository {
        self
    }

    async fn migrate(&self) -> Result<(), StorageError> {
        migration::run(&self.connection).await
    }

    async fn migrations(&self) -> Result<Vec<Migration>, StorageError> {
        migration::all(&self.connection).await
    }

    async fn ping(&self) -> Result<(), StorageError> {
        migration::check(&self.connection).await
    }
}

/// The objects of one tenant.
pub(crate) struct MongoTenant<'a> {
    pub(crate) storage: &'a MongoStorage,
    pub(crate) id: TenantId,
}

impl MongoTenant<'_> {
    /// The id of what has this key.
    pub(crate) fn key(&self, key: impl std::fmt::Display) -> String {
        id(self.id, key)
    }

    /// The document of `of` with this key.
    pub(crate) fn lookup(&self, of: Collection, key: impl std::fmt::Display) -> Query {
        Query::id(of, &self.key(key))
    }

    /// The documents of `of` that are this tenant's.
    pub(crate) fn own(&self) -> Filter {
        Filter::of(self.id)
    }

    /// A unit of work on what the tenant has, written together with `change`.
    pub(crate) async fn write<T>(
        &self,
        change: &Change,
        mut queries: Vec<Query>,
        work: impl Fn(&mut Unit) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        queries.push(self.itself());
        let own = self.id.to_string();
        let work = |unit: &mut Unit| {
            let value = work(unit)?;
            exists(unit.has(Collection::Tenants, &own))?;
            Ok(value)
        };
        self.storage.write(change, queries, work).await
    }

    /// A unit of work on what the tenant has that no event tells of.
    pub(crate) async fn write_quietly<T>(
        &self,
        mut queries: Vec<Query>,
        work: impl Fn(&mut Unit) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        queries.push(self.itself());
        let own = self.id.to_string();
        let work = |unit: &mut Unit| {
            let value = work(unit)?;
            exists(unit.has(Collection::Tenants, &own))?;
            Ok(value)
        };
        self.storage.unit(&queries, work).await
    }

    /// The tenant. What does not exist gets nothing.
    pub(crate) fn itself(&self) -> Query {
        Query::id(Collection::Tenants, &self.id.to_string())
    }

    /// Those documents of `of` with these keys.
    pub(crate) fn with_keys<K: std::fmt::Display>(
        &self,
        of: Collection,
        keys: impl IntoIterator<Item = K>,
    ) -> Query {
        let ids: BTreeSet<_> = keys.into_iter().map(|key| self.key(key)).collect();
        Query::with_ids(of, ids)
    }
}

impl TenantStorage for MongoTenant<'_> {
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
