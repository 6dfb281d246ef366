//! What this transport promises beside what all do.

use iam_storage_sql::{SqlError, SqlTransport as _, Statement};
use iam_test_servers::free_port;

use crate::server::{Sqld, run, transport};

#[test]
fn a_value_that_is_no_integer_text_or_null_is_an_error() {
    let server = Sqld::shared();
    run(async {
        let transport = server.transport();
        for sql in ["select 1.5", "select x'00ff'"] {
            let outcome = transport.execute(&[Statement::new(sql)]).await;
            assert!(matches!(outcome, Err(SqlError::Internal(_))), "{sql}");
        }
    });
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    run(async {
        let outcome = transport(free_port(), None)
            .execute(&[Statement::new("select 1")])
            .await;
        assert!(matches!(outcome, Err(SqlError::Unavailable(_))));
    });
}

#[test]
fn what_a_server_wants_to_see_is_shown_to_it_and_told_to_nobody() {
    // The user name and password of RFC 7617 §2.
    let server = Sqld::start(&["--http-auth", "basic:QWxhZGRpbjpvcGVuIHNlc2FtZQ=="]);
    run(async {
        let unit = [Statement::new("select 1")];
        let known = server.transport_with("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        known.execute(&unit).await.unwrap();
        let unknown = server.transport_with("Bearer hunter2");
        let Err(SqlError::Internal(text)) = unknown.execute(&unit).await else {
            panic!("let in");
        };
        assert!(text.contains("401") && !text.contains("hunter2"), "{text}");
    });
}
