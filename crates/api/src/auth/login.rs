//! `POST /auth/login`: a password for tokens.
//!
//! Permissions: none; the credential is the permission. Only first-party clients.
//! Errors: `invalid_credentials`, `invalid_json`, `invalid_request`, `invalid_scope`,
//! `payload_too_large`, `tenant_suspended`, `unauthorized_client`, `unknown_client`,
//! `unsupported_media_type`, `user_disabled`, `user_locked`, and 503 for what is out of reach.

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use iam_auth::{Login, LoginPorts, login};

use super::tokens::complete;
use crate::{Body, Route, call::Call, fields::Fields, problem::Problem};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/auth/login",
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let request = parse(&call.body, &call.headers)?;
    let (storage, hydra, hasher) = (call.storage()?, call.hydra()?, call.hasher()?);
    let ports = LoginPorts {
        platform: &*call.platform,
        storage: &*storage,
        hydra: &hydra,
        hasher: &*hasher,
        audience: &call.issuer()?,
    };
    Ok(complete(&login(&ports, &request).await?))
}

fn parse(body: &Body, headers: &HeaderMap) -> Result<Login, Problem> {
    let mut fields = Fields::new(body.json(headers)?);
    let tenant = fields.required("tenant");
    let username = fields.required("username");
    let password = fields.secret("password");
    let client_id = fields.required("client_id");
    let scope = fields.optional("scope");
    let complete = fields.finish()?;
    Ok(Login {
        tenant: tenant.open(&complete)?,
        username: username.open(&complete)?,
        password: password.open(&complete)?,
        client_id: client_id.open(&complete)?,
        scope,
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::parse;
    use crate::{Body, Code};

    #[track_caller]
    fn check(media_type: &'static str, body: &Body, expected: Result<(), Code>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        let outcome = parse(body, &headers);
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
            let problem = parse(&text(body), &headers).err().unwrap();
            let response = problem.respond("0");
            let wire = String::from_utf8_lossy(response.body()).into_owned();
            assert!(!wire.contains("hunter2"), "{wire}");
        }
    }
}
