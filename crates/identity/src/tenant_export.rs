use iam_model::{
    ApiKey, CatalogueEntry, Client, Group, GroupId, Outcome, Policy, Resource, ResourceKind, Role,
    RoleId, Tenant, User, UserId,
};
use iam_storage_ports::{
    AuditFilter, Grantee, GroupFilter, RoleFilter, SealedEvent, TenantStorage, UserFilter,
};

use crate::{
    Admin, IdentityError,
    listing::{all, at_least},
};

/// The most users and the most events of one export: all of it is in memory at once.
const MAX: usize = 20_000;

/// All that belongs to a tenant, without what is secret.
pub struct TenantExport {
    /// The tenant.
    pub tenant: Tenant,
    /// Its users, but for the deleted.
    pub users: Vec<User>,
    /// Its groups.
    pub groups: Vec<Group>,
    /// Who is in which group.
    pub members: Vec<(GroupId, UserId)>,
    /// Its roles.
    pub roles: Vec<Role>,
    /// Who was given which role.
    pub grants: Vec<(RoleId, Grantee)>,
    /// Its permission catalogue.
    pub permissions: Vec<CatalogueEntry>,
    /// Its clients.
    pub clients: Vec<Client>,
    /// Its API keys.
    pub api_keys: Vec<ApiKey>,
    /// The versions of its policy.
    pub policies: Vec<Policy>,
    /// Its audit log.
    pub events: Vec<SealedEvent>,
}

/// All that belongs to a tenant (GDPR art. 20). That it was asked for stands in its audit log. A
/// tenant that is too large for one document is refused.
pub async fn export_tenant(
    admin: &Admin<'_>,
    tenant: Tenant,
) -> Result<TenantExport, IdentityError> {
    let store = admin.ports.storage.tenant(tenant.id);
    let target = Resource {
        kind: ResourceKind::Tenant,
        id: tenant.name.to_string(),
    };
    let event = admin.event("tenant.exported", Outcome::Success, target);
    store.audit().add(&[event]).await?;
    let users = users(&*store).await?;
    let groups = {
        let filter = GroupFilter::default();
        all(async |page| store.groups().list(&filter, &page).await).await?
    };
    let roles = {
        let filter = RoleFilter::default();
        all(async |page| store.roles().list(&filter, &page).await).await?
    };
    Ok(TenantExport {
        members: members(&*store, &groups).await?,
        grants: grants(&*store, &roles, &groups).await?,
        permissions: all(async |page| store.permissions().list(None, &page).await).await?,
        clients: all(async |page| store.clients().list(None, &page).await).await?,
        api_keys: all(async |page| store.api_keys().list(&page).await).await?,
        policies: all(async |page| store.policies().list(&page).await).await?,
        events: events(&*store).await?,
        tenant,
        users,
        groups,
        roles,
    })
}

async fn users(store: &dyn TenantStorage) -> Result<Vec<User>, IdentityError> {
    let filter = UserFilter::default();
    let users = at_least(MAX + 1, async |page| {
        store.users().list(&filter, &page).await
    })
    .await?;
    if users.len() > MAX {
        return Err(IdentityError::State(
            "too large for one document: read its users and events page by page",
        ));
    }
    Ok(users)
}

async fn members(
    store: &dyn TenantStorage,
    groups: &[Group],
) -> Result<Vec<(GroupId, UserId)>, IdentityError> {
    let mut members = Vec::new();
    for group in groups {
        let filter = UserFilter {
            group: Some(group.id),
            ..UserFilter::default()
        };
        let users = all(async |page| store.users().list(&filter, &page).await).await?;
        members.extend(users.into_iter().map(|user| (group.id, user.id)));
    }
    Ok(members)
}

async fn grants(
    store: &dyn TenantStorage,
    roles: &[Role],
    groups: &[Group],
) -> Result<Vec<(RoleId, Grantee)>, IdentityError> {
    let mut grants = Vec::new();
    for role in roles {
        let filter = UserFilter {
            role: Some(role.id),
            ..UserFilter::default()
        };
        let users = all(async |page| store.users().list(&filter, &page).await).await?;
        grants.extend(
            users
                .into_iter()
                .map(|user| (role.id, Grantee::User(user.id))),
        );
    }
    for group in groups {
        let grantee = Grantee::Group(group.id);
        let filter = RoleFilter {
            grantee: Some(grantee),
            ..RoleFilter::default()
        };
        let given = all(async |page| store.roles().list(&filter, &page).await).await?;
        grants.extend(given.into_iter().map(|role| (role.id, grantee)));
    }
    Ok(grants)
}

/// Of a long log the first [`MAX`] events; the log's own export has the rest.
async fn events(store: &dyn TenantStorage) -> Result<Vec<SealedEvent>, IdentityError> {
    let filter = AuditFilter::default();
    Ok(at_least(MAX, async |page| store.audit().list(&filter, &page).await).await?)
}
