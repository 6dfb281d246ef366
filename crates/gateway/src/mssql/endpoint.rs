use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;

use super::{
    driver::{Server, run},
    error::SqlServerError,
    request::{Failure, Results, Unit},
};
use crate::{
    Limits, Target,
    backend::{Backends, Pools, backends},
    metrics::Metrics,
    pool::{Pool, PoolError},
    reply::{self, Reply},
};

/// How many statements a unit of work may have.
const MAX_STATEMENTS: usize = 10_000;

/// How many parameters a statement may have: as many as SQL Server takes beside the text and the
/// types of them.
const MAX_PARAMETERS: usize = 2098;

/// The SQL Server databases that clients may name.
pub(crate) struct SqlServer {
    pools: Pools<Server>,
    limits: Limits,
}

/// Why a request has no result.
enum Refusal {
    /// It cannot be understood, or asks for what is not here.
    Request(&'static str),
    /// The database had no result.
    Database(SqlServerError),
}

impl SqlServer {
    /// In front of those of `targets` that are a SQL Server.
    pub(crate) fn new(
        targets: &BTreeMap<String, Target>,
        limits: Limits,
        metrics: &Metrics,
    ) -> Self {
        let pool = |(name, target): (&String, &Target)| {
            let Target::SqlServer(target) = target else {
                return None;
            };
            let target = target.clone();
            let counts = metrics.pool("sqlserver", name);
            let server = Server { target, limits };
            Some((name.clone(), Pool::new(server, limits, counts)))
        };
        let pools = targets.iter().filter_map(pool).collect();
        Self { pools, limits }
    }

    /// The databases.
    pub(crate) fn backends(&self) -> Backends {
        backends(&self.pools)
    }

    /// Answers `POST /v1/sqlserver`.
    pub(crate) async fn respond(&self, body: &Bytes) -> Reply {
        match self.answer(body).await {
            Ok(results) => reply::json(StatusCode::OK, &results),
            Err(Refusal::Request(message)) => refused(
                StatusCode::BAD_REQUEST,
                Failure {
                    code: "request",
                    message: Some(message),
                    ..Failure::default()
                },
            ),
            Err(Refusal::Database(error)) => failed(&error),
        }
    }

    async fn answer(&self, body: &Bytes) -> Result<Results, Refusal> {
        // What the parser says would quote the body.
        let unit: Unit = serde_json::from_slice(body).map_err(|_| {
            Refusal::Request("the body is not {database, isolation, statements: [{sql, params}]}")
        })?;
        check(&unit).map_err(Refusal::Request)?;
        let pool = self.pools.get(&unit.database).ok_or(Refusal::Request(
            "database names no SQL Server of this gateway",
        ))?;
        let results = run(pool, unit, self.limits).await;
        let results = results.map_err(Refusal::Database)?;
        Ok(Results { results })
    }
}

/// Whether a unit can be run at all.
fn check(unit: &Unit) -> Result<(), &'static str> {
    if unit.statements.len() > MAX_STATEMENTS {
        return Err("more than 10000 statements in a unit");
    }
    if unit
        .statements
        .iter()
        .any(|statement| statement.params.len() > MAX_PARAMETERS)
    {
        return Err("more than 2098 parameters in a statement");
    }
    let alone = matches!(unit.statements.as_slice(), [one] if one.rows.is_none());
    if unit.isolation.is_none() && !alone {
        return Err("several statements, or one with rows, need an isolation");
    }
    Ok(())
}

/// What went wrong, and no more of it than the client may know.
fn failed(error: &SqlServerError) -> Reply {
    let code = |code| Failure {
        code,
        ..Failure::default()
    };
    let (status, failure) = match error {
        SqlServerError::Guard(statement) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Failure {
                statement: Some(*statement),
                ..code("guard")
            },
        ),
        SqlServerError::Refused(number) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Failure {
                number: Some(*number),
                ..code("sql")
            },
        ),
        SqlServerError::Type => (StatusCode::UNPROCESSABLE_ENTITY, code("type")),
        SqlServerError::TooLarge => (StatusCode::INSUFFICIENT_STORAGE, code("too_large")),
        SqlServerError::Pool(PoolError::TooSlow) => (StatusCode::GATEWAY_TIMEOUT, code("too_slow")),
        SqlServerError::Pool(_) => (StatusCode::SERVICE_UNAVAILABLE, code("busy")),
        SqlServerError::Connection(_) => (StatusCode::SERVICE_UNAVAILABLE, code("connection")),
    };
    refused(status, failure)
}

fn refused(status: StatusCode, error: Failure) -> Reply {
    #[derive(Serialize)]
    struct Body {
        error: Failure,
    }
    let reply = reply::json(status, &Body { error });
    match status {
        StatusCode::SERVICE_UNAVAILABLE => reply::retry_later(reply),
        _ => reply,
    }
}
