use iam_storage_sql::SqlError;

use crate::answer::HranaError;

/// Why a request did not succeed.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Failure {
    /// The database was locked all the time that the server waited for it; nothing was done.
    Busy,
    /// All the rest.
    Sql(SqlError),
}

impl Failure {
    pub(crate) fn internal(text: &str) -> Self {
        Self::Sql(SqlError::Internal(text.to_owned()))
    }

    pub(crate) fn unavailable(text: impl Into<String>) -> Self {
        Self::Sql(SqlError::Unavailable(text.into()))
    }
}

impl From<Failure> for SqlError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Busy => Self::Unavailable("database is locked".to_owned()),
            Failure::Sql(error) => error,
        }
    }
}

impl From<HranaError> for Failure {
    fn from(HranaError { code, message }: HranaError) -> Self {
        let says = |text: &str| message.contains(text);
        match code.as_str() {
            code if code.starts_with("SQLITE_BUSY") || code == "TRANSACTION_BUSY" => Self::Busy,
            "BLOCKED" | "TRANSACTION_TIMEOUT" => Self::unavailable(code),
            // The code is the primary one only: which constraint it was is in the text.
            code if code.starts_with("SQLITE_CONSTRAINT") && says("UNIQUE constraint") => {
                Self::Sql(SqlError::Unique)
            }
            code if code.starts_with("SQLITE_CONSTRAINT") && says("FOREIGN KEY constraint") => {
                Self::Sql(SqlError::ForeignKey)
            }
            _ if says("no such table") || says("no such column") || says("has no column") => {
                Self::Sql(SqlError::Schema)
            }
            // Values are parameters, so a text that quotes the statement quotes none of them.
            code => Self::Sql(SqlError::Internal(format!("{code}: {}", short(&message)))),
        }
    }
}

/// The beginning of `text`, for a log.
fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::SqlError;

    use super::{Failure, HranaError};

    #[track_caller]
    fn check(code: &str, message: &str, expected: &Failure) {
        let error = HranaError {
            code: code.to_owned(),
            message: message.to_owned(),
        };
        assert_eq!(Failure::from(error), *expected, "{code} {message}");
    }

    /// The texts are those of sqld 0.24.32.
    #[test]
    fn errors_are_told_apart() {
        let constraint = "SQLITE_CONSTRAINT";
        let text = "SQLite error: UNIQUE constraint failed: users.tenant_id, users.username_key";
        check(constraint, text, &Failure::Sql(SqlError::Unique));
        let text = "SQLite error: FOREIGN KEY constraint failed";
        check(constraint, text, &Failure::Sql(SqlError::ForeignKey));
        let text = "SQLite error: NOT NULL constraint failed: users.id";
        let defect = SqlError::Internal(format!("{constraint}: {text}"));
        check(constraint, text, &Failure::Sql(defect));
        let text = "SQLite error: no such table: users";
        check("SQLITE_UNKNOWN", text, &Failure::Sql(SqlError::Schema));
        let text = "SQL input error: no such column: x (at offset 7)";
        check("SQL_INPUT_ERROR", text, &Failure::Sql(SqlError::Schema));
        check(
            "SQLITE_BUSY",
            "SQLite error: database is locked",
            &Failure::Busy,
        );
        check(
            "TRANSACTION_TIMEOUT",
            "Transaction timed out",
            &Failure::unavailable("TRANSACTION_TIMEOUT"),
        );
    }
}
