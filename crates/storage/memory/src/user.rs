use std::collections::BTreeSet;

use async_trait::async_trait;
use iam_model::{
    Email, Message, PasswordCredential, Timestamp, User, UserId, UserStatus, Username,
};
use iam_storage_ports::{
    Change, Grantee, Listing, NewUser, Page, StorageError, UserFilter, UserRepository,
};
use serde_json::Value;

use crate::{storage::MemoryTenant, table, tables::TenantTables};

#[async_trait(?Send)]
impl UserRepository for MemoryTenant<'_> {
    async fn lookup(&self, id: &UserId) -> Result<Option<User>, StorageError> {
        Ok(self.read().users.get(id).cloned())
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<User>, StorageError> {
        Ok(self.read().user_named(username).cloned())
    }

    async fn find_by_email(&self, email: &Email) -> Result<Option<User>, StorageError> {
        let own = self.read();
        let found = own.users.values().find(|user| has_email(user, email));
        Ok(found.cloned())
    }

    async fn list(&self, filter: &UserFilter, page: &Page) -> Result<Listing<User>, StorageError> {
        let own = self.read();
        let wanted = |user: &User| {
            is_wanted(filter, user)
                && filter
                    .group
                    .is_none_or(|id| own.members.contains(&(id, user.id)))
                && filter
                    .role
                    .is_none_or(|id| own.user_roles.contains(&(user.id, id)))
        };
        Ok(table::page(&own.users, page, wanted, |user| {
            user.id.to_string()
        }))
    }

    async fn add(
        &self,
        user: &User,
        password: Option<&PasswordCredential>,
        change: &Change,
    ) -> Result<(), StorageError> {
        self.write(change, |own| own.add_user(user, password))
    }

    async fn add_all(&self, users: &[NewUser]) -> Result<Vec<bool>, StorageError> {
        self.storage.unit(|tables| {
            let mut added = Vec::new();
            for new in users {
                let free = !tables.of(self.id).is_taken(&new.user);
                if free {
                    tables.write(self.id, |own| own.add_new(new))?;
                    tables.record(&Change::new(new.change.log, new.change.event.clone()))?;
                }
                added.push(free);
            }
            Ok(added)
        })
    }

    async fn change(&self, user: User, change: &Change) -> Result<User, StorageError> {
        self.write(change, |own| own.change_user(user))
    }

    async fn change_password(
        &self,
        user: User,
        password: &PasswordCredential,
        change: &Change,
    ) -> Result<User, StorageError> {
        self.write(change, |own| {
            let user = own.change_user(user)?;
            own.passwords.retain(|_, other| other.user_id != user.id);
            own.add_password(password)?;
            Ok(user)
        })
    }

    async fn remove(&self, user: &User, change: &Change) -> Result<(), StorageError> {
        let remove = |own: &mut TenantTables| {
            table::remove(&mut own.users, &user.id, user)?;
            own.members.retain(|(_, id)| *id != user.id);
            own.passwords
                .retain(|_, password| password.user_id != user.id);
            own.remove_second_factors(&user.id);
            own.one_time_codes.retain(|_, code| code.user_id != user.id);
            own.ended_sessions
                .retain(|_, session| session.user_id != user.id);
            own.user_roles.retain(|(id, _)| *id != user.id);
            own.erase_origins(user.id);
            Ok(())
        };
        self.storage.unit(|tables| {
            tables.write(self.id, remove)?;
            let is_theirs = |m: &Message| m.tenant_id == self.id && m.user_id == user.id;
            tables.messages.retain(|_, message| !is_theirs(message));
            tables.record(change)
        })
    }

    async fn deleted_before(
        &self,
        before: Timestamp,
        limit: u16,
    ) -> Result<Vec<UserId>, StorageError> {
        let own = self.read();
        let deleted = own
            .users
            .values()
            .filter(|user| user.status == UserStatus::Deleted);
        let deleted = deleted.filter(|user| user.updated_at < before);
        Ok(deleted.map(|user| user.id).take(limit.into()).collect())
    }
}

impl TenantTables {
    pub(crate) fn user_named(&self, username: &Username) -> Option<&User> {
        let mut users = self.users.values();
        users.find(|user| user.username.key() == username.key())
    }

    fn add_user(
        &mut self,
        user: &User,
        password: Option<&PasswordCredential>,
    ) -> Result<(), StorageError> {
        table::free(self.is_taken(user))?;
        self.users.insert(user.id, user.clone());
        password.map_or(Ok(()), |password| self.add_password(password))
    }

    fn add_new(&mut self, new: &NewUser) -> Result<(), StorageError> {
        let id = new.user.id;
        self.add_user(&new.user, new.password.as_ref())?;
        let mut roles = new.roles.iter();
        roles.try_for_each(|role| self.assign(*role, Grantee::User(id)))?;
        let mut groups = new.groups.iter();
        groups.try_for_each(|group| self.add_member(*group, id))
    }

    fn change_user(&mut self, user: User) -> Result<User, StorageError> {
        let user = table::change(&mut self.users, user.id, user)?;
        table::free(self.is_named_twice(&user))?;
        Ok(user)
    }

    /// Whether something of a new user belongs to another already.
    fn is_taken(&self, user: &User) -> bool {
        self.users.contains_key(&user.id) || self.is_named_twice(user)
    }

    /// Whether a name, an address or an external id of the user belongs to another, or an address
    /// is there twice.
    fn is_named_twice(&self, user: &User) -> bool {
        let emails = &user.details.emails;
        let keys: BTreeSet<_> = emails.iter().map(|email| email.address.key()).collect();
        let clashes = |other: &User| {
            other.username.key() == user.username.key()
                || emails.iter().any(|email| has_email(other, &email.address))
                || user
                    .details
                    .external_ids
                    .iter()
                    .any(|id| has_external_id(other, id))
        };
        let mut others = self.users.values().filter(|other| other.id != user.id);
        keys.len() < emails.len() || others.any(clashes)
    }
}

fn has_email(user: &User, email: &Email) -> bool {
    let mut emails = user.details.emails.iter();
    emails.any(|own| own.address.key() == email.key())
}

fn has_external_id(user: &User, (system, id): (&String, &String)) -> bool {
    user.details.external_ids.get(system) == Some(id)
}

/// Whether the filter lets the user through, as far as the user itself decides.
fn is_wanted(filter: &UserFilter, user: &User) -> bool {
    let live = user.status != UserStatus::Deleted;
    filter.status.map_or(live, |status| user.status == status)
        && table::begins(user.username.key(), filter.username_prefix.as_deref())
        && filter
            .email
            .as_ref()
            .is_none_or(|email| has_email(user, email))
        && filter
            .external_id
            .as_ref()
            .is_none_or(|(s, id)| has_external_id(user, (s, id)))
        && filter.attribute.as_ref().is_none_or(|(name, text)| {
            let value = user.details.attributes.get(name);
            value.and_then(as_text).as_ref() == Some(text)
        })
}

/// A text, number or truth value as text; nothing else is one.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Null | Value::Object(_) => None,
    }
}
