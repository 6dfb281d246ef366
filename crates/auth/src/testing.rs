//! What the steps of a login are tried with: stores in memory, a clock that is set, and a Hydra
//! that is never there, so that a login which has all it needs ends with
//! [`Dependency::OAuth`](crate::Dependency::OAuth) out of reach.

use std::{cell::Cell, rc::Rc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use http::{Request, Response};
use iam_config::{HydraSettings, LimitSettings};
use iam_hydra::Hydra;
use iam_model::{
    ActorRef, AuditEvent, AuditEventId, Client, ClientDetails, CredentialId, Outcome,
    PasswordCredential, PasswordHash, Resource, ResourceKind, Secret, Tenant, TenantId, Timestamp,
    User, UserId,
};
use iam_platform::{FetchError, Platform, random};
use iam_security::{HashError, Keyring, PasswordHasher, Verdict};
use iam_storage_memory::{MemoryEphemeral, MemoryStorage};
use iam_storage_ports::{Change, EphemeralStore, Storage};
use serde_json::Map;

use crate::{
    AuthError, Credentials, Device, Entrance, Limiter, Login, LoginOutcome, LoginPorts, Sender,
    Step, login,
};

/// The result of a future that waits for nothing but what is in memory.
#[track_caller]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

/// A host with a clock that is set and randomness that is counted.
#[derive(Default)]
pub(crate) struct Host {
    now: Rc<Cell<Timestamp>>,
    random: Cell<u8>,
}

#[async_trait(?Send)]
impl Platform for Host {
    async fn fetch(&self, _: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        Err(FetchError::Timeout)
    }

    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.random.set(self.random.get().wrapping_add(1));
        buffer.fill(self.random.get());
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn log(&self, _: &str) {}
}

/// A hasher whose hash of a password is the password.
pub(crate) struct Hasher;

#[async_trait(?Send)]
impl PasswordHasher for Hasher {
    async fn hash(&self, password: &Secret<String>) -> Result<PasswordHash, HashError> {
        Ok(PasswordHash::new(password.expose().clone()))
    }

    async fn verify(
        &self,
        password: &Secret<String>,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashError> {
        let same = hash.is_some_and(|hash| hash.expose() == password.expose());
        Ok([Verdict::Invalid, Verdict::Valid][usize::from(same)])
    }
}

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// The tenant `demo` with its user `alice`, who has a password, and its client `web`.
pub(crate) struct Bench {
    pub(crate) host: Rc<Host>,
    pub(crate) storage: MemoryStorage,
    pub(crate) ephemeral: Box<dyn EphemeralStore>,
    pub(crate) keyring: Keyring,
    pub(crate) tenant: Tenant,
    pub(crate) user: User,
    hydra: Hydra,
    limits: &'static str,
}

impl Bench {
    /// `change` is done to tenant and user before they are stored.
    pub(crate) fn new(change: impl Fn(&mut Tenant, &mut User)) -> Self {
        let host = Rc::new(Host::default());
        host.now.set(Timestamp::from_millis(1_700_000_000_000));
        let at = host.now();
        let clock = Rc::clone(&host.now);
        let settings = HydraSettings::from_variables(&|name| match name {
            "issuer" => Some("https://iam.example".to_owned()),
            _ => Some("http://hydra.example".to_owned()),
        });
        let platform: Rc<dyn Platform> = Rc::<Host>::clone(&host);
        let id = TenantId::generate(at, random(&*host));
        let mut tenant = Tenant::new(id, "demo".parse().unwrap(), "Demo".to_owned(), at);
        let id = UserId::generate(at, random(&*host));
        let mut user = User::new(id, "alice".parse().unwrap(), at);
        change(&mut tenant, &mut user);
        let bench = Self {
            storage: MemoryStorage::new(),
            ephemeral: Box::new(MemoryEphemeral::new(move || clock.get())),
            keyring: format!("k1:{}", "A".repeat(43)).parse().unwrap(),
            hydra: Hydra::new(platform, settings.unwrap()),
            limits: "ip=off",
            host,
            tenant,
            user,
        };
        bench.store();
        bench
    }

    /// The same with these limits on codes.
    pub(crate) fn limited(self, limits: &'static str) -> Self {
        Self { limits, ..self }
    }

    fn store(&self) {
        let at = self.host.now();
        let (tenant, user) = (&self.tenant, &self.user);
        now(self.storage.tenants().add(tenant, &self.change())).unwrap();
        let store = self.storage.tenant(tenant.id);
        let password = self.password(PASSWORD);
        now(store.users().add(user, Some(&password), &self.change())).unwrap();
        let client = Client {
            id: "web".parse().unwrap(),
            tenant_id: tenant.id,
            first_party: true,
            redirect_uris: vec!["https://app.example/".parse().unwrap()],
            scope: "openid".parse().unwrap(),
            details: ClientDetails::default(),
            version: 1,
            created_at: at,
            updated_at: at,
        };
        now(store.clients().add(&client, &self.change())).unwrap();
    }

    /// A password of the user.
    pub(crate) fn password(&self, text: &str) -> PasswordCredential {
        let at = self.host.now();
        PasswordCredential {
            id: CredentialId::generate(at, random(&*self.host)),
            user_id: self.user.id,
            hash: PasswordHash::new(text.to_owned()),
            updated_at: at,
        }
    }

    pub(crate) fn change(&self) -> Change {
        let at = self.host.now();
        let system = Resource {
            kind: ResourceKind::System,
            id: String::new(),
        };
        let event = AuditEvent {
            id: AuditEventId::generate(at, random(&*self.host)),
            at,
            action: "test".to_owned(),
            outcome: Outcome::Success,
            actor: ActorRef {
                resource: system.clone(),
                tenant: None,
            },
            target: system,
            origin: None,
            trace_id: String::new(),
            details: Map::new(),
        };
        Change::new(self.tenant.id, event)
    }

    pub(crate) fn wait(&self, seconds: u64) {
        let later = self.host.now().plus(Duration::from_secs(seconds));
        self.host.now.set(later);
    }

    /// What `step` gives, which needs nothing but what is in memory.
    pub(crate) fn run<T>(&self, step: impl AsyncFnOnce(&LoginPorts<'_>) -> T) -> T {
        let settings = LimitSettings::from_variables(&|name| {
            (name == "otp_limits").then(|| self.limits.to_owned())
        });
        let limiter = Limiter::new(&*self.ephemeral, &*self.host, settings.unwrap());
        let ports = LoginPorts {
            platform: &*self.host,
            storage: &self.storage,
            ephemeral: &*self.ephemeral,
            limiter: &limiter,
            hydra: &self.hydra,
            entrance: Entrance::Auth,
            audience: "https://iam.example",
        };
        now(step(&ports))
    }

    /// The step that a login comes to.
    #[track_caller]
    pub(crate) fn login(&self) -> Step {
        let request = Login {
            tenant: self.tenant.name.clone(),
            credentials: Credentials {
                username: self.user.username.clone(),
                password: PASSWORD.to_owned().into(),
            },
            client_id: "web".parse().unwrap(),
            scope: None,
            acr_values: crate::AcrValues::default(),
            device: Device::default(),
            code_challenge: None,
        };
        let sender = Sender::default();
        let outcome = self.run(async |ports| login(ports, &Hasher, &sender, &request).await);
        step(outcome)
    }
}

/// The step that an outcome is.
#[track_caller]
pub(crate) fn step(outcome: Result<LoginOutcome, AuthError>) -> Step {
    match outcome {
        Ok(LoginOutcome::Step(step)) => step,
        other => panic!("no step: {other:?}"),
    }
}
