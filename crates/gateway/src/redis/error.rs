use thiserror::Error;

/// Why a command was not done, as Redis words it.
#[derive(Debug, Eq, Error, PartialEq)]
pub(crate) enum RedisError {
    #[error("ERR wrong number of arguments for '{0}' command")]
    Arity(&'static str),
    #[error("ERR invalid expire time in '{0}' command")]
    ExpireTime(&'static str),
    #[error("ERR NX and XX, GT or LT options at the same time are not compatible")]
    ExpireOptions,
    #[error("ERR GT and LT options at the same time are not compatible")]
    ExpireOrder,
    /// An answer that a Redis does not give.
    #[error("ERR internal")]
    Internal,
    #[error("ERR value is not an integer or out of range")]
    NotInteger,
    #[error("OOM command not allowed when used memory > 'maxmemory'.")]
    OutOfMemory,
    #[error("ERR increment or decrement would overflow")]
    Overflow,
    /// As a Redis said it.
    #[error("{0}")]
    Server(String),
    #[error("ERR syntax error")]
    Syntax,
    /// Redis repeats the arguments here; they may be secrets, and this text may be logged.
    #[error("ERR unknown command")]
    UnknownCommand,
    /// Redis repeats the option here.
    #[error("ERR Unsupported option")]
    UnsupportedOption,
}
