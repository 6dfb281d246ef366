use iam_storage_sql::SqlError;
use serde::Deserialize;

/// Why a request did not succeed.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Failure {
    /// The engine could not bring it into an order with others that ran at the same time; nothing
    /// was done.
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

/// An error of Postgres. Its texts may quote values, so nothing but the code is read.
#[derive(Deserialize)]
pub(crate) struct NeonError {
    code: Option<String>,
}

/// By the codes of Postgres' appendix A.
impl From<NeonError> for Failure {
    fn from(error: NeonError) -> Self {
        let Some(code) = error.code else {
            return Self::internal("refused without a code");
        };
        Self::Sql(match code.as_str() {
            // serialization_failure, deadlock_detected
            "40001" | "40P01" => return Self::Conflict,
            // unique_violation, and of those who make one table at once: duplicate_table,
            // duplicate_object
            "23505" | "42P07" | "42710" => SqlError::Unique,
            "23503" => SqlError::ForeignKey,
            // What a guard does that does not hold; nothing else of ours divides.
            "22012" => SqlError::Guard,
            // undefined_table, undefined_column
            "42P01" | "42703" => SqlError::Schema,
            // query_canceled, cannot_connect_now, admin_shutdown, too_many_connections and the rest
            // of connections and resources.
            code if code == "57014" || ["08", "53", "57P"].iter().any(|c| code.starts_with(c)) => {
                return Self::unavailable(format!("answered {code}"));
            }
            code => SqlError::Internal(format!("answered {code}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::SqlError;

    use super::{Failure, NeonError};

    #[track_caller]
    fn check(code: &str, expected: &Failure) {
        let error = NeonError {
            code: Some(code.to_owned()),
        };
        assert_eq!(Failure::from(error), *expected, "{code}");
    }

    #[test]
    fn errors_are_told_apart_by_their_codes() {
        check("23505", &Failure::Sql(SqlError::Unique));
        check("42710", &Failure::Sql(SqlError::Unique));
        check("23503", &Failure::Sql(SqlError::ForeignKey));
        check("22012", &Failure::Sql(SqlError::Guard));
        check("42P01", &Failure::Sql(SqlError::Schema));
        check("40001", &Failure::Conflict);
        check("53300", &Failure::unavailable("answered 53300"));
        check("23502", &Failure::internal("answered 23502"));
    }
}
