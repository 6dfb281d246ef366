//! `POST /admin/v1/users`: makes a user.

use bytes::Bytes;
use http::Response;
use iam_identity::{UserSpec, create_user, recreated_user};

use super::wire::{EXAMPLE, UserBody, UserView};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route, id_of},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/users", Access::Tenant("iam.users.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "createUser",
    summary: "Make a user",
    description: "Who has no password is invited. Roles take the permission to assign them, groups take `iam.groups.write`, and nobody can give what they do not hold.",
    kind: Kind::Create,
    query: &[],
    request: Some(Payload::json::<UserBody>(
        r#"{"username": "carol", "emails": [{"address": "carol@example.com", "verified": true}], "phone": "+4930123456", "profile": {"name": "Carol Danvers", "locale": "en"}, "attributes": {"department": "sales"}, "external_ids": {"hr": "4711"}, "password": "correct horse battery staple"}"#,
    )),
    response: Some(Payload::json::<UserView>(EXAMPLE)),
    errors: &[Code::BeyondOwnPermissions, Code::HasherUnavailable],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let body = UserBody::read(call.call.body.json(&call.call.headers)?)?;
    let spec = UserSpec::from(body);
    let (roles, groups) = (spec.roles.clone(), spec.groups.clone());
    call.create::<UserView>(
        async |admin| Ok(create_user(admin, spec).await?.into()),
        async |admin, id| {
            let user = recreated_user(admin, &id_of(id)?, &roles, &groups).await?;
            Ok(user.into())
        },
    )
    .await
}
