use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{AuditEventId, TenantName, Timestamp, hex, words::words};

words! {
    /// What kind of thing acts or is acted on.
    ResourceKind {
        /// An API key.
        ApiKey "api_key",
        /// A client.
        Client "client",
        /// A credential.
        Credential "credential",
        /// A group.
        Group "group",
        /// Nobody who is known: a login with a wrong password, for instance.
        Anonymous "anonymous",
        /// An entry of the permission catalogue.
        Permission "permission",
        /// A policy.
        Policy "policy",
        /// A role.
        Role "role",
        /// A key that tokens are signed with.
        SigningKey "signing_key",
        /// The program itself: a start, a migration, a timer.
        System "system",
        /// A tenant.
        Tenant "tenant",
        /// A user.
        User "user",
    }
}

words! {
    /// How it ended.
    Outcome {
        /// Refused.
        Denied "denied",
        /// Done.
        Success "success",
        /// Done, but somebody should look at it.
        Warning "warning",
    }
}

/// One of the things an event is about.
#[derive(Clone, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
pub struct Resource {
    /// Its kind.
    pub kind: ResourceKind,
    /// Its id; empty if it has none.
    pub id: String,
}

/// Who did it.
#[derive(Clone, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
pub struct ActorRef {
    /// What it is.
    #[serde(flatten)]
    pub resource: Resource,
    /// The tenant it belongs to, which is another than the event's where an operator acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantName>,
}

/// Where it came from. It is personal data, which can be erased without breaking the log's chain:
/// the chain holds a salted digest of it only.
#[derive(Clone, Debug, Default, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
#[serde(default)]
pub struct Origin {
    /// 128 random bits in hexadecimal, so that the digest cannot be guessed back.
    pub salt: String,
    /// The address of the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    /// The `User-Agent` of the request, cut at 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The name somebody tried to log in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

impl Origin {
    /// The same origin with a salt of its own, as it goes into an event.
    #[must_use]
    pub fn salted(&self, salt: [u8; 16]) -> Self {
        Self {
            salt: hex(&salt),
            ..self.clone()
        }
    }
}

/// One thing that happened. Nothing in it is secret.
#[derive(Clone, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
pub struct AuditEvent {
    /// Its id.
    pub id: AuditEventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened: `user.locked`, `login.succeeded`.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Who did it.
    pub actor: ActorRef,
    /// What it was done to.
    pub target: Resource,
    /// Where it came from; `None` once it is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The id in the answer to the request and in the program's log.
    pub trace_id: String,
    /// What else is worth knowing: the names of changed fields, a reason code. Never a secret.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

/// Where an event stands in its tenant's chain. Each hash covers the one before.
#[derive(Clone, Debug, Eq, PartialEq, JsonSchema, Deserialize, Serialize)]
pub struct Seal {
    /// Its place, from 1, without gaps.
    pub sequence: i64,
    /// The digest of its origin: 64 hexadecimal digits.
    pub origin_digest: String,
    /// SHA-256 over the hash before, the event and `origin_digest`: 64 hexadecimal digits.
    pub hash: String,
}
