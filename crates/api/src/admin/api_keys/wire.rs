use iam_identity::ApiKeySpec;
use iam_model::{ApiKey, ApiKeyId, Line, Permission};
use serde::Serialize;

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

body! {
    /// What an operator says of an API key.
    #[derive(Serialize)]
    ApiKeyBody {
        /// What it is for.
        name: Line,
        /// What it may do: permissions of the tenant's catalogue or of this API, or wildcards over
        /// them. Nobody can make a key that may do what they may not.
        permissions: Vec<Permission>,
        /// When it stops working, at most 3650 days ahead; null for never. A key that is made
        /// without this works for 90 days, or as long as the key that made it.
        expires_at: Option<Moment>,
    }
}

impl From<ApiKeyBody> for ApiKeySpec {
    fn from(body: ApiKeyBody) -> Self {
        Self {
            name: body.name,
            permissions: body.permissions,
            expires_at: body.expires_at.map(|moment| moment.0),
        }
    }
}

impl From<&ApiKey> for ApiKeyBody {
    fn from(key: &ApiKey) -> Self {
        Self {
            name: key.name.clone(),
            permissions: key.permissions.clone(),
            expires_at: key.expires_at.map(Moment),
        }
    }
}

view! {
    /// An API key.
    ApiKeyView(id, version) {
        /// Its id.
        id: ApiKeyId,
        /// What it is for.
        name: Line,
        /// What it may do.
        permissions: Vec<Permission>,
        /// When it stops working; null for never.
        expires_at: Option<Moment>,
        /// When it was revoked.
        #[serde(skip_serializing_if = "Option::is_none")]
        revoked_at: Option<Moment>,
        /// The key itself, in the answer that made it and in no other.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// Why the key itself is not in an answer that could have had it.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'static str>,
        /// Counts its changes, from 1; also its `ETag`.
        version: i64,
        /// When it was made.
        created_at: Moment,
        /// When it was last changed.
        updated_at: Moment,
    }
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            permissions: key.permissions,
            expires_at: key.expires_at.map(Moment),
            revoked_at: key.revoked_at.map(Moment),
            key: None,
            note: None,
            version: key.version,
            created_at: Moment(key.created_at),
            updated_at: Moment(key.updated_at),
        }
    }
}

/// An API key, as examples show it.
pub(super) const EXAMPLE: &str = r#"{
    "id": "01990a5d-ac96-774b-bcce-b302099a8061",
    "name": "nightly import",
    "permissions": ["iam.users.read", "iam.users.write"],
    "expires_at": "2026-12-20T14:13:20.123Z",
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:13:20.123Z"
}"#;
