//! `/admin/v1/users`: a tenant's users.

pub(super) mod assign_role;
pub(super) mod change;
pub(super) mod create;
pub(super) mod credentials;
pub(super) mod disable;
pub(super) mod enable;
pub(super) mod erase;
pub(super) mod export;
pub(super) mod import;
pub(super) mod invite;
pub(super) mod list;
pub(super) mod lock;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod remove_credential;
pub(super) mod require_password_change;
pub(super) mod reset_password;
pub(super) mod restore;
pub(super) mod revoke_sessions;
pub(super) mod unassign_role;
pub(super) mod unlock;
pub(super) mod wire;

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{Admin, IdentityError, live_user};
use iam_model::User;

use super::call::AdminCall;
use crate::problem::Problem;
use wire::UserView;

/// Does to a user what takes no more to say than its name, and answers with the user.
async fn act(
    mut call: AdminCall,
    verb: impl AsyncFnOnce(&Admin<'_>, User) -> Result<User, IdentityError>,
) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let user = live_user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(user.version)?;
    let user = verb(&call.admin(), user).await?;
    call.one(StatusCode::OK, &UserView::from(user))
}
