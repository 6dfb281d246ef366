//! Everything that can be asked of a storage, in a tenant that is not there.

use std::slice::from_ref;

use iam_model::{
    ActorRef, ApiKey, ApiKeyDigest, ApiKeyId, AuditEvent, AuditEventId, CatalogueEntry, Channel,
    Client, ClientDetails, CodePurpose, CredentialId, CredentialKind, CredentialSummary,
    EmailAddress, EndedSession, Group, GroupId, Line, Message, MessageId, MessageKind, OneTimeCode,
    OneTimeCodeDigest, Outcome, PasswordCredential, PasswordHash, Policy, PolicyActivation,
    PolicyId, RecoveryCodeDigest, RecoveryCodes, Resource, ResourceKind, Role, RoleId, Seal,
    Sealed, Tenant, TenantId, Timestamp, TotpCredential, User, UserId,
};
use iam_storage_ports::{
    AuditFilter, Change, Grantee, GroupFilter, Holder, IdempotencyRecord, NewUser, Page,
    RoleFilter, Storage, TenantFilter, TenantStorage, UserFilter,
};

/// A storage, and what it is asked for. What it answers does not matter.
pub(crate) struct Questions<'a> {
    storage: &'a dyn Storage,
    pub(crate) own: Box<dyn TenantStorage + 'a>,
    tenant: Tenant,
    user: User,
    change: Change,
}

const NOW: Timestamp = Timestamp::from_millis(0);

const PAGE: Page = Page::first(10);

fn id<T>(generate: impl Fn(Timestamp, [u8; 10]) -> T) -> T {
    generate(NOW, [0; 10])
}

impl<'a> Questions<'a> {
    pub(crate) fn new(storage: &'a dyn Storage) -> Self {
        let name = "no-such-tenant".parse().unwrap();
        let tenant = Tenant::new(id(TenantId::generate), name, String::new(), NOW);
        let mut user = User::new(id(UserId::generate), "alice".parse().unwrap(), NOW);
        user.details.emails.push(EmailAddress {
            address: "a@example.com".parse().unwrap(),
            verified: true,
        });
        let external_id = ("hr".to_owned(), "1".to_owned());
        user.details.external_ids.extend([external_id]);
        Self {
            storage,
            own: storage.tenant(tenant.id),
            change: change(tenant.id),
            tenant,
            user,
        }
    }

    pub(crate) async fn ask_everything(&self) {
        self.ask_tenants().await;
        self.ask_principals().await;
        self.ask_users().await;
        self.ask_roles().await;
        self.ask_groups().await;
        self.ask_permissions().await;
        self.ask_clients().await;
        self.ask_keys().await;
        self.ask_policies().await;
        self.ask_audit().await;
        self.ask_sessions().await;
        self.ask_messages().await;
    }

    async fn ask_tenants(&self) {
        let (tenants, tenant) = (self.storage.tenants(), &self.tenant);
        let filter = TenantFilter {
            name_prefix: Some("a".to_owned()),
            ..TenantFilter::default()
        };
        drop(tenants.lookup(&tenant.id).await);
        drop(tenants.find_by_name(&tenant.name).await);
        drop(tenants.list(&TenantFilter::default(), &PAGE).await);
        drop(tenants.list(&filter, &PAGE).await);
        drop(tenants.change(tenant.clone(), &self.change).await);
        drop(tenants.remove(tenant, &self.change).await);
    }

    async fn ask_principals(&self) {
        let principals = self.storage.principals();
        let (name, user) = (&self.tenant.name, &self.user);
        let client = "no-such-client".parse().unwrap();
        drop(
            principals
                .find_by_username(name, &user.username, &client)
                .await,
        );
        drop(principals.lookup(name, &user.id, &client).await);
        drop(principals.find_by_client(&client).await);
        drop(principals.find_by_api_key(&id(ApiKeyId::generate)).await);
    }

    async fn ask_users(&self) {
        let (users, user) = (self.own.users(), &self.user);
        drop(users.lookup(&user.id).await);
        drop(users.find_by_username(&user.username).await);
        drop(users.find_by_email(&user.details.emails[0].address).await);
        for filter in user_filters() {
            drop(users.list(&filter, &PAGE).await);
        }
        let password = self.password();
        drop(users.add(user, Some(&password), &self.change).await);
        drop(users.add_all(&[self.new_user()]).await);
        drop(users.change(user.clone(), &self.change).await);
        let changed = users.change_password(user.clone(), &password, &self.change);
        drop(changed.await);
        drop(users.remove(user, &self.change).await);
        drop(users.deleted_before(NOW, 10).await);
        let credentials = self.own.credentials();
        drop(credentials.find_by_user(&user.id).await);
        drop(credentials.list(&user.id).await);
        drop(credentials.rehash(&password, &password.hash).await);
        self.ask_second_factors().await;
    }

    async fn ask_second_factors(&self) {
        let (credentials, user) = (self.own.credentials(), self.user.id);
        let totp = TotpCredential {
            id: id(CredentialId::generate),
            user_id: user,
            secret: Sealed::new(String::new()),
            last_step: 0,
            updated_at: NOW,
        };
        let codes = RecoveryCodes {
            id: id(CredentialId::generate),
            user_id: user,
            digests: vec![RecoveryCodeDigest(String::new())],
            updated_at: NOW,
        };
        drop(credentials.enroll_totp(&totp, &codes, &self.change).await);
        drop(credentials.accept_totp_step(&totp, 1).await);
        let taken = credentials.take_recovery_code(&user, &codes.digests[0], &self.change);
        drop(taken.await);
        let replaced = credentials.replace_recovery_codes(&codes, &self.change);
        drop(replaced.await);
        drop(credentials.count_recovery_codes(&user).await);
        drop(credentials.list_sealed_otherwise("v1.a.", &PAGE).await);
        let secret = totp.secret.clone();
        drop(credentials.reseal(&[(totp, secret)]).await);
        for kind in [
            CredentialKind::Password,
            CredentialKind::RecoveryCodes,
            CredentialKind::Totp,
        ] {
            let credential = CredentialSummary {
                id: codes.id,
                kind,
                updated_at: NOW,
            };
            drop(credentials.remove(&user, &credential, &self.change).await);
        }
    }

    async fn ask_roles(&self) {
        let roles = self.own.roles();
        let mut role = Role::new(id(RoleId::generate), "a".parse().unwrap(), Vec::new(), NOW);
        role.permissions.push("a.b".parse().unwrap());
        drop(roles.lookup(&role.id).await);
        drop(roles.find_by_name(&role.name).await);
        drop(roles.list(&RoleFilter::default(), &PAGE).await);
        for filter in role_filters() {
            drop(roles.list(&filter, &PAGE).await);
        }
        drop(roles.add(&role, &self.change).await);
        role.includes.push(role.id);
        role.assignable.push(role.id);
        drop(roles.change(role.clone(), &self.change).await);
        drop(roles.remove(&role, &self.change).await);
        let group = id(GroupId::generate);
        for grantee in [Grantee::Group(group), Grantee::User(self.user.id)] {
            drop(roles.assign(&role.id, &grantee, &self.change).await);
            drop(roles.unassign(&role.id, &grantee, &self.change).await);
        }
        let user = Holder::User(self.user.id);
        for holder in [Holder::Group(group), Holder::Role(role.id), user] {
            drop(roles.permissions_of(&holder).await);
        }
        drop(roles.assignable_by(&self.user.id).await);
    }

    async fn ask_groups(&self) {
        let groups = self.own.groups();
        let mut group = Group {
            id: id(GroupId::generate),
            name: "a".parse().unwrap(),
            description: Line::default(),
            parent: None,
            version: 1,
            created_at: NOW,
            updated_at: NOW,
        };
        drop(groups.lookup(&group.id).await);
        drop(groups.find_by_name(&group.name).await);
        drop(groups.list(&GroupFilter::default(), &PAGE).await);
        for filter in group_filters() {
            drop(groups.list(&filter, &PAGE).await);
        }
        drop(groups.add(&group, &self.change).await);
        group.parent = Some(group.id);
        drop(groups.change(group.clone(), &self.change).await);
        drop(groups.remove(&group, &self.change).await);
        let user = &self.user.id;
        drop(groups.add_member(&group.id, user, &self.change).await);
        drop(groups.remove_member(&group.id, user, &self.change).await);
    }

    async fn ask_permissions(&self) {
        let permissions = self.own.permissions();
        let entry = CatalogueEntry {
            permission: "a.b".parse().unwrap(),
            description: Line::default(),
            version: 1,
            created_at: NOW,
            updated_at: NOW,
        };
        let wanted = ["a.b".parse().unwrap(), "a.*".parse().unwrap()];
        drop(permissions.lookup(&entry.permission).await);
        drop(permissions.missing(&wanted).await);
        drop(permissions.list(None, &PAGE).await);
        drop(permissions.list(Some("a"), &PAGE).await);
        drop(permissions.add(&entry, &self.change).await);
        drop(permissions.change(entry.clone(), &self.change).await);
        drop(permissions.remove(&entry, &self.change).await);
    }

    async fn ask_clients(&self) {
        let clients = self.own.clients();
        let client = Client {
            id: "no-such-client".parse().unwrap(),
            tenant_id: self.tenant.id,
            first_party: true,
            redirect_uris: Vec::new(),
            scope: "openid".parse().unwrap(),
            details: ClientDetails::default(),
            version: 1,
            created_at: NOW,
            updated_at: NOW,
        };
        drop(clients.lookup(&client.id).await);
        drop(clients.list(None, &PAGE).await);
        drop(clients.list(Some("a"), &PAGE).await);
        drop(clients.add(&client, &self.change).await);
        drop(clients.change(client.clone(), &self.change).await);
        drop(clients.remove(&client, &self.change).await);
    }

    async fn ask_keys(&self) {
        let keys = self.own.api_keys();
        let key = ApiKey {
            id: id(ApiKeyId::generate),
            name: "a".parse().unwrap(),
            digest: ApiKeyDigest::new([0; 32]),
            permissions: Vec::new(),
            expires_at: None,
            revoked_at: None,
            version: 1,
            created_at: NOW,
            updated_at: NOW,
        };
        drop(keys.lookup(&key.id).await);
        drop(keys.list(&PAGE).await);
        drop(keys.add(&key, &self.change).await);
        drop(keys.change(key.clone(), &self.change).await);
        drop(keys.remove(&key, &self.change).await);
        let idempotency = self.own.idempotency();
        drop(idempotency.find_by_key("a").await);
        drop(idempotency.purge(NOW).await);
    }

    async fn ask_policies(&self) {
        let policies = self.own.policies();
        let policy = Policy {
            id: id(PolicyId::generate),
            number: 0,
            description: Line::default(),
            source: String::new(),
            created_at: NOW,
        };
        drop(policies.lookup(&policy.id).await);
        drop(policies.list(&PAGE).await);
        drop(policies.add(policy.clone(), &self.change).await);
        drop(policies.activation().await);
        for version in [0, 1] {
            let from = PolicyActivation {
                version,
                ..PolicyActivation::default()
            };
            let to = Some(policy.id);
            drop(policies.activate(from, to, &self.change).await);
        }
        drop(policies.remove(&policy.id, &self.change).await);
    }

    async fn ask_messages(&self) {
        let messages = self.storage.messages();
        let message = Message {
            id: id(MessageId::generate),
            tenant_id: self.tenant.id,
            user_id: self.user.id,
            kind: MessageKind::Invitation,
            channel: Channel::Email,
            content: Sealed::new(String::new()),
            attempts: 0,
            due_at: NOW,
            expires_at: NOW,
            created_at: NOW,
        };
        drop(messages.add(&message).await);
        drop(messages.claim(NOW, NOW, 10).await);
        drop(messages.retry(&message, NOW).await);
        drop(messages.remove(&message.id).await);
        drop(messages.purge(NOW).await);
        drop(messages.count(NOW).await);
        let code = OneTimeCode {
            digest: OneTimeCodeDigest::new([0; 32]),
            purpose: CodePurpose::Invitation,
            user_id: self.user.id,
            address: None,
            expires_at: NOW,
            created_at: NOW,
        };
        let change = Change {
            messages: vec![message],
            issued: vec![code.clone()],
            spent: Some(code.clone()),
            ..self.change.clone()
        };
        let codes = self.own.one_time_codes();
        drop(codes.issue(&change).await);
        let found = codes.find_by_digest(code.purpose, &code.digest, NOW);
        drop(found.await);
        drop(codes.count(&self.user.id, code.purpose, NOW).await);
        drop(codes.purge(NOW).await);
    }

    async fn ask_sessions(&self) {
        let session = EndedSession {
            id: self.user.id.to_string().parse().unwrap(),
            user_id: self.user.id,
            ended_at: NOW,
        };
        let sessions = self.own.sessions();
        drop(sessions.end(&session, &self.change).await);
        drop(sessions.is_ended(&session.id).await);
        drop(sessions.list(&self.user.id).await);
    }

    async fn ask_audit(&self) {
        let audit = self.own.audit();
        let seal = Seal {
            sequence: 1,
            origin_digest: String::new(),
            hash: String::new(),
        };
        let places = [(self.change.event.id, seal.clone())];
        drop(audit.add(from_ref(&self.change.event)).await);
        for filter in audit_filters() {
            drop(audit.list(&filter, &PAGE).await);
        }
        drop(audit.sealed_after(0, 10).await);
        drop(audit.head().await);
        drop(audit.unsealed(10).await);
        drop(audit.seal(None, &places).await);
        drop(audit.seal(Some(&seal), &places).await);
    }

    fn password(&self) -> PasswordCredential {
        PasswordCredential {
            id: id(CredentialId::generate),
            user_id: self.user.id,
            hash: PasswordHash::new(String::new()),
            updated_at: NOW,
        }
    }

    fn new_user(&self) -> NewUser {
        NewUser {
            user: self.user.clone(),
            password: Some(self.password()),
            roles: vec![id(RoleId::generate)],
            groups: vec![id(GroupId::generate)],
            change: self.change.clone(),
        }
    }
}

fn change(log: TenantId) -> Change {
    let resource = Resource {
        kind: ResourceKind::System,
        id: String::new(),
    };
    let event = AuditEvent {
        id: id(AuditEventId::generate),
        at: NOW,
        action: String::new(),
        outcome: Outcome::Success,
        actor: ActorRef {
            resource: resource.clone(),
            tenant: None,
        },
        target: resource,
        origin: None,
        trace_id: String::new(),
        details: serde_json::Map::new(),
    };
    let record = IdempotencyRecord {
        key: String::new(),
        fingerprint: String::new(),
        target: String::new(),
        created_at: NOW,
    };
    Change {
        idempotency: Some(record),
        ..Change::new(log, event)
    }
}

/// Each part of the filter by itself.
pub(crate) fn user_filters() -> Vec<UserFilter> {
    let a = || "a".to_owned();
    let mut filters = vec![UserFilter::default(); 8];
    filters[1].status = Some(iam_model::UserStatus::Locked);
    filters[2].username_prefix = Some(a());
    filters[3].email = Some("a@example.com".parse().unwrap());
    filters[4].attribute = Some((a(), a()));
    filters[5].external_id = Some((a(), a()));
    filters[6].group = Some(id(GroupId::generate));
    filters[7].role = Some(id(RoleId::generate));
    // And all that have an index, together.
    let mut all = filters[2].clone();
    all.email.clone_from(&filters[3].email);
    all.external_id.clone_from(&filters[5].external_id);
    all.group = filters[6].group;
    all.role = filters[7].role;
    filters.push(all);
    filters
}

fn role_filters() -> [RoleFilter; 3] {
    let mut filters = [(); 3].map(|()| RoleFilter::default());
    filters[0].name_prefix = Some("a".to_owned());
    filters[1].grantee = Some(Grantee::Group(id(GroupId::generate)));
    filters[2].grantee = Some(Grantee::User(id(UserId::generate)));
    filters
}

fn group_filters() -> [GroupFilter; 3] {
    let mut filters = [(); 3].map(|()| GroupFilter::default());
    filters[0].name_prefix = Some("a".to_owned());
    filters[1].parent = Some(id(GroupId::generate));
    filters[2].member = Some(id(UserId::generate));
    filters
}

fn audit_filters() -> [AuditFilter; 6] {
    let a = || Some("a".to_owned());
    let mut filters = [(); 6].map(|()| AuditFilter::default());
    filters[1].actor = a();
    filters[2].target = a();
    filters[3].action_prefix = a();
    filters[4].outcome = Some(Outcome::Denied);
    filters[5].from = Some(NOW);
    filters
}
