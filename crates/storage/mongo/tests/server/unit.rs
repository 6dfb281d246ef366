//! Units of work of which a request is lost, at every place: they are done once or not at all, and
//! whoever looks sees all or nothing.

use std::{collections::BTreeMap, rc::Rc};

use iam_host_native::NativePlatform;
use iam_model::{
    ActorRef, AuditEvent, AuditEventId, CredentialId, Outcome, PasswordCredential, PasswordHash,
    Resource, ResourceKind, Tenant, TenantId, Timestamp, User, UserId,
};
use iam_platform::{Platform, random};
use iam_storage_mongo::MongoStorage;
use iam_storage_ports::{AuditFilter, Change, Page, Storage, StorageError};
use serde_json::json;

use crate::server::{Database, Loss, Unlucky, with_database};

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// A user with a password, and what goes with it: three documents.
struct Unit {
    user: User,
    password: PasswordCredential,
    change: Change,
}

impl Unit {
    fn new(tenant: TenantId) -> Self {
        let user = User::new(UserId::generate(NOW, ten()), "alice".parse().unwrap(), NOW);
        let password = PasswordCredential {
            id: CredentialId::generate(NOW, ten()),
            user_id: user.id,
            hash: PasswordHash::new("$argon2id$x".to_owned()),
            updated_at: NOW,
        };
        Self {
            user,
            password,
            change: change(tenant),
        }
    }

    async fn run(&self, storage: &MongoStorage, tenant: TenantId) -> Result<(), StorageError> {
        let own = storage.tenant(tenant);
        own.users()
            .add(&self.user, Some(&self.password), &self.change)
            .await
    }

    /// Of each document, whether it is seen.
    async fn parts(&self, storage: &MongoStorage, tenant: TenantId) -> [bool; 3] {
        let own = storage.tenant(tenant);
        let user = own.users().lookup(&self.user.id).await.unwrap();
        let password = own.credentials().find_by_user(&self.user.id).await.unwrap();
        let filter = AuditFilter {
            actor: Some(self.change.event.actor.resource.id.clone()),
            ..AuditFilter::default()
        };
        let log = own.audit().list(&filter, &Page::first(9)).await.unwrap();
        [user.is_some(), password.is_some(), log.items.len() == 1]
    }
}

fn ten() -> [u8; 10] {
    random(&NativePlatform::new(BTreeMap::new()))
}

fn change(log: TenantId) -> Change {
    let resource = |id| Resource {
        kind: ResourceKind::User,
        id,
    };
    let event = AuditEvent {
        id: AuditEventId::generate(NOW, ten()),
        at: NOW,
        action: "user.created".to_owned(),
        outcome: Outcome::Success,
        actor: ActorRef {
            resource: resource(UserId::generate(NOW, ten()).to_string()),
            tenant: None,
        },
        target: resource("x".to_owned()),
        origin: None,
        trace_id: String::new(),
        details: serde_json::Map::new(),
    };
    Change::new(log, event)
}

/// A storage with a tenant.
async fn installed(database: &Database) -> (MongoStorage, TenantId) {
    let storage = database.storage();
    storage.migrate().await.unwrap();
    let id = TenantId::generate(NOW, ten());
    let tenant = Tenant::new(id, "acme".parse().unwrap(), "Acme".to_owned(), NOW);
    storage.tenants().add(&tenant, &change(id)).await.unwrap();
    (storage, id)
}

/// How many commands each request of the unit has.
fn requests() -> Vec<usize> {
    let mut sent = Vec::new();
    with_database(async |database| {
        let (_, tenant) = installed(database).await;
        let host = Unlucky::new(None);
        let storage = database.storage_on(host.clone());
        Unit::new(tenant).run(&storage, tenant).await.unwrap();
        sent.clone_from(&host.sent.borrow());
    });
    sent
}

#[test]
fn a_unit_whose_request_is_lost_anywhere_is_done_once_or_not_at_all() {
    let requests = requests();
    assert_eq!(requests.len(), 2, "one that asks, and one that writes");
    for (at, commands) in requests.into_iter().enumerate() {
        let cuts = (1..commands).map(Loss::After);
        for loss in [Loss::All, Loss::Answer].into_iter().chain(cuts) {
            with_database(async |database| {
                let (whole, tenant) = installed(database).await;
                let unlucky = database.storage_on(Unlucky::new(Some((at, loss))));
                let unit = Unit::new(tenant);
                let outcome = unit.run(&unlucky, tenant).await;
                let is_lost = matches!(outcome, Err(StorageError::Unavailable(_)));
                assert!(is_lost, "{at} {loss:?}: {outcome:?}");
                let parts = unit.parts(&whole, tenant).await;
                let done = parts[0];
                assert_eq!(parts, [done; 3], "{at} {loss:?}");
                // What asks changes nothing; what writes is done with its first command.
                assert_eq!(done, at == 1 && !matches!(loss, Loss::All), "{at} {loss:?}");
                match unit.run(&whole, tenant).await {
                    Ok(()) => assert!(!done, "{at} {loss:?}"),
                    Err(StorageError::AlreadyExists) => assert!(done, "{at} {loss:?}"),
                    Err(error) => panic!("{at} {loss:?}: {error:?}"),
                }
                assert_eq!(unit.parts(&whole, tenant).await, [true; 3], "{at} {loss:?}");
            });
        }
    }
}

#[test]
fn many_finish_at_once_what_one_has_left() {
    with_database(async |database| {
        let (whole, tenant) = installed(database).await;
        let unlucky = database.storage_on(Unlucky::new(Some((1, Loss::After(1)))));
        let unit = Unit::new(tenant);
        assert!(unit.run(&unlucky, tenant).await.is_err());
        let look = (0..20).map(|_| unit.parts(&whole, tenant));
        for parts in futures_util::future::join_all(look).await {
            assert_eq!(parts, [true; 3]);
        }
        let found = database.run(r#"[{"find":"heads","filter":{}}]"#).await;
        assert_eq!(found[0]["documents"][0]["busy"], json!(false));
    });
}

#[test]
fn who_comes_late_with_a_write_changes_nothing() {
    with_database(async |database| {
        let (whole, tenant) = installed(database).await;
        let unlucky = database.storage_on(Unlucky::new(Some((1, Loss::After(1)))));
        let unit = Unit::new(tenant);
        assert!(unit.run(&unlucky, tenant).await.is_err());
        let found = database.run(r#"[{"find":"heads","filter":{}}]"#).await;
        let head = found[0]["documents"][0].clone();
        let pending: Vec<serde_json::Value> =
            serde_json::from_str(head["pending"].as_str().unwrap()).unwrap();
        // Others finish it, and remove the user again.
        assert_eq!(unit.parts(&whole, tenant).await, [true; 3]);
        let users = whole.tenant(tenant);
        users
            .users()
            .remove(&unit.user, &change(tenant))
            .await
            .unwrap();
        // And now the one who was late adds what the unit adds.
        for write in &pending {
            let mut document = write["document"].clone();
            document["_v"] = head["version"].clone();
            let insert = format!(r#"[{{"insert":{},"documents":[{document}]}}]"#, write["to"]);
            database.run(&insert).await;
        }
        assert_eq!(unit.parts(&whole, tenant).await, [false, false, true]);
        let host: Rc<dyn Platform> = Rc::new(NativePlatform::new(BTreeMap::new()));
        let other = database.storage_on(host);
        unit.run(&other, tenant).await.unwrap_err();
    });
}
