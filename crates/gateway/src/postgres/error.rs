use std::io;

use postgres_protocol::message::backend::ErrorResponseBody;
use serde::Serialize;
use thiserror::Error;

use crate::pool::PoolError;

/// An error as Postgres words it, and as Neon passes it on: all keys are there.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DatabaseError {
    pub(crate) message: String,
    pub(crate) code: Option<String>,
    detail: Option<String>,
    hint: Option<String>,
    position: Option<String>,
    internal_position: Option<String>,
    internal_query: Option<String>,
    severity: Option<String>,
    r#where: Option<String>,
    table: Option<String>,
    column: Option<String>,
    schema: Option<String>,
    data_type: Option<String>,
    constraint: Option<String>,
    file: Option<String>,
    line: Option<String>,
    routine: Option<String>,
}

impl DatabaseError {
    /// An error that is not the database's own.
    pub(crate) fn new(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            ..Self::default()
        }
    }

    /// Reads the fields of an `ErrorResponse`.
    pub(crate) fn read(body: &ErrorResponseBody) -> io::Result<Self> {
        use fallible_iterator::FallibleIterator as _;
        let mut error = Self::default();
        let mut fields = body.fields();
        while let Some(field) = fields.next()? {
            let text = String::from_utf8_lossy(field.value_bytes()).into_owned();
            let place = match field.type_() {
                b'M' => {
                    error.message = text;
                    continue;
                }
                b'C' => &mut error.code,
                b'D' => &mut error.detail,
                b'H' => &mut error.hint,
                b'P' => &mut error.position,
                b'p' => &mut error.internal_position,
                b'q' => &mut error.internal_query,
                b'S' => &mut error.severity,
                b'W' => &mut error.r#where,
                b't' => &mut error.table,
                b'c' => &mut error.column,
                b's' => &mut error.schema,
                b'd' => &mut error.data_type,
                b'n' => &mut error.constraint,
                b'F' => &mut error.file,
                b'L' => &mut error.line,
                b'R' => &mut error.routine,
                _ => continue,
            };
            *place = Some(text);
        }
        Ok(error)
    }
}

impl DatabaseError {
    /// Whether a prepared statement does not fit its tables any more.
    pub(crate) fn is_stale_plan(&self) -> bool {
        self.code.as_deref() == Some("0A000") && self.message.contains("cached plan")
    }
}

/// Why the database did not answer a unit of work.
#[derive(Debug, Error)]
pub(crate) enum PostgresError {
    /// It was asked for something it does not do, or is done for now: the connection is good.
    #[error("{}", .0.message)]
    Database(Box<DatabaseError>),
    /// The connection is not to be had, or broke.
    #[error("no connection to the database")]
    Connection(#[source] io::Error),
    /// No connection was free, or it took too long.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The answer is larger than a client may get.
    #[error("response is too large")]
    TooLarge,
}

impl From<io::Error> for PostgresError {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

/// What breaks the protocol.
pub(crate) fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
