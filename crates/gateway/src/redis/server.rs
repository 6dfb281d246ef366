use std::{io, sync::Arc};

use iam_model::Secret;
use redis::{
    AsyncConnectionConfig, Cmd, Pipeline, RedisConnectionInfo, Value, aio::MultiplexedConnection,
};
use thiserror::Error;
use tokio::task::JoinHandle;

use super::{allowed, arguments::Words, error::RedisError, reply::Reply, target::RedisServer};
use crate::{
    Limits,
    pool::{Driver, Pool, PoolError},
    tls::{Stream, connect, encrypt},
};

/// How connections to one Redis are made.
pub(crate) struct Server(pub(crate) RedisServer);

/// A connection, and the task that reads and writes on it until it is closed.
pub(crate) struct Connection {
    commands: MultiplexedConnection,
    task: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a Redis did not answer. What the driver says is not passed on: it may quote a command.
#[derive(Debug, Error)]
pub(crate) enum ServerError {
    /// The connection is not to be had, or broke.
    #[error("no connection to Redis")]
    Connection,
    /// No connection was free, or it took too long.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<io::Error> for ServerError {
    fn from(_: io::Error) -> Self {
        Self::Connection
    }
}

impl From<redis::RedisError> for ServerError {
    fn from(_: redis::RedisError) -> Self {
        Self::Connection
    }
}

impl Driver for Server {
    type Connection = Connection;
    type Error = ServerError;

    async fn open(&self) -> Result<Connection, ServerError> {
        let Self(server) = self;
        let stream = connect(&server.host, server.port).await?;
        let stream: Box<dyn Stream> = if server.tls {
            Box::new(encrypt(stream, &server.host, server.authority.as_deref()).await?)
        } else {
            Box::new(stream)
        };
        let mut who = RedisConnectionInfo::default()
            .set_db(server.database)
            .set_skip_set_lib_name();
        if let Some(user) = &server.user {
            who = who.set_username(user);
        }
        if let Some(password) = server.password.as_ref().map(Secret::expose) {
            who = who.set_password(password);
        }
        // The pool says how long everything may take.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        let opened = MultiplexedConnection::new_with_config(&who, stream, config).await?;
        let (commands, task) = opened;
        let task = tokio::spawn(task);
        Ok(Connection { commands, task })
    }

    async fn is_quiet(&self, connection: &mut Connection) -> bool {
        // What the server has closed is seen by the task, once it had its turn.
        tokio::task::yield_now().await;
        !connection.task.is_finished()
    }

    async fn ping(&self, connection: &mut Connection) -> Result<(), ServerError> {
        connection.run([&redis::cmd("PING")]).await.map(drop)
    }

    async fn close(&self, _: Connection) {}
}

impl Connection {
    /// What each of `commands` gives, in one round trip.
    async fn run<'a>(
        &mut self,
        commands: impl IntoIterator<Item = &'a Cmd>,
    ) -> Result<Vec<Value>, ServerError> {
        let mut all = Pipeline::new();
        // An error of one command is its answer and not the end of the others.
        all.ignore_errors();
        for command in commands {
            all.add_command(command.clone());
        }
        let count = all.len();
        Ok(self.commands.send_packed_commands(&all, 0, count).await?)
    }
}

/// Does `all`, one after the other; others' commands may come between.
pub(super) async fn pipeline(
    pool: &Arc<Pool<Server>>,
    all: &[Words],
) -> Result<Vec<Result<Reply, RedisError>>, ServerError> {
    let commands: Vec<_> = all
        .iter()
        .map(|words| allowed::check(&words.0).map(|()| command(words)))
        .collect();
    let sent: Vec<_> = commands.iter().flatten().collect();
    let mut answers = if sent.is_empty() {
        Vec::new()
    } else {
        run(pool, sent).await?
    }
    .into_iter();
    let answer = |command: Result<Cmd, RedisError>| {
        command.and_then(|_| answers.next().map_or(Ok(Reply::Null), reply))
    };
    Ok(commands.into_iter().map(answer).collect())
}

/// Does `all` as one: nothing of others comes between. If one of them is not queued, none is done.
pub(super) async fn transaction(
    pool: &Arc<Pool<Server>>,
    all: &[Words],
) -> Result<Result<Vec<Result<Reply, RedisError>>, RedisError>, ServerError> {
    for words in all {
        if let Err(error) = allowed::check(&words.0) {
            return Ok(Err(error));
        }
    }
    let (begin, end) = (redis::cmd("MULTI"), redis::cmd("EXEC"));
    let commands: Vec<_> = all.iter().map(command).collect();
    let unit = std::iter::once(&begin).chain(&commands).chain([&end]);
    let mut answers = run(pool, unit.collect()).await?;
    Ok(match answers.pop() {
        Some(Value::Array(replies)) => Ok(replies.into_iter().map(reply).collect()),
        // Which of them was not queued was said when it was.
        _ => Err(answers
            .into_iter()
            .find_map(|answer| reply(answer).err())
            .unwrap_or(RedisError::Internal)),
    })
}

async fn run(pool: &Arc<Pool<Server>>, commands: Vec<&Cmd>) -> Result<Vec<Value>, ServerError> {
    let mut lease = pool.take().await?;
    let answers = pool.timed(lease.run(commands)).await?;
    lease.keep();
    Ok(answers)
}

fn command(words: &Words) -> Cmd {
    let mut command = Cmd::new();
    for word in &words.0 {
        command.arg(word);
    }
    command
}

/// An answer in RESP2, which has no other kinds of values.
fn reply(value: Value) -> Result<Reply, RedisError> {
    Ok(match value {
        Value::Nil => Reply::Null,
        Value::Int(number) => Reply::Integer(number),
        Value::BulkString(bytes) => Reply::Bytes(bytes),
        Value::SimpleString(text) => Reply::Text(text.into()),
        Value::Okay => Reply::Ok,
        Value::Array(values) => {
            Reply::Array(values.into_iter().map(reply).collect::<Result<_, _>>()?)
        }
        Value::ServerError(error) => {
            let detail = error.details().unwrap_or_default();
            return Err(RedisError::Server(format!("{} {detail}", error.code())));
        }
        _ => return Err(RedisError::Internal),
    })
}

impl Server {
    /// The connections to `server`.
    pub(super) fn pool(
        server: RedisServer,
        limits: Limits,
        counts: crate::pool::Counts,
    ) -> Arc<Pool<Self>> {
        Pool::new(Self(server), limits, counts)
    }
}
