//! `DELETE /account/consents/{client_id}`: takes back all that the caller has granted an app. Its
//! sessions end, and it has to ask again.
//!
//! Permissions: the caller's own token.
//! Errors: `not_found` for an app that they have granted nothing.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::revoke_consent;

use crate::{
    Access, Route,
    account::call::Account,
    call::Call,
    problem::{Problem, empty},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::DELETE,
    path: "/account/consents/{client_id}",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    account
        .own(&call.headers, async |ports, caller| {
            revoke_consent(ports, caller, &call.parameter(0)?).await?;
            Ok(empty(StatusCode::NO_CONTENT))
        })
        .await
}
