//! `POST /account/mfa/totp:confirm`: a first code, which shows that the app has the key. The answer
//! has `recovery_codes`, which nobody will see again.
//!
//! Permissions: the caller's own token.
//! Errors: `invalid_code`, `wrong_state` if no key waits, `too_many_requests`.

use bytes::Bytes;
use http::{Method, Response};
use iam_account::confirm_totp;

use super::recovery_codes::shown;
use crate::{Access, Route, account::call::Account, call::Call, fields::Fields, problem::Problem};

/// The route.
pub(in crate::account) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/account/mfa/totp:confirm",
    access: Access::Known,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let account = Account::of(&call)?;
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let code = fields.secret("code");
    let complete = fields.finish()?;
    let code = code.open(&complete)?;
    account
        .own(&call.headers, async |ports, caller| {
            Ok(shown(&confirm_totp(ports, caller, &code).await?))
        })
        .await
}
