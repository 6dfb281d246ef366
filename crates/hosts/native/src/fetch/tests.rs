use std::{convert::Infallible, future::pending, net::SocketAddr};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use iam_platform::{FetchError, MAX_RESPONSE_BYTES};
use tokio::{net::TcpListener, task::LocalSet};

use super::Fetcher;

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let response = match parts.uri.path() {
        "/echo" => Response::builder()
            .status(StatusCode::CREATED)
            .header("x-method", parts.method.as_str())
            .body(Full::new(body)),
        "/moved" => Response::builder()
            .status(StatusCode::FOUND)
            .header(header::LOCATION, "/echo")
            .body(Full::default()),
        "/largest" => Ok(Response::new(Full::from(vec![b'x'; MAX_RESPONSE_BYTES]))),
        "/larger" => Ok(Response::new(Full::from(vec![
            b'x';
            MAX_RESPONSE_BYTES + 1
        ]))),
        _ => pending().await,
    };
    Ok(response.unwrap())
}

/// A server on a free port, for as long as the test's runtime lasts.
async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let connection =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            tokio::spawn(async move {
                // A client that goes away early is a part of these tests.
                let _ = connection.await;
            });
        }
    });
    address
}

fn get(address: SocketAddr, path: &str) -> Request<Bytes> {
    Request::get(format!("http://{address}{path}"))
        .body(Bytes::new())
        .unwrap()
}

#[tokio::test]
async fn status_headers_and_body_come_back() {
    let address = server().await;
    let request = Request::put(format!("http://{address}/echo"))
        .body(Bytes::from("hello"))
        .unwrap();
    let response = Fetcher::default().fetch(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["x-method"], "PUT");
    assert_eq!(response.body(), "hello");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let address = server().await;
    let response = Fetcher::default()
        .fetch(get(address, "/moved"))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(response.headers()[header::LOCATION], "/echo");
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let uri = format!("http://user:hunter2@{address}/secret?key=hunter2");
    let request = Request::get(uri).body(Bytes::new()).unwrap();
    let Err(FetchError::Unreachable { reason }) = Fetcher::default().fetch(request).await else {
        panic!("a connection to nobody");
    };
    assert!(
        reason.starts_with(&format!("http://{address}: ")),
        "{reason}"
    );
    assert!(reason.contains("refused"), "{reason}");
    assert!(!reason.contains("hunter2"), "{reason}");
}

#[tokio::test]
async fn a_response_over_the_limit_is_too_large_and_one_at_the_limit_is_not() {
    let address = server().await;
    let fetcher = Fetcher::default();
    let largest = fetcher.fetch(get(address, "/largest")).await.unwrap();
    assert_eq!(largest.body().len(), MAX_RESPONSE_BYTES);
    let larger = fetcher.fetch(get(address, "/larger")).await;
    assert_eq!(larger.unwrap_err(), FetchError::TooLarge);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_a_timeout() {
    let address = server().await;
    let response = Fetcher::default().fetch(get(address, "/never")).await;
    assert_eq!(response.unwrap_err(), FetchError::Timeout);
}

#[tokio::test]
async fn a_tls_port_that_speaks_no_tls_is_unreachable() {
    let address = server().await;
    let request = Request::get(format!("https://{address}/echo"))
        .body(Bytes::new())
        .unwrap();
    let response = Fetcher::default().fetch(request).await;
    assert!(
        matches!(response, Err(FetchError::Unreachable { .. })),
        "{response:?}"
    );
}

#[tokio::test]
async fn it_works_from_a_local_set() {
    let address = server().await;
    let local = LocalSet::new();
    let status = local
        .run_until(async move {
            let fetch = async move { Fetcher::default().fetch(get(address, "/echo")).await };
            tokio::task::spawn_local(fetch)
                .await
                .unwrap()
                .unwrap()
                .status()
        })
        .await;
    assert_eq!(status, StatusCode::CREATED);
}
