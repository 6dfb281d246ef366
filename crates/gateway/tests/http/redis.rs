//! Redis commands over HTTP, as they are on the wire.

use http::{Method, StatusCode};

use crate::support::{Server, TOKEN};

#[tokio::test]
async fn a_command_has_a_result_or_an_error_with_400() {
    let server = Server::start().await;
    let check = async |body: &str, status: StatusCode, expected: &str| {
        let answer = server.post("/", body.to_owned()).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, expected),
            "{body}"
        );
    };
    check(r#"["SET","k","é"]"#, StatusCode::OK, r#"{"result":"OK"}"#).await;
    check(r#"["GET","k"]"#, StatusCode::OK, r#"{"result":"é"}"#).await;
    check(r#"["GET","x"]"#, StatusCode::OK, r#"{"result":null}"#).await;
    check(r#"["INCRBY","n",41]"#, StatusCode::OK, r#"{"result":41}"#).await;
    check(
        r#"["MGET","k","x","n"]"#,
        StatusCode::OK,
        r#"{"result":["é",null,"41"]}"#,
    )
    .await;
    let arity = r#"{"error":"ERR wrong number of arguments for 'get' command"}"#;
    check(r#"["GET"]"#, StatusCode::BAD_REQUEST, arity).await;
    let integer = r#"{"error":"ERR value is not an integer or out of range"}"#;
    check(r#"["INCR","k"]"#, StatusCode::BAD_REQUEST, integer).await;
    for body in [
        "",
        "{",
        "{}",
        r#""GET""#,
        r#"["GET",null]"#,
        r#"[["GET","k"]]"#,
    ] {
        let parse = r#"{"error":"ERR failed to parse the command, it must be a JSON array"}"#;
        check(body, StatusCode::BAD_REQUEST, parse).await;
    }
    check(
        "[]",
        StatusCode::BAD_REQUEST,
        r#"{"error":"ERR unknown command"}"#,
    )
    .await;
}

#[tokio::test]
async fn an_unknown_command_is_not_repeated_in_the_error() {
    let server = Server::start().await;
    let answer = server.post("/", r#"["AUTH","hunter2"]"#).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(!answer.body.contains("hunter2"), "{}", answer.body);
}

#[tokio::test]
async fn values_are_base64_if_that_is_asked_for() {
    let server = Server::start().await;
    let authorization = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("upstash-encoding", "base64"),
    ];
    let body = r#"[["SET","k","OK"],["GET","k"],["GET","x"],["INCR","n"],["PING"],["GET"]]"#;
    let answer = server.send(Method::POST, "/pipeline", &headers, body).await;
    assert_eq!(
        answer.body,
        r#"[{"result":"OK"},{"result":"T0s="},{"result":null},{"result":1},{"result":"UE9ORw=="},{"error":"ERR wrong number of arguments for 'get' command"}]"#
    );
}

#[tokio::test]
async fn a_pipeline_goes_on_after_an_error() {
    let server = Server::start().await;
    let body = r#"[["SET","k","v"],["INCR","k"],["NOPE"],["GET","k"]]"#;
    let answer = server.post("/pipeline", body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.body,
        r#"[{"result":"OK"},{"error":"ERR value is not an integer or out of range"},{"error":"ERR unknown command"},{"result":"v"}]"#
    );
    assert_eq!(server.post("/pipeline", "[]").await.body, "[]");
}

#[tokio::test]
async fn a_transaction_that_cannot_be_queued_is_discarded_as_a_whole() {
    let server = Server::start().await;
    for bad in [r#"["NOPE"]"#, r#"["GET"]"#, "[]"] {
        let body = format!(r#"[["SET","k","v"],{bad}]"#);
        let answer = server.post("/multi-exec", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        let expected = r#"{"error":"EXECABORT Transaction discarded because of: ERR "#;
        assert!(answer.body.starts_with(expected), "{}", answer.body);
    }
    assert_eq!(
        server.post("/", r#"["EXISTS","k"]"#).await.body,
        r#"{"result":0}"#
    );
    let body = r#"[["SET","k","v"],["INCR","k"],["GETDEL","k"]]"#;
    let answer = server.post("/multi-exec", body).await;
    assert_eq!(
        answer.body,
        r#"[{"result":"OK"},{"error":"ERR value is not an integer or out of range"},{"result":"v"}]"#
    );
}

#[tokio::test]
async fn no_request_makes_an_answer_without_end() {
    let server = Server::start().await;
    let value = "x".repeat(1024 * 1024);
    server.post("/", format!(r#"["SET","k","{value}"]"#)).await;
    let names = [r#""k""#; 11].join(",");
    let answer = server.post("/", format!(r#"["MGET",{names}]"#)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(
        answer.body.contains("ERR the answer is larger"),
        "{}",
        answer.body
    );
    let commands = r#"["PING"],"#.repeat(10_000);
    let answer = server
        .post("/pipeline", format!(r#"[{commands}["PING"]]"#))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(
        answer.body.contains("ERR more than 10000 commands"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_full_store_says_so_as_redis_does() {
    let server = Server::start().await;
    let value = "x".repeat(9 * 1024 * 1024);
    let mut errors = Vec::new();
    for name in 0..9 {
        let answer = server
            .post("/", format!(r#"["SET","k{name}","{value}"]"#))
            .await;
        if answer.status != StatusCode::OK {
            errors.push(answer.body);
        }
    }
    let expected =
        r#"{"error":"OOM command not allowed when used memory > 'maxmemory'."}"#.to_owned();
    assert_eq!(errors, [expected.clone(), expected]);
    assert_eq!(
        server.post("/", r#"["DEL","k0"]"#).await.body,
        r#"{"result":1}"#
    );
    let answer = server.post("/", r#"["SET","small","1"]"#).await;
    assert_eq!(answer.body, r#"{"result":"OK"}"#);
}
