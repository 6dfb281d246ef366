use iam_model::{CatalogueEntry, Line, Permission};
use serde::Serialize;

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

body! {
    /// A permission to be added.
    NewPermission {
        /// The permission, `resource.action`; not a wildcard.
        permission: Permission,
        /// What it allows.
        description: Option<Line>,
    }
}

body! {
    /// What can be changed of a permission.
    #[derive(Serialize)]
    PermissionBody {
        /// What it allows.
        description: Option<Line>,
    }
}

impl From<&CatalogueEntry> for PermissionBody {
    fn from(entry: &CatalogueEntry) -> Self {
        Self {
            description: Some(entry.description.clone()),
        }
    }
}

view! {
    /// A permission of the tenant's catalogue.
    PermissionView(permission, version) {
        /// The permission.
        permission: Permission,
        /// What it allows.
        description: Line,
        /// Counts its changes, from 1; also its ETag.
        version: i64,
        /// When it was made.
        created_at: Moment,
        /// When it was last changed.
        updated_at: Moment,
    }
}

impl From<CatalogueEntry> for PermissionView {
    fn from(entry: CatalogueEntry) -> Self {
        Self {
            permission: entry.permission,
            description: entry.description,
            version: entry.version,
            created_at: Moment(entry.created_at),
            updated_at: Moment(entry.updated_at),
        }
    }
}

/// A permission, as examples show it.
pub(super) const EXAMPLE: &str = r#"{
    "permission": "order.cancel",
    "description": "Cancel an order",
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:13:20.123Z"
}"#;
