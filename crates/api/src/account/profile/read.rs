//! `GET /account/profile`: what is known of the caller.
//!
//! Permissions: the caller's own token.

use bytes::Bytes;
use http::{Method, Response, StatusCode, header};
use iam_model::User;

use super::wire::ProfileView;
use crate::{
    Access, Route,
    account::call::Account,
    admin::precondition,
    call::Call,
    problem::{Problem, json},
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/account/profile",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    account
        .own(&call.headers, async |_, caller| {
            Ok(shown(caller.principal.user.clone()))
        })
        .await
}

/// The user, with its version as ETag (RFC 9110 §8.8.3).
pub(super) fn shown(user: User) -> Response<Bytes> {
    let tag = precondition::tag(user.version);
    let view = ProfileView::from(user);
    let mut response = json(StatusCode::OK, "application/json", &view);
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
