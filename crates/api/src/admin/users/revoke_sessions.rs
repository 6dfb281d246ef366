//! `POST /admin/v1/users/{id}:revoke-sessions`: ends a user's sessions.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{live_user, revoke_sessions};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(POST "/admin/v1/users/{id}:revoke-sessions", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "revokeSessions",
    summary: "End a user's sessions",
    description: "Revokes every refresh token and consent, at all clients. Access tokens that are out verify until they expire. The user may log in again.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::BeyondOwnPermissions, Code::OauthUnavailable],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let user = live_user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(user.version)?;
    revoke_sessions(&call.admin(), &user).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
