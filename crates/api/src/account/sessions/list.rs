//! `GET /account/sessions`: where the caller is logged in, the last login first.
//!
//! Permissions: the caller's own token.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::sessions;
use iam_hydra::Consent;
use iam_model::{ClientId, Scope};
use serde::Serialize;
use serde_json::json as object;

use crate::{
    Access, Route,
    account::call::Account,
    admin::moment::Moment,
    call::Call,
    problem::{Problem, json},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/account/sessions",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

/// A session as its user sees it.
#[derive(Serialize)]
struct View {
    id: String,
    client_id: ClientId,
    scope: Scope,
    acr: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Moment>,
}

impl From<Consent> for View {
    fn from(session: Consent) -> Self {
        Self {
            id: session.id.to_string(),
            client_id: session.client_id,
            scope: session.scope,
            acr: session.acr,
            created_at: session.granted_at.map(Moment),
        }
    }
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    account
        .own(&call.headers, async |ports, caller| {
            let sessions = sessions(ports, caller).await?;
            let items: Vec<_> = sessions.into_iter().map(View::from).collect();
            Ok(json(
                StatusCode::OK,
                "application/json",
                &object!({ "items": items }),
            ))
        })
        .await
}
