use async_trait::async_trait;
use iam_model::{Policy, PolicyActivation, PolicyId, TenantId};
use iam_storage_ports::{Change, Listing, Page, PolicyRepository, StorageError};

use crate::{Row, SqlError, SqlTransport, Statement, filter::Filter, storage::SqlTenant};

/// The columns that [`read`] reads.
const COLUMNS: &str = "id, number, description, source, created_at";

const ADD: &str = "\
    insert into policies (tenant_id, id, number, description, source, created_at) \
    select ?, ?, coalesce(max(p.number), 0) + 1, ?, ?, ? from policies p where p.tenant_id = ?";

const ACTIVATION: &str = "\
    select active_id, previous_id, version from policy_activations where tenant_id = ?";

const ACTIVATE_FIRST: &str = "\
    insert into policy_activations (tenant_id, active_id, previous_id, version) \
    values (?, ?, null, 1)";

// In this order: MySQL takes the new value of a column that it has already set.
const ACTIVATE: &str = "\
    update policy_activations set previous_id = active_id, active_id = ?, version = version + 1 \
    where tenant_id = ? and version = ?";

const REMOVE: &str = "delete from policies where tenant_id = ? and id = ?";

#[async_trait(?Send)]
impl<T: SqlTransport> PolicyRepository for SqlTenant<'_, T> {
    async fn lookup(&self, id: &PolicyId) -> Result<Option<Policy>, StorageError> {
        self.storage.find(lookup(&self.id, id), read).await
    }

    async fn list(&self, page: &Page) -> Result<Listing<Policy>, StorageError> {
        let filter = Filter::new("policies", "p", "id").of(&self.id);
        let query = filter.page(COLUMNS, page);
        let key = |policy: &Policy| policy.id.to_string();
        self.storage.list(query, page, read, key).await
    }

    async fn add(&self, policy: Policy, change: &Change) -> Result<Policy, StorageError> {
        let statement = Statement::new(ADD)
            .bind(&self.id)
            .bind(&policy.id)
            .bind(&policy.description)
            .bind(policy.source.as_str())
            .bind(policy.created_at)
            .bind(&self.id);
        let query = lookup(&self.id, &policy.id);
        let added = self.storage.write_and_read(vec![statement], change, query);
        read(&mut added.await?)
    }

    async fn activation(&self) -> Result<PolicyActivation, StorageError> {
        let found = self.storage.find(activation(&self.id), read_activation);
        Ok(found.await?.unwrap_or_default())
    }

    async fn activate(
        &self,
        from: PolicyActivation,
        to: Option<PolicyId>,
        change: &Change,
    ) -> Result<PolicyActivation, StorageError> {
        let statement = if from.version == 0 {
            Statement::new(ACTIVATE_FIRST)
                .bind(&self.id)
                .bind(to.as_ref())
        } else {
            Statement::new(ACTIVATE)
                .bind(to.as_ref())
                .bind(&self.id)
                .bind(from.version)
                .exactly(1)
        };
        let query = activation(&self.id);
        let activated = self.storage.write_and_read(vec![statement], change, query);
        match activated.await {
            // Another was the first.
            Err(SqlError::Unique) => Err(StorageError::Stale),
            other => read_activation(&mut other?),
        }
    }

    async fn remove(&self, id: &PolicyId, change: &Change) -> Result<(), StorageError> {
        let statement = Statement::new(REMOVE).bind(&self.id).bind(id).exactly(1);
        match self.storage.write(vec![statement], change).await {
            Err(SqlError::ForeignKey) => Err(StorageError::InUse),
            Err(SqlError::Guard) => Err(StorageError::NotFound),
            other => Ok(other?),
        }
    }
}

fn lookup(tenant: &TenantId, id: &PolicyId) -> Statement {
    let sql = format!("select {COLUMNS} from policies where tenant_id = ? and id = ?");
    Statement::new(sql).bind(tenant).bind(id)
}

fn activation(tenant: &TenantId) -> Statement {
    Statement::new(ACTIVATION).bind(tenant)
}

/// Reads [`COLUMNS`].
fn read(row: &mut Row) -> Result<Policy, StorageError> {
    let mut row = row.of("policies");
    Ok(Policy {
        id: row.parsed("id")?,
        number: row.integer("number")?,
        description: row.parsed("description")?,
        source: row.text("source")?,
        created_at: row.time("created_at")?,
    })
}

/// Reads `active_id, previous_id, version`.
fn read_activation(row: &mut Row) -> Result<PolicyActivation, StorageError> {
    let mut row = row.of("policy_activations");
    Ok(PolicyActivation {
        active: row.parsed_or_null("active_id")?,
        previous: row.parsed_or_null("previous_id")?,
        version: row.integer("version")?,
    })
}
