//! What this transport promises beside what all do.

use iam_storage_ports::Storage as _;
use iam_storage_sql::{SqlError, SqlStorage, SqlTransport as _, Statement, Value};

use crate::server::MySql;

const CREATE: &str = "create table t (n bigint primary key, at bigint not null default 0)";

#[test]
fn a_definition_of_what_is_there_is_redundant_and_an_error_has_nothing_but_its_code() {
    let server = MySql::shared();
    server.with(&server.new_database(), async |transport| {
        let transport = transport();
        let outcome =
            async |sql: &'static str| transport.execute(&[Statement::new(sql)]).await.map(drop);
        outcome(CREATE).await.unwrap();
        for redundant in [
            "create table t (n bigint)",
            "alter table t drop column nothing",
        ] {
            assert_eq!(outcome(redundant).await, Err(SqlError::Redundant));
        }
        for strange in ["select hunter2 from where", "select 1; drop table t"] {
            let code = SqlError::Internal("answered 1064".to_owned());
            assert_eq!(outcome(strange).await, Err(code));
        }
    });
}

#[test]
fn rows_that_are_found_as_they_should_be_count_as_changed() {
    let server = MySql::shared();
    server.with(&server.new_database(), async |transport| {
        let transport = transport();
        // One by one: a definition commits.
        for statement in [
            Statement::new(CREATE),
            Statement::new("insert into t values (1, 7), (2, 7)"),
            Statement::new("update t set at = 7").exactly(2),
        ] {
            transport.execute(&[statement]).await.unwrap();
        }
    });
}

#[test]
fn texts_are_compared_byte_by_byte_and_spaces_count() {
    let server = MySql::shared();
    server.with("iam", async |transport| {
        let storage = SqlStorage::new(transport());
        storage.migrate().await.unwrap();
        let add = "insert into tenants (id, name, display_name, status, version, created_at, \
                   updated_at) values (?, ?, '', 'active', 1, 0, 0)";
        let names = [
            "pad",
            "pad ",
            "PAD",
            "p\u{e1}d",
            "pa\u{301}d",
            "\u{1f389}",
            "\u{1f388}",
        ];
        let mut unit = vec![Statement::new(
            "delete from tenants where id like 'bytes-%'",
        )];
        unit.extend(names.iter().enumerate().map(|(at, name)| {
            Statement::new(add)
                .bind(format!("bytes-{at}").as_str())
                .bind(*name)
        }));
        let sorted = "select name from tenants where id like 'bytes-%' order by name";
        unit.push(Statement::new(sorted));
        let remove = "delete from tenants where id like 'bytes-%'";
        unit.push(Statement::new(remove).exactly(7));
        let mut answers = transport().execute(&unit).await.unwrap();
        let rows = answers.remove(names.len() + 1).into_iter();
        let found: Vec<_> = rows.map(|row| row.values()[0].clone()).collect();
        let mut expected = names;
        expected.sort_unstable();
        assert_eq!(found, expected.map(Value::from));
    });
}
