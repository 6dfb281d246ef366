use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::App;

const SOON: Duration = Duration::from_secs(5);

fn post(path: &str, size: usize) -> Request<Full<Bytes>> {
    Request::post(path).body(vec![b'x'; size].into()).unwrap()
}

#[tokio::test]
async fn a_body_reaches_the_component_and_comes_back() {
    let app = App::start(|_| {}).await;
    let reply = app.send(post("/echo", 300_000)).await;
    assert_eq!((reply.status, reply.body.len()), (200, 300_000));
}

#[tokio::test]
async fn a_component_may_answer_before_it_has_read_10_mb() {
    let app = App::start(|_| {}).await;
    for _ in 0..3 {
        let reply = timeout(SOON, app.send(post("/early", 10_000_000))).await;
        reply.expect("no answer in time").check(413, "too large");
    }
}

#[tokio::test]
async fn a_connection_is_good_for_another_request_after_an_early_answer() {
    let app = App::start(|_| {}).await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = "POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 10000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b'x'; 10_000_000]).await.unwrap();
    let next = "GET /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(next.as_bytes()).await.unwrap();
    let mut text = String::new();
    timeout(SOON, stream.read_to_string(&mut text))
        .await
        .expect("no answer in time")
        .unwrap();
    assert!(
        text.starts_with("HTTP/1.1 413") && text.contains("\r\nhello\r\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413() {
    let app = App::start(|options| options.body = 100_000).await;
    let too_large = r#"{"type":"about:blank","title":"Payload Too Large","status":413,"code":"payload_too_large","detail":"The request body is too large."}"#;
    app.send(post("/echo", 100_001)).await.check(413, too_large);
    let reply = app.send(post("/echo", 100_000)).await;
    assert_eq!((reply.status, reply.body.len()), (200, 100_000));
    // Without a length that could be refused at once.
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 60_000, "x".repeat(60_000));
    stream.write_all(chunk.repeat(2).as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    timeout(SOON, stream.read_exact(&mut answer))
        .await
        .expect("no answer in time")
        .unwrap();
    assert_eq!(answer, b"HTTP/1.1 413");
}

#[tokio::test]
async fn a_client_that_waits_for_a_word_before_it_sends_gets_the_answer_instead() {
    let app = App::start(|_| {}).await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = "POST /early HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
                content-length: 1000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut text = String::new();
    timeout(SOON, stream.read_to_string(&mut text))
        .await
        .expect("no answer in time")
        .unwrap();
    assert!(text.starts_with("HTTP/1.1 413"), "{text}");
}

#[tokio::test]
async fn a_response_that_is_broken_off_does_not_look_complete() {
    let app = App::start(|_| {}).await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let request = "GET /break-off HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    let end = timeout(SOON, stream.read_to_string(&mut text)).await;
    end.expect("not closed").unwrap();
    // The last chunk, which is empty, must be missing (RFC 9112 §7.1).
    assert!(!text.ends_with("0\r\n\r\n"), "{text}");
    assert!(app.logged(&["[front] failed: wasm trap"]));
}
