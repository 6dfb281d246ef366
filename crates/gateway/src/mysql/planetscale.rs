//! The methods of `psdb.v1alpha1.Database`, by Connect's unary protocol
//! (<https://connectrpc.com/docs/protocol>) with JSON.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use super::{
    answer::Answer,
    driver::MySql,
    error::{MySqlError, VitessError},
    session::{Session, Shown},
    sessions::{Database, Failure},
};
use crate::{
    Limits, Target,
    backend::{Backend, Backends},
    metrics::Metrics,
    pool::{Pool, PoolError},
    reply::{self, Reply},
};

/// What a client asks for.
#[derive(Clone, Copy)]
pub(crate) enum Method {
    CloseSession,
    CreateSession,
    Execute,
}

/// The MySQL databases that clients may name.
pub(crate) struct PlanetScale {
    databases: BTreeMap<String, Arc<Database>>,
    limits: Limits,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    query: String,
    #[serde(default)]
    session: Option<Shown>,
}

#[derive(Serialize)]
struct Given {
    session: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<VitessError>,
    timing: f64,
}

#[derive(Serialize)]
struct Created<'a> {
    branch: &'a str,
    user: User<'a>,
    session: Shown,
}

#[derive(Serialize)]
struct User<'a> {
    username: &'a str,
    psid: &'a str,
}

#[derive(Serialize)]
struct Closed {
    session: Shown,
}

impl PlanetScale {
    /// In front of those of `targets` that are a MySQL.
    pub(crate) fn new(
        targets: &BTreeMap<String, Target>,
        limits: Limits,
        metrics: &Metrics,
    ) -> Self {
        let database = |(name, target): (&String, &Target)| match target {
            Target::MySql(target) => {
                let target = target.clone();
                let counts = metrics.pool("mysql", name);
                let pool = Pool::new(MySql { target, limits }, limits, counts);
                Some((name.clone(), Database::new(pool)))
            }
            _ => None,
        };
        let databases = targets.iter().filter_map(database).collect();
        Self { databases, limits }
    }

    /// The databases.
    pub(crate) fn backends(&self) -> Backends {
        let backend = |(name, database): (&String, &Arc<Database>)| {
            let backend: Arc<dyn Backend> = Arc::new(Arc::clone(database));
            (name.clone(), backend)
        };
        self.databases.iter().map(backend).collect()
    }

    /// Answers a request for the database `name`.
    pub(crate) async fn respond(&self, method: Method, name: &str, body: &Bytes) -> Reply {
        let Some(database) = self.databases.get(name) else {
            return unauthenticated();
        };
        // What the parser says would quote the body.
        let Some(asked) = read::<Asked>(body) else {
            let message = "the body is no request of this method";
            return refused(StatusCode::BAD_REQUEST, "invalid_argument", message);
        };
        let session = asked.session.as_ref().map(Session::read);
        let Some(mut session) = session.unwrap_or_else(|| Some(Session::default())) else {
            let message = "the session was not given here";
            return refused(StatusCode::BAD_REQUEST, "invalid_argument", message);
        };
        match method {
            Method::CreateSession => created(name),
            Method::CloseSession => {
                database.close_session(&mut session);
                let session = session.shown(name);
                reply::json(StatusCode::OK, &Closed { session })
            }
            Method::Execute => {
                let started = Instant::now();
                let outcome = database.execute(&mut session, &asked.query).await;
                let (result, error) = match self.settle(outcome) {
                    Ok(settled) => settled,
                    Err(reply) => return *reply,
                };
                let given = Given {
                    session: session.shown(name),
                    result,
                    error,
                    timing: started.elapsed().as_secs_f64(),
                };
                reply::json(StatusCode::OK, &given)
            }
        }
    }

    /// What goes beside the session; an error that is not of SQL is an answer of its own.
    fn settle(
        &self,
        outcome: Result<Answer, Failure>,
    ) -> Result<(Option<Answer>, Option<VitessError>), Box<Reply>> {
        let error = match outcome {
            Ok(answer) => return Ok((Some(answer), None)),
            Err(Failure::MySql(MySqlError::Database(error))) => return Ok((None, Some(error))),
            Err(Failure::MySql(MySqlError::TooLarge)) => {
                let error = VitessError::too_large(self.limits.response_bytes);
                return Ok((None, Some(error)));
            }
            Err(Failure::InUse) => {
                let message = "session already in use";
                let reply = refused(StatusCode::FORBIDDEN, "permission_denied", message);
                return Err(Box::new(reply));
            }
            Err(Failure::NoId) => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return Err(Box::new(refused(status, "internal", "no randomness")));
            }
            Err(Failure::MySql(error)) => error,
        };
        let (status, code) = match error {
            MySqlError::Pool(PoolError::TooSlow) => {
                (StatusCode::GATEWAY_TIMEOUT, "deadline_exceeded")
            }
            _ => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        };
        Err(Box::new(refused(status, code, &error.to_string())))
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Option<T> {
    serde_json::from_slice(body).ok()
}

fn created(name: &str) -> Reply {
    let created = Created {
        branch: name,
        user: User {
            username: name,
            psid: name,
        },
        session: Session::default().shown(name),
    };
    reply::json(StatusCode::OK, &created)
}

/// The user is no database of this gateway, or the password is not its token; it is not said which.
pub(crate) fn unauthenticated() -> Reply {
    let message = "no database of this name, or another token";
    let mut reply = refused(StatusCode::UNAUTHORIZED, "unauthenticated", message);
    // RFC 7617 §2.
    let challenge = HeaderValue::from_static("Basic realm=\"iam\"");
    reply
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    reply
}

/// An error of Connect.
fn refused(status: StatusCode, code: &str, message: &str) -> Reply {
    #[derive(Serialize)]
    struct Error<'a> {
        code: &'a str,
        message: &'a str,
    }
    reply::json(status, &Error { code, message })
}
