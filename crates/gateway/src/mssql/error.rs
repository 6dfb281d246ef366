use std::io;

use thiserror::Error;

use crate::pool::PoolError;

/// Why the database did not answer a unit of work.
#[derive(Debug, Error)]
pub(crate) enum SqlServerError {
    /// A guarded statement, the one at this place, changed another number of rows. Nothing was
    /// done, and the connection is good.
    #[error("guard failed")]
    Guard(usize),
    /// SQL Server refused, with an error of this number. Nothing was done, and the connection is
    /// good. Its text is not here, since it can quote values.
    #[error("refused with error {0}")]
    Refused(u32),
    /// The connection is not to be had, or broke.
    #[error("no connection to the database")]
    Connection(#[source] io::Error),
    /// No connection was free, or it took too long.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A column has a type that has no form here.
    #[error("a column has a type that is not served here")]
    Type,
    /// The answer is larger than a client may get.
    #[error("response is too large")]
    TooLarge,
}

impl SqlServerError {
    /// Whether nothing is left open on the connection after it.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(self, Self::Guard(_) | Self::Refused(_))
    }
}

impl From<io::Error> for SqlServerError {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

impl From<tiberius::error::Error> for SqlServerError {
    fn from(error: tiberius::error::Error) -> Self {
        match error {
            tiberius::error::Error::Server(error) => Self::Refused(error.code()),
            tiberius::error::Error::Io {
                kind: io::ErrorKind::TimedOut,
                ..
            } => Self::Pool(PoolError::TooSlow),
            tiberius::error::Error::Io { kind, .. } => Self::Connection(kind.into()),
            // What else there is means that the two do not understand each other.
            _ => Self::Connection(io::ErrorKind::InvalidData.into()),
        }
    }
}
