//! Hrana over HTTP, versions 2 and 3 as JSON: `POST /v2/pipeline` and `POST /v3/pipeline`.
//!
//! The reference is sqld 0.24.32: we answer what it answers, with the same status and code. Where
//! the two differ is listed in `tests/gateway/reference.test.mjs`, which asks both.
//!
//! A pipeline that closes its stream runs on a connection from the pool and gives it back. One
//! that does not leaves a stream behind, which is a task with a connection of its own.

mod batch;
mod baton;
mod conditions;
mod error;
mod protocol;
mod request;
mod results;
mod statement;
mod stream;
mod streams;
mod value;

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use tokio::{sync::Semaphore, task::spawn_blocking};

use self::{
    error::{PipelineError, ProtocolError},
    protocol::{Pipeline, Request},
    stream::Stream,
    streams::Streams,
};
pub(crate) use self::{protocol::Version, value::Value};
use crate::{
    database::Database,
    reply::{self, Reply},
};

/// How many pipelines are admitted at once; those that do not run wait. One more gets a 503.
const ADMITTED: usize = 256;

/// A body above this size is parsed by a thread that may block.
const LONG_BODY: usize = 64 * 1024;

/// The SQL side of the gateway.
pub(crate) struct Hrana {
    database: Arc<Database>,
    admission: Semaphore,
    streams: Arc<Streams>,
}

impl Hrana {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self {
            database,
            admission: Semaphore::new(ADMITTED),
            streams: Arc::new(Streams::new()),
        }
    }

    /// Answers a pipeline.
    pub(crate) async fn pipeline(&self, version: Version, body: Bytes) -> Reply {
        match self.run(version, body).await {
            Ok((baton, results)) => success(baton.as_deref(), &results),
            Err(error) => failure(&error),
        }
    }

    /// Rolls back and closes all streams.
    pub(crate) async fn close(&self) {
        self.streams.close().await;
    }

    /// The next baton, if the stream stays open, and the results as JSON.
    async fn run(
        &self,
        version: Version,
        body: Bytes,
    ) -> Result<(Option<String>, Vec<u8>), PipelineError> {
        let admitted = self.admission.try_acquire();
        let _admitted = admitted.map_err(|_| PipelineError::Overloaded)?;
        let Pipeline { baton, requests } = parse(body).await?;
        if let Some(baton) = baton {
            return self.streams.call(&baton, version, requests).await;
        }
        // A place for a stream that stays comes first, or its statements would run and then fail.
        let stays = !requests
            .iter()
            .any(|request| matches!(request, Request::Close));
        let place = stays.then(|| self.streams.place()).transpose()?;
        let mut stream = Stream::new(Arc::clone(&self.database));
        let permit = stream.permit(&requests).await?;
        let (stream, results) = stream.run(permit, version, requests).await?;
        let baton = place
            .map(|place| self.streams.open(stream, place))
            .transpose()?;
        Ok((baton, results))
    }
}

async fn parse(body: Bytes) -> Result<Pipeline, PipelineError> {
    let long = body.len() > LONG_BODY;
    let parse = move || serde_json::from_slice(&body).map_err(ProtocolError::Json);
    let pipeline = if long {
        spawn_blocking(parse).await?
    } else {
        parse()
    };
    Ok(pipeline?)
}

fn success(baton: Option<&str>, results: &[u8]) -> Reply {
    let baton = baton.map_or_else(|| "null".to_owned(), |baton| format!("\"{baton}\""));
    let mut body = format!(r#"{{"baton":{baton},"base_url":null,"results":"#).into_bytes();
    body.extend_from_slice(results);
    body.push(b'}');
    reply::with_body(StatusCode::OK, "application/json", body)
}

fn failure(error: &PipelineError) -> Reply {
    #[derive(Serialize)]
    struct Body<'a> {
        message: &'a str,
        code: &'a str,
    }
    let message = error.to_string();
    let json = |status, code| {
        let message = &message;
        reply::json(status, &Body { message, code })
    };
    match error {
        PipelineError::Expired => json(StatusCode::BAD_REQUEST, "STREAM_EXPIRED"),
        PipelineError::Internal => json(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
        PipelineError::Overloaded => {
            reply::retry_later(json(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED"))
        }
        PipelineError::Protocol(_) => reply::text(StatusCode::BAD_REQUEST, message),
    }
}

#[cfg(test)]
mod tests;
