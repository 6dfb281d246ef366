use anyhow::{Context, Result, ensure};
use iam_model::{
    ActorRef, AuditEvent, AuditEventId, Client, ClientDetails, ClientId, CredentialId, Outcome,
    PasswordCredential, PasswordHash, Resource, ResourceKind, Role, RoleId, Tenant, TenantId,
    TenantName, Timestamp, User, UserId, Username,
};
use iam_platform::{Platform, random};
use iam_storage_ports::{Change, NewUser, Storage};

/// How many tenants there are, and users in each.
const TENANTS: usize = 10;
const USERS: usize = 100;

/// Somebody who logs in.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) tenant: TenantName,
    pub(super) username: Username,
    pub(super) client: ClientId,
}

impl Person {
    /// Asks what a login has to know.
    pub(super) async fn log_in(&self, storage: &dyn Storage) -> Result<()> {
        let principals = storage.principals();
        let record = principals.find_by_username(&self.tenant, &self.username, &self.client);
        let principal = record.await?.principal.context("user is missing")?;
        ensure!(principal.permissions.len() == 2, "permissions are missing");
        Ok(())
    }
}

/// Fills a database by the ports, as any engine is: each user has a password and a role with two
/// permissions.
pub(super) async fn seed(storage: &dyn Storage, platform: &dyn Platform) -> Result<Vec<Person>> {
    let mut people = Vec::new();
    for _ in 0..TENANTS {
        people.extend(seed_tenant(storage, platform).await?);
    }
    Ok(people)
}

async fn seed_tenant(storage: &dyn Storage, platform: &dyn Platform) -> Result<Vec<Person>> {
    let now = platform.now();
    let id = TenantId::generate(now, random(platform));
    let name = format!("t-{}", id.to_string().replace('-', ""));
    let tenant = Tenant::new(id, name.parse()?, "Tenant".to_owned(), now);
    let change = || change(id, platform);
    storage.tenants().add(&tenant, &change()).await?;
    let own = storage.tenant(id);
    let permissions = vec!["order.read".parse()?, "order.write".parse()?];
    let role = RoleId::generate(now, random(platform));
    let role = Role::new(role, "clerk".parse()?, permissions, now);
    own.roles().add(&role, &change()).await?;
    let client = client(id, &name, now)?;
    own.clients().add(&client, &change()).await?;
    let new = |n: usize| -> Result<NewUser> {
        let username = format!("user-{n}").parse()?;
        let user = User::new(UserId::generate(now, random(platform)), username, now);
        Ok(NewUser {
            password: Some(password(&user, platform)),
            user,
            roles: vec![role.id],
            groups: Vec::new(),
            change: change(),
        })
    };
    let users = (0..USERS).map(new).collect::<Result<Vec<_>>>()?;
    let added = own.users().add_all(&users).await?;
    ensure!(added.iter().all(|added| *added), "users are missing");
    let person = |new: NewUser| Person {
        tenant: tenant.name.clone(),
        username: new.user.username,
        client: client.id.clone(),
    };
    Ok(users.into_iter().map(person).collect())
}

fn client(tenant: TenantId, name: &str, now: Timestamp) -> Result<Client> {
    Ok(Client {
        id: name.parse()?,
        tenant_id: tenant,
        first_party: true,
        redirect_uris: vec!["https://app.example/".parse()?],
        scope: "openid".parse()?,
        details: ClientDetails::default(),
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

fn password(user: &User, platform: &dyn Platform) -> PasswordCredential {
    let hash =
        "$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHQ$c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g";
    PasswordCredential {
        id: CredentialId::generate(user.created_at, random(platform)),
        user_id: user.id,
        hash: PasswordHash::new(hash.to_owned()),
        updated_at: user.created_at,
    }
}

/// What goes with a change of tenant `log`: the program itself made something.
pub(crate) fn change(log: TenantId, platform: &dyn Platform) -> Change {
    let now = platform.now();
    let resource = |kind, id: &str| Resource {
        kind,
        id: id.to_owned(),
    };
    let event = AuditEvent {
        id: AuditEventId::generate(now, random(platform)),
        at: now,
        action: "bench.seeded".to_owned(),
        outcome: Outcome::Success,
        actor: ActorRef {
            resource: resource(ResourceKind::System, ""),
            tenant: None,
        },
        target: resource(ResourceKind::Tenant, &log.to_string()),
        origin: None,
        trace_id: String::new(),
        details: serde_json::Map::new(),
    };
    Change::new(log, event)
}
