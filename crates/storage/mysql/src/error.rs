use iam_storage_sql::SqlError;
use serde::Deserialize;

/// Why a request did not succeed.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Failure {
    /// The engine could not bring it into an order with others that ran at the same time; nothing
    /// was done.
    Conflict,
    /// It waited for others until the engine gave up; nothing was done.
    Locked,
    /// All the rest.
    Sql(SqlError),
}

impl From<SqlError> for Failure {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl Failure {
    pub(crate) fn internal(text: impl Into<String>) -> Self {
        Self::Sql(SqlError::Internal(text.into()))
    }

    pub(crate) fn unavailable(text: impl Into<String>) -> Self {
        Self::Sql(SqlError::Unavailable(text.into()))
    }
}

/// An error of the database. Its text quotes values and the whole statement, so nothing but the
/// number in it is read.
#[derive(Deserialize)]
pub(crate) struct VitessError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    code: String,
}

impl VitessError {
    /// The number of MySQL's errors, which Vitess writes after the text as `(errno 1062)`. Of two
    /// the last is it: before it may be a value, and after it our statement, in which no text of
    /// ours has a parenthesis (`literal.rs`).
    fn number(&self) -> Option<u16> {
        let (_, rest) = self.message.rsplit_once("(errno ")?;
        rest.split_once(')')?.0.parse().ok()
    }
}

/// By the numbers of MySQL's and `MariaDB`'s error reference.
impl From<VitessError> for Failure {
    fn from(error: VitessError) -> Self {
        let Some(number) = error.number() else {
            return by_code(&error.code);
        };
        Self::Sql(match number {
            // ER_LOCK_DEADLOCK; ER_CHECKREAD, MariaDB's for a row that has changed meanwhile
            1213 | 1020 => return Self::Conflict,
            // ER_LOCK_WAIT_TIMEOUT
            1205 => return Self::Locked,
            // ER_DUP_ENTRY
            1062 => SqlError::Unique,
            // ER_ROW_IS_REFERENCED, ER_NO_REFERENCED_ROW and their later forms
            1216 | 1217 | 1451 | 1452 => SqlError::ForeignKey,
            // ER_NO_SUCH_TABLE, ER_BAD_FIELD_ERROR
            1146 | 1054 => SqlError::Schema,
            // ER_TABLE_EXISTS_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME, ER_CANT_DROP_FIELD_OR_KEY
            1050 | 1060 | 1061 | 1091 => SqlError::Redundant,
            // Too many connections, shutdown, interrupted, read-only after a failover, out of time,
            // and a connection that is gone.
            1040 | 1053 | 1203 | 1290 | 1317 | 1792 | 1836 | 1927 | 1969 | 2002..=2013 | 3024 => {
                return Self::unavailable(format!("answered {number}"));
            }
            number => SqlError::Internal(format!("answered {number}")),
        })
    }
}

/// By the codes of gRPC, if there is no number.
fn by_code(code: &str) -> Failure {
    match code {
        "ABORTED" | "CANCELED" | "DEADLINE_EXCEEDED" | "UNAVAILABLE" => {
            Failure::unavailable("answered that it is not available")
        }
        _ => Failure::internal("refused without a number"),
    }
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::SqlError;

    use super::{Failure, VitessError};

    fn failure(message: &str) -> Failure {
        Failure::from(VitessError {
            message: message.to_owned(),
            code: "UNKNOWN".to_owned(),
        })
    }

    #[test]
    fn errors_are_told_apart_by_their_numbers() {
        for (number, expected) in [
            (1062, Failure::Sql(SqlError::Unique)),
            (1451, Failure::Sql(SqlError::ForeignKey)),
            (1452, Failure::Sql(SqlError::ForeignKey)),
            (1146, Failure::Sql(SqlError::Schema)),
            (1061, Failure::Sql(SqlError::Redundant)),
            (1213, Failure::Conflict),
            (1205, Failure::Locked),
            (1040, Failure::unavailable("answered 1040")),
            (1064, Failure::internal("answered 1064")),
        ] {
            let text = format!("hunter2 (errno {number}) (sqlstate HY000) during query: select 1");
            assert_eq!(failure(&text), expected, "{number}");
        }
    }

    #[test]
    fn a_value_that_looks_like_a_number_is_not_taken_for_it() {
        let text = "target: iam.-.primary: vttablet: rpc error: code = AlreadyExists desc = \
                    Duplicate entry '(errno 1213) (sqlstate 40001)' for key 'a' (errno 1062) \
                    (sqlstate 23000) (CallerID: x): Sql: \"insert\"";
        assert_eq!(failure(text), Failure::Sql(SqlError::Unique));
    }

    #[test]
    fn without_a_number_its_code_is_read_and_its_text_never() {
        assert_eq!(
            failure("hunter2"),
            Failure::internal("refused without a number")
        );
        let aborted = VitessError {
            message: "transaction 1: not found".to_owned(),
            code: "ABORTED".to_owned(),
        };
        assert!(matches!(
            Failure::from(aborted),
            Failure::Sql(SqlError::Unavailable(_))
        ));
    }
}
