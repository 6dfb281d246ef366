use iam_storage_sql::SqlError;
use serde::Deserialize;

/// Why a request did not succeed.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Failure {
    /// It met others that ran at the same time; nothing was done.
    Conflict,
    /// All the rest.
    Sql(SqlError),
}

impl Failure {
    pub(crate) fn internal(text: impl Into<String>) -> Self {
        Self::Sql(SqlError::Internal(text.into()))
    }

    pub(crate) fn unavailable(text: impl Into<String>) -> Self {
        Self::Sql(SqlError::Unavailable(text.into()))
    }
}

/// What the gateway says of a unit that was not done.
#[derive(Deserialize)]
pub(crate) struct Refused {
    error: Reason,
}

#[derive(Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
enum Reason {
    Guard,
    Sql {
        number: u32,
    },
    #[serde(other)]
    Other,
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused.error {
            Reason::Guard => Self::Sql(SqlError::Guard),
            Reason::Sql { number } => numbered(number),
            Reason::Other => Self::internal("refused by the gateway"),
        }
    }
}

/// By the numbers of SQL Server's `sys.messages`.
fn numbered(number: u32) -> Failure {
    Failure::Sql(match number {
        // A deadlock; a conflict of snapshots; a table that another has made just now.
        1205 | 3960 | 2714 => return Failure::Conflict,
        // A unique index, a key.
        2601 | 2627 => SqlError::Unique,
        547 => SqlError::ForeignKey,
        // No such column, no such table.
        207 | 208 => SqlError::Schema,
        // A session that was ended; no memory, no locks, no time for a lock, no room on the disk; and
        // what Azure says where it is busy or moves the database.
        596
        | 701
        | 802
        | 1105
        | 1204
        | 1222
        | 9002
        | 10928
        | 10929
        | 40197
        | 40501
        | 40613
        | 49918..=49920 => return Failure::unavailable(format!("answered {number}")),
        number => SqlError::Internal(format!("answered {number}")),
    })
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::SqlError;

    use super::{Failure, Refused};

    #[track_caller]
    fn check(json: &str, expected: &Failure) {
        let refused: Refused = serde_json::from_str(json).unwrap();
        assert_eq!(Failure::from(refused), *expected, "{json}");
    }

    #[test]
    fn errors_are_told_apart_by_their_numbers() {
        let sql = |number| format!(r#"{{"error":{{"code":"sql","number":{number}}}}}"#);
        check(&sql(2627), &Failure::Sql(SqlError::Unique));
        check(&sql(2601), &Failure::Sql(SqlError::Unique));
        check(&sql(547), &Failure::Sql(SqlError::ForeignKey));
        check(&sql(208), &Failure::Sql(SqlError::Schema));
        check(&sql(1205), &Failure::Conflict);
        check(&sql(40613), &Failure::unavailable("answered 40613"));
        check(&sql(8134), &Failure::internal("answered 8134"));
        check(
            r#"{"error":{"code":"guard","statement":3}}"#,
            &Failure::Sql(SqlError::Guard),
        );
        check(
            r#"{"error":{"code":"type"}}"#,
            &Failure::internal("refused by the gateway"),
        );
    }
}
