//! What goes over the wires: between us and the gateway, and between it and the database.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use http::{Request, StatusCode};
use iam_config::Endpoint;
use iam_host_native::NativePlatform;
use iam_platform::Platform as _;
use iam_storage_sql::{SqlError, SqlTransport as _, Statement, Value};
use serde_json::{Value as Json, json};

use crate::{
    gateway::{block_on, serve, with},
    stand_in::StandIn,
};

/// What the gateway answers to `body`.
async fn post(endpoint: &Endpoint, body: &Json) -> (StatusCode, Json) {
    let request = Request::post(endpoint.join("/v1/sqlserver"));
    let request = request.body(Bytes::from(body.to_string())).unwrap();
    let platform = NativePlatform::new(BTreeMap::new());
    let response = platform.fetch(request).await.unwrap();
    let json = serde_json::from_slice(response.body()).unwrap();
    (response.status(), json)
}

#[test]
fn a_unit_is_answered_in_the_order_of_its_statements() {
    block_on(async {
        let server = StandIn::new(false);
        serve(&server.listen().await, async |endpoint| {
            let body = json!({
                "database": "default",
                "isolation": "serializable",
                "statements": [
                    { "sql": "create table t (n bigint not null primary key)" },
                    { "sql": "insert into t values (@P1)", "rows": 1,
                      "params": [{ "type": "integer", "value": "9007199254740993" }] },
                    { "sql": "select n, @P1 from t", "params": [{ "type": "text", "value": "é" }] },
                ],
            });
            let (status, answer) = post(endpoint, &body).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            let row = json!([
                { "type": "integer", "value": "9007199254740993" },
                { "type": "text", "value": "é" },
            ]);
            let results = json!([{ "rows": [] }, { "rows": [] }, { "rows": [row] }]);
            assert_eq!(answer, json!({ "results": results }));
        })
        .await;
    });
}

#[test]
fn a_refusal_has_a_number_and_no_text_of_the_database() {
    block_on(async {
        let server = StandIn::new(false);
        serve(&server.listen().await, async |endpoint| {
            let statement = |sql: &str| json!({ "sql": sql });
            let unit = |statements: Vec<Json>| {
                json!({ "database": "default", "isolation": "serializable",
                        "statements": statements })
            };
            let body = unit(vec![
                statement("create table t (n bigint not null primary key)"),
                statement("insert into t values (1), (1)"),
            ]);
            let (status, answer) = post(endpoint, &body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(
                answer,
                json!({ "error": { "code": "sql", "number": 2627 } })
            );
            let guarded = json!({ "sql": "delete from t", "rows": 1 });
            let create = statement("create table t (n bigint not null primary key)");
            let (status, answer) = post(endpoint, &unit(vec![create, guarded])).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(
                answer,
                json!({ "error": { "code": "guard", "statement": 1 } })
            );
        })
        .await;
    });
}

#[test]
fn what_is_no_unit_is_refused_before_the_database_is_asked() {
    block_on(async {
        let server = StandIn::new(false);
        serve(&server.listen().await, async |endpoint| {
            let select = json!({ "sql": "select 1" });
            let too_many =
                json!({ "sql": "select 1", "params": vec![json!({"type": "null"}); 2099] });
            for body in [
                json!({}),
                json!({ "database": "other", "statements": [select] }),
                json!({ "database": "127.0.0.1:1433", "statements": [select] }),
                json!({ "database": "default", "statements": [select, select] }),
                json!({ "database": "default", "statements": [{ "sql": "select 1", "rows": 1 }] }),
                json!({ "database": "default", "statements": [too_many] }),
                json!({ "database": "default", "isolation": "none", "statements": [select] }),
                json!({ "database": "default", "statements": [select], "password": "x" }),
            ] {
                let (status, answer) = post(endpoint, &body).await;
                assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
                assert_eq!(answer["error"]["code"], "request");
            }
        })
        .await;
        assert!(server.told().is_empty());
    });
}

#[test]
fn a_connection_is_encrypted_and_its_server_known() {
    block_on(async {
        let server = StandIn::new(true);
        let url = server.listen().await;
        with(&url, async |transport| {
            let long = "ü🎉".repeat(9000);
            let query = Statement::new("select ?").bind(long.as_str());
            let rows = transport().execute(&[query]).await.unwrap();
            assert_eq!(rows[0][0].values(), [Value::from(long.as_str())]);
        })
        .await;
        let (url, _) = url.split_once("&ca=").unwrap();
        with(url, async |transport| is_unavailable(&transport()).await).await;
    });
}

#[test]
fn a_server_without_tls_is_not_spoken_to_if_there_has_to_be_some() {
    block_on(async {
        let server = StandIn::new(false);
        let url = format!("{}?encrypt=true", server.listen().await);
        with(&url, async |transport| is_unavailable(&transport()).await).await;
        assert!(server.told().is_empty());
    });
}

#[test]
fn a_wrong_password_is_no_connection() {
    block_on(async {
        let server = StandIn::new(false);
        let url = server.listen().await.replace("p%40ss", "pass");
        with(&url, async |transport| is_unavailable(&transport()).await).await;
    });
}

async fn is_unavailable(transport: &iam_storage_mssql::SqlServerTransport) {
    let outcome = transport.execute(&[Statement::new("select 1")]).await;
    assert!(
        matches!(outcome, Err(SqlError::Unavailable(_))),
        "{:?}",
        outcome.map(drop)
    );
}

#[test]
fn a_unit_that_lost_a_deadlock_is_run_again_from_its_beginning() {
    block_on(async {
        let server = StandIn::new(false);
        with(&server.listen().await, async |transport| {
            let transport = transport();
            let create = "create table t (n bigint not null primary key)";
            transport.execute(&[Statement::new(create)]).await.unwrap();
            let insert = |n| {
                Statement::new("insert into t values (?)")
                    .bind(n)
                    .exactly(1)
            };
            for at in 0..3 {
                server.fail_after(at, 1205);
                let unit = [insert(i64::from(at)), insert(10 + i64::from(at))];
                transport.execute(&unit).await.unwrap();
            }
            let count = Statement::new("select count(*) from t");
            let rows = transport.execute(&[count]).await.unwrap();
            assert_eq!(rows[0][0].values(), [Value::from(6)]);
        })
        .await;
    });
}

#[test]
fn a_database_that_is_busy_is_unavailable() {
    block_on(async {
        let server = StandIn::new(false);
        with(&server.listen().await, async |transport| {
            server.fail_after(0, 40501);
            let outcome = transport().execute(&[Statement::new("select 1")]).await;
            let expected = SqlError::Unavailable("answered 40501".to_owned());
            assert_eq!(outcome.map(drop), Err(expected));
        })
        .await;
    });
}

#[test]
fn a_connection_that_the_database_closed_is_not_used() {
    block_on(async {
        let server = StandIn::new(false);
        let url = server.listen().await;
        let query = || Statement::new("select 1 as n");
        with(&url, async |transport| {
            let transport = transport();
            for _ in 0..3 {
                transport.execute(&[query()]).await.unwrap();
                server.hang_up();
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(Arc::strong_count(&server), 2);
    });
}
