use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use crate::{
    oauth2::refusal::{ErrorCode, Refusal},
    problem::json,
};

/// Hydra's answer in our words: its texts are not for clients.
pub(super) fn ours(answer: &Response<Bytes>) -> Result<Response<Bytes>, Refusal> {
    tokens(answer).map(|tokens| success(&tokens))
}

/// The tokens in Hydra's answer.
pub(super) fn tokens(answer: &Response<Bytes>) -> Result<Value, Refusal> {
    if !answer.status().is_success() {
        return Err(Refusal::of_answer(answer));
    }
    let mut tokens: Value =
        serde_json::from_slice(answer.body()).map_err(|_| Refusal::new(ErrorCode::ServerError))?;
    // RFC 6750 §4 spells it so; Hydra does not.
    tokens["token_type"] = "Bearer".into();
    Ok(tokens)
}

/// A successful response (RFC 6749 §5.1).
pub(super) fn success(tokens: &Value) -> Response<Bytes> {
    json(StatusCode::OK, "application/json", tokens)
}
