//! `GET /account/consents`: what the caller has granted apps of others.
//!
//! Permissions: the caller's own token.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::{GrantedConsent, consents};
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
    path: "/account/consents",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

/// A consent as its user sees it.
#[derive(Serialize)]
struct View {
    client_id: ClientId,
    client_name: String,
    scope: Scope,
    remembered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_at: Option<Moment>,
}

impl From<GrantedConsent> for View {
    fn from(consent: GrantedConsent) -> Self {
        Self {
            client_id: consent.client_id,
            client_name: consent.client_name,
            scope: consent.scope,
            remembered: consent.remembered,
            granted_at: consent.granted_at.map(Moment),
        }
    }
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    account
        .own(&call.headers, async |ports, caller| {
            let consents = consents(ports, caller).await?;
            let items: Vec<_> = consents.into_iter().map(View::from).collect();
            Ok(json(
                StatusCode::OK,
                "application/json",
                &object!({ "items": items }),
            ))
        })
        .await
}
