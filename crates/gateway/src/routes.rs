use std::{convert::Infallible, sync::Arc};

use http::{HeaderValue, Method, Request, StatusCode, header};
use hyper::body::Incoming;
use iam_model::Secret;
use serde::Serialize;

use crate::{
    auth::{Refusal, admit},
    body::{self, BodyError},
    hrana::{Hrana, Version},
    redis::{Encoding, Endpoint, Store, respond},
    reply::{self, Reply},
};

/// Everything that answers.
pub(crate) struct Service {
    pub(crate) token: Option<Secret<String>>,
    pub(crate) hrana: Hrana,
    pub(crate) store: Arc<Store>,
}

/// What a path is for.
#[derive(Clone, Copy)]
enum Route {
    Health,
    Hello,
    Work(Work),
}

/// What only those with the token may ask for.
#[derive(Clone, Copy)]
enum Work {
    Hrana(Version),
    Redis(Endpoint),
}

impl Route {
    fn find(path: &str) -> Option<Self> {
        Some(match path {
            "/" => Self::Work(Work::Redis(Endpoint::Command)),
            "/healthz" => Self::Health,
            "/multi-exec" => Self::Work(Work::Redis(Endpoint::Transaction)),
            "/pipeline" => Self::Work(Work::Redis(Endpoint::Pipeline)),
            "/v2" | "/v3" => Self::Hello,
            "/v2/pipeline" => Self::Work(Work::Hrana(Version::V2)),
            "/v3/pipeline" => Self::Work(Work::Hrana(Version::V3)),
            _ => return None,
        })
    }

    const fn methods(self) -> (&'static [Method], &'static str) {
        match self {
            Self::Health | Self::Hello => (&[Method::GET, Method::HEAD], "GET, HEAD"),
            Self::Work(_) => (&[Method::POST], "POST"),
        }
    }
}

impl Service {
    /// Answers `request`; whatever is wrong with it has an answer too.
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Reply, Infallible> {
        let Some(route) = Route::find(request.uri().path()) else {
            return Ok(reply::error(StatusCode::NOT_FOUND, "there is nothing here"));
        };
        let (methods, allow) = route.methods();
        if !methods.contains(request.method()) {
            return Ok(method_not_allowed(allow));
        }
        Ok(match route {
            Route::Health => health(),
            Route::Hello => hello(),
            Route::Work(work) => self.work(work, request).await,
        })
    }

    async fn work(&self, work: Work, request: Request<Incoming>) -> Reply {
        // Before the body: strangers cannot make us read.
        if let Err(refusal) = admit(request.headers(), self.token.as_ref()) {
            return unauthorized(work, refusal);
        }
        let encoding = Encoding::of(request.headers());
        let body = match body::read(request).await {
            Ok(body) => body,
            Err(error) => return no_body(&error),
        };
        match work {
            Work::Hrana(version) => self.hrana.pipeline(version, body).await,
            Work::Redis(endpoint) => respond(&self.store, endpoint, encoding, body).await,
        }
    }
}

fn health() -> Reply {
    #[derive(Serialize)]
    struct Health {
        status: &'static str,
    }
    reply::json(StatusCode::OK, &Health { status: "ok" })
}

/// As sqld answers, whichever version it is asked for.
fn hello() -> Reply {
    reply::text(
        StatusCode::OK,
        "Hello, this is HTTP API v2 (Hrana over HTTP)",
    )
}

fn method_not_allowed(allow: &'static str) -> Reply {
    let mut reply = reply::error(StatusCode::METHOD_NOT_ALLOWED, "not with this method");
    let allow = HeaderValue::from_static(allow);
    reply.headers_mut().insert(header::ALLOW, allow);
    reply
}

fn unauthorized(work: Work, refusal: Refusal) -> Reply {
    let message = match (work, refusal) {
        (Work::Hrana(_), Refusal::Absent) => {
            "Unauthorized: `Expected authorization header but none given`"
        }
        (Work::Hrana(_), Refusal::Invalid) => "Unauthorized: `The token is invalid`",
        (Work::Redis(_), _) => "WRONGPASS invalid or missing auth token",
    };
    let mut reply = reply::error(StatusCode::UNAUTHORIZED, message);
    let challenge = HeaderValue::from_static("Bearer");
    // RFC 9110 §11.6.1.
    reply
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    reply
}

fn no_body(error: &BodyError) -> Reply {
    let (status, message) = match error {
        BodyError::Broken => (StatusCode::BAD_REQUEST, "the request body broke off"),
        BodyError::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "the request body is larger than 10 MiB",
        ),
        BodyError::TooSlow => (
            StatusCode::REQUEST_TIMEOUT,
            "the request body took too long",
        ),
    };
    let mut reply = reply::error(status, message);
    // What is left of the body is not read, so no other request can follow it.
    let close = HeaderValue::from_static("close");
    reply.headers_mut().insert(header::CONNECTION, close);
    reply
}
