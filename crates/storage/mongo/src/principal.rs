use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use iam_model::{
    ApiKey, ApiKeyId, Client, ClientId, CredentialKind, Principal, Tenant, TenantName, UserId,
    Username,
};
use iam_storage_ports::{LoginRecord, PrincipalRepository, StorageError};

use crate::{
    api_key, client,
    collection::Collection,
    command::{Command, Filter, from},
    credential::{self, is_a},
    document::Document,
    group::ABOVE,
    policy,
    role::{INCLUDED, union},
    second_factor,
    storage::MongoStorage,
    tenant,
    unit::Found,
    user,
};

// One request: each command finds its documents by what the ones before it found.

#[async_trait(?Send)]
impl PrincipalRepository for MongoStorage {
    async fn find_by_username(
        &self,
        tenant: &TenantName,
        username: &Username,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        let user = Filter::all().has("username_key", username.key());
        self.login(tenant, user, client).await
    }

    async fn find_by_api_key(
        &self,
        id: &ApiKeyId,
    ) -> Result<Option<(Tenant, ApiKey)>, StorageError> {
        let found = self.read(&[api_key::with_id(id), owner()]).await?;
        let both = found.first(1).zip(found.first(0));
        let read = |(owner, key)| Ok((tenant::read(owner)?, api_key::read(key)?));
        both.map(read).transpose()
    }

    async fn find_by_client(
        &self,
        client: &ClientId,
    ) -> Result<Option<(Tenant, Client)>, StorageError> {
        let found = self.read(&[client::with_id(client), owner()]).await?;
        let both = found.first(1).zip(found.first(0));
        let read = |(owner, client)| Ok((tenant::read(owner)?, client::read(client)?));
        both.map(read).transpose()
    }

    async fn lookup(
        &self,
        tenant: &TenantName,
        user: &UserId,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        self.login(tenant, Filter::all().has("id", user), client)
            .await
    }
}

/// The tenant that the document belongs to that the first command finds.
fn owner() -> Command {
    let filter = Filter::all().among("id", from(&[(0, "tenant_id")]));
    Command::find(Collection::Tenants.name(), filter).limit(1)
}

/// The places of the commands of a login.
const TENANT: usize = 0;
const CLIENT: usize = 1;
const ACTIVATION: usize = 2;
const POLICY: usize = 3;
const USER: usize = 4;
const CREDENTIALS: usize = 5;
const GROUPS: usize = 6;
const ROLES: usize = 7;

/// What a login of the one for whom `user` holds has to know.
fn commands(tenant: &TenantName, user: Filter, client: &ClientId) -> [Command; 8] {
    let find = |of: Collection, filter| Command::find(of.name(), filter);
    let own = |filter: Filter| filter.among("tenant_id", from(&[(TENANT, "id")]));
    let active = Filter::all().among("id", from(&[(ACTIVATION, "active_id")]));
    let theirs = Filter::all().among("user_id", from(&[(USER, "id")]));
    let of_user = |field| from(&[(USER, field)]);
    let granted = from(&[(USER, "roles"), (GROUPS, "roles")]);
    let above = Command::closure(
        Collection::Groups,
        own(Filter::all()),
        of_user("groups"),
        ABOVE,
    );
    let held = Command::closure(Collection::Roles, own(Filter::all()), granted, INCLUDED);
    [
        find(Collection::Tenants, Filter::all().has("name", tenant)).limit(1),
        find(Collection::Clients, own(Filter::id(client.as_str()))),
        find(Collection::PolicyActivations, own(Filter::all())),
        find(Collection::Policies, own(active)),
        find(Collection::Users, own(user)),
        find(Collection::Credentials, own(theirs)),
        above,
        held,
    ]
}

impl MongoStorage {
    async fn login(
        &self,
        tenant: &TenantName,
        user: Filter,
        client: &ClientId,
    ) -> Result<LoginRecord, StorageError> {
        let found = self.read(&commands(tenant, user, client)).await?;
        let Some(tenant) = found.first(TENANT).map(tenant::read).transpose()? else {
            return Ok(LoginRecord::default());
        };
        Ok(LoginRecord {
            client: found.first(CLIENT).map(client::read).transpose()?,
            principal: principal(&found, &tenant)?,
            tenant: Some(tenant),
        })
    }
}

fn principal(found: &Found, tenant: &Tenant) -> Result<Option<Principal>, StorageError> {
    let Some(document) = found.first(USER) else {
        return Ok(None);
    };
    let of_kind = |kind| found.all(CREDENTIALS).iter().find(|one| is_a(one, kind));
    let roles = found.all(ROLES);
    Ok(Some(Principal {
        tenant: tenant.clone(),
        user: user::read(document)?,
        password: of_kind(CredentialKind::Password)
            .map(credential::read)
            .transpose()?,
        totp: of_kind(CredentialKind::Totp)
            .map(second_factor::read)
            .transpose()?,
        groups: paths(found.all(GROUPS), &document.texts_in("groups")),
        roles: names(roles)?,
        permissions: union(roles, "permissions")?,
        policy: found.first(POLICY).map(policy::read_active).transpose()?,
    }))
}

fn names(roles: &[Document]) -> Result<Vec<iam_model::RoleName>, StorageError> {
    let names = roles
        .iter()
        .map(|role| role.read(Collection::Roles).parsed("name"));
    let names: BTreeSet<_> = names.collect::<Result<_, _>>()?;
    Ok(names.into_iter().collect())
}

/// The paths of those groups that are `direct`, sorted.
fn paths(groups: &[Document], direct: &[String]) -> Vec<String> {
    let text = |group: &Document, field| group.text_of(field).unwrap_or_default().to_owned();
    let by_id: BTreeMap<_, _> = groups
        .iter()
        .map(|group| (text(group, "id"), group))
        .collect();
    let path = |id: &String| {
        let mut names = Vec::new();
        let mut next = by_id.get(id);
        while let Some(group) = next {
            // More names than groups would be a cycle.
            if names.len() >= by_id.len() {
                break;
            }
            names.push(text(group, "name"));
            next = group.text_of("parent_id").and_then(|id| by_id.get(id));
        }
        names.reverse();
        names.join("/")
    };
    let there = direct.iter().filter(|id| by_id.contains_key(*id));
    let paths: BTreeSet<_> = there.map(path).collect();
    paths.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{Document, paths};

    fn group(id: &str, parent: Option<&str>) -> Document {
        Document::new(id)
            .text("id", id)
            .text("name", format!("g{id}"))
            .text_or_null("parent_id", parent)
    }

    fn direct(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|&id| id.to_owned()).collect()
    }

    #[test]
    fn a_path_goes_from_the_top_to_the_group() {
        let groups = [
            group("3", Some("2")),
            group("2", Some("1")),
            group("1", None),
        ];
        assert_eq!(paths(&groups, &direct(&["3", "1"])), ["g1", "g1/g2/g3"]);
        assert_eq!(paths(&[], &direct(&["1"])), [""; 0]);
    }

    #[test]
    fn groups_in_a_circle_have_an_end() {
        let groups = [group("1", Some("2")), group("2", Some("1"))];
        assert_eq!(paths(&groups, &direct(&["1"])), ["g2/g1"]);
    }
}
