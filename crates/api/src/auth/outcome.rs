use bytes::Bytes;
use http::{Response, StatusCode};
use iam_auth::LoginOutcome;
use iam_model::Secret;
use serde_json::{Map, Value, json};

use super::{step::pending, tokens::TokenResponse};
use crate::problem::{self, Code, Problem};

/// The answer to a login, or to a step of one.
pub(super) fn answer(outcome: LoginOutcome) -> Result<Response<Bytes>, Problem> {
    answer_with(outcome, Map::new())
}

/// [`answer`], with members that only this step has: whatever came of the login, its user gets
/// them.
pub(super) fn answer_with(
    outcome: LoginOutcome,
    own: Map<String, Value>,
) -> Result<Response<Bytes>, Problem> {
    let (mut body, device_token) = match outcome {
        LoginOutcome::Redirect(url, device) => (json!({ "redirect_to": url }), device),
        LoginOutcome::Step(step) => return Err(pending(&step).members(own)),
        LoginOutcome::Tokens(tokens, device) => (json!(TokenResponse::of(&tokens)), device),
        // These are of the authorization challenge endpoint, whose sessions are unknown here.
        LoginOutcome::Code(..) | LoginOutcome::Web(_) => return Err(Problem::new(Code::Internal)),
    };
    if let Some(body) = body.as_object_mut() {
        let token = device_token.as_ref().map(Secret::expose);
        body.extend(token.map(|token| ("device_token".to_owned(), json!(token))));
        body.extend(own);
    }
    Ok(problem::json(StatusCode::OK, "application/json", &body))
}
