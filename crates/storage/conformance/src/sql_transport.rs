//! The promises of a SQL transport.

use futures_util::future::join_all;
use iam_storage_sql::{SqlError, Statement, Value};

use crate::sql::{Open, Table};

/// A guard undoes its unit wherever in it it is, also if its statement is the only one.
pub async fn a_guard_that_does_not_hold_undoes_the_unit_before_and_after_it(open: Open<'_>) {
    let sql = open();
    let table = Table::create(&sql).await;
    let delete = |rows| table.statement("delete from #").exactly(rows);
    for rows in [0, 3, 5] {
        let unit = [
            table.statement("insert into # values (4, 0)").exactly(1),
            delete(rows),
            table.statement("insert into # values (5, 0)"),
        ];
        let outcome = sql.transport.execute(&unit).await;
        assert_eq!(outcome.map(drop), Err(SqlError::Guard));
        assert_eq!(table.count(&sql).await, 3);
    }
    for rows in [0, 2, 4] {
        let outcome = sql.run(delete(rows)).await;
        assert_eq!(outcome.map(drop), Err(SqlError::Guard));
        assert_eq!(table.count(&sql).await, 3);
    }
    sql.run(delete(3)).await.unwrap();
    assert_eq!(table.count(&sql).await, 0);
}

/// A statement that fails undoes what came before it in its unit.
pub async fn a_statement_that_fails_undoes_the_unit_before_it(open: Open<'_>) {
    let sql = open();
    let table = Table::create(&sql).await;
    for (last, error) in [
        ("insert into # values (1, 0)", SqlError::Unique),
        ("insert into #_ values (1, 0)", SqlError::Schema),
    ] {
        let unit = [
            table.statement("insert into # values (4, 0)"),
            table.statement(last),
        ];
        let outcome = sql.transport.execute(&unit).await;
        assert_eq!(outcome.map(drop), Err(error));
        assert_eq!(table.count(&sql).await, 3);
    }
}

/// Each statement of a unit is answered by the rows that it gives.
pub async fn each_statement_of_a_unit_has_its_rows(open: Open<'_>) {
    let sql = open();
    let table = Table::create(&sql).await;
    let unit = [
        table.statement("select n from # where n > ?").bind(1),
        table.statement("delete from #"),
        table.statement("select n from #"),
    ];
    let rows = sql.transport.execute(&unit).await.unwrap();
    let counts: Vec<_> = rows.iter().map(Vec::len).collect();
    assert_eq!(counts, [2, 0, 0]);
}

/// The edges of integers, and texts that are no SQL, whatever they look like.
pub async fn values_come_back_as_they_went(open: Open<'_>) {
    let sql = open();
    let long = "ü🎉".repeat(9000);
    for value in [
        Value::from(i64::MAX),
        i64::MIN.into(),
        9_007_199_254_740_993.into(),
        "".into(),
        "a ".into(),
        "é\u{1f389}'); drop table t; -- \\ \" \n $1 ? @P1".into(),
        "{a,b}".into(),
        long.as_str().into(),
        Value::Null,
    ] {
        let query = Statement::new("select ?").bind(value.clone());
        let rows = sql.run(query).await.unwrap();
        assert_eq!(rows[0].values(), [value]);
    }
}

/// Units that read what they then write lose nothing of each other.
pub async fn of_many_units_at_once_each_is_done_as_if_it_were_alone(open: Open<'_>) {
    let sql = open();
    // Units that conflict may wait for each other at a row of the schema.
    sql.storage.migrate().await.unwrap();
    let table = Table::create(&sql).await;
    let read = || table.statement("select at from # where n = 1");
    let unit = [
        read(),
        table
            .statement(
                "update # set at = (select max(at) from (select at from #) as t) + 1 where n = 1",
            )
            .exactly(1),
        read(),
    ];
    let programs: Vec<_> = (0..20).map(|_| open()).collect();
    let outcomes = programs.iter().map(|sql| sql.transport.execute(&unit));
    for outcome in join_all(outcomes).await {
        outcome.unwrap();
    }
    let rows = sql.run(read()).await.unwrap();
    assert_eq!(rows[0].values(), [Value::from(20)]);
}

/// What a repository has to know about a failure is told apart.
pub async fn errors_are_told_apart(open: Open<'_>) {
    let sql = open();
    let table = Table::create(&sql).await;
    let child = "create table #_c (n bigint, foreign key (n) references # (n))";
    sql.run(table.statement(child)).await.unwrap();
    for (text, error) in [
        ("insert into # values (1, 0)", SqlError::Unique),
        ("insert into #_c values (7)", SqlError::ForeignKey),
        ("select 1 from nowhere", SqlError::Schema),
        ("select absent from #", SqlError::Schema),
    ] {
        let outcome = sql.run(table.statement(text)).await;
        assert_eq!(outcome.map(drop), Err(error), "{text}");
    }
}

/// A database that has something to say about a statement has its parameters to say it with.
pub async fn an_error_does_not_repeat_parameters(open: Open<'_>) {
    let sql = open();
    let table = Table::create(&sql).await;
    for text in [
        "selec ?",
        "select ? from nowhere",
        "insert into # values (?, 0, 0)",
    ] {
        let statement = table.statement(text).bind("hunter2");
        let error = sql.run(statement).await.unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?}"
        );
    }
}
