//! `POST /admin/v1/clients`: registers a client.

use bytes::Bytes;
use http::Response;
use iam_identity::{client, create_client, register_client};

use super::wire::{ClientBody, ClientView, EXAMPLE};
use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route, id_of},
        operation::{Kind, Operation, Payload},
    },
    problem::Problem,
};

admin_route!(POST "/admin/v1/clients", Access::Tenant("iam.clients.write"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "createClient",
    summary: "Register a client",
    description: "One with `client_secret_basic` or `client_secret_post` is answered its `client_secret`, this once. If the OAuth2 server cannot be reached, the same request once more does what is left to do. A `client_secret` is never answered twice: sent again with its Idempotency-Key, the request says so in `note`.",
    kind: Kind::Create,
    query: &[],
    request: Some(Payload::json::<ClientBody>(
        r#"{
            "id": "shop-web",
            "name": "Shop",
            "first_party": true,
            "redirect_uris": ["https://shop.example/callback"],
            "post_logout_redirect_uris": ["https://shop.example/"],
            "scope": "openid offline_access profile",
            "login_uri": "https://shop.example/login"
        }"#,
    )),
    response: Some(Payload::json::<ClientView>(EXAMPLE)),
    errors: &[Code::OauthUnavailable],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let body = ClientBody::read(call.call.body.json(&call.call.headers)?)?;
    let (id, spec) = body.into_parts();
    call.create::<ClientView>(
        async |admin| Ok(ClientView::made(create_client(admin, id, spec).await?)),
        async |admin, id| {
            let client = client(admin, &id_of(id)?).await?;
            Ok(ClientView::made(register_client(admin, client).await?))
        },
    )
    .await
}
