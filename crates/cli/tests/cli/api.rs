//! A server that plays the API.

use std::{
    io,
    net::TcpListener as StdListener,
    sync::{Arc, Mutex},
    thread,
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// `GET /path`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is answered.
pub(crate) enum Reply {
    /// A status and a body; an `ETag` if it is JSON with a version.
    Body(u16, String),
    /// Nothing: the connection is closed.
    Nothing,
}

pub(crate) fn ok(body: &Value) -> Reply {
    Reply::Body(200, body.to_string())
}

pub(crate) fn problem(status: u16, code: &str, detail: &str) -> Reply {
    let body = json!({"status": status, "code": code, "detail": detail, "trace_id": "4bf9"});
    Reply::Body(status, body.to_string())
}

pub(crate) fn not_found() -> Reply {
    problem(404, "not_found", "There is no such thing.")
}

/// The API, for as long as the test runs.
pub(crate) struct Api {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Api {
    /// Answers every request by `answer`, which is told of all requests before too.
    pub(crate) fn start(answer: impl Fn(&Seen, &[Seen]) -> Reply + Send + Sync + 'static) -> Self {
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, known) = (Arc::new(answer), Arc::clone(&seen));
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(serve(listener, answer, known));
        });
        Self { url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests as `GET /path`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }
}

type Answer = dyn Fn(&Seen, &[Seen]) -> Reply + Send + Sync;

async fn serve(listener: StdListener, answer: Arc<Answer>, known: Arc<Mutex<Vec<Seen>>>) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (answer, known) = (Arc::clone(&answer), Arc::clone(&known));
        let service = service_fn(move |request| {
            let (answer, known) = (Arc::clone(&answer), Arc::clone(&known));
            async move {
                let seen = seen(request).await;
                let mut known = known.lock().unwrap();
                let reply = answer(&seen, &known);
                known.push(seen);
                respond(reply)
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // One that is closed without an answer is a part of these tests.
            let _ = connection.await;
        });
    }
}

async fn seen(request: Request<Incoming>) -> Seen {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let query = parts.uri.query().unwrap_or_default();
    Seen {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

fn respond(reply: Reply) -> io::Result<Response<Full<Bytes>>> {
    let Reply::Body(status, body) = reply else {
        return Err(io::Error::other("closed"));
    };
    let mut response = Response::builder().status(status);
    let version = serde_json::from_str(&body)
        .ok()
        .and_then(|v: Value| v["version"].as_u64());
    if let Some(version) = version {
        response = response.header("etag", format!("\"{version}\""));
    }
    if status == 302 {
        response = response.header("location", "/elsewhere");
    }
    Ok(response.body(Full::from(body)).unwrap())
}
