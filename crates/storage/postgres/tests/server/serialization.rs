//! Units that the database cannot bring into an order: it ends one of them, and our transport tries
//! that one again.

use std::{cell::RefCell, rc::Rc};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::join;
use http::{Request, Response};
use iam_host_native::NativePlatform;
use iam_model::Timestamp;
use iam_platform::{FetchError, Platform};
use iam_storage_postgres::PostgresTransport;
use iam_storage_sql::{Row, SqlError, SqlTransport as _, Statement, Value};

use crate::server::Postgres;

/// Long enough for the other unit to get as far.
const PAUSE: &str = "select pg_sleep(0.3)";

/// A host that keeps the codes of the errors that come back.
#[derive(Default)]
struct Listener {
    host: NativePlatform,
    codes: RefCell<Vec<String>>,
}

#[async_trait(?Send)]
impl Platform for Listener {
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        let response = self.host.fetch(request).await?;
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        if let Some(code) = body["code"].as_str() {
            self.codes.borrow_mut().push(code.to_owned());
        }
        Ok(response)
    }

    fn now(&self) -> Timestamp {
        self.host.now()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.host.fill_random(buffer);
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.host.variable(name)
    }

    fn log(&self, line: &str) {
        self.host.log(line);
    }
}

/// Runs two units at once over a table with the rows 1 and 2; gives what became of them, what the
/// table holds then, and the codes of the errors that came back meanwhile.
fn conflict(units: &[[&'static str; 3]; 2]) -> ([Result<(), SqlError>; 2], Vec<Row>, Vec<String>) {
    let server = Postgres::shared();
    let mut outcome = None;
    server.with_platform(&server.new_database(), async |open| {
        let listener = Rc::new(Listener::default());
        let transport: PostgresTransport = open(listener.clone());
        let fill = [
            Statement::new("create table t (n bigint primary key, at bigint not null)"),
            Statement::new("insert into t values (1, 0), (2, 0)"),
        ];
        transport.execute(&fill).await.unwrap();
        let [first, second] = units.map(|unit| unit.map(Statement::new));
        let (first, second) = join!(transport.execute(&first), transport.execute(&second));
        let all = Statement::new("select n, at from t order by n");
        let rows = transport.execute(&[all]).await.unwrap().remove(0);
        let codes = listener.codes.take();
        outcome = Some(([first.map(drop), second.map(drop)], rows, codes));
    });
    outcome.unwrap()
}

fn numbers(rows: &[Row]) -> Vec<Vec<Value>> {
    rows.iter().map(|row| row.values().to_vec()).collect()
}

fn pairs(pairs: &[(i64, i64)]) -> Vec<Vec<Value>> {
    let pair = |&(n, at): &(i64, i64)| vec![Value::from(n), at.into()];
    pairs.iter().map(pair).collect()
}

#[test]
fn of_two_units_that_change_one_row_both_are_done() {
    let add = "update t set at = at + 1 where n = 1";
    let unit = ["select at from t where n = 1", PAUSE, add];
    let (outcomes, rows, codes) = conflict(&[unit, unit]);
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    assert_eq!(numbers(&rows), pairs(&[(1, 2), (2, 0)]));
    assert_eq!(codes, ["40001"], "what the database said");
}

/// Each sees the table without the other: that is no order, and the second comes to see the first.
#[test]
fn of_two_units_that_read_what_the_other_writes_one_sees_the_other() {
    let add = |n| match n {
        1 => "update t set at = (select sum(at) from t) + 1 where n = 1",
        _ => "update t set at = (select sum(at) from t) + 1 where n = 2",
    };
    let all = "select sum(at)::bigint from t";
    let (outcomes, rows, codes) = conflict(&[[all, PAUSE, add(1)], [all, PAUSE, add(2)]]);
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    let in_some_order = [pairs(&[(1, 1), (2, 2)]), pairs(&[(1, 2), (2, 1)])];
    assert!(in_some_order.contains(&numbers(&rows)), "{codes:?}");
    assert_eq!(codes, ["40001"], "what the database said");
}

#[test]
fn of_two_units_that_wait_for_each_other_both_are_done() {
    let first = "update t set at = at + 1 where n = 1";
    let second = "update t set at = at + 10 where n = 2";
    let (outcomes, rows, codes) = conflict(&[[first, PAUSE, second], [second, PAUSE, first]]);
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    assert_eq!(numbers(&rows), pairs(&[(1, 2), (2, 20)]));
    assert!(codes.contains(&"40P01".to_owned()), "{codes:?}");
}
