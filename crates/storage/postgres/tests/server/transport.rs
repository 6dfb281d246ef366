//! What this transport promises beside what all do.

use iam_storage_sql::{SqlError, SqlTransport as _, Statement};

use crate::server::Postgres;

#[test]
fn of_an_error_its_code_is_told_and_nothing_else() {
    Postgres::shared().with("iam", async |transport| {
        let strange = Statement::new("select 'hunter2'::bigint");
        let outcome = transport().execute(&[strange]).await;
        let code = SqlError::Internal("answered 22P02".to_owned());
        assert_eq!(outcome.map(drop), Err(code));
    });
}
