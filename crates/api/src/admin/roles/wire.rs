use iam_identity::RoleSpec;
use iam_model::{Line, Permission, Role, RoleId, RoleName};
use serde::Serialize;

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

body! {
    /// What an operator says of a role.
    #[derive(Serialize)]
    RoleBody {
        /// Its name, unique in the tenant; the text in the `roles` claim.
        name: RoleName,
        /// What it is for.
        description: Option<Line>,
        /// What it allows by itself: permissions of the tenant's catalogue, or wildcards over them.
        permissions: Option<Vec<Permission>>,
        /// The ids of the roles it includes: who has this one has those too.
        includes: Option<Vec<RoleId>>,
        /// The ids of the roles that its holders may give to others.
        assignable: Option<Vec<RoleId>>,
    }
}

impl From<RoleBody> for RoleSpec {
    fn from(body: RoleBody) -> Self {
        Self {
            name: body.name,
            description: body.description.unwrap_or_default(),
            permissions: body.permissions.unwrap_or_default(),
            includes: body.includes.unwrap_or_default(),
            assignable: body.assignable.unwrap_or_default(),
        }
    }
}

impl From<&Role> for RoleBody {
    fn from(role: &Role) -> Self {
        Self {
            name: role.name.clone(),
            description: Some(role.description.clone()),
            permissions: Some(role.permissions.clone()),
            includes: Some(role.includes.clone()),
            assignable: Some(role.assignable.clone()),
        }
    }
}

view! {
    /// A role.
    RoleView(id, version) {
        /// Its id.
        id: RoleId,
        /// Its name, unique in the tenant; the text in the `roles` claim.
        name: RoleName,
        /// What it is for.
        description: Line,
        /// What it allows by itself.
        permissions: Vec<Permission>,
        /// The ids of the roles it includes: who has this one has those too.
        includes: Vec<RoleId>,
        /// The ids of the roles that its holders may give to others.
        assignable: Vec<RoleId>,
        /// Counts its changes, from 1; also its ETag.
        version: i64,
        /// When it was made.
        created_at: Moment,
        /// When it was last changed.
        updated_at: Moment,
    }
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        Self {
            id: role.id,
            name: role.name,
            description: role.description,
            permissions: role.permissions,
            includes: role.includes,
            assignable: role.assignable,
            version: role.version,
            created_at: Moment(role.created_at),
            updated_at: Moment(role.updated_at),
        }
    }
}

/// A role, as examples show it.
pub(super) const EXAMPLE: &str = r#"{
    "id": "01990a5d-ac96-774b-bcce-b302099a8057",
    "name": "clerk",
    "description": "Takes orders",
    "permissions": ["order.read", "order.write"],
    "includes": [],
    "assignable": [],
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:13:20.123Z"
}"#;
