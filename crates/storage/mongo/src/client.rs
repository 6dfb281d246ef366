use async_trait::async_trait;
use iam_model::{Client, ClientId};
use iam_storage_ports::{Change, ClientRepository, Listing, Page, StorageError};

use crate::{
    collection::Collection,
    command::{Command, Filter},
    document::Document,
    storage::MongoTenant,
    unit::{Query, Unit},
    versioned::current,
};

const OWN: Collection = Collection::Clients;

#[async_trait(?Send)]
impl ClientRepository for MongoTenant<'_> {
    async fn lookup(&self, id: &ClientId) -> Result<Option<Client>, StorageError> {
        let filter = self.own().has("_id", id);
        let command = Command::find(OWN.name(), filter).limit(1);
        self.storage.find(Query::new(OWN, command), read).await
    }

    async fn list(
        &self,
        prefix: Option<&str>,
        page: &Page,
    ) -> Result<Listing<Client>, StorageError> {
        let filter = self.own().begins("id", prefix);
        let key = |client: &Client| client.id.to_string();
        self.storage
            .list(OWN, (filter, "id", page), read, key)
            .await
    }

    async fn add(&self, client: &Client, change: &Change) -> Result<(), StorageError> {
        // An id is unique in the installation, so it is what the document is found by.
        let client = Client {
            tenant_id: self.id,
            ..client.clone()
        };
        let id = client.id.to_string();
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            unit.add(OWN, document(Document::new(&id), &client)?)
        })
        .await
    }

    async fn change(&self, client: Client, change: &Change) -> Result<Client, StorageError> {
        let id = client.id.to_string();
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            let before = self.current(unit, &client)?.clone();
            let kept = read(&before)?;
            let after = Client {
                tenant_id: self.id,
                created_at: kept.created_at,
                version: kept.version + 1,
                ..client.clone()
            };
            unit.put(OWN, document(before, &after)?);
            Ok(after)
        })
        .await
    }

    async fn remove(&self, client: &Client, change: &Change) -> Result<(), StorageError> {
        let id = client.id.to_string();
        self.write(change, vec![Query::id(OWN, &id)], |unit| {
            self.current(unit, client)?;
            unit.remove(OWN, &id);
            Ok(())
        })
        .await
    }
}

impl MongoTenant<'_> {
    fn current<'u>(&self, unit: &'u Unit, client: &Client) -> Result<&'u Document, StorageError> {
        let stored = current(unit, OWN, client.id.as_str(), client.version)?;
        let is_own = stored.has_text("tenant_id", &self.id.to_string());
        Some(stored).filter(|_| is_own).ok_or(StorageError::Stale)
    }
}

/// The client with this id, whosever it is.
pub(crate) fn with_id(id: &ClientId) -> Command {
    Command::find(OWN.name(), Filter::id(id.as_str())).limit(1)
}

/// `before` with all that `client` is.
fn document(before: Document, client: &Client) -> Result<Document, StorageError> {
    before
        .text("id", &client.id)
        .text("tenant_id", client.tenant_id)
        .integer("first_party", client.first_party.into())
        .text("scope", &client.scope)
        .integer("version", client.version)
        .time("created_at", client.created_at)
        .time("updated_at", client.updated_at)
        .json("redirect_uris", &client.redirect_uris)?
        .json("details", &client.details)
}

pub(crate) fn read(document: &Document) -> Result<Client, StorageError> {
    let fields = document.read(OWN);
    Ok(Client {
        id: fields.parsed("id")?,
        tenant_id: fields.parsed("tenant_id")?,
        first_party: fields.boolean("first_party")?,
        redirect_uris: fields.json("redirect_uris")?,
        scope: fields.parsed("scope")?,
        details: fields.json_or_default("details")?,
        version: fields.integer("version")?,
        created_at: fields.time("created_at")?,
        updated_at: fields.time("updated_at")?,
    })
}
