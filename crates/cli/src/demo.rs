use anyhow::{Context, Result};
use iam_identity::{
    Actor, Admin, ClientSpec, IdentityPorts, RoleSpec, TenantSpec, UserSpec, assign_role,
    create_client, create_permission, create_role, create_tenant, create_user, register_client,
};
use iam_model::{
    ClientDetails, Origin, Permission, RoleId, Secret, Tenant, TenantSettings, UserDetails,
    Username,
};
use iam_storage_ports::Grantee;

/// The demo tenant: who logs in to it, and through what.
pub(crate) struct Demo;

impl Demo {
    pub(crate) const TENANT: &str = "demo";
    pub(crate) const USERNAME: &str = "alice";
    pub(crate) const ADMIN: &str = "admin";
    pub(crate) const CLIENT_ID: &str = "demo-app";
    pub(crate) const SCOPE: &str = "openid offline_access profile";
    pub(crate) const LOGIN_URI: &str = "http://127.0.0.1:3000/login";
    const REDIRECT_URI: &str = "http://127.0.0.1:3000/callback";
    const ROLE: &str = "clerk";
    const PERMISSIONS: [&str; 2] = ["order.read", "order.write"];
    const ADMIN_ROLE: &str = "tenant-admin";

    /// Makes whatever of the demo tenant is not there yet; what an operator changed stays.
    pub(crate) async fn seed(
        ports: &IdentityPorts<'_>,
        operator: &Tenant,
        password: &Secret<String>,
    ) -> Result<()> {
        let (actor, origin) = (Actor::system(), Origin::default());
        let system = Admin::of_system(*ports, &actor, &origin, operator);
        let tenant = Self::tenant(&system).await.context("demo tenant")?;
        let demo = system.on(&tenant);
        Self::client(&demo)
            .await
            .context("client of the demo tenant")?;
        for permission in Self::PERMISSIONS {
            Self::permission(&demo, permission.parse()?)
                .await
                .context("permissions of the demo tenant")?;
        }
        let users = [
            (Self::USERNAME, Self::ROLE, &Self::PERMISSIONS[..]),
            (Self::ADMIN, Self::ADMIN_ROLE, &["iam.*"]),
        ];
        for (user, role, permissions) in users {
            Self::user(&demo, user, role, permissions, password)
                .await
                .with_context(|| format!("user {user} of the demo tenant"))?;
        }
        Ok(())
    }

    async fn tenant(system: &Admin<'_>) -> Result<Tenant> {
        let name = Self::TENANT.parse()?;
        let tenants = system.ports.storage.tenants();
        if let Some(tenant) = tenants.find_by_name(&name).await? {
            return Ok(tenant);
        }
        let spec = TenantSpec {
            display_name: "Demo".parse()?,
            settings: TenantSettings::default(),
        };
        Ok(create_tenant(system, name, spec).await?)
    }

    /// What Hydra has of the client is made anew: its database may be another than before.
    async fn client(demo: &Admin<'_>) -> Result<()> {
        let id = Self::CLIENT_ID.parse()?;
        if let Some(client) = demo.store().clients().lookup(&id).await? {
            register_client(demo, client).await?;
            return Ok(());
        }
        let spec = ClientSpec {
            first_party: true,
            redirect_uris: vec![Self::REDIRECT_URI.parse()?],
            scope: Self::SCOPE.parse()?,
            details: ClientDetails {
                name: "Demo app".parse()?,
                login_uri: Some(Self::LOGIN_URI.parse()?),
                ..ClientDetails::default()
            },
        };
        create_client(demo, Some(id), spec).await?;
        Ok(())
    }

    async fn permission(demo: &Admin<'_>, permission: Permission) -> Result<()> {
        let known = demo.store().permissions().lookup(&permission).await?;
        if known.is_none() {
            create_permission(demo, permission, "".parse()?).await?;
        }
        Ok(())
    }

    async fn user(
        demo: &Admin<'_>,
        name: &str,
        role: &str,
        permissions: &[&str],
        password: &Secret<String>,
    ) -> Result<()> {
        let username: Username = name.parse()?;
        if demo
            .store()
            .users()
            .find_by_username(&username)
            .await?
            .is_some()
        {
            return Ok(());
        }
        let role = Self::role(demo, role, permissions).await?;
        let spec = UserSpec {
            username,
            status: None,
            details: UserDetails::default(),
            password: Some(Secret::new(password.expose().clone())),
            password_hash: None,
            roles: Vec::new(),
            groups: Vec::new(),
        };
        let user = create_user(demo, spec).await?;
        Ok(assign_role(demo, &role, &Grantee::User(user.id)).await?)
    }

    async fn role(demo: &Admin<'_>, name: &str, permissions: &[&str]) -> Result<RoleId> {
        let name = name.parse()?;
        if let Some(role) = demo.store().roles().find_by_name(&name).await? {
            return Ok(role.id);
        }
        let permissions = permissions.iter().map(|p| p.parse());
        let spec = RoleSpec {
            name,
            description: "".parse()?,
            permissions: permissions.collect::<Result<_, _>>()?,
            includes: Vec::new(),
            assignable: Vec::new(),
        };
        Ok(create_role(demo, spec).await?.id)
    }
}
