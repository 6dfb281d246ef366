use async_trait::async_trait;
use iam_model::{ActivePolicy, Policy, PolicyActivation, PolicyId};
use iam_storage_ports::{Change, Listing, Page, PolicyRepository, StorageError};

use crate::{
    collection::Collection,
    command::Command,
    document::Document,
    storage::MongoTenant,
    unit::{Query, exists, unused},
};

const OWN: Collection = Collection::Policies;
const ACTIVATIONS: Collection = Collection::PolicyActivations;

#[async_trait(?Send)]
impl PolicyRepository for MongoTenant<'_> {
    async fn lookup(&self, id: &PolicyId) -> Result<Option<Policy>, StorageError> {
        self.storage.find(self.lookup(OWN, id), read).await
    }

    async fn list(&self, page: &Page) -> Result<Listing<Policy>, StorageError> {
        let key = |policy: &Policy| policy.id.to_string();
        self.storage
            .list(OWN, (self.own(), "id", page), read, key)
            .await
    }

    async fn add(&self, policy: Policy, change: &Change) -> Result<Policy, StorageError> {
        let last = Command::find(OWN.name(), self.own()).sorted(&[("number", -1)]);
        let last = last.limit(1).only(&["number"]);
        let queries = vec![Query::new(OWN, last), self.lookup(OWN, policy.id)];
        self.write(change, queries, |unit| {
            let last = unit.found.first(0).and_then(|last| last.number("number"));
            let policy = Policy {
                number: last.unwrap_or(0) + 1,
                ..policy.clone()
            };
            let new = Document::of_tenant(self.id, policy.id);
            unit.add(OWN, document(new, &policy))?;
            Ok(policy)
        })
        .await
    }

    async fn activation(&self) -> Result<PolicyActivation, StorageError> {
        let found = self
            .storage
            .find(self.activations(), read_activation)
            .await?;
        Ok(found.unwrap_or_default())
    }

    async fn activate(
        &self,
        from: PolicyActivation,
        to: Option<PolicyId>,
        change: &Change,
    ) -> Result<PolicyActivation, StorageError> {
        let mut queries = vec![self.activations()];
        queries.extend(to.map(|id| self.lookup(OWN, id)));
        self.write(change, queries, |unit| {
            let stored = unit.found.first(0);
            let before = stored.map(read_activation).transpose()?.unwrap_or_default();
            if before.version != from.version {
                return Err(StorageError::Stale);
            }
            exists(to.is_none_or(|id| unit.has(OWN, &self.key(id))))?;
            let after = PolicyActivation {
                active: to,
                previous: before.active,
                version: before.version + 1,
            };
            let is_new = stored.is_none();
            let document = activation(Document::new(&self.id.to_string()), &after);
            let document = document.text("tenant_id", self.id);
            if is_new {
                unit.add(ACTIVATIONS, document)?;
            } else {
                unit.put(ACTIVATIONS, document);
            }
            Ok(after)
        })
        .await
    }

    async fn remove(&self, id: &PolicyId, change: &Change) -> Result<(), StorageError> {
        let queries = vec![self.activations(), self.lookup(OWN, id)];
        self.write(change, queries, |unit| {
            let stored = unit.found.first(0).map(read_activation).transpose()?;
            let PolicyActivation {
                active, previous, ..
            } = stored.unwrap_or_default();
            unused([active, previous].contains(&Some(*id)))?;
            exists(unit.has(OWN, &self.key(id)))?;
            unit.remove(OWN, &self.key(id));
            Ok(())
        })
        .await
    }
}

impl MongoTenant<'_> {
    fn activations(&self) -> Query {
        Query::id(ACTIVATIONS, &self.id.to_string())
    }
}

fn document(before: Document, policy: &Policy) -> Document {
    before
        .text("id", policy.id)
        .integer("number", policy.number)
        .text("description", &policy.description)
        .text("source", &policy.source)
        .time("created_at", policy.created_at)
}

fn activation(before: Document, activation: &PolicyActivation) -> Document {
    before
        .text_or_null("active_id", activation.active)
        .text_or_null("previous_id", activation.previous)
        .integer("version", activation.version)
}

pub(crate) fn read(document: &Document) -> Result<Policy, StorageError> {
    let fields = document.read(OWN);
    Ok(Policy {
        id: fields.parsed("id")?,
        number: fields.integer("number")?,
        description: fields.parsed("description")?,
        source: fields.text("source")?,
        created_at: fields.time("created_at")?,
    })
}

/// Reads the version that decides.
pub(crate) fn read_active(document: &Document) -> Result<ActivePolicy, StorageError> {
    let Policy {
        id, number, source, ..
    } = read(document)?;
    Ok(ActivePolicy { id, number, source })
}

fn read_activation(document: &Document) -> Result<PolicyActivation, StorageError> {
    let fields = document.read(ACTIVATIONS);
    Ok(PolicyActivation {
        active: fields.parsed_or_null("active_id")?,
        previous: fields.parsed_or_null("previous_id")?,
        version: fields.integer("version")?,
    })
}
