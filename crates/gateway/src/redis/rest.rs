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
    server::{self, Server, ServerError},
    store::Store,
    target::RedisTarget,
};
use crate::{
    Limits,
    backend::{Backends, Pools, backends},
    metrics::Metrics,
    pool::{Pool, PoolError},
    reply::{self, Reply as HttpReply},
};

/// The most commands in one request.
const MAX_COMMANDS: usize = 10_000;

/// A body above this size is parsed by a thread that may block.
const LONG_BODY: usize = 64 * 1024;

/// What a Redis is called where targets have names.
const NAME: &str = "redis";

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

/// The Redis side of the gateway.
pub(crate) struct Redis {
    behind: Behind,
    limits: Limits,
}

enum Behind {
    Memory(Store),
    Server(Arc<Pool<Server>>),
}

/// What became of each command.
type Outcomes = Vec<Result<Reply, RedisError>>;

/// Why a request as a whole has no outcome.
enum Refused {
    /// It cannot be done: 400 with this text.
    Request(String),
    /// The Redis did not answer.
    Server(ServerError),
}

impl From<ServerError> for Refused {
    fn from(error: ServerError) -> Self {
        Self::Server(error)
    }
}

impl Redis {
    pub(crate) fn new(target: RedisTarget, limits: Limits, metrics: &Metrics) -> Self {
        let behind = match target {
            RedisTarget::Memory => Behind::Memory(Store::new()),
            RedisTarget::Server(server) => {
                let counts = metrics.pool("redis", NAME);
                Behind::Server(Server::pool(server, limits, counts))
            }
        };
        Self { behind, limits }
    }

    /// The server, if there is one.
    pub(crate) fn backends(&self) -> Backends {
        match &self.behind {
            Behind::Memory(_) => Backends::new(),
            Behind::Server(pool) => backends(&Pools::from([(NAME.to_owned(), Arc::clone(pool))])),
        }
    }

    /// Removes what has expired from the memory, for ever.
    pub(crate) async fn sweep(&self) {
        match &self.behind {
            Behind::Memory(store) => store.sweep().await,
            Behind::Server(_) => std::future::pending().await,
        }
    }

    /// Answers a request with `body`.
    pub(crate) async fn respond(
        &self,
        endpoint: Endpoint,
        encoding: Encoding,
        body: Bytes,
    ) -> HttpReply {
        match self.answer(endpoint, encoding, body).await {
            Ok(reply) => reply,
            Err(Refused::Request(message)) => reply::error(StatusCode::BAD_REQUEST, &message),
            Err(Refused::Server(error)) => unanswered(&error),
        }
    }

    async fn answer(
        &self,
        endpoint: Endpoint,
        encoding: Encoding,
        body: Bytes,
    ) -> Result<HttpReply, Refused> {
        let outcomes = match endpoint {
            Endpoint::Command => {
                let words: Words = parse(body).await?;
                let outcomes = self.pipeline(&[words]).await?;
                if let Some(Err(error)) = outcomes.first() {
                    return Err(Refused::Request(error.to_string()));
                }
                outcomes
            }
            Endpoint::Pipeline => self.pipeline(&many(body).await?).await?,
            Endpoint::Transaction => self.transaction(&many(body).await?).await?,
        };
        self.render(&outcomes, encoding, endpoint)
    }

    async fn pipeline(&self, all: &[Words]) -> Result<Outcomes, Refused> {
        match &self.behind {
            Behind::Memory(store) => {
                let run =
                    |words: &Words| commands::run(&mut store.lock(), Instant::now(), &words.0);
                Ok(all.iter().map(run).collect())
            }
            Behind::Server(pool) => Ok(server::pipeline(pool, all).await?),
        }
    }

    async fn transaction(&self, all: &[Words]) -> Result<Outcomes, Refused> {
        let outcomes = match &self.behind {
            Behind::Memory(store) => in_memory(store, all),
            Behind::Server(pool) => server::transaction(pool, all).await?,
        };
        outcomes.map_err(|error| {
            let message = format!("EXECABORT Transaction discarded because of: {error}");
            Refused::Request(message)
        })
    }

    fn render(
        &self,
        outcomes: &[Result<Reply, RedisError>],
        encoding: Encoding,
        endpoint: Endpoint,
    ) -> Result<HttpReply, Refused> {
        let size: usize = outcomes.iter().flatten().map(Reply::size).sum();
        let most = self.limits.response_bytes;
        if size > most {
            let message = format!("ERR the answer is larger than {most} bytes");
            return Err(Refused::Request(message));
        }
        let outcome = |outcome| Outcome { outcome, encoding };
        let outcomes: Vec<_> = outcomes.iter().map(outcome).collect();
        Ok(match endpoint {
            Endpoint::Command => reply::json(StatusCode::OK, &outcomes.first()),
            Endpoint::Pipeline | Endpoint::Transaction => reply::json(StatusCode::OK, &outcomes),
        })
    }
}

fn in_memory(store: &Store, all: &[Words]) -> Result<Outcomes, RedisError> {
    for words in all {
        commands::check(&words.0)?;
    }
    let (mut keys, now) = (store.lock(), Instant::now());
    let run = |words: &Words| commands::run(&mut keys, now, &words.0);
    Ok(all.iter().map(run).collect())
}

async fn many(body: Bytes) -> Result<Vec<Words>, Refused> {
    let all: Vec<Words> = parse(body).await?;
    if all.len() > MAX_COMMANDS {
        let message = format!("ERR more than {MAX_COMMANDS} commands in a request");
        return Err(Refused::Request(message));
    }
    Ok(all)
}

async fn parse<T: DeserializeOwned + Send + 'static>(body: Bytes) -> Result<T, Refused> {
    let parsed = if body.len() > LONG_BODY {
        let parsed = spawn_blocking(move || serde_json::from_slice(&body)).await;
        parsed.map_err(|_| Refused::Request("ERR internal".to_owned()))?
    } else {
        serde_json::from_slice(&body)
    };
    // The parser's own text would quote the body.
    parsed.map_err(|_| {
        let message = "ERR failed to parse the command, it must be a JSON array";
        Refused::Request(message.to_owned())
    })
}

fn unanswered(error: &ServerError) -> HttpReply {
    let message = format!("ERR {error}");
    match error {
        ServerError::Pool(PoolError::Busy) => reply::overloaded(&message),
        ServerError::Pool(PoolError::TooSlow) => {
            reply::error(StatusCode::GATEWAY_TIMEOUT, &message)
        }
        ServerError::Connection | ServerError::Pool(PoolError::Unreachable) => {
            reply::error(StatusCode::SERVICE_UNAVAILABLE, &message)
        }
    }
}
