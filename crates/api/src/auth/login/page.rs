//! `GET /auth/login?login_challenge=…`: what a login page has to know of the browser that was sent
//! to it.
//!
//! Permissions: none; the challenge is the permission.
//! Errors: `invalid_challenge`, `invalid_request`, `unknown_client`, and 503 for what is out of
//! reach.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_auth::{LoginPage, login_page};
use iam_model::{ClientId, Line, Scope, TenantName};
use serde::Serialize;

use crate::{
    Access, Route,
    call::Call,
    problem::{Code, FieldError, Problem, json},
    query::Query,
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/auth/login",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

#[derive(Serialize)]
struct View<'a> {
    client: ClientView<'a>,
    tenant: TenantView<'a>,
    requested_scope: &'a Scope,
    acr_values: &'a [String],
    prompt: &'a [String],
    ui_locales: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    login_hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
}

#[derive(Serialize)]
struct ClientView<'a> {
    id: &'a ClientId,
    name: &'a Line,
    first_party: bool,
}

#[derive(Serialize)]
struct TenantView<'a> {
    name: &'a TenantName,
    display_name: &'a str,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut query = Query::new(call.uri.query());
    let challenge = query.text("login_challenge");
    query.finish()?;
    let challenge = challenge.ok_or_else(|| {
        let error = FieldError::of("login_challenge", "is required");
        Problem::new(Code::InvalidRequest).errors(vec![error])
    })?;
    let (storage, hydra) = (call.storage()?, call.hydra()?);
    let page = login_page(&*storage, &hydra, &challenge).await?;
    Ok(shown(&page))
}

fn shown(page: &LoginPage) -> Response<Bytes> {
    let wishes = &page.request.wishes;
    let view = View {
        client: ClientView {
            id: &page.client.id,
            name: &page.client.details.name,
            first_party: page.client.first_party,
        },
        tenant: TenantView {
            name: &page.tenant.name,
            display_name: &page.tenant.display_name,
        },
        requested_scope: &page.request.requested_scope,
        acr_values: &wishes.acr_values,
        prompt: &wishes.prompt,
        ui_locales: &wishes.ui_locales,
        login_hint: wishes.login_hint.as_deref(),
        max_age: wishes.max_age,
    };
    json(StatusCode::OK, "application/json", &view)
}
