//! The promises of a SQL transport.

use futures_util::future::join_all;
use iam_storage_mysql::MySqlTransport;
use iam_storage_ports::Storage as _;
use iam_storage_sql::{SqlError, SqlStorage, SqlTransport as _, Statement, Value};

use crate::server::MySql;

const CREATE: &str = "create table t (n bigint primary key, at bigint not null default 0)";

/// Statements that are no unit: definitions commit.
async fn each<const N: usize>(transport: &MySqlTransport, statements: [Statement; N]) {
    for statement in statements {
        transport.execute(&[statement]).await.unwrap();
    }
}

#[test]
fn a_guard_that_does_not_hold_undoes_the_unit_before_and_after_it() {
    let server = MySql::shared();
    server.with(&server.new_database(), async |transport| {
        let transport = transport();
        let fill = Statement::new("insert into t (n) values (1), (2), (3)").exactly(3);
        each(&transport, [Statement::new(CREATE), fill]).await;
        let unit = [
            Statement::new("delete from t where n = 1").exactly(1),
            Statement::new("delete from t where n = 7").exactly(1),
            Statement::new("delete from t where n = 2").exactly(1),
        ];
        assert_eq!(
            transport.execute(&unit).await.map(drop),
            Err(SqlError::Guard)
        );
        let rows = transport
            .execute(&[Statement::new("select n from t")])
            .await;
        assert_eq!(rows.unwrap()[0].len(), 3);
    });
}

#[test]
fn values_come_back_as_they_went() {
    let server = MySql::shared();
    server.with("iam", async |transport| {
        for value in [
            Value::from(i64::MAX),
            i64::MIN.into(),
            9_007_199_254_740_993.into(),
            "".into(),
            "é\u{1f389}'); drop table t; -- \\ \" \n $1 ?".into(),
            "{a,b}".into(),
        ] {
            let query = Statement::new("select ?").bind(value.clone());
            let rows = transport().execute(&[query]).await.unwrap();
            assert_eq!(rows[0][0].values(), [value]);
        }
    });
}

#[test]
fn of_many_units_at_once_each_is_done_as_if_it_were_alone() {
    let server = MySql::shared();
    server.with(&server.new_database(), async |transport| {
        // Units that conflict wait for each other at a row of the schema.
        SqlStorage::new(transport()).migrate().await.unwrap();
        let fill = Statement::new("insert into t values (1, 0)").exactly(1);
        each(&transport(), [Statement::new(CREATE), fill]).await;
        let add = || async {
            let unit = [
                Statement::new("select at from t"),
                Statement::new("update t set at = at + 1 where n = 1").exactly(1),
                Statement::new("select at from t"),
            ];
            transport().execute(&unit).await.map(drop)
        };
        for outcome in join_all((0..30).map(|_| add())).await {
            outcome.unwrap();
        }
        let rows = transport()
            .execute(&[Statement::new("select at from t")])
            .await
            .unwrap();
        assert_eq!(rows[0][0].values(), [Value::from(30)]);
    });
}

#[test]
fn errors_are_told_apart() {
    let server = MySql::shared();
    server.with(&server.new_database(), async |transport| {
        let transport = transport();
        let child = "create table c (n bigint, foreign key (n) references t (n))";
        let unit = [
            Statement::new(CREATE),
            Statement::new(child),
            Statement::new("insert into t (n) values (1)"),
        ];
        each(&transport, unit).await;
        let outcome =
            async |sql: &'static str| transport.execute(&[Statement::new(sql)]).await.map(drop);
        assert_eq!(
            outcome("insert into t (n) values (1)").await,
            Err(SqlError::Unique)
        );
        assert_eq!(
            outcome("insert into c values (7)").await,
            Err(SqlError::ForeignKey)
        );
        assert_eq!(
            outcome("select 1 from nowhere").await,
            Err(SqlError::Schema)
        );
        assert_eq!(
            outcome("select nothing from t").await,
            Err(SqlError::Schema)
        );
        assert_eq!(
            outcome("create table t (n bigint)").await,
            Err(SqlError::Redundant)
        );
        assert_eq!(
            outcome("alter table t drop column nothing").await,
            Err(SqlError::Redundant)
        );
        // Not a word of it is told.
        let strange = outcome("select hunter2 from where").await;
        assert_eq!(strange, Err(SqlError::Internal("answered 1064".to_owned())));
        let two = outcome("select 1; drop table c").await;
        assert_eq!(two, Err(SqlError::Internal("answered 1064".to_owned())));
    });
}

#[test]
fn rows_that_are_found_as_they_should_be_count_as_changed() {
    let server = MySql::shared();
    server.with(&server.new_database(), async |transport| {
        let transport = transport();
        let fill = Statement::new("insert into t values (1, 7), (2, 7)");
        each(&transport, [Statement::new(CREATE), fill]).await;
        let same = Statement::new("update t set at = 7").exactly(2);
        transport.execute(&[same]).await.unwrap();
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
