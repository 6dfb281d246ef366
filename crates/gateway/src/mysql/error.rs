use mysql_async::{DriverError, ServerError};
use serde::Serialize;
use thiserror::Error;

use super::statement::Refused;
use crate::pool::PoolError;

/// Why a statement has no result.
#[derive(Debug, Error)]
pub(crate) enum MySqlError {
    /// The database refused it: the connection is good.
    #[error("the database refused the statement")]
    Database(VitessError),
    /// The connection is not to be had, or broke.
    #[error("no connection to the database")]
    Connection,
    /// The answer is larger than a client may get; the connection is in the middle of it.
    #[error("response is too large")]
    TooLarge,
    /// No connection was free, or it took too long.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

/// An error beside a session, as Vitess words it: with the number and the state of MySQL's. The
/// statement, which Vitess repeats, is left out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct VitessError {
    message: String,
    code: &'static str,
}

impl VitessError {
    pub(crate) fn new(message: &str, number: u16, state: &str) -> Self {
        Self {
            message: format!("{message} (errno {number}) (sqlstate {state})"),
            code: code(number),
        }
    }

    /// The session was rolled back, because nothing was heard of it.
    pub(crate) fn expired() -> Self {
        Self::new("transaction not found: it has ended", 1317, "70100")
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("response is too large (max is {limit} bytes)");
        Self {
            message,
            code: "RESOURCE_EXHAUSTED",
        }
    }
}

impl From<VitessError> for MySqlError {
    fn from(error: VitessError) -> Self {
        Self::Database(error)
    }
}

impl From<Refused> for MySqlError {
    fn from(refused: Refused) -> Self {
        Self::Database(match refused {
            Refused::Several => VitessError::new("more than one statement", 1064, "42000"),
            Refused::Setting => VitessError::new(
                "connections are shared here: of a session only the isolation can be set",
                1235,
                "42000",
            ),
        })
    }
}

impl From<mysql_async::Error> for MySqlError {
    fn from(error: mysql_async::Error) -> Self {
        match error {
            mysql_async::Error::Server(ServerError {
                code,
                message,
                state,
            }) => Self::Database(VitessError::new(&message, code, &state)),
            // Larger than the server takes: nothing was sent.
            mysql_async::Error::Driver(DriverError::PacketTooLarge) => {
                Self::Database(VitessError::new("statement is too large", 1153, "08S01"))
            }
            _ => Self::Connection,
        }
    }
}

/// The codes of gRPC that Vitess has for MySQL's errors (`go/mysql/sqlerror`), those that clients
/// look at.
fn code(number: u16) -> &'static str {
    match number {
        1062 => "ALREADY_EXISTS",
        1040 | 1203 => "RESOURCE_EXHAUSTED",
        1205 | 3024 | 1969 => "DEADLINE_EXCEEDED",
        1213 | 1317 => "ABORTED",
        1235 => "UNIMPLEMENTED",
        1290 | 1836 | 1451 | 1452 => "FAILED_PRECONDITION",
        1064 | 1146 | 1054 => "INVALID_ARGUMENT",
        1044 | 1142 => "PERMISSION_DENIED",
        _ => "UNKNOWN",
    }
}

#[cfg(test)]
mod tests {
    use super::VitessError;

    #[test]
    fn an_error_has_number_and_state_in_its_text() {
        let error = VitessError::new("Duplicate entry 'a' for key 'b'", 1062, "23000");
        assert_eq!(
            serde_json::to_value(error).unwrap(),
            serde_json::json!({
                "message": "Duplicate entry 'a' for key 'b' (errno 1062) (sqlstate 23000)",
                "code": "ALREADY_EXISTS",
            })
        );
    }
}
