use iam_account::ProfileChange;
use iam_model::{EmailAddress, Phone, Profile, User, UserId, Username};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{admin::moment::Moment, fields::body};

body! {
    /// What a user can change of themself.
    #[derive(Serialize)]
    ProfileBody {
        /// Their phone number, in E.164 form.
        phone: Option<Phone>,
        /// What they are called, and the like.
        profile: Option<Profile>,
    }
}

impl From<&User> for ProfileBody {
    fn from(user: &User) -> Self {
        Self {
            phone: user.details.phone.clone(),
            profile: Some(user.details.profile.clone()),
        }
    }
}

impl From<ProfileBody> for ProfileChange {
    fn from(body: ProfileBody) -> Self {
        Self {
            phone: body.phone,
            profile: body.profile.unwrap_or_default(),
        }
    }
}

/// What a user may see of themself.
#[derive(Serialize)]
pub(super) struct ProfileView {
    id: UserId,
    username: Username,
    emails: Vec<EmailAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
    profile: Profile,
    public_metadata: Map<String, Value>,
    created_at: Moment,
    updated_at: Moment,
}

impl From<User> for ProfileView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username,
            emails: user.details.emails,
            phone: user.details.phone,
            profile: user.details.profile,
            public_metadata: user.details.public_metadata,
            created_at: Moment(user.created_at),
            updated_at: Moment(user.updated_at),
        }
    }
}
