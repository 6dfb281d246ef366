use iam_model::{Acr, Permission, RoleName, TenantName};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Amr;

/// An access token with more bytes than this is a burden to every service that gets it: many
/// servers take 8 KiB of headers in all.
pub const LARGE_TOKEN_BYTES: usize = 4096;

/// What the tokens of a login say of its subject.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claims {
    /// The access token.
    pub access_token: AccessTokenClaims,
    /// The ID token.
    pub id_token: IdTokenClaims,
}

/// What an access token says of its subject beside what RFC 9068 §2.2 prescribes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AccessTokenClaims {
    /// The tenant the subject belongs to.
    pub tenant: TenantName,
    /// The subject's roles in it, sorted; `None` if the client wants them only with a scope that
    /// was not granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<RoleName>>,
    /// What those roles allow, sorted; `None` likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// The assurance level reached at login.
    pub acr: Acr,
    /// The methods used at login.
    pub amr: Vec<Amr>,
    /// Who acts in the subject's name, if it is not the subject (RFC 8693 §4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
    /// What the client's mappings and the tenant's policy add, in a claim of its own: Hydra puts
    /// those claims on the top level that it was told of at its start, and no others.
    #[serde(rename = "claims", skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// Who acts in the name of a token's subject (RFC 8693 §4.1).
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct Actor {
    /// A user, or a client.
    pub sub: String,
    /// Who acted before, for information only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Self>>,
}

/// What the access token of a client of its own says of it. It has no `acr` and no `amr`: nobody
/// has logged in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClientClaims {
    /// The access token; there is no other.
    pub access_token: ClientTokenClaims,
}

/// What [`ClientClaims`] has in the token.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClientTokenClaims {
    /// The tenant the client belongs to.
    pub tenant: TenantName,
    /// None: roles are for users.
    pub roles: [RoleName; 0],
    /// Those of the tenant's permissions that were granted as scope; sorted.
    pub permissions: Vec<Permission>,
    /// What the tenant's policy adds.
    #[serde(rename = "claims", skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// What an ID token says of its subject beside what OIDC Core §2 prescribes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IdTokenClaims {
    /// The tenant the subject belongs to.
    pub tenant: TenantName,
    /// What the granted scopes and the client's mappings add.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Claims {
    /// Roughly the bytes of the access token, for who does not see it. A signed token is
    /// `base64(header).base64(claims).base64(signature)`, and what RFC 9068 prescribes is in it too.
    #[must_use]
    pub fn estimated_token_bytes(&self) -> usize {
        const PRESCRIBED: usize = 420;
        const HEADER_AND_SIGNATURE: usize = 210;
        let ours = serde_json::to_string(&self.access_token).map_or(0, |json| json.len());
        HEADER_AND_SIGNATURE + (PRESCRIBED + ours).div_ceil(3) * 4
    }
}
