use thiserror::Error;

/// Why a repository could not do what it was asked to.
///
/// The texts are for logs; what a caller may tell a client is decided from the variant alone.
#[derive(Debug, Error)]
pub enum StorageError {
    /// Another object already has this id or this unique name.
    #[error("already exists")]
    AlreadyExists,
    /// A stored value cannot be read as what it should be.
    #[error("stored value in {table}.{column} is not readable")]
    Corrupt {
        /// The table it is in.
        table: &'static str,
        /// The column it is in.
        column: &'static str,
    },
    /// Something would contain or include itself.
    #[error("would contain itself")]
    Cycle,
    /// Others still refer to it.
    #[error("is referred to")]
    InUse,
    /// The database understood us and refused, or we did not understand it: a defect.
    #[error("database error: {0}")]
    Internal(String),
    /// The object referred to is not there.
    #[error("no such object")]
    NotFound,
    /// The schema is older or newer than this program.
    #[error(
        "schema is not the one of this version: `iam up` of this version brings its own up to date"
    )]
    Schema,
    /// Somebody else changed the object first.
    #[error("changed by somebody else")]
    Stale,
    /// The database could not be reached, or had no time for us. Trying again may help; if what
    /// failed was a write, it may have been done all the same.
    #[error("database unavailable: {0}")]
    Unavailable(String),
}
