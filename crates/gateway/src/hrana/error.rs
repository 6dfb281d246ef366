use rusqlite::ErrorCode;
use thiserror::Error;
use tokio::task::JoinError;

/// Why a pipeline has no results at all. The texts go to the client.
#[derive(Debug, Error)]
pub(crate) enum PipelineError {
    #[error("The stream has expired due to inactivity")]
    Expired,
    #[error("The gateway could not run this")]
    Internal,
    #[error("The gateway has too much to do, nothing of this was done")]
    Overloaded,
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
}

impl From<JoinError> for PipelineError {
    /// A thread panicked, or the runtime stops.
    fn from(_: JoinError) -> Self {
        Self::Internal
    }
}

/// What a client that keeps to the protocol does not send. It ends the stream.
#[derive(Debug, Error)]
pub(crate) enum ProtocolError {
    #[error("Received an invalid baton")]
    BatonInvalid,
    #[error("Received a baton that has already been used")]
    BatonReused,
    #[error("Cannot deserialize client message from JSON: {0}")]
    Json(serde_json::Error),
    #[error("{0} is only supported in protocol version hrana3 and higher")]
    NotSupported(&'static str),
    #[error("Either `sql` or `sql_id` are required, but not both")]
    SqlAndId,
    #[error("SQL text {0} already exists")]
    SqlExists(i32),
    #[error("Either `sql` or `sql_id` are required")]
    SqlMissing,
    #[error("SQL text {0} not found")]
    SqlNotFound(i32),
    #[error("Invalid reference to step in a batch condition")]
    StepInvalid,
    #[error("Stream for this baton was closed")]
    StreamClosed,
}

/// Why one request of a pipeline failed; the others run.
#[derive(Debug, Error)]
pub(crate) enum StatementError {
    #[error("Specifying both positional and named arguments is not supported")]
    ArgsBoth,
    #[error("Arguments do not match SQL parameters: {0}")]
    ArgsInvalid(String),
    #[error("SQL string contains more than one statement")]
    Many,
    #[error("SQL string does not contain any statement")]
    None,
    #[error("SQL string could not be parsed: {0}")]
    Parse(String),
    #[error("SQL input error: {message} (at offset {offset})")]
    SqlInput { message: String, offset: i32 },
    #[error("SQLite error: {message}")]
    Sqlite { code: ErrorCode, message: String },
    #[error("The statement is too large to be stored: {size}/{limit} bytes")]
    StoreTooLarge { size: usize, limit: usize },
    #[error("The server already stores {0} SQL texts, it cannot store more")]
    StoreTooMany(usize),
    #[error("Transaction timed out")]
    TimedOut,
    #[error("Response is too large")]
    TooLarge,
}

impl StatementError {
    /// The error of preparing a statement, where what the grammar or our policy forbids is an
    /// error of the text and not of the database.
    pub(crate) fn of_preparing(error: rusqlite::Error) -> Self {
        match Self::from(error) {
            Self::Sqlite {
                code: ErrorCode::AuthorizationForStatementDenied,
                ..
            } => Self::Parse("unsupported statement".to_owned()),
            Self::SqlInput { message, .. } | Self::Sqlite { message, .. }
                if is_grammar(&message) =>
            {
                Self::Parse(message)
            }
            error => error,
        }
    }

    /// What clients tell errors apart by.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::ArgsBoth => "ARGS_BOTH_POSITIONAL_AND_NAMED",
            Self::ArgsInvalid(_) => "ARGS_INVALID",
            Self::Many => "SQL_MANY_STATEMENTS",
            Self::None => "SQL_NO_STATEMENT",
            Self::Parse(_) => "SQL_PARSE_ERROR",
            Self::SqlInput { .. } => "SQL_INPUT_ERROR",
            Self::Sqlite { code, .. } => sqlite_code(*code),
            Self::StoreTooLarge { .. } => "SQL_STORE_TOO_LARGE",
            Self::StoreTooMany(_) => "SQL_STORE_TOO_MANY",
            Self::TimedOut => "TRANSACTION_TIMEOUT",
            Self::TooLarge => "RESPONSE_TOO_LARGE",
        }
    }
}

impl From<rusqlite::Error> for StatementError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error;
        match error {
            Error::SqlInputError { msg, offset, .. } => Self::SqlInput {
                message: msg,
                offset,
            },
            Error::SqliteFailure(error, message) => Self::Sqlite {
                code: error.code,
                message: message.unwrap_or_else(|| error.to_string()),
            },
            error => Self::Sqlite {
                code: ErrorCode::Unknown,
                message: error.to_string(),
            },
        }
    }
}

fn is_grammar(message: &str) -> bool {
    message.ends_with(": syntax error")
        || message.starts_with("unrecognized token")
        || message == "incomplete input"
}

const fn sqlite_code(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ApiMisuse => "SQLITE_MISUSE",
        ErrorCode::AuthorizationForStatementDenied => "SQLITE_AUTH",
        ErrorCode::CannotOpen => "SQLITE_CANTOPEN",
        ErrorCode::ConstraintViolation => "SQLITE_CONSTRAINT",
        ErrorCode::DatabaseBusy => "SQLITE_BUSY",
        ErrorCode::DatabaseCorrupt => "SQLITE_CORRUPT",
        ErrorCode::DatabaseLocked => "SQLITE_LOCKED",
        ErrorCode::DiskFull => "SQLITE_FULL",
        ErrorCode::FileLockingProtocolFailed => "SQLITE_PROTOCOL",
        ErrorCode::InternalMalfunction => "SQLITE_INTERNAL",
        ErrorCode::NoLargeFileSupport => "SQLITE_NOLFS",
        ErrorCode::NotADatabase => "SQLITE_NOTADB",
        ErrorCode::NotFound => "SQLITE_NOTFOUND",
        ErrorCode::OperationAborted => "SQLITE_ABORT",
        ErrorCode::OperationInterrupted => "SQLITE_INTERRUPT",
        ErrorCode::OutOfMemory => "SQLITE_NOMEM",
        ErrorCode::ParameterOutOfRange => "SQLITE_RANGE",
        ErrorCode::PermissionDenied => "SQLITE_PERM",
        ErrorCode::ReadOnly => "SQLITE_READONLY",
        ErrorCode::SchemaChanged => "SQLITE_SCHEMA",
        ErrorCode::SystemIoFailure => "SQLITE_IOERR",
        ErrorCode::TooBig => "SQLITE_TOOBIG",
        ErrorCode::TypeMismatch => "SQLITE_MISMATCH",
        _ => "SQLITE_UNKNOWN",
    }
}

/// Why a request failed: it alone, or the pipeline with it.
#[derive(Debug)]
pub(crate) enum Failure {
    Protocol(ProtocolError),
    Statement(StatementError),
}

impl From<ProtocolError> for Failure {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

impl From<StatementError> for Failure {
    fn from(error: StatementError) -> Self {
        Self::Statement(error)
    }
}
