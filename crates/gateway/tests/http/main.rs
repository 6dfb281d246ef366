//! The gateway by HTTP. Here is what is the same for all that it serves: paths, methods, tokens,
//! sizes, start and end.

mod redis;
mod support;

use std::net::Ipv4Addr;

use bytes::Bytes;
use http::{Method, StatusCode, header};
use iam_gateway::{Gateway, GatewayError, GatewaySettings};
use support::{Server, TOKEN, settings};
use tempfile::tempdir;
use tokio::net::TcpListener;

const SELECT: &str =
    r#"{"requests":[{"type":"execute","stmt":{"sql":"select 1"}},{"type":"close"}]}"#;

#[tokio::test]
async fn health_and_the_version_probe_need_no_token() {
    let server = Server::start().await;
    let health = server.send(Method::GET, "/healthz", &[], "").await;
    assert_eq!(health.status, StatusCode::OK);
    assert_eq!(health.body, r#"{"status":"ok"}"#);
    assert_eq!(health.headers[header::CONTENT_TYPE], "application/json");
    for path in ["/v2", "/v3"] {
        assert_eq!(
            server.send(Method::GET, path, &[], "").await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn all_else_needs_the_token() {
    let server = Server::start().await;
    let hrana = [
        (
            None,
            "Unauthorized: `Expected authorization header but none given`",
        ),
        (Some("Bearer other"), "Unauthorized: `The token is invalid`"),
    ];
    for (authorization, expected) in hrana {
        for path in ["/v2/pipeline", "/v3/pipeline"] {
            let answer = attempt(&server, path, authorization).await;
            assert_eq!(answer.body, format!(r#"{{"error":"{expected}"}}"#));
        }
    }
    for authorization in [None, Some("Bearer other"), Some(TOKEN)] {
        for path in ["/", "/pipeline", "/multi-exec"] {
            let answer = attempt(&server, path, authorization).await;
            assert!(
                answer.body.starts_with(r#"{"error":"WRONGPASS "#),
                "{}",
                answer.body
            );
        }
    }
    let answer = server.post("/v3/pipeline", SELECT).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

async fn attempt(server: &Server, path: &str, authorization: Option<&str>) -> support::Answer {
    let headers: Vec<_> = authorization
        .iter()
        .map(|value| ("authorization", *value))
        .collect();
    let answer = server.send(Method::POST, path, &headers, SELECT).await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "{path} {authorization:?}"
    );
    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    answer
}

#[tokio::test]
async fn other_paths_and_methods_are_told_so() {
    let server = Server::start().await;
    for path in [
        "/v4/pipeline",
        "/v3/pipeline/",
        "/health",
        "//",
        "/v3/cursor",
    ] {
        assert_eq!(
            server.post(path, SELECT).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for (method, path, allow) in [
        (Method::GET, "/v3/pipeline", "POST"),
        (Method::PUT, "/", "POST"),
        (Method::DELETE, "/multi-exec", "POST"),
        (Method::POST, "/healthz", "GET, HEAD"),
        (Method::POST, "/v3", "GET, HEAD"),
    ] {
        let answer = server.send(method.clone(), path, &[], "").await;
        assert_eq!(
            answer.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}"
        );
        assert_eq!(answer.headers[header::ALLOW], allow);
    }
}

#[tokio::test]
async fn a_body_may_have_ten_mebibytes_and_no_byte_more() {
    const LIMIT: usize = 10 * 1024 * 1024;
    let server = Server::start().await;
    let fill = |text: &str, size: usize| {
        let mut body = text.to_owned();
        body.push_str(&" ".repeat(size - body.len()));
        Bytes::from(body)
    };
    for (path, body) in [("/v3/pipeline", SELECT), ("/", r#"["PING"]"#)] {
        let largest = server.post(path, fill(body, LIMIT)).await;
        assert_eq!(largest.status, StatusCode::OK, "{}", largest.body);
        let larger = server.post(path, fill(body, LIMIT + 1)).await;
        assert_eq!(larger.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(larger.headers[header::CONNECTION], "close");
    }
    let after = server.post("/", r#"["PING"]"#).await;
    assert_eq!(after.body, r#"{"result":"PONG"}"#);
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart_in_one_file() {
    let server = Server::start().await;
    let write = r#"{"requests":[{"type":"sequence","sql":"create table t (a); insert into t values ('kept')"},{"type":"close"}]}"#;
    server.post("/v3/pipeline", write).await;
    let begun = r#"{"requests":[{"type":"execute","stmt":{"sql":"begin immediate"}}]}"#;
    assert!(
        server
            .post("/v3/pipeline", begun)
            .await
            .body
            .contains("baton")
    );
    let dir = server.stop().await;
    let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(
        files.len(),
        1,
        "the log was not folded into the file: {files:?}"
    );

    let gateway = Gateway::bind(settings(&dir.path().join("test.db")))
        .await
        .unwrap();
    let url = gateway.local_addr();
    assert_ne!(url.port(), 0);
}

#[tokio::test]
async fn a_port_that_is_taken_says_so() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let dir = tempdir().unwrap();
    let path = dir.path().join("test.db");
    let listen = other.local_addr().unwrap();
    let taken = GatewaySettings {
        listen,
        ..settings(&path)
    };
    let error = Gateway::bind(taken).await.err().unwrap();
    assert!(matches!(error, GatewayError::AddressTaken { address } if address == listen));
    assert!(error.to_string().contains("another port"), "{error}");
    assert!(!path.exists(), "nothing is made by one that does not start");
}

#[tokio::test]
async fn without_a_token_only_this_machine_may_come() {
    let dir = tempdir().unwrap();
    let open = GatewaySettings {
        token: None,
        ..settings(&dir.path().join("test.db"))
    };
    let everywhere = GatewaySettings {
        listen: (Ipv4Addr::UNSPECIFIED, 0).into(),
        ..open.clone()
    };
    let error = Gateway::bind(everywhere).await.err().unwrap();
    assert!(
        matches!(error, GatewayError::TokenMissing { .. }),
        "{error}"
    );
    assert!(Gateway::bind(open).await.is_ok());
}

#[test]
fn settings_shown_for_debugging_do_not_show_the_token() {
    let shown = format!("{:?}", settings("test.db".as_ref()));
    assert!(!shown.contains(TOKEN), "{shown}");
}
