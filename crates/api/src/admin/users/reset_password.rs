//! `POST /admin/v1/users/{id}:reset-password`: gives a user a password.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{live_user, reset_password};
use iam_model::Secret;

use super::wire::{EXAMPLE, UserView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    fields::body,
    problem::Problem,
};

admin_route!(POST "/admin/v1/users/{id}:reset-password", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "resetPassword",
    summary: "Give a user a password",
    description: "Ends the user's sessions. Who was invited is active then; who is locked or disabled stays so. If the answer is `oauth_unavailable` the password is set, and sessions are not ended: send it again.",
    kind: Kind::Act,
    query: &[],
    request: Some(Payload::json::<PasswordBody>(
        r#"{"password": "correct horse battery staple", "password_change_required": true}"#,
    )),
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[
        Code::BeyondOwnPermissions,
        Code::HasherUnavailable,
        Code::OauthUnavailable,
    ],
};

body! {
    /// A new password.
    PasswordBody {
        /// The password. Its length is what the tenant's password policy says, 1024 characters at
        /// most.
        #[schemars(with = "String")]
        password: Secret<String>,
        /// Whether the user has to change it before the next tokens; false if nobody says.
        password_change_required: Option<bool>,
    }
}

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let body = PasswordBody::read(call.call.body.json(&call.call.headers)?)?;
    let change_required = body.password_change_required.unwrap_or_default();
    let user = live_user(&call.admin(), &call.parameter(0)?).await?;
    call.ensure_not_mismatched(user.version)?;
    let user = reset_password(&call.admin(), user, &body.password, change_required).await?;
    call.one(StatusCode::OK, &UserView::from(user))
}
