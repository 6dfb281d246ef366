//! `POST /auth/login`: a password for tokens, or for a browser that goes on.
//!
//! With `login_challenge` it is the login page that Hydra sent a browser to which asks, of whatever
//! client, and gets `redirect_to`. Without, it is a first-party client, and gets tokens. If
//! something is missing beside the password, the answer is a problem with `step`.
//!
//! Permissions: none; the credential is the permission.
//! Errors: `assurance_unavailable`, `invalid_challenge`, `invalid_credentials`, `invalid_json`,
//! `invalid_request`, `invalid_scope`, `invitation_pending`, `mfa_enrollment_required`,
//! `mfa_required`, `password_change_required`, `password_expired`, `payload_too_large`,
//! `policy_denied`, `policy_failed`, `tenant_suspended`, `too_many_requests`,
//! `unauthorized_client`, `unknown_client`, `unsupported_media_type`, `user_disabled`,
//! `user_locked`, and 503 for what is out of reach.

pub mod page;
pub mod reject;

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::{ChallengeLogin, Login, challenge_login, login};
use serde_json::{Map, Value};

use super::{
    outcome::answer,
    ports::{Steps, sender},
    proof::Proof,
};
use crate::{
    Access, Route,
    call::Call,
    fields::{Field, Fields},
    problem::Problem,
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/auth/login",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let request = Request::parse(call.body.json(&call.headers)?)?;
    let (steps, hasher, sender) = (Steps::of(&call)?, call.hasher()?, sender(&call));
    steps
        .run(async |ports| {
            let outcome = match &request {
                Request::Challenge(it) => challenge_login(ports, &*hasher, &sender, it).await,
                Request::Direct(it) => login(ports, &*hasher, &sender, it).await,
            };
            answer(outcome?)
        })
        .await
}

/// Who asks.
enum Request {
    Challenge(Box<ChallengeLogin>),
    Direct(Box<Login>),
}

impl Request {
    fn parse(object: Map<String, Value>) -> Result<Self, Problem> {
        let has_challenge = object.contains_key("login_challenge");
        let fields = Fields::new(object);
        if has_challenge {
            return Self::challenge(fields);
        }
        Self::direct(fields)
    }

    fn challenge(mut fields: Fields) -> Result<Self, Problem> {
        let challenge = fields.secret("login_challenge");
        let tenant = fields.optional("tenant");
        let client_id = fields.optional("client_id");
        let remember: Field<Option<bool>> = fields.take("remember");
        let proof = Proof::read(&mut fields);
        let complete = fields.finish()?;
        let (credentials, device) = proof.open(&complete)?;
        Ok(Self::Challenge(Box::new(ChallengeLogin {
            login_challenge: challenge.open(&complete)?.expose().clone(),
            tenant,
            client_id,
            credentials,
            remember: remember.open(&complete)?.unwrap_or_default(),
            device,
        })))
    }

    fn direct(mut fields: Fields) -> Result<Self, Problem> {
        let tenant = fields.required("tenant");
        let client_id = fields.required("client_id");
        let scope = fields.optional("scope");
        let acr_values = fields.optional("acr_values");
        // Whoever logs in here does it now, which is not too long ago for any client.
        let _: Field<Option<u32>> = fields.take("max_age");
        let proof = Proof::read(&mut fields);
        let complete = fields.finish()?;
        let (credentials, device) = proof.open(&complete)?;
        Ok(Self::Direct(Box::new(Login {
            tenant: tenant.open(&complete)?,
            credentials,
            client_id: client_id.open(&complete)?,
            scope,
            acr_values: acr_values.unwrap_or_default(),
            device,
            code_challenge: None,
        })))
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::Request;
    use crate::{Body, Code};

    #[track_caller]
    fn check(media_type: &'static str, body: &Body, expected: Result<(), Code>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        let outcome = body.json(&headers).and_then(Request::parse);
        assert_eq!(outcome.map(|_| ()).map_err(|p| p.code), expected);
    }

    fn text(body: &'static str) -> Body {
        Body::Complete(body.into())
    }

    const GOOD: &str = r#"{"tenant":"demo","username":"a","password":"b","client_id":"web"}"#;

    #[test]
    fn what_is_not_a_login_is_told_apart() {
        check("application/json", &text(GOOD), Ok(()));
        check("application/json; charset=utf-8", &text(GOOD), Ok(()));
        check("text/plain", &text(GOOD), Err(Code::UnsupportedMediaType));
        check(
            "application/json",
            &text("{\"tenant\":"),
            Err(Code::InvalidJson),
        );
        check("application/json", &text("[]"), Err(Code::InvalidJson));
        check("application/json", &text("{}"), Err(Code::InvalidRequest));
        check(
            "application/json",
            &Body::TooLarge,
            Err(Code::PayloadTooLarge),
        );
        check(
            "application/json",
            &Body::Incomplete,
            Err(Code::InvalidJson),
        );
    }

    #[test]
    fn an_error_never_repeats_the_password() {
        let headers = HeaderMap::from_iter([(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )]);
        for body in [
            r#"{"password":"hunter2""#,
            r#"{"password":"hunter2","tenant":"x y"}"#,
            r#"{"password":["hunter2"]}"#,
        ] {
            let request = text(body).json(&headers).and_then(Request::parse);
            let problem = request.err().unwrap();
            let response = problem.respond("0");
            let wire = String::from_utf8_lossy(response.body()).into_owned();
            assert!(!wire.contains("hunter2"), "{wire}");
        }
    }
}
