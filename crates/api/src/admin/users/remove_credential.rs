//! `DELETE /admin/v1/users/{id}/credentials/{credential}`: removes a credential.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{live_user, remove_credential};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation},
    },
    problem::{Problem, empty},
};

admin_route!(
    DELETE "/admin/v1/users/{id}/credentials/{credential}",
    Access::Tenant("iam.users.write"),
    handle
);

pub(crate) const OPERATION: Operation = Operation {
    id: "removeCredential",
    summary: "Remove a credential of a user",
    description: "For a second factor that was lost, for instance: with the key of the authenticator app go the recovery codes, and the user can enrol another. Sessions go on: end them with `:revoke-sessions`.",
    kind: Kind::Act,
    query: &[],
    request: None,
    response: None,
    errors: &[Code::BeyondOwnPermissions],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    call.call.body.none(&call.call.headers)?;
    let user = live_user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(user.version)?;
    remove_credential(&call.admin(), &user, &call.parameter(1)?).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
