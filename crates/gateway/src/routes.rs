use std::{convert::Infallible, sync::Arc};

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use hyper::body::Incoming;
use iam_model::Secret;
use serde::Serialize;
use tokio::{sync::Semaphore, time::Instant};

use crate::{
    Limits,
    auth::{Refusal, admit, admit_user},
    backend::Backends,
    body::{self, BodyError},
    hrana::{Hrana, Version},
    mail::Mailer,
    metrics::Metrics,
    mongo::Mongo,
    mssql::SqlServer,
    mysql::{self, PlanetScale},
    postgres::Neon,
    ready::Readiness,
    redis::{Encoding, Endpoint, Redis},
    reply::{self, Reply},
};

/// The media type of `OpenMetrics` 1.0.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that answers.
pub(crate) struct Service {
    pub(crate) token: Option<Secret<String>>,
    /// If there is a libSQL file.
    pub(crate) hrana: Option<Hrana>,
    pub(crate) mailer: Mailer,
    pub(crate) mongo: Mongo,
    pub(crate) neon: Neon,
    pub(crate) planetscale: PlanetScale,
    pub(crate) sql_server: SqlServer,
    /// If there is a place for its commands.
    pub(crate) redis: Option<Redis>,
    /// The databases, whichever protocol they are reached by.
    pub(crate) backends: Backends,
    pub(crate) metrics: Metrics,
    pub(crate) limits: Limits,
    /// One for each request that may be worked on at once.
    pub(crate) places: Semaphore,
    pub(crate) readiness: Readiness,
}

/// What a path is for.
#[derive(Clone, Copy)]
enum Route {
    Health,
    Hello,
    Metrics,
    Ready,
    Work(Work),
}

/// What only those with the token may ask for.
#[derive(Clone, Copy)]
enum Work {
    Hrana(Version),
    Mail,
    Mongo,
    Neon,
    PlanetScale(mysql::Method),
    Redis(Endpoint),
    SqlServer,
}

impl Route {
    fn find(path: &str) -> Option<Self> {
        Some(match path {
            "/" => Self::Work(Work::Redis(Endpoint::Command)),
            "/healthz" => Self::Health,
            "/metrics" => Self::Metrics,
            "/mongo" => Self::Work(Work::Mongo),
            "/multi-exec" => Self::Work(Work::Redis(Endpoint::Transaction)),
            "/psdb.v1alpha1.Database/CloseSession" => {
                Self::Work(Work::PlanetScale(mysql::Method::CloseSession))
            }
            "/psdb.v1alpha1.Database/CreateSession" => {
                Self::Work(Work::PlanetScale(mysql::Method::CreateSession))
            }
            "/psdb.v1alpha1.Database/Execute" => {
                Self::Work(Work::PlanetScale(mysql::Method::Execute))
            }
            "/readyz" => Self::Ready,
            "/sql" => Self::Work(Work::Neon),
            "/pipeline" => Self::Work(Work::Redis(Endpoint::Pipeline)),
            "/v1/mail" => Self::Work(Work::Mail),
            "/v1/sqlserver" => Self::Work(Work::SqlServer),
            "/v2" | "/v3" => Self::Hello,
            "/v2/pipeline" => Self::Work(Work::Hrana(Version::V2)),
            "/v3/pipeline" => Self::Work(Work::Hrana(Version::V3)),
            _ => return None,
        })
    }

    /// What it is called in the figures.
    const fn name(self) -> &'static str {
        match self {
            Self::Health | Self::Ready => "health",
            Self::Hello => "hello",
            Self::Metrics => "metrics",
            Self::Work(work) => work.name(),
        }
    }

    const fn methods(self) -> (&'static [Method], &'static str) {
        match self {
            Self::Health | Self::Hello | Self::Metrics | Self::Ready => {
                (&[Method::GET, Method::HEAD], "GET, HEAD")
            }
            Self::Work(_) => (&[Method::POST], "POST"),
        }
    }
}

impl Work {
    const fn name(self) -> &'static str {
        match self {
            Self::Hrana(_) => "hrana",
            Self::Mail => "mail",
            Self::Mongo => "mongo",
            Self::Neon => "neon",
            Self::PlanetScale(_) => "planetscale",
            Self::Redis(_) => "redis",
            Self::SqlServer => "sqlserver",
        }
    }
}

impl Service {
    /// Answers `request`; whatever is wrong with it has an answer too.
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Reply, Infallible> {
        let started = Instant::now();
        let _running = self.metrics.request();
        let route = Route::find(request.uri().path());
        let reply = match route {
            Some(route) => self.on(route, request).await,
            None => reply::error(StatusCode::NOT_FOUND, "there is nothing here"),
        };
        let name = route.map_or("none", Route::name);
        let status = reply.status().as_u16();
        self.metrics.answered(name, status, started.elapsed());
        Ok(reply)
    }

    async fn on(&self, route: Route, request: Request<Incoming>) -> Reply {
        let (methods, allow) = route.methods();
        if !methods.contains(request.method()) {
            return method_not_allowed(allow);
        }
        match route {
            Route::Health => health(),
            Route::Hello => hello(),
            Route::Ready => self.readiness.answer(&self.backends).await,
            Route::Metrics => self.figures(request.headers()),
            Route::Work(work) => self.work(work, request).await,
        }
    }

    /// For those with the token: the names of targets and what is done on them are not for all.
    fn figures(&self, headers: &HeaderMap) -> Reply {
        if admit(headers, self.token.as_ref()).is_err() {
            return challenge("missing or invalid authentication token");
        }
        let text = self.metrics.text().into_bytes();
        reply::with_body(StatusCode::OK, OPEN_METRICS, text)
    }

    async fn work(&self, work: Work, request: Request<Incoming>) -> Reply {
        // Before the body: strangers cannot make us read.
        let admitted = match work {
            Work::PlanetScale(_) => admit_user(request.headers(), self.token.as_ref()),
            _ => admit(request.headers(), self.token.as_ref()).map(|()| String::new()),
        };
        let user = match admitted {
            Ok(user) => user,
            Err(refusal) => return unauthorized(work, refusal),
        };
        let Ok(_place) = self.places.try_acquire() else {
            return reply::overloaded("too many requests at once");
        };
        let encoding = Encoding::of(request.headers());
        let headers = request.headers().clone();
        let body = match body::read(request, &self.limits).await {
            Ok(body) => body,
            Err(error) => return no_body(&error, &self.limits),
        };
        match work {
            Work::Neon => self.neon.sql(&headers, &body).await,
            Work::Mongo => self.mongo.respond(&body).await,
            Work::Mail => self.mailer.respond(&body).await,
            Work::Hrana(version) => match &self.hrana {
                Some(hrana) => hrana.pipeline(version, body).await,
                None => reply::error(StatusCode::NOT_FOUND, "no libSQL is served here"),
            },
            Work::PlanetScale(method) => self.planetscale.respond(method, &user, &body).await,
            Work::Redis(endpoint) => match &self.redis {
                Some(redis) => redis.respond(endpoint, encoding, body).await,
                None => reply::error(StatusCode::NOT_FOUND, "no Redis is served here"),
            },
            Work::SqlServer => self.sql_server.respond(&body).await,
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
        (Work::PlanetScale(_), _) => return mysql::unauthenticated(),
        (Work::Hrana(_), Refusal::Absent) => {
            "Unauthorized: `Expected authorization header but none given`"
        }
        (Work::Hrana(_), Refusal::Invalid) => "Unauthorized: `The token is invalid`",
        (Work::Mail | Work::Mongo | Work::Neon | Work::SqlServer, _) => {
            "missing or invalid authentication token"
        }
        (Work::Redis(_), _) => "WRONGPASS invalid or missing auth token",
    };
    challenge(message)
}

fn challenge(message: &str) -> Reply {
    let mut reply = reply::error(StatusCode::UNAUTHORIZED, message);
    let challenge = HeaderValue::from_static("Bearer");
    // RFC 9110 §11.6.1.
    reply
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    reply
}

fn no_body(error: &BodyError, limits: &Limits) -> Reply {
    let most = limits.request_bytes;
    let (status, message) = match error {
        BodyError::Broken => (
            StatusCode::BAD_REQUEST,
            "the request body broke off".to_owned(),
        ),
        BodyError::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the request body is larger than {most} bytes"),
        ),
        BodyError::TooSlow => (
            StatusCode::REQUEST_TIMEOUT,
            "the request body took too long".to_owned(),
        ),
    };
    let mut reply = reply::error(status, &message);
    // What is left of the body is not read, so no other request can follow it.
    let close = HeaderValue::from_static("close");
    reply.headers_mut().insert(header::CONNECTION, close);
    reply
}
