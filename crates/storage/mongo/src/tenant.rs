use async_trait::async_trait;
use iam_model::{Tenant, TenantId, TenantName};
use iam_storage_ports::{Change, Listing, Page, StorageError, TenantFilter, TenantRepository};
use serde_json::json;

use crate::{
    collection::Collection,
    command::{Command, Filter},
    document::{Document, ID},
    storage::MongoStorage,
    unit::{Query, Unit, free},
    versioned::current,
};

const OWN: Collection = Collection::Tenants;

#[async_trait(?Send)]
impl TenantRepository for MongoStorage {
    async fn lookup(&self, id: &TenantId) -> Result<Option<Tenant>, StorageError> {
        self.find(Query::id(OWN, &id.to_string()), read).await
    }

    async fn find_by_name(&self, name: &TenantName) -> Result<Option<Tenant>, StorageError> {
        self.find(named(name), read).await
    }

    async fn list(
        &self,
        filter: &TenantFilter,
        page: &Page,
    ) -> Result<Listing<Tenant>, StorageError> {
        let status = match filter.status {
            Some(status) => Filter::all().has("status", status),
            None => Filter::all().and("status", json!({ "$ne": "deleted" })),
        };
        let wanted = status.begins("name", filter.name_prefix.as_deref());
        let key = |tenant: &Tenant| tenant.id.to_string();
        Self::list(self, OWN, (wanted, "id", page), read, key).await
    }

    async fn add(&self, tenant: &Tenant, change: &Change) -> Result<(), StorageError> {
        let queries = vec![named(&tenant.name), Query::id(OWN, &tenant.id.to_string())];
        self.write(change, queries, |unit| {
            free(unit.found.first(0).is_some())?;
            unit.add(
                OWN,
                document(Document::new(&tenant.id.to_string()), tenant)?,
            )
        })
        .await
    }

    async fn change(&self, tenant: Tenant, change: &Change) -> Result<Tenant, StorageError> {
        let id = tenant.id.to_string();
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            let before = current(unit, OWN, &id, tenant.version)?.clone();
            let kept = read(&before)?;
            let after = Tenant {
                name: kept.name,
                created_at: kept.created_at,
                version: kept.version + 1,
                ..tenant.clone()
            };
            unit.put(OWN, document(before, &after)?);
            Ok(after)
        })
        .await
    }

    async fn remove(&self, tenant: &Tenant, change: &Change) -> Result<(), StorageError> {
        let id = tenant.id.to_string();
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            current(unit, OWN, &id, tenant.version)?;
            unit.remove(OWN, &id);
            remove_owned(unit, &id);
            Ok(())
        })
        .await
    }
}

/// Removes all that belongs to a tenant.
fn remove_owned(unit: &mut Unit, tenant: &str) {
    for of in Collection::ALL.iter().filter(|of| **of != OWN) {
        unit.bury(*of, Filter::of(tenant));
    }
}

fn named(name: &TenantName) -> Query {
    let filter = Filter::all().has("name", name);
    Query::new(OWN, Command::find(OWN.name(), filter).limit(1))
}

/// `before` with all that `tenant` is.
fn document(before: Document, tenant: &Tenant) -> Result<Document, StorageError> {
    before
        .text(ID, tenant.id)
        .text("id", tenant.id)
        .text("name", &tenant.name)
        .text("display_name", &tenant.display_name)
        .text("status", tenant.status)
        .integer("version", tenant.version)
        .time("created_at", tenant.created_at)
        .time("updated_at", tenant.updated_at)
        .json("settings", &tenant.settings)
}

pub(crate) fn read(document: &Document) -> Result<Tenant, StorageError> {
    let fields = document.read(OWN);
    Ok(Tenant {
        id: fields.parsed("id")?,
        name: fields.parsed("name")?,
        display_name: fields.text("display_name")?,
        status: fields.parsed("status")?,
        settings: fields.json_or_default("settings")?,
        version: fields.integer("version")?,
        created_at: fields.time("created_at")?,
        updated_at: fields.time("updated_at")?,
    })
}
