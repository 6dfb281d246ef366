use anyhow::{Context, Result};
use iam_identity::{
    IdentityError, IdentityPorts, NewClient, assign_role, create_role, create_tenant, create_user,
    register_client,
};
use iam_model::{Secret, Tenant};

/// The demo tenant: who logs in to it, and through what.
pub(crate) struct Demo;

impl Demo {
    pub(crate) const TENANT: &str = "demo";
    pub(crate) const USERNAME: &str = "alice";
    pub(crate) const CLIENT_ID: &str = "demo-app";
    pub(crate) const SCOPE: &str = "openid offline_access profile";
    pub(crate) const LOGIN_URI: &str = "http://127.0.0.1:3000/login";
    const REDIRECT_URI: &str = "http://127.0.0.1:3000/callback";
    const ROLE: &str = "clerk";
    const PERMISSIONS: [&str; 2] = ["order.read", "order.write"];

    /// Makes whatever of the demo tenant is not there yet; what an operator changed stays.
    pub(crate) async fn seed(ports: &IdentityPorts<'_>, password: &Secret<String>) -> Result<()> {
        let tenant = Self::tenant(ports).await?;
        let client = NewClient {
            id: Self::CLIENT_ID.parse()?,
            tenant_id: tenant.id,
            redirect_uri: Self::REDIRECT_URI.parse()?,
            scope: Self::SCOPE.parse()?,
            login_uri: Some(Self::LOGIN_URI.parse()?),
        };
        register_client(ports, client)
            .await
            .context("client of the demo tenant")?;
        let username = Self::USERNAME.parse()?;
        let store = ports.storage.tenant(tenant.id);
        if store.users().find_by_username(&username).await?.is_some() {
            return Ok(());
        }
        let permissions = Self::PERMISSIONS
            .iter()
            .map(|p| p.parse())
            .collect::<Result<_, _>>()?;
        let role = match create_role(ports, tenant.id, Self::ROLE.parse()?, permissions).await {
            Ok(role) => role,
            Err(IdentityError::AlreadyExists) => {
                let known = store.roles().find_by_name(&Self::ROLE.parse()?).await?;
                known.context("role of the demo tenant")?
            }
            Err(error) => return Err(error).context("role of the demo tenant"),
        };
        let user = create_user(ports, tenant.id, username, password)
            .await
            .context("user of the demo tenant")?;
        Ok(assign_role(ports, tenant.id, &role.id, &user.id).await?)
    }

    async fn tenant(ports: &IdentityPorts<'_>) -> Result<Tenant> {
        let name = Self::TENANT.parse()?;
        if let Some(tenant) = ports.storage.tenants().find_by_name(&name).await? {
            return Ok(tenant);
        }
        create_tenant(ports, name, "Demo".to_owned())
            .await
            .context("demo tenant")
    }
}
