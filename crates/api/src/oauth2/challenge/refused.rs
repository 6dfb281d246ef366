use bytes::Bytes;
use http::{Response, StatusCode, header};
use iam_auth::{AuthError, Step};

use super::answer::{CREDENTIALS, Refused, required};
use crate::{
    call::Call,
    problem::{Code, Problem},
    rate_limit::retry_after,
};

/// The response to what went wrong, after the operator was told what there is to tell.
pub(super) fn refused(call: &Call, error: AuthError) -> Response<Bytes> {
    match error {
        AuthError::InvalidCode(step) => again(Code::InvalidCode.as_str(), None, step.as_ref()),
        AuthError::InvalidCredentials => again(Code::InvalidCredentials.as_str(), None, None),
        AuthError::UnacceptablePassword { code, detail, step } => {
            again(code, Some(&detail), step.as_ref())
        }
        AuthError::TooManyRequests { retry_after: wait } => {
            let mut response = other(call, &error.into());
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, retry_after(wait));
            response
        }
        error => other(call, &error.into()),
    }
}

/// The same step, or the whole login, can be tried again.
fn again(code: &str, detail: Option<&str>, step: Option<&Step>) -> Response<Bytes> {
    Refused {
        error_description: detail.unwrap_or("What was sent is not right: send what is required."),
        code: Some(code),
        required: step.map_or(CREDENTIALS, |step| required(step.kind)),
        auth_session: step.map(|step| step.token.expose().as_str()),
        ..Refused::default()
    }
    .respond(StatusCode::FORBIDDEN)
}

fn other(call: &Call, problem: &Problem) -> Response<Bytes> {
    if let Some(line) = problem.log_line(&call.trace_id) {
        call.platform.log(&line);
    }
    let code = problem.code;
    let (status, error) = match code {
        Code::InvalidStep => (StatusCode::BAD_REQUEST, "invalid_session"),
        Code::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope"),
        Code::UnauthorizedClient => (StatusCode::BAD_REQUEST, "unauthorized_client"),
        Code::UnknownClient => (StatusCode::BAD_REQUEST, "invalid_client"),
        // OpenID Connect Core Unmet Authentication Requirements §4.
        Code::AssuranceUnavailable => (StatusCode::FORBIDDEN, "unmet_authentication_requirements"),
        code => match code.status() {
            StatusCode::FORBIDDEN => (StatusCode::FORBIDDEN, "access_denied"),
            status if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE => {
                (status, "server_error")
            }
            status @ (StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) => {
                (status, "temporarily_unavailable")
            }
            _ => (StatusCode::BAD_REQUEST, "invalid_request"),
        },
    };
    let refused = Refused {
        error,
        error_description: code.detail(),
        code: Some(code.as_str()),
        ..Refused::default()
    };
    let mut response = refused.respond(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, retry_after(std::time::Duration::ZERO));
    }
    response
}
