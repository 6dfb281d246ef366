//! What use cases are tried with: a database in memory, a Hydra that keeps clients and can be down,
//! and a hasher that takes no time.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use http::{Method, Request, Response, StatusCode};
use iam_config::HydraSettings;
use iam_hydra::Hydra;
use iam_model::{
    AuditEvent, Origin, PasswordHash, Permission, ResourceKind, Role, RoleId, Secret, Tenant,
    TenantId, Timestamp, User, UserId,
};
use iam_platform::{FetchError, Platform};
use iam_security::{HashError, PasswordHasher, Verdict};
use iam_storage_memory::MemoryStorage;
use iam_storage_ports::{AuditFilter, Grantee, Page, Storage};
use serde_json::Value;

use crate::{Actor, Admin, IdentityPorts};

/// The result of a future that waits for nothing but what is in memory.
#[track_caller]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

/// Somebody of one tenant, and no operator, who holds `permissions`.
pub(crate) fn actor(permissions: &[&str]) -> Actor {
    Actor {
        permissions: parsed(permissions),
        operator: false,
        ..Actor::system()
    }
}

fn parsed(permissions: &[&str]) -> Vec<Permission> {
    permissions.iter().map(|p| p.parse().unwrap()).collect()
}

/// A tenant `acme`, who acts on it (at first the program itself), and all that it takes.
pub(crate) struct Bench {
    pub(crate) storage: MemoryStorage,
    pub(crate) world: Rc<World>,
    pub(crate) tenant: Tenant,
    pub(crate) actor: Actor,
    hydra: Hydra,
    origin: Origin,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let world = Rc::new(World::default());
        let settings = HydraSettings::from_variables(&|name| match name {
            "issuer" => Some("https://iam.example".to_owned()),
            _ => Some("http://hydra.example".to_owned()),
        });
        let platform: Rc<dyn Platform> = Rc::<World>::clone(&world);
        let mut bench = Self {
            storage: MemoryStorage::new(),
            tenant: tenant(&world, "acme"),
            actor: Actor::system(),
            hydra: Hydra::new(platform, settings.unwrap()),
            origin: Origin::default(),
            world,
        };
        bench.tenant = bench.add_tenant("acme");
        bench
    }

    /// A new tenant.
    pub(crate) fn add_tenant(&self, name: &str) -> Tenant {
        let tenant = tenant(&self.world, name);
        let admin = self.admin();
        let change = admin
            .on(&tenant)
            .change("tenant.created", ResourceKind::Tenant, name);
        now(self.storage.tenants().add(&tenant, &change)).unwrap();
        tenant
    }

    /// A request of the bench's actor.
    pub(crate) fn admin(&self) -> Admin<'_> {
        self.admin_of(&self.actor)
    }

    /// A request of `actor`.
    pub(crate) fn admin_of<'a>(&'a self, actor: &'a Actor) -> Admin<'a> {
        Admin {
            ports: IdentityPorts {
                platform: &*self.world,
                storage: &self.storage,
                hydra: &self.hydra,
                hasher: &Hasher,
                audience: "https://iam.example",
            },
            actor,
            tenant: &self.tenant,
            trace_id: "trace",
            origin: &self.origin,
            idempotency: None,
        }
    }

    /// A new role.
    pub(crate) fn role(&self, name: &str, permissions: &[&str]) -> Role {
        let admin = self.admin();
        let id = admin.id(RoleId::generate);
        let role = Role::new(id, name.parse().unwrap(), parsed(permissions), admin.now());
        let change = admin.change("role.created", ResourceKind::Role, id);
        now(admin.store().roles().add(&role, &change)).unwrap();
        role
    }

    /// A new user who has `roles` and nothing to log in with.
    pub(crate) fn user(&self, name: &str, roles: &[&Role]) -> User {
        let admin = self.admin();
        let id = admin.id(UserId::generate);
        let user = User::new(id, name.parse().unwrap(), admin.now());
        let change = |action| admin.change(action, ResourceKind::User, id);
        let store = admin.store();
        now(store.users().add(&user, None, &change("user.created"))).unwrap();
        for role in roles {
            let (to, change) = (Grantee::User(id), change("role.assigned"));
            now(store.roles().assign(&role.id, &to, &change)).unwrap();
        }
        user
    }

    /// The events of the tenant's log, in order.
    pub(crate) fn events(&self) -> Vec<AuditEvent> {
        let (store, page) = (self.admin().store(), Page::first(Page::MAX));
        let listing = now(store.audit().list(&AuditFilter::default(), &page)).unwrap();
        listing
            .items
            .into_iter()
            .map(|sealed| sealed.event)
            .collect()
    }
}

fn tenant(world: &World, name: &str) -> Tenant {
    let now = world.now();
    let id = TenantId::generate(now, iam_platform::random(world));
    Tenant::new(id, name.parse().unwrap(), name.to_owned(), now)
}

/// The clock, the randomness, and Hydra behind the network.
#[derive(Default)]
pub(crate) struct World {
    ticks: Cell<i64>,
    /// Hydra's clients.
    pub(crate) clients: RefCell<BTreeMap<String, Value>>,
    /// Whether Hydra cannot be reached.
    pub(crate) is_down: Cell<bool>,
    /// Whether Hydra takes no client as it is.
    pub(crate) refuses: Cell<bool>,
    /// The method and path of each request to Hydra.
    pub(crate) requests: RefCell<Vec<String>>,
}

impl World {
    fn hydra(&self, method: &Method, path: &str, body: &[u8]) -> StatusCode {
        let Some(id) = path.strip_prefix("/admin/clients") else {
            return StatusCode::NO_CONTENT;
        };
        let id = id.trim_start_matches('/');
        let mut clients = self.clients.borrow_mut();
        if *method == Method::DELETE {
            let known = clients.remove(id).is_some();
            return [StatusCode::NOT_FOUND, StatusCode::NO_CONTENT][usize::from(known)];
        }
        if self.refuses.get() {
            return StatusCode::BAD_REQUEST;
        }
        let mut client: Value = serde_json::from_slice(body).unwrap();
        let id = client["client_id"].as_str().unwrap().to_owned();
        match (method == Method::POST, clients.contains_key(&id)) {
            (true, true) => return StatusCode::CONFLICT,
            (false, false) => return StatusCode::NOT_FOUND,
            (true, false) | (false, true) => {}
        }
        // A replacement without a secret leaves the one there is.
        let old = clients.get(&id).and_then(|old| old.get("client_secret"));
        if let (Some(secret), true) = (old, client["client_secret"].is_null()) {
            client["client_secret"] = secret.clone();
        }
        clients.insert(id, client);
        StatusCode::OK
    }
}

#[async_trait(?Send)]
impl Platform for World {
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        let (method, path) = (request.method(), request.uri().path());
        self.requests.borrow_mut().push(format!("{method} {path}"));
        if self.is_down.get() {
            return Err(FetchError::Timeout);
        }
        // Nobody here has a session.
        let body: &[u8] = match (method.as_str(), path) {
            ("GET", "/admin/oauth2/auth/sessions/consent") => b"[]",
            _ => br#"{"error": "refused"}"#,
        };
        let mut response = Response::new(Bytes::from_static(body));
        *response.status_mut() = self.hydra(method, path, request.body());
        Ok(response)
    }

    fn now(&self) -> Timestamp {
        self.ticks.set(self.ticks.get() + 1);
        Timestamp::from_millis(1_790_000_000_000 + self.ticks.get())
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        let tick = self.now().as_millis().to_be_bytes();
        let bytes = buffer.iter_mut().rev().zip(tick.into_iter().rev());
        bytes.for_each(|(byte, tick)| *byte = tick);
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn log(&self, _: &str) {}
}

/// Calls a password's hash by its name.
struct Hasher;

#[async_trait(?Send)]
impl PasswordHasher for Hasher {
    async fn hash(&self, password: &Secret<String>) -> Result<PasswordHash, HashError> {
        Ok(PasswordHash::new(format!("hash of {}", password.expose())))
    }

    async fn verify(
        &self,
        _: &Secret<String>,
        _: Option<&PasswordHash>,
    ) -> Result<Verdict, HashError> {
        Ok(Verdict::Invalid)
    }
}
