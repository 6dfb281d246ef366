use iam_storage_ports::StorageError;
use thiserror::Error;

/// Why a unit of work was not done. Nothing of it was, unless it is [`Unavailable`].
///
/// The texts may quote SQL, which never has values in it, but no parameters and no rows.
///
/// [`Unavailable`]: Self::Unavailable
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum SqlError {
    /// A row refers to one that is not there.
    #[error("foreign key violated")]
    ForeignKey,
    /// A guarded statement changed another number of rows than it should have.
    #[error("guard failed")]
    Guard,
    /// The server refused the statement, or its answer makes no sense: a defect.
    #[error("{0}")]
    Internal(String),
    /// What a definition makes is there already, or what it drops is not.
    #[error("definition is redundant")]
    Redundant,
    /// A table or a column is not there.
    #[error("schema is not current")]
    Schema,
    /// No answer, or no time for us. A write may have been done all the same.
    #[error("{0}")]
    Unavailable(String),
    /// Another row has the same key.
    #[error("unique key violated")]
    Unique,
}

impl From<SqlError> for StorageError {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::ForeignKey => Self::NotFound,
            SqlError::Guard => Self::Stale,
            SqlError::Internal(text) => Self::Internal(text),
            SqlError::Redundant => Self::Internal(error.to_string()),
            SqlError::Schema => Self::Schema,
            SqlError::Unavailable(text) => Self::Unavailable(text),
            SqlError::Unique => Self::AlreadyExists,
        }
    }
}
