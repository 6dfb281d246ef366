//! Whole pipelines on a database of their own. Time stands still and jumps when all wait for it.

use std::{sync::Arc, time::Duration};

use http::{StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokio::{
    task::yield_now,
    time::{Instant, sleep},
};

use super::{ADMITTED, Hrana, Version, streams::MAX_STREAMS};
use crate::database::Database;

/// A database with a table `t`, gone with the test.
struct Server {
    hrana: Arc<Hrana>,
    _dir: TempDir,
}

struct Answer {
    status: StatusCode,
    retry_after: bool,
    body: Value,
}

impl Server {
    async fn start() -> Self {
        let dir = tempdir().unwrap();
        let database = Database::open(&dir.path().join("test.db")).unwrap();
        let server = Self {
            hrana: Arc::new(Hrana::new(Arc::new(database))),
            _dir: dir,
        };
        server.rows("create table t (id integer primary key)").await;
        server
    }

    async fn send(&self, baton: Option<&str>, requests: Value) -> Answer {
        send(&self.hrana, baton, requests).await
    }

    /// Sends `requests` on a stream that stays open, and gives its baton and the results.
    async fn open(&self, baton: Option<&str>, requests: Value) -> (String, Value) {
        let answer = self.send(baton, requests).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let baton = answer.body["baton"].as_str().unwrap().to_owned();
        (baton, answer.body["results"].clone())
    }

    /// Runs `sql` on a stream of its own, and gives the first values of its rows.
    async fn rows(&self, sql: &str) -> Vec<String> {
        let answer = self.send(None, json!([execute(sql), close()])).await;
        first_values(&answer.body["results"][0])
    }
}

async fn send(hrana: &Hrana, baton: Option<&str>, requests: Value) -> Answer {
    let body = json!({"baton": baton, "requests": requests}).to_string();
    let reply = hrana.pipeline(Version::V3, body.into()).await;
    let (parts, body) = reply.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
    Answer {
        status: parts.status,
        retry_after: parts.headers.contains_key(header::RETRY_AFTER),
        body: serde_json::from_slice(&body).unwrap_or_else(|_| text()),
    }
}

fn execute(sql: &str) -> Value {
    json!({"type": "execute", "stmt": {"sql": sql}})
}

fn close() -> Value {
    json!({"type": "close"})
}

#[track_caller]
fn first_values(result: &Value) -> Vec<String> {
    let rows = result["response"]["result"]["rows"].as_array();
    let rows = rows.unwrap_or_else(|| panic!("no rows in {result}"));
    let value = |row: &Value| row[0]["value"].as_str().unwrap().to_owned();
    rows.iter().map(value).collect()
}

#[tokio::test(start_paused = true)]
async fn every_request_of_a_pipeline_runs_even_after_an_error() {
    let server = Server::start().await;
    let requests = json!([
        execute("insert into t values (1)"),
        execute("insert into t values (1)"),
        execute("insert into t values (2)"),
        close(),
    ]);
    let results = server.send(None, requests).await.body["results"].clone();
    assert_eq!(results[0]["type"], "ok");
    assert_eq!(results[1]["error"]["code"], "SQLITE_CONSTRAINT");
    assert_eq!(results[2]["type"], "ok");
    assert_eq!(server.rows("select id from t").await, ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_that_breaks_the_protocol_is_rolled_back() {
    let server = Server::start().await;
    let requests = json!([
        execute("begin immediate"),
        execute("insert into t values (1)"),
        {"type": "execute", "stmt": {}},
    ]);
    let answer = server.send(None, requests).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body, "Either `sql` or `sql_id` are required");
    assert!(server.rows("select id from t").await.is_empty());
    server.rows("insert into t values (2)").await;
}

#[tokio::test(start_paused = true)]
async fn readers_do_not_wait_for_a_writer_and_see_what_was_before_it() {
    let server = Server::start().await;
    let write = json!([
        execute("begin immediate"),
        execute("insert into t values (1)")
    ]);
    let (baton, _) = server.open(None, write).await;
    let began = Instant::now();
    assert!(server.rows("select id from t").await.is_empty());
    assert_eq!(began.elapsed(), Duration::ZERO);
    server
        .send(Some(&baton), json!([execute("commit"), close()]))
        .await;
    assert_eq!(server.rows("select id from t").await, ["1"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_request_for_ten_seconds_is_rolled_back_and_gone() {
    let server = Server::start().await;
    let write = json!([
        execute("begin immediate"),
        execute("insert into t values (1)")
    ]);
    let (baton, _) = server.open(None, write).await;
    sleep(Duration::from_secs(9)).await;
    let (baton, _) = server
        .open(Some(&baton), json!([execute("select 1")]))
        .await;
    sleep(Duration::from_secs(11)).await;
    let answer = server.send(Some(&baton), json!([execute("commit")])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["code"], "STREAM_EXPIRED");
    assert!(server.rows("select id from t").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_baton_is_for_one_request() {
    let server = Server::start().await;
    let (first, _) = server.open(None, json!([execute("begin")])).await;
    let (second, _) = server
        .open(Some(&first), json!([execute("select 1")]))
        .await;
    let answer = server.send(Some(&first), json!([close()])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body, "Received a baton that has already been used");
    let answer = server.send(Some(&second), json!([close()])).await;
    assert_eq!(answer.body["baton"], Value::Null);
    let answer = server.send(Some(&second), json!([close()])).await;
    assert_eq!(answer.body, "Received an invalid baton");
}

#[tokio::test(start_paused = true)]
async fn a_writer_waits_five_seconds_for_one_that_idles_who_is_then_told_once() {
    let server = Server::start().await;
    let write = json!([
        execute("begin immediate"),
        execute("insert into t values (1)")
    ]);
    let (baton, _) = server.open(None, write).await;
    let began = Instant::now();
    server.rows("insert into t values (2)").await;
    assert!(began.elapsed() >= Duration::from_secs(5));
    let more = json!([execute("insert into t values (3)"), {"type": "get_autocommit"}]);
    let (baton, results) = server.open(Some(&baton), more).await;
    assert_eq!(results[0]["error"]["code"], "TRANSACTION_TIMEOUT");
    assert_eq!(results[1]["response"]["is_autocommit"], true);
    let again = json!([execute("insert into t values (4)")]);
    server.open(Some(&baton), again).await;
    assert_eq!(server.rows("select id from t").await, ["2", "4"]);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_may_take_its_time_if_nobody_waits() {
    let server = Server::start().await;
    let (baton, _) = server.open(None, json!([execute("begin immediate")])).await;
    sleep(Duration::from_secs(8)).await;
    let requests = json!([
        execute("insert into t values (1)"),
        execute("commit"),
        close()
    ]);
    let answer = server.send(Some(&baton), requests).await;
    assert_eq!(answer.body["results"][1]["type"], "ok", "{}", answer.body);
    assert_eq!(server.rows("select id from t").await, ["1"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_too_many_is_refused_before_it_does_anything() {
    let server = Server::start().await;
    for _ in 0..MAX_STREAMS {
        server.open(None, json!([execute("select 1")])).await;
    }
    let answer = server
        .send(None, json!([execute("insert into t values (1)")]))
        .await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.retry_after);
    assert_eq!(answer.body["code"], "OVERLOADED");
    // One that closes needs no place.
    assert!(server.rows("select id from t").await.is_empty());
    sleep(Duration::from_secs(11)).await;
    server.open(None, json!([execute("select 1")])).await;
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_are_not_more_than_a_limit_and_none_is_forgotten() {
    let server = Server::start().await;
    let (baton, _) = server.open(None, json!([execute("begin immediate")])).await;
    let insert = |id: usize| {
        let hrana = Arc::clone(&server.hrana);
        let requests = json!([execute(&format!("insert into t values ({id})")), close()]);
        async move { send(&hrana, None, requests).await }
    };
    let waiting: Vec<_> = (0..ADMITTED).map(|id| tokio::spawn(insert(id))).collect();
    for _ in 0..ADMITTED {
        yield_now().await;
    }
    let refused = insert(ADMITTED).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.retry_after);
    drop(baton);
    for waiting in waiting {
        assert_eq!(waiting.await.unwrap().status, StatusCode::OK);
    }
    let count = server.rows("select count(*) from t").await;
    assert_eq!(count, [ADMITTED.to_string()]);
}

#[tokio::test(start_paused = true)]
async fn a_baton_that_had_to_wait_too_long_can_be_shown_again() {
    let server = Server::start().await;
    let (reader, _) = server
        .open(None, json!([execute("begin"), execute("select 1")]))
        .await;
    let turn = server.hrana.database.turn.take().await;
    let write = json!([
        execute("insert into t values (1)"),
        execute("commit"),
        close()
    ]);
    let answer = server.send(Some(&reader), write.clone()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    drop(turn);
    let answer = server.send(Some(&reader), write).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(server.rows("select id from t").await, ["1"]);
}

#[tokio::test(start_paused = true)]
async fn closing_rolls_back_all_streams() {
    let server = Server::start().await;
    let write = json!([
        execute("begin immediate"),
        execute("insert into t values (1)")
    ]);
    let (baton, _) = server.open(None, write).await;
    server.hrana.close().await;
    let answer = server.send(Some(&baton), json!([execute("commit")])).await;
    assert_eq!(answer.body, "Received an invalid baton");
    assert!(server.rows("select id from t").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_too_large_is_an_error_and_its_transaction_is_rolled_back() {
    let server = Server::start().await;
    let many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20) \
                select hex(zeroblob(1000000)) from n";
    let step = |sql: &str, condition: Value| json!({"stmt": {"sql": sql}, "condition": condition});
    let ok = |step: usize| json!({"type": "ok", "step": step});
    let steps = json!([
        {"stmt": {"sql": "begin immediate"}},
        step("insert into t values (1)", ok(0)),
        step(many, ok(1)),
        step("commit", ok(2)),
        step("rollback", json!({"type": "not", "cond": {"type": "is_autocommit"}})),
    ]);
    let batch = json!({"type": "batch", "batch": {"steps": steps}});
    let answer = server.send(None, json!([batch, close()])).await;
    let result = &answer.body["results"][0]["response"]["result"];
    assert_eq!(result["step_errors"][2]["code"], "RESPONSE_TOO_LARGE");
    assert!(result["step_results"][4].is_object());
    assert!(server.rows("select id from t").await.is_empty());
}
