use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;
use tokio::{task::spawn_blocking, time::Instant};

use super::{
    arguments::Words,
    commands,
    error::RedisError,
    reply::{Encoding, Outcome, Reply},
    store::Store,
};
use crate::reply::{self, Reply as HttpReply};

/// The most commands in one request. They are done without a pause.
const MAX_COMMANDS: usize = 10_000;

/// The most that the values of one answer take.
const MAX_RESPONSE_BYTES: usize = 10 * 1024 * 1024;

/// A body above this size is handled by a thread that may block.
const LONG_BODY: usize = 64 * 1024;

/// What is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Endpoint {
    /// One command: `POST /`.
    Command,
    /// Commands that others' commands may come between: `POST /pipeline`.
    Pipeline,
    /// Commands that happen as one: `POST /multi-exec`.
    Transaction,
}

/// Answers a request with `body`.
pub(crate) async fn respond(
    store: &Arc<Store>,
    endpoint: Endpoint,
    encoding: Encoding,
    body: Bytes,
) -> HttpReply {
    if body.len() <= LONG_BODY {
        return answer(store, endpoint, encoding, &body);
    }
    let store = Arc::clone(store);
    let answer = spawn_blocking(move || answer(&store, endpoint, encoding, &body)).await;
    answer.unwrap_or_else(|_| reply::error(StatusCode::INTERNAL_SERVER_ERROR, "ERR internal"))
}

fn answer(store: &Store, endpoint: Endpoint, encoding: Encoding, body: &[u8]) -> HttpReply {
    let answer = match endpoint {
        Endpoint::Command => parse(body).and_then(|words| single(store, &words, encoding)),
        Endpoint::Pipeline => {
            parse(body).and_then(|all: Vec<Words>| pipeline(store, &all, encoding))
        }
        Endpoint::Transaction => {
            parse(body).and_then(|all: Vec<Words>| transaction(store, &all, encoding))
        }
    };
    answer.unwrap_or_else(|error| reply::error(StatusCode::BAD_REQUEST, &error))
}

/// A refusal of the whole request: 400 with this text.
type Refused = String;

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    // The parser's own text would quote the body.
    serde_json::from_slice(body)
        .map_err(|_| "ERR failed to parse the command, it must be a JSON array".to_owned())
}

fn single(store: &Store, words: &Words, encoding: Encoding) -> Result<HttpReply, Refused> {
    let outcome = commands::run(&mut store.lock(), Instant::now(), &words.0);
    if let Err(error) = &outcome {
        return Err(error.to_string());
    }
    render(&[outcome], encoding, |outcomes| {
        reply::json(StatusCode::OK, &outcomes.first())
    })
}

fn pipeline(store: &Store, all: &[Words], encoding: Encoding) -> Result<HttpReply, Refused> {
    check_count(all)?;
    let run = |words: &Words| commands::run(&mut store.lock(), Instant::now(), &words.0);
    let outcomes: Vec<_> = all.iter().map(run).collect();
    render(&outcomes, encoding, |outcomes| {
        reply::json(StatusCode::OK, &outcomes)
    })
}

fn transaction(store: &Store, all: &[Words], encoding: Encoding) -> Result<HttpReply, Refused> {
    check_count(all)?;
    for words in all {
        let queued = commands::check(&words.0);
        queued.map_err(|error| format!("EXECABORT Transaction discarded because of: {error}"))?;
    }
    let outcomes: Vec<_> = {
        let (mut keys, now) = (store.lock(), Instant::now());
        let run = |words: &Words| commands::run(&mut keys, now, &words.0);
        all.iter().map(run).collect()
    };
    render(&outcomes, encoding, |outcomes| {
        reply::json(StatusCode::OK, &outcomes)
    })
}

fn check_count(all: &[Words]) -> Result<(), Refused> {
    if all.len() > MAX_COMMANDS {
        return Err(format!(
            "ERR more than {MAX_COMMANDS} commands in a request"
        ));
    }
    Ok(())
}

fn render(
    outcomes: &[Result<Reply, RedisError>],
    encoding: Encoding,
    write: impl FnOnce(&[Outcome<'_>]) -> HttpReply,
) -> Result<HttpReply, Refused> {
    let size: usize = outcomes.iter().flatten().map(Reply::size).sum();
    if size > MAX_RESPONSE_BYTES {
        return Err(format!(
            "ERR the answer is larger than {MAX_RESPONSE_BYTES} bytes"
        ));
    }
    let outcome = |outcome| Outcome { outcome, encoding };
    Ok(write(&outcomes.iter().map(outcome).collect::<Vec<_>>()))
}
