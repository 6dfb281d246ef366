//! The promises of a SQL transport.

use iam_storage_mssql::SqlServerTransport;
use iam_storage_sql::{SqlError, SqlTransport as _, Statement, Value};

use crate::{
    gateway::{block_on, with},
    real,
    stand_in::{StandIn, random},
};

/// One test on the stand-in and one on a real server.
macro_rules! promises {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                block_on(async {
                    let server = StandIn::new(false);
                    with(&server.listen().await, async |transport| $name::run(transport()).await)
                        .await;
                });
            }
        )+
        mod on_a_real_server {
            use super::{block_on, real, with};
            $(
                #[test]
                #[ignore = "needs a SQL Server: set IAM_TEST_MSSQL_URL and run with --ignored"]
                fn $name() {
                    block_on(with(&real::url(), async |transport| {
                        super::$name::run(transport()).await;
                    }));
                }
            )+
        }
    };
}

promises! {
    a_guard_that_does_not_hold_undoes_the_unit_before_and_after_it
    values_come_back_as_they_went
    errors_are_told_apart
}

/// A table that nobody else has.
async fn table(transport: &SqlServerTransport) -> String {
    let name = format!("t_{:016x}", random());
    let create = format!("create table {name} (n bigint not null primary key)");
    transport.execute(&[Statement::new(create)]).await.unwrap();
    name
}

mod a_guard_that_does_not_hold_undoes_the_unit_before_and_after_it {
    use iam_storage_sql::SqlTransport as _;

    use super::{SqlError, SqlServerTransport, Statement, table};

    pub(super) async fn run(transport: SqlServerTransport) {
        let t = table(&transport).await;
        let fill = Statement::new(format!("insert into {t} values (1), (2), (3)")).exactly(3);
        transport.execute(&[fill]).await.unwrap();
        let delete = |n| Statement::new(format!("delete from {t} where n = {n}")).exactly(1);
        let unit = [delete(1), delete(7), delete(2)];
        assert_eq!(
            transport.execute(&unit).await.map(drop),
            Err(SqlError::Guard)
        );
        let query = Statement::new(format!("select n from {t}"));
        assert_eq!(transport.execute(&[query]).await.unwrap()[0].len(), 3);
    }
}

mod values_come_back_as_they_went {
    use iam_storage_sql::SqlTransport as _;

    use super::{SqlServerTransport, Statement, Value};

    pub(super) async fn run(transport: SqlServerTransport) {
        let long = "ü🎉".repeat(9000);
        for value in [
            Value::from(i64::MAX),
            i64::MIN.into(),
            9_007_199_254_740_993.into(),
            "".into(),
            "a ".into(),
            "é\u{1f389}'); drop table t; -- \\ \" \n $1 ? @P1".into(),
            long.as_str().into(),
            Value::Null,
        ] {
            let query = Statement::new("select ?").bind(value.clone());
            let rows = transport.execute(&[query]).await.unwrap();
            assert_eq!(rows[0][0].values(), [value]);
        }
    }
}

mod errors_are_told_apart {
    use iam_storage_sql::SqlTransport as _;

    use super::{SqlError, SqlServerTransport, Statement, table};

    pub(super) async fn run(transport: SqlServerTransport) {
        let t = table(&transport).await;
        let child = format!("create table {t}_c (n bigint references {t} (n))");
        let fill = format!("insert into {t} values (1)");
        let unit = [Statement::new(child), Statement::new(fill)];
        transport.execute(&unit).await.unwrap();
        let outcome = async |sql: String| {
            let outcome = transport.execute(&[Statement::new(sql)]).await;
            outcome.map(drop)
        };
        assert_eq!(
            outcome(format!("insert into {t} values (1)")).await,
            Err(SqlError::Unique)
        );
        assert_eq!(
            outcome(format!("insert into {t}_c values (7)")).await,
            Err(SqlError::ForeignKey)
        );
        assert_eq!(
            outcome("select 1 from nowhere".to_owned()).await,
            Err(SqlError::Schema)
        );
        assert_eq!(
            outcome(format!("select absent from {t}")).await,
            Err(SqlError::Schema)
        );
        let strange = outcome("select 'hunter2' from from".to_owned()).await;
        let Err(SqlError::Internal(text)) = strange else {
            panic!("{strange:?}");
        };
        assert!(text.starts_with("answered 1"), "{text}");
    }
}
