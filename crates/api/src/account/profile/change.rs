//! `PATCH /account/profile`: a merge patch (RFC 7396) of what the caller may say of themself.
//!
//! Permissions: the caller's own token.
//! Errors: `precondition_required` without `If-Match`, `precondition_failed` if somebody else was
//! faster, `invalid_request` for a field that is not theirs to change.

use bytes::Bytes;
use http::{Method, Response};
use iam_account::change_profile;

use super::{read::shown, wire::ProfileBody};
use crate::{
    Access, Route,
    account::call::Account,
    admin::{call::patched, precondition},
    call::Call,
    problem::Problem,
};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::PATCH,
    path: "/account/profile",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let patch = call.body.merge_patch(&call.headers)?;
    account
        .own(&call.headers, async |ports, caller| {
            let user = &caller.principal.user;
            precondition::ensure(&call.headers, user.version)?;
            let body = ProfileBody::read(patched(&ProfileBody::from(user), patch)?)?;
            Ok(shown(change_profile(ports, caller, body.into()).await?))
        })
        .await
}
