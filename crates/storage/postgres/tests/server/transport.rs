//! The promises of a SQL transport.

use futures_util::future::join_all;
use iam_storage_sql::{SqlError, SqlTransport as _, Statement, Value};

use crate::server::Postgres;

const CREATE: &str = "create table t (n bigint primary key, at bigint not null default 0)";

#[test]
fn a_guard_that_does_not_hold_undoes_the_unit_before_and_after_it() {
    let server = Postgres::shared();
    server.with(&server.new_database(), async |transport| {
        let transport = transport();
        let fill = Statement::new("insert into t values (1), (2), (3)").exactly(3);
        transport
            .execute(&[Statement::new(CREATE), fill])
            .await
            .unwrap();
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
    let server = Postgres::shared();
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
    let server = Postgres::shared();
    server.with(&server.new_database(), async |transport| {
        let fill = Statement::new("insert into t values (1, 0)").exactly(1);
        transport()
            .execute(&[Statement::new(CREATE), fill])
            .await
            .unwrap();
        let add = || async {
            let unit = [
                Statement::new("update t set at = (select max(at) from t) + 1 where n = 1")
                    .exactly(1),
                Statement::new("select at from t"),
            ];
            transport().execute(&unit).await.map(drop)
        };
        for outcome in join_all((0..50).map(|_| add())).await {
            outcome.unwrap();
        }
        let rows = transport()
            .execute(&[Statement::new("select at from t")])
            .await
            .unwrap();
        assert_eq!(rows[0][0].values(), [Value::from(50)]);
    });
}

#[test]
fn errors_are_told_apart() {
    let server = Postgres::shared();
    server.with(&server.new_database(), async |transport| {
        let transport = transport();
        let child = "create table c (n bigint references t (n))";
        let unit = [
            Statement::new(CREATE),
            Statement::new(child),
            Statement::new("insert into t values (1)"),
        ];
        transport.execute(&unit).await.unwrap();
        let outcome =
            async |sql: &'static str| transport.execute(&[Statement::new(sql)]).await.map(drop);
        assert_eq!(
            outcome("insert into t values (1)").await,
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
        let strange = outcome("select 'hunter2'::bigint").await;
        assert_eq!(
            strange,
            Err(SqlError::Internal("answered 22P02".to_owned()))
        );
    });
}
