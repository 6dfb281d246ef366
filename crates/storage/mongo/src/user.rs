use std::collections::BTreeSet;

use async_trait::async_trait;
use iam_model::{
    CredentialKind, Email, PasswordCredential, Timestamp, User, UserDetails, UserId, Username,
};
use iam_storage_ports::{Change, Listing, NewUser, Page, StorageError, UserFilter, UserRepository};
use serde_json::{Value, json};

use crate::{
    audit,
    collection::Collection,
    command::{Command, Filter, texts},
    credential,
    document::{Document, ID},
    import,
    storage::MongoTenant,
    unit::{Query, Unit, free},
    versioned::current,
};

const OWN: Collection = Collection::Users;

/// The collections whose documents are a user's, beside its messages.
const PARTS: [Collection; 3] = [
    Collection::Credentials,
    Collection::EndedSessions,
    Collection::OneTimeCodes,
];

#[async_trait(?Send)]
impl UserRepository for MongoTenant<'_> {
    async fn lookup(&self, id: &UserId) -> Result<Option<User>, StorageError> {
        self.storage.find(self.lookup(OWN, id), read).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        let filter = self.own().has("username_key", username.key());
        let command = Command::find(OWN.name(), filter).limit(1);
        self.storage.find(Query::new(OWN, command), read).await
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<User>, StorageError> {
        let filter = self.own().has("emails", email.key());
        let command = Command::find(OWN.name(), filter).limit(1);
        self.storage.find(Query::new(OWN, command), read).await
    }

    async fn list(&self, filter: &UserFilter, page: &Page) -> Result<Listing<User>, StorageError> {
        let own = match filter.status {
            Some(status) => self.own().has("status", status),
            None => self.own().and("status", json!({ "$ne": "deleted" })),
        };
        let external = filter.external_id.as_ref();
        let attribute = filter.attribute.as_ref();
        let wanted = own
            .begins("username_key", filter.username_prefix.as_deref())
            .has_if("emails", filter.email.as_ref().map(Email::key))
            .has_if(
                "external_ids",
                external.map(|(system, id)| pair(system, id)),
            )
            .has_if("attributes", attribute.map(|(name, text)| pair(name, text)))
            .has_if("groups", filter.group)
            .has_if("roles", filter.role);
        let key = |user: &User| user.id.to_string();
        self.storage
            .list(OWN, (wanted, "id", page), read, key)
            .await
    }

    async fn add(
        &self,
        user: &User,
        password: Option<&PasswordCredential>,
        change: &Change,
    ) -> Result<(), StorageError> {
        let mut queries = vec![self.namesakes([user])];
        queries.extend(password.map(|password| self.lookup(Collection::Credentials, password.id)));
        self.write(change, queries, |unit| {
            self.check_names(unit, user)?;
            let new = Document::of_tenant(self.id, user.id);
            let new = new.texts("roles", [""; 0]).texts("groups", [""; 0]);
            unit.add(OWN, document(new, user)?)?;
            password.map_or(Ok(()), |password| {
                unit.add(
                    Collection::Credentials,
                    credential::password(self.id, password),
                )
            })
        })
        .await
    }

    async fn add_all(&self, users: &[NewUser]) -> Result<Vec<bool>, StorageError> {
        import::run(self, users).await
    }

    async fn change(&self, user: User, change: &Change) -> Result<User, StorageError> {
        let queries = vec![self.namesakes([&user]), self.lookup(OWN, user.id)];
        self.write(change, queries, |unit| self.change_in(unit, &user))
            .await
    }

    async fn change_password(
        &self,
        user: User,
        password: &PasswordCredential,
        change: &Change,
    ) -> Result<User, StorageError> {
        let queries = vec![
            self.namesakes([&user]),
            self.lookup(OWN, user.id),
            self.credentials_of(&user.id),
            self.lookup(Collection::Credentials, password.id),
        ];
        self.write(change, queries, |unit| {
            let changed = self.change_in(unit, &user)?;
            self.remove_credential(unit, &user.id, CredentialKind::Password);
            unit.add(
                Collection::Credentials,
                credential::password(self.id, password),
            )?;
            Ok(changed)
        })
        .await
    }

    async fn remove(&self, user: &User, change: &Change) -> Result<(), StorageError> {
        let theirs = || self.own().has("user_id", user.id);
        let parts = PARTS.iter().chain([&Collection::Messages]);
        let part = |of: &Collection| {
            let command = Command::find(of.name(), theirs());
            Query::new(*of, command)
        };
        let mut queries = vec![self.lookup(OWN, user.id)];
        queries.extend(parts.clone().map(part));
        let id = self.key(user.id);
        self.write(change, queries, |unit| {
            current(unit, OWN, &id, user.version)?;
            unit.remove(OWN, &id);
            let (own, user_id) = (self.id.to_string(), user.id.to_string());
            for of in parts.clone() {
                let is_theirs = |document: &Document| {
                    document.has_text("tenant_id", &own) && document.has_text("user_id", &user_id)
                };
                for part in unit.ids_where(*of, is_theirs) {
                    unit.remove(*of, &part);
                }
            }
            audit::erase_origins(unit, self.id, user.id);
            Ok(())
        })
        .await
    }

    async fn deleted_before(
        &self,
        before: Timestamp,
        limit: u16,
    ) -> Result<Vec<UserId>, StorageError> {
        let filter = self.own().has("status", "deleted");
        let filter = filter.between("updated_at", None, Some(before.as_millis()));
        let command = Command::find(OWN.name(), filter).sorted(&[("id", 1)]);
        let query = Query::new(OWN, command.limit(limit.into()).only(&["id"]));
        let read = |document: &Document| document.read(OWN).parsed("id");
        self.storage.all(query, read).await
    }
}

impl MongoTenant<'_> {
    /// The users who have one of these ids, names, addresses or external ids.
    pub(crate) fn namesakes<'u>(&self, users: impl IntoIterator<Item = &'u User>) -> Query {
        let users: Vec<_> = users.into_iter().collect();
        let ids = texts(users.iter().map(|user| self.key(user.id)));
        let names = texts(users.iter().map(|user| user.username.key()));
        let emails = texts(users.iter().flat_map(|user| emails(user)));
        let external = texts(users.iter().flat_map(|user| external_ids(user)));
        let any = [
            (ID, ids),
            ("username_key", names),
            ("emails", emails),
            ("external_ids", external),
        ];
        let any = any
            .into_iter()
            .filter(|(_, values)| *values != Value::Array(Vec::new()));
        let any = any.map(|(field, values)| Filter::all().among(field, values));
        Query::find(OWN, self.own().any(any))
    }

    /// Refuses a user of whom something belongs to another who was read, or who names an address
    /// twice.
    pub(crate) fn check_names(&self, unit: &Unit, user: &User) -> Result<(), StorageError> {
        let own = self.key(user.id);
        let mine = emails(user);
        let mine_external = external_ids(user);
        let unique: BTreeSet<_> = mine.iter().collect();
        let clashes = |other: &Document| {
            let has = |field, texts: &[String]| {
                let other = other.texts_in(field);
                texts.iter().any(|text| other.contains(text))
            };
            other.id() != own
                && (other.has_text("username_key", user.username.key())
                    || has("emails", &mine)
                    || has("external_ids", &mine_external))
        };
        free(unique.len() < mine.len() || unit.any(OWN, clashes))
    }

    /// Changes a user who was read.
    fn change_in(&self, unit: &mut Unit, user: &User) -> Result<User, StorageError> {
        let before = current(unit, OWN, &self.key(user.id), user.version)?.clone();
        let kept = read(&before)?;
        let after = User {
            created_at: kept.created_at,
            version: kept.version + 1,
            ..user.clone()
        };
        self.check_names(unit, &after)?;
        unit.put(OWN, document(before, &after)?);
        Ok(after)
    }
}

/// `before` with all that `user` is.
pub(crate) fn document(before: Document, user: &User) -> Result<Document, StorageError> {
    before
        .text("id", user.id)
        .text("username", user.username.as_str())
        .text("username_key", user.username.key())
        .text("status", user.status)
        .texts("emails", emails(user))
        .texts("external_ids", external_ids(user))
        .texts("attributes", attributes(&user.details))
        .integer("version", user.version)
        .time("created_at", user.created_at)
        .time("updated_at", user.updated_at)
        .json("details", &user.details)
}

pub(crate) fn read(document: &Document) -> Result<User, StorageError> {
    let fields = document.read(OWN);
    Ok(User {
        id: fields.parsed("id")?,
        username: fields.parsed("username")?,
        status: fields.parsed("status")?,
        details: fields.json_or_default("details")?,
        version: fields.integer("version")?,
        created_at: fields.time("created_at")?,
        updated_at: fields.time("updated_at")?,
    })
}

/// The keys of the user's addresses.
pub(crate) fn emails(user: &User) -> Vec<String> {
    let emails = user.details.emails.iter();
    emails.map(|email| email.address.key().to_owned()).collect()
}

pub(crate) fn external_ids(user: &User) -> Vec<String> {
    let ids = user.details.external_ids.iter();
    ids.map(|(system, id)| pair(system, id)).collect()
}

/// The attributes that can be looked for.
pub(crate) fn attributes(details: &UserDetails) -> Vec<String> {
    let attributes = details.attributes.iter();
    let pairs = attributes.filter_map(|(name, value)| Some(pair(name, &as_text(value)?)));
    pairs.collect()
}

/// Two texts as one, which no other two are.
pub(crate) fn pair(one: &str, other: &str) -> String {
    json!([one, other]).to_string()
}

/// A text, number or truth value as text; nothing else is one.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Null | Value::Object(_) => None,
    }
}
