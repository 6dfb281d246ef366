use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use iam_host_wasmtime::{BindError, bind};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::support::App;

const SOON: Duration = Duration::from_secs(5);

/// What the server says to `bytes`, until it closes.
async fn exchange(app: &App, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut text = String::new();
    timeout(SOON, stream.read_to_string(&mut text))
        .await
        .unwrap_or_else(|_| {
            panic!(
                "not closed: {:?}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(60)])
            )
        })
        .unwrap();
    text
}

#[tokio::test]
async fn a_port_in_use_is_told_apart() {
    let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let error = bind(address).await.unwrap_err();
    assert!(matches!(error, BindError::InUse { address: in_use } if in_use == address));
    assert!(
        error.to_string().contains("stop it or choose another port"),
        "{error}"
    );
}

#[tokio::test]
async fn what_runs_when_the_host_stops_gets_its_answer() {
    let mut app = App::start(|options| options.deadline = Duration::from_millis(500)).await;
    let stop = app.stop.take().unwrap();
    let app = Arc::new(app);
    let running = tokio::spawn({
        let app = Arc::clone(&app);
        async move { app.get("/compute").await.status }
    });
    sleep(Duration::from_millis(150)).await;
    stop.send(()).unwrap();
    assert_eq!(
        running.await.unwrap(),
        504,
        "the deadline's answer, not a closed connection"
    );
    sleep(Duration::from_millis(100)).await;
    assert!(app.served.is_finished());
    assert!(TcpStream::connect(app.address).await.is_err());
}

#[tokio::test]
async fn what_takes_too_long_when_the_host_stops_is_left_behind() {
    let mut app = App::start(|options| options.grace = Duration::from_millis(100)).await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream
        .write_all(b"GET /compute HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    sleep(Duration::from_millis(100)).await;
    app.stop.take().unwrap().send(()).unwrap();
    let start = Instant::now();
    (&mut app.served).await.unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
    assert!(app.logged(&["stopped with requests unanswered"]));
}

#[tokio::test]
async fn a_client_that_sends_its_request_too_slowly_is_closed() {
    let app = App::start(|options| options.head = Duration::from_millis(200)).await;
    for begun in [&b""[..], b"GET /hello HTTP/1.1\r\nhost:"] {
        let start = Instant::now();
        let answer = exchange(&app, begun).await;
        assert!(!answer.contains("200 OK"), "{answer}");
        assert!(
            start.elapsed() < Duration::from_secs(1),
            "{:?}",
            start.elapsed()
        );
    }
}

#[tokio::test]
async fn a_request_that_is_not_one_is_refused() {
    let app = App::start(|_| {}).await;
    let big = format!(
        "GET /hello HTTP/1.1\r\nhost: x\r\nbig: {}\r\n\r\n",
        "x".repeat(70_000)
    );
    let many = format!(
        "GET /hello HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "a: b\r\n".repeat(200)
    );
    let close = "connection: close\r\n\r\n";
    for (request, status) in [
        (format!("GET /hello HTTP/1.1\r\n{close}"), 400),
        (
            format!("GET /hello HTTP/1.1\r\nhost: a\r\nhost: b\r\n{close}"),
            400,
        ),
        (format!("GET /hello HTTP/1.1\r\nhost: a b\r\n{close}"), 400),
        (big, 431),
        (many, 431),
        ("nonsense\r\n\r\n".to_owned(), 400),
        (
            format!("CONNECT db:80 HTTP/1.1\r\nhost: db:80\r\n{close}"),
            400,
        ),
        (
            format!("GET /.well-known/spin/health HTTP/1.1\r\nhost: x\r\n{close}"),
            200,
        ),
        ("GET /hello HTTP/1.0\r\n\r\n".to_owned(), 200),
    ] {
        let answer = exchange(&app, request.as_bytes()).await;
        let got: u16 = answer.split(' ').nth(1).unwrap_or("0").parse().unwrap();
        assert_eq!(
            got,
            status,
            "{}: {answer}",
            request.chars().take(60).collect::<String>()
        );
    }
}

#[tokio::test]
async fn what_a_component_prints_is_logged_with_its_name() {
    let app = App::start(|_| {}).await;
    assert_eq!(app.get("/print?x").await.status, 200);
    assert!(app.logged(&["[front] out: x"]));
    assert!(app.logged(&["[front] err: x"]));
}
