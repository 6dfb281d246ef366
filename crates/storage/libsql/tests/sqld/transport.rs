//! The promises of a SQL transport.

use std::hash::{BuildHasher, Hasher, RandomState};

use futures_util::future::join_all;
use iam_storage_sql::{SqlError, SqlTransport, Statement, Value};
use iam_test_servers::free_port;

use crate::server::{Sqld, run, transport};

/// A table with the rows 1, 2 and 3, and statements over it.
struct Table(String);

impl Table {
    async fn create(transport: &dyn SqlTransport) -> Self {
        let id = RandomState::new().build_hasher().finish();
        let table = Self(format!("t_{id:016x}"));
        let unit = [
            table.statement("create table # (n bigint primary key)"),
            table
                .statement("insert into # values (1), (2), (3)")
                .exactly(3),
        ];
        transport.execute(&unit).await.unwrap();
        table
    }

    fn statement(&self, sql: &str) -> Statement {
        Statement::new(sql.replace('#', &self.0))
    }

    async fn count(&self, transport: &dyn SqlTransport) -> usize {
        let query = self.statement("select n from #");
        transport.execute(&[query]).await.unwrap()[0].len()
    }
}

#[test]
fn a_guard_that_does_not_hold_undoes_the_unit_before_and_after_it() {
    let server = Sqld::shared();
    run(async {
        let transport = server.transport();
        let table = Table::create(&transport).await;
        let delete = |rows| table.statement("delete from #").exactly(rows);
        for rows in [0, 3, 5] {
            let unit = [
                table.statement("insert into # values (4)").exactly(1),
                delete(rows),
                table.statement("insert into # values (5)"),
            ];
            let outcome = transport.execute(&unit).await;
            assert_eq!(outcome.map(|rows| rows.len()), Err(SqlError::Guard));
            assert_eq!(table.count(&transport).await, 3);
        }
        for rows in [0, 2, 4] {
            let outcome = transport.execute(&[delete(rows)]).await;
            assert_eq!(outcome.map(|rows| rows.len()), Err(SqlError::Guard));
            assert_eq!(table.count(&transport).await, 3);
        }
        transport.execute(&[delete(3)]).await.unwrap();
        assert_eq!(table.count(&transport).await, 0);
    });
}

#[test]
fn a_statement_that_fails_undoes_the_unit_before_it() {
    let server = Sqld::shared();
    run(async {
        let transport = server.transport();
        let table = Table::create(&transport).await;
        for (last, error) in [
            ("insert into # values (1)", SqlError::Unique),
            ("insert into #_ values (1)", SqlError::Schema),
        ] {
            let unit = [
                table.statement("insert into # values (4)"),
                table.statement(last),
            ];
            let outcome = transport.execute(&unit).await;
            assert_eq!(outcome.map(|rows| rows.len()), Err(error));
            assert_eq!(table.count(&transport).await, 3);
        }
    });
}

#[test]
fn units_at_once_do_not_see_each_other_halfway() {
    let server = Sqld::shared();
    run(async {
        let transport = server.transport();
        let table = Table::create(&transport).await;
        let one_more = "insert into # select max(n) + 1 from #";
        let unit = [table.statement(one_more), table.statement(one_more)];
        for outcome in join_all((0..20).map(|_| transport.execute(&unit))).await {
            outcome.unwrap();
        }
        assert_eq!(table.count(&transport).await, 3 + 20 * 2);
    });
}

#[test]
fn each_statement_of_a_unit_has_its_rows() {
    let server = Sqld::shared();
    run(async {
        let transport = server.transport();
        let table = Table::create(&transport).await;
        let unit = [
            table.statement("select n from # where n > ?").bind(1),
            table.statement("delete from #"),
            table.statement("select n from #"),
        ];
        let rows = transport.execute(&unit).await.unwrap();
        let counts: Vec<_> = rows.iter().map(Vec::len).collect();
        assert_eq!(counts, [2, 0, 0]);
    });
}

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
fn an_error_does_not_repeat_parameters() {
    let server = Sqld::shared();
    run(async {
        let transport = server.transport();
        let secret = Value::from("hunter2");
        for sql in ["select json(?)", "select abs(?", "select ?, ?", "selec ?"] {
            let statement = Statement::new(sql).bind(secret.clone());
            match transport.execute(&[statement]).await {
                // A parameter without a value is null.
                Ok(_) => assert_eq!(sql, "select ?, ?"),
                Err(error) => assert!(!error.to_string().contains("hunter2"), "{error}"),
            }
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
