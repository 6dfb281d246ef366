use iam_model::{
    ApiKey, Line, Origin, Outcome, Resource, ResourceKind, Role, RoleId, Tenant, TenantId,
    TenantName,
};
use iam_platform::{Platform, random};
use iam_security::ApiKeySecret;
use iam_storage_ports::{Change, Storage};

use crate::{Actor, IdentityError, admin::event};

/// The role of the operator's tenant that may do everything.
const ROLE: &str = "operator";

/// What makes the operator.
struct Bootstrap<'a> {
    platform: &'a dyn Platform,
    storage: &'a dyn Storage,
    actor: Actor,
}

/// Makes sure that there is an operator: a tenant of this name, its role `operator` that may do
/// everything, and `secret` as a key that may. What is there stays as it is, so that this can be
/// done at every start.
pub async fn bootstrap(
    platform: &dyn Platform,
    storage: &dyn Storage,
    name: TenantName,
    secret: &ApiKeySecret,
) -> Result<Tenant, IdentityError> {
    let work = Bootstrap {
        platform,
        storage,
        actor: Actor::system(),
    };
    let tenant = work.tenant(name).await?;
    work.role(&tenant).await?;
    work.key(&tenant, secret).await?;
    Ok(tenant)
}

impl Bootstrap<'_> {
    async fn tenant(&self, name: TenantName) -> Result<Tenant, IdentityError> {
        let tenants = self.storage.tenants();
        if let Some(tenant) = tenants.find_by_name(&name).await? {
            return Ok(tenant);
        }
        let now = self.platform.now();
        let id = TenantId::generate(now, random(self.platform));
        let tenant = Tenant::new(id, name, "Operator".to_owned(), now);
        let name = tenant.name.to_string();
        let change = self.change(&tenant, "tenant.created", ResourceKind::Tenant, name);
        tenants.add(&tenant, &change).await?;
        Ok(tenant)
    }

    async fn role(&self, tenant: &Tenant) -> Result<(), IdentityError> {
        let store = self.storage.tenant(tenant.id);
        let name = ROLE.parse().map_err(|_| IdentityError::NotFound)?;
        if store.roles().find_by_name(&name).await?.is_some() {
            return Ok(());
        }
        let now = self.platform.now();
        let id = RoleId::generate(now, random(self.platform));
        let role = Role::new(id, name, self.actor.permissions.clone(), now);
        let change = self.change(tenant, "role.created", ResourceKind::Role, id.to_string());
        Ok(store.roles().add(&role, &change).await?)
    }

    async fn key(&self, tenant: &Tenant, secret: &ApiKeySecret) -> Result<(), IdentityError> {
        let store = self.storage.tenant(tenant.id);
        if store.api_keys().lookup(&secret.id()).await?.is_some() {
            return Ok(());
        }
        let now = self.platform.now();
        let key = ApiKey {
            id: secret.id(),
            name: "bootstrap".parse::<Line>().unwrap_or_default(),
            digest: secret.digest(),
            permissions: self.actor.permissions.clone(),
            expires_at: None,
            revoked_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let id = key.id.to_string();
        let change = self.change(tenant, "api_key.created", ResourceKind::ApiKey, id);
        Ok(store.api_keys().add(&key, &change).await?)
    }

    fn change(&self, tenant: &Tenant, action: &str, kind: ResourceKind, id: String) -> Change {
        let what = (action, Outcome::Success, Resource { kind, id });
        let origin = Origin::default();
        let event = event(self.platform, &self.actor.reference, &origin, what);
        Change::new(tenant.id, event)
    }
}
