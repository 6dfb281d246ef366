use iam_model::{
    ActorRef, AuditEvent, AuditEventId, ClientId, Origin, Outcome, Resource, ResourceKind, Secret,
    Tenant, UserId, Username,
};
use iam_platform::{Platform, random};
use iam_policy::{Assurance, Denial, LARGE_TOKEN_BYTES};
use iam_storage_ports::{Change, LoginRecord, Storage};
use serde_json::{Map, Value, json};

use crate::{AuthError, LoginPorts, Method, Sender, progress::Subject};

/// Writes what became of one login, or of one of its steps, into the audit log of its tenant. What
/// cannot be logged is refused.
pub(crate) struct LoginLog<'a> {
    platform: &'a dyn Platform,
    storage: &'a dyn Storage,
    sender: &'a Sender,
    client_id: &'a ClientId,
    username: &'a Username,
    tenant: Option<&'a Tenant>,
    user: Option<UserId>,
}

impl<'a> LoginLog<'a> {
    /// The log of a login by `username` as whom nothing is proved yet.
    pub(crate) fn new(
        ports: &'a LoginPorts<'a>,
        sender: &'a Sender,
        record: &'a LoginRecord,
        client_id: &'a ClientId,
        username: &'a Username,
    ) -> Self {
        Self {
            platform: ports.platform,
            storage: ports.storage,
            sender,
            client_id,
            username,
            tenant: record.tenant.as_ref(),
            user: record.principal.as_ref().map(|p| p.user.id),
        }
    }

    /// The log of somebody whose password is proved.
    pub(crate) fn of(ports: &'a LoginPorts<'a>, sender: &'a Sender, subject: Subject<'a>) -> Self {
        Self::in_browser(ports.platform, ports.storage, sender, subject)
    }

    /// [`of`](Self::of) for what a browser does after its login.
    pub(crate) fn in_browser(
        platform: &'a dyn Platform,
        storage: &'a dyn Storage,
        sender: &'a Sender,
        subject: Subject<'a>,
    ) -> Self {
        Self {
            platform,
            storage,
            sender,
            client_id: &subject.client.id,
            username: &subject.principal.user.username,
            tenant: Some(&subject.principal.tenant),
            user: Some(subject.principal.user.id),
        }
    }

    pub(crate) async fn succeeded(&self, assurance: &Assurance) -> Result<(), AuthError> {
        let details = json!({ "acr": assurance.acr, "amr": assurance.amr });
        self.add("login.succeeded", Outcome::Success, details).await
    }

    pub(crate) async fn failed(&self, reason: &str) -> Result<(), AuthError> {
        let details = json!({ "reason": reason });
        self.add("login.failed", Outcome::Denied, details).await
    }

    pub(crate) async fn denied(&self, denial: &Denial) -> Result<(), AuthError> {
        let mut details = json!({ "reason": denial.code(), "reasons": denial.reasons() });
        if let Denial::PolicyFailed(error) = denial {
            // For the tenant's administrators, who wrote the policy; who logs in is not told.
            details["error"] = error.to_string().into();
        }
        self.add("login.denied", Outcome::Denied, details).await
    }

    pub(crate) async fn assurance_unavailable(&self) -> Result<(), AuthError> {
        let details = json!({ "reason": "assurance_unavailable" });
        self.add("login.denied", Outcome::Denied, details).await
    }

    pub(crate) async fn mfa_verified(&self, method: Method) -> Result<(), AuthError> {
        let details = json!({ "method": method.as_str() });
        self.add("mfa.verified", Outcome::Success, details).await
    }

    pub(crate) async fn mfa_failed(&self, method: Method) -> Result<(), AuthError> {
        let details = json!({ "method": method.as_str() });
        self.add("mfa.failed", Outcome::Denied, details).await
    }

    /// Warns of an access token that is too large to be sent around.
    pub(crate) async fn weigh(&self, token: &Secret<String>) -> Result<(), AuthError> {
        let bytes = token.expose().len();
        if bytes <= LARGE_TOKEN_BYTES {
            return Ok(());
        }
        let details = json!({ "bytes": bytes, "limit": LARGE_TOKEN_BYTES });
        self.add("token.large", Outcome::Warning, details).await
    }

    /// What goes into the log with a change that the user makes of their own credentials.
    pub(crate) fn change(&self, tenant: &Tenant, action: &str, details: Value) -> Change {
        let event = self.event(tenant, action, Outcome::Success, details);
        Change::new(tenant.id, event)
    }

    pub(crate) async fn add(
        &self,
        action: &str,
        outcome: Outcome,
        details: Value,
    ) -> Result<(), AuthError> {
        // Who names a tenant that is not there has no log to stand in.
        let Some(tenant) = self.tenant else {
            return Ok(());
        };
        let event = self.event(tenant, action, outcome, details);
        let store = self.storage.tenant(tenant.id);
        Ok(store.audit().add(&[event]).await?)
    }

    fn event(&self, tenant: &Tenant, action: &str, outcome: Outcome, details: Value) -> AuditEvent {
        let platform = self.platform;
        let now = platform.now();
        let proved = outcome != Outcome::Denied;
        // Who has not proved who they are is nobody yet, whatever name they gave.
        let (kind, actor) = match self.user.filter(|_| proved) {
            Some(user) => (ResourceKind::User, user.to_string()),
            None => (ResourceKind::Anonymous, String::new()),
        };
        let origin = Origin {
            username: Some(self.username.to_string()).filter(|_| !proved),
            ..self.sender.origin.clone()
        };
        AuditEvent {
            id: AuditEventId::generate(now, random(platform)),
            at: now,
            action: action.to_owned(),
            outcome,
            actor: ActorRef {
                resource: Resource { kind, id: actor },
                tenant: Some(tenant.name.clone()),
            },
            target: Resource {
                kind: ResourceKind::User,
                id: self.user.map(|user| user.to_string()).unwrap_or_default(),
            },
            origin: Some(origin.salted(random(platform))),
            trace_id: self.sender.trace_id.clone(),
            details: self.with_client(details),
        }
    }

    fn with_client(&self, details: Value) -> Map<String, Value> {
        let mut all = Map::new();
        all.insert("client_id".to_owned(), self.client_id.to_string().into());
        if let Value::Object(details) = details {
            all.extend(details);
        }
        all
    }
}
