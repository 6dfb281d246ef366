//! `GET /oauth2/consent?consent_challenge=`: Hydra sends browsers here whose users may have to
//! agree. First-party clients, and what was agreed to before, need no page; other clients' users
//! go to the consent page of the client, or of the tenant's apps, with the challenge.
//!
//! Permissions: none; the challenge is the permission.
//! Errors: `invalid_challenge`, and 503 for what is out of reach.

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::consent;

use super::browser::{Browsing, challenge, go_on, sender};
use crate::{Access, Route, call::Call, problem::Problem};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/oauth2/consent",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let challenge = challenge(&call, "consent_challenge")?;
    let browsing = Browsing::of(&call)?;
    go_on(consent(&browsing.ports(), &sender(&call), &challenge).await?)
}
