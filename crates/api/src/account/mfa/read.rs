//! `GET /account/mfa`: the caller's second factors, without what is secret.
//!
//! Permissions: the caller's own token.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_account::mfa;
use iam_model::MfaPolicy;
use serde::Serialize;

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
    path: "/account/mfa",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

#[derive(Serialize)]
struct View {
    /// What the tenant wants: `off`, `optional` or `required`.
    policy: MfaPolicy,
    /// The codes by the time, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    totp: Option<TotpView>,
    recovery_codes_left: u64,
}

#[derive(Serialize)]
struct TotpView {
    enrolled_at: Moment,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    account
        .own(&call.headers, async |ports, caller| {
            let mfa = mfa(ports, caller).await?;
            let totp = mfa.totp_since.map(|since| TotpView {
                enrolled_at: Moment(since),
            });
            let view = View {
                policy: mfa.policy,
                totp,
                recovery_codes_left: mfa.recovery_codes_left,
            };
            Ok(json(StatusCode::OK, "application/json", &view))
        })
        .await
}
