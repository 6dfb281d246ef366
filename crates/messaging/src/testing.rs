//! What deliveries are tried with: a clock and chance that stand still, and a receiver.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, Request, Response, StatusCode};
use iam_config::MessageSettings;
use iam_model::{
    AuditEvent, AuditEventId, Channel, MessageKind, Origin, Outcome, Resource, ResourceKind,
    Tenant, TenantId, Timestamp, User, UserId,
};
use iam_platform::{FetchError, Platform, random};
use iam_security::Keyring;
use iam_storage_memory::MemoryStorage;
use iam_storage_ports::{Change, Storage};
use serde_json::{Map, Value};

use crate::{Delivered, DeliveryPorts, Notice, Outbox, deliver};

/// The result of a future that waits for nothing but what is in memory.
#[track_caller]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

/// The host.
pub(crate) struct World {
    pub(crate) now: Cell<Timestamp>,
    /// Every random byte; ids count beside it.
    pub(crate) chance: Cell<u8>,
    drawn: Cell<u8>,
    /// What the receiver answers; none if it is out of reach.
    pub(crate) answer: RefCell<Option<(StatusCode, &'static str)>>,
    /// The path, headers and body of each request it got.
    pub(crate) requests: RefCell<Vec<(String, HeaderMap, Value)>>,
    pub(crate) log: RefCell<Vec<String>>,
}

impl World {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(Timestamp::from_millis(1_790_000_000_000)),
            chance: Cell::new(0),
            drawn: Cell::new(0),
            answer: RefCell::new(Some((StatusCode::OK, ""))),
            requests: RefCell::default(),
            log: RefCell::default(),
        })
    }

    pub(crate) fn pass(&self, duration: Duration) {
        self.now.set(self.now.get().plus(duration));
    }
}

#[async_trait(?Send)]
impl Platform for World {
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        let (parts, body) = request.into_parts();
        let body = serde_json::from_slice(&body).unwrap();
        let path = parts.uri.path().to_owned();
        self.requests.borrow_mut().push((path, parts.headers, body));
        let (status, body) = self.answer.borrow().ok_or(FetchError::Timeout)?;
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = status;
        Ok(response)
    }

    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        buffer.fill(self.chance.get());
        // Two bytes are chance, more are an id or a nonce.
        if buffer.len() > 2 {
            self.drawn.set(self.drawn.get().wrapping_add(1));
            buffer[0] = self.drawn.get();
        }
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn log(&self, line: &str) {
        self.log.borrow_mut().push(line.to_owned());
    }
}

/// A tenant with a user, a queue and a receiver.
pub(crate) struct Bench {
    pub(crate) world: Rc<World>,
    pub(crate) storage: MemoryStorage,
    pub(crate) keyring: Keyring,
    pub(crate) settings: MessageSettings,
    pub(crate) tenant: Tenant,
    pub(crate) user: User,
}

impl Bench {
    /// A bench with these variables.
    pub(crate) fn new(variables: &[(&str, &str)]) -> Self {
        let world = World::new();
        let (time, random) = (world.now(), random(&*world));
        let tenant = TenantId::generate(time, random);
        let tenant = Tenant::new(tenant, "acme".parse().unwrap(), "Acme".to_owned(), time);
        let user = User::new(
            UserId::generate(time, random),
            "alice".parse().unwrap(),
            time,
        );
        let lookup = |name: &str| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let bench = Self {
            storage: MemoryStorage::new(),
            keyring: keyring("k1"),
            settings: MessageSettings::from_variables(&lookup).unwrap(),
            tenant,
            user,
            world,
        };
        let tenants = bench.storage.tenants();
        now(tenants.add(&bench.tenant, &bench.change())).unwrap();
        let own = bench.storage.tenant(bench.tenant.id);
        now(own.users().add(&bench.user, None, &bench.change())).unwrap();
        drop(own);
        bench
    }

    fn change(&self) -> Change {
        let resource = Resource {
            kind: ResourceKind::System,
            id: String::new(),
        };
        let event = AuditEvent {
            id: AuditEventId::generate(self.world.now(), random(&*self.world)),
            at: self.world.now(),
            action: "thing.changed".to_owned(),
            outcome: Outcome::Success,
            actor: iam_model::ActorRef {
                resource: resource.clone(),
                tenant: None,
            },
            target: resource,
            origin: Some(Origin::default()),
            trace_id: String::new(),
            details: Map::new(),
        };
        Change::new(self.tenant.id, event)
    }

    pub(crate) fn outbox(&self) -> Outbox<'_> {
        Outbox {
            platform: &*self.world,
            storage: &self.storage,
            keyring: &self.keyring,
        }
    }

    /// A notice with a code, worth sending for an hour.
    pub(crate) fn notice(&self, channel: Channel) -> Notice {
        Notice {
            user: self.user.id,
            kind: MessageKind::PasswordRecovery,
            channel,
            recipient: "a@example.com".to_owned(),
            code: Some("hunter2".to_owned().into()),
            link: None,
            locale: Some("de".to_owned()),
            expires_in: Duration::from_hours(1),
        }
    }

    pub(crate) fn queue(&self, channel: Channel) {
        let outbox = self.outbox();
        now(outbox.queue(&self.tenant, self.notice(channel))).unwrap();
    }

    pub(crate) fn deliver(&self) -> Delivered {
        let ports = DeliveryPorts {
            platform: &*self.world,
            storage: &self.storage,
            keyring: &self.keyring,
            settings: &self.settings,
        };
        now(deliver(ports, 10)).unwrap()
    }

    /// How many messages are due.
    pub(crate) fn due(&self) -> u64 {
        now(self.storage.messages().count(self.world.now())).unwrap()
    }
}

pub(crate) fn keyring(id: &str) -> Keyring {
    format!("{id}:{}", "A".repeat(43)).parse().unwrap()
}
