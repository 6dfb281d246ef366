use iam_identity::GroupSpec;
use iam_model::{Group, GroupId, GroupName, Line};
use serde::Serialize;

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

body! {
    /// What an operator says of a group.
    #[derive(Serialize)]
    GroupBody {
        /// Its name, unique in the tenant; one step of the paths in the `groups` claim.
        name: GroupName,
        /// What it is for.
        description: Option<Line>,
        /// The id of the group it is part of: who is in it has the roles of that one too.
        parent: Option<GroupId>,
    }
}

impl From<GroupBody> for GroupSpec {
    fn from(body: GroupBody) -> Self {
        Self {
            name: body.name,
            description: body.description.unwrap_or_default(),
            parent: body.parent,
        }
    }
}

impl From<&Group> for GroupBody {
    fn from(group: &Group) -> Self {
        Self {
            name: group.name.clone(),
            description: Some(group.description.clone()),
            parent: group.parent,
        }
    }
}

view! {
    /// A group.
    GroupView(id, version) {
        /// Its id.
        id: GroupId,
        /// Its name, unique in the tenant; one step of the paths in the `groups` claim.
        name: GroupName,
        /// What it is for.
        description: Line,
        /// The id of the group it is part of.
        #[serde(skip_serializing_if = "Option::is_none")]
        parent: Option<GroupId>,
        /// Counts its changes, from 1; also its `ETag`. Its members and roles are not part of it.
        version: i64,
        /// When it was made.
        created_at: Moment,
        /// When it was last changed.
        updated_at: Moment,
    }
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        Self {
            id: group.id,
            name: group.name,
            description: group.description,
            parent: group.parent,
            version: group.version,
            created_at: Moment(group.created_at),
            updated_at: Moment(group.updated_at),
        }
    }
}

/// A group, as examples show it.
pub(super) const EXAMPLE: &str = r#"{
    "id": "01990a5d-ac96-774b-bcce-b302099a8059",
    "name": "sales",
    "description": "All who sell",
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:13:20.123Z"
}"#;
