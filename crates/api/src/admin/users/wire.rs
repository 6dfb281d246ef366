use std::collections::BTreeMap;

use iam_identity::{UserChange, UserSpec};
use iam_model::{
    EmailAddress, GroupId, Phone, Profile, RoleId, Secret, User, UserDetails, UserId, UserStatus,
    Username,
};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

body! {
    /// What an operator says of a new user.
    UserBody {
        /// Its login name, unique in the tenant; upper and lower case are alike.
        username: Username,
        /// `active` or `invited`. If nobody says, who has a password is active.
        status: Option<UserStatus>,
        /// Its e-mail addresses, at most 20, each unique in the tenant; the first is the one it is
        /// written to.
        emails: Option<Vec<EmailAddress>>,
        /// Its phone number, in E.164 form.
        phone: Option<Phone>,
        /// What it is called, and the like.
        profile: Option<Profile>,
        /// What the tenant keeps of its users, as the tenant's `attribute_schema` allows; at most
        /// 16 KiB.
        attributes: Option<Map<String, Value>>,
        /// Its ids in other systems, by the name of the system, at most 20; each unique in the
        /// tenant.
        external_ids: Option<BTreeMap<String, String>>,
        /// What apps keep of it and it may see; at most 16 KiB.
        public_metadata: Option<Map<String, Value>>,
        /// What operators keep of it and only they see; at most 16 KiB.
        private_metadata: Option<Map<String, Value>>,
        /// Its password.
        #[schemars(with = "Option<String>")]
        password: Option<Secret<String>>,
        /// The hash of its password from another system: bcrypt, scrypt, PBKDF2 or Argon2. It is
        /// replaced by one of ours at the first login.
        #[schemars(with = "Option<String>")]
        password_hash: Option<Secret<String>>,
        /// Whether it has to change its password before the next tokens.
        password_change_required: Option<bool>,
        /// The ids of the roles it is given.
        roles: Option<Vec<RoleId>>,
        /// The ids of the groups it is put into.
        groups: Option<Vec<GroupId>>,
    }
}

body! {
    /// What an operator says of a user that is there.
    #[derive(Serialize)]
    UserChangeBody {
        /// Its login name, unique in the tenant; upper and lower case are alike.
        username: Username,
        /// Its e-mail addresses, at most 20, each unique in the tenant; the first is the one it is
        /// written to.
        emails: Option<Vec<EmailAddress>>,
        /// Its phone number, in E.164 form.
        phone: Option<Phone>,
        /// What it is called, and the like.
        profile: Option<Profile>,
        /// What the tenant keeps of its users, as the tenant's `attribute_schema` allows; at most
        /// 16 KiB.
        attributes: Option<Map<String, Value>>,
        /// Its ids in other systems, by the name of the system, at most 20; each unique in the
        /// tenant.
        external_ids: Option<BTreeMap<String, String>>,
        /// What apps keep of it and it may see; at most 16 KiB.
        public_metadata: Option<Map<String, Value>>,
        /// What operators keep of it and only they see; at most 16 KiB.
        private_metadata: Option<Map<String, Value>>,
        /// Whether it has to change its password before the next tokens.
        password_change_required: Option<bool>,
    }
}

/// The details in a body; what is not there is empty.
macro_rules! details {
    ($body:ident) => {
        UserDetails {
            emails: $body.emails.unwrap_or_default(),
            phone: $body.phone,
            profile: $body.profile.unwrap_or_default(),
            attributes: $body.attributes.unwrap_or_default(),
            external_ids: $body.external_ids.unwrap_or_default(),
            public_metadata: $body.public_metadata.unwrap_or_default(),
            private_metadata: $body.private_metadata.unwrap_or_default(),
            password_change_required: $body.password_change_required.unwrap_or_default(),
        }
    };
}

impl From<UserBody> for UserSpec {
    fn from(body: UserBody) -> Self {
        Self {
            username: body.username,
            status: body.status,
            details: details!(body),
            password: body.password,
            password_hash: body.password_hash,
            roles: body.roles.unwrap_or_default(),
            groups: body.groups.unwrap_or_default(),
        }
    }
}

impl From<UserChangeBody> for UserChange {
    fn from(body: UserChangeBody) -> Self {
        Self {
            username: body.username,
            details: details!(body),
        }
    }
}

impl From<&User> for UserChangeBody {
    fn from(user: &User) -> Self {
        let details = user.details.clone();
        Self {
            username: user.username.clone(),
            emails: Some(details.emails),
            phone: details.phone,
            profile: Some(details.profile),
            attributes: Some(details.attributes),
            external_ids: Some(details.external_ids),
            public_metadata: Some(details.public_metadata),
            private_metadata: Some(details.private_metadata),
            password_change_required: Some(details.password_change_required),
        }
    }
}

view! {
    /// A user.
    UserView(id, version) {
        /// Its id, the `sub` of its tokens.
        id: UserId,
        /// Its login name, unique in the tenant.
        username: Username,
        /// Whether it may log in.
        status: UserStatus,
        /// Its e-mail addresses; the first is the one it is written to.
        emails: Vec<EmailAddress>,
        /// Its phone number.
        #[serde(skip_serializing_if = "Option::is_none")]
        phone: Option<Phone>,
        /// What it is called, and the like.
        profile: Profile,
        /// What the tenant keeps of its users.
        attributes: Map<String, Value>,
        /// Its ids in other systems, by the name of the system.
        external_ids: BTreeMap<String, String>,
        /// What apps keep of it and it may see.
        public_metadata: Map<String, Value>,
        /// What operators keep of it and only they see.
        private_metadata: Map<String, Value>,
        /// Whether it has to change its password before the next tokens.
        password_change_required: bool,
        /// Counts its changes, from 1; also its ETag.
        version: i64,
        /// When it was made.
        created_at: Moment,
        /// When it was last changed.
        updated_at: Moment,
    }
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let details = user.details;
        Self {
            id: user.id,
            username: user.username,
            status: user.status,
            emails: details.emails,
            phone: details.phone,
            profile: details.profile,
            attributes: details.attributes,
            external_ids: details.external_ids,
            public_metadata: details.public_metadata,
            private_metadata: details.private_metadata,
            password_change_required: details.password_change_required,
            version: user.version,
            created_at: Moment(user.created_at),
            updated_at: Moment(user.updated_at),
        }
    }
}

/// A user, as examples show it.
pub(super) const EXAMPLE: &str = r#"{
    "id": "01990a5d-ac96-774b-bcce-b302099a8058",
    "username": "carol",
    "status": "active",
    "emails": [{"address": "carol@example.com", "verified": true}],
    "phone": "+4930123456",
    "profile": {"name": "Carol Danvers", "locale": "en"},
    "attributes": {"department": "sales"},
    "external_ids": {"hr": "4711"},
    "public_metadata": {},
    "private_metadata": {},
    "password_change_required": false,
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z",
    "updated_at": "2026-09-21T14:13:20.123Z"
}"#;

#[cfg(test)]
mod tests {
    use iam_identity::UserChange;
    use iam_model::{Timestamp, User, UserId};
    use serde_json::{Map, Value, json};

    use super::{UserBody, UserChangeBody};

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_not_patched_stays_as_it_is() {
        let now = Timestamp::default();
        let mut user = User::new(
            UserId::generate(now, [1; 10]),
            "carol".parse().unwrap(),
            now,
        );
        for details in [
            json!({}),
            json!({
                "emails": [{ "address": "carol@example.com", "verified": true }],
                "phone": "+4930123456",
                "profile": { "name": "Carol" },
                "attributes": { "a": { "b": [null, 1.5] } },
                "external_ids": { "hr": "4711" },
                "public_metadata": { "theme": "dark" },
                "private_metadata": { "note": "x" },
                "password_change_required": true,
            }),
        ] {
            user.details = serde_json::from_value(details).unwrap();
            let whole = serde_json::to_value(UserChangeBody::from(&user)).unwrap();
            let read = UserChangeBody::read(object(whole)).ok().unwrap();
            let change = UserChange::from(read);
            assert_eq!(change.username, user.username);
            assert_eq!(change.details, user.details);
        }
    }

    #[test]
    fn a_patch_has_no_password_and_no_mistake_repeats_one() {
        let patch = json!({ "username": "carol", "password": "hunter2", "status": "active" });
        let problem = UserChangeBody::read(object(patch)).err().unwrap();
        assert_eq!(
            problem.pointers().collect::<Vec<_>>(),
            ["/password", "/status"]
        );
        let body = json!({ "username": "carol", "password": { "is": "hunter2" } });
        let problem = UserBody::read(object(body)).err().unwrap();
        assert_eq!(problem.pointers().collect::<Vec<_>>(), ["/password"]);
        assert!(!format!("{problem:?}").contains("hunter2"));
    }
}
