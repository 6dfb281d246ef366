//! A component that misbehaves on request: the last segment of the path says how.
#![expect(
    unsafe_code,
    clippy::same_length_and_capacity,
    reason = "the bindings that `http_component` generates"
)]

use std::{hint::black_box, process::abort};

use futures_util::SinkExt;
use spin_sdk::{
    http::{Headers, IncomingRequest, OutgoingResponse, Request, Response, ResponseOutparam, send},
    http_component, variables,
};

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    let path_and_query = request.path_with_query().unwrap_or_default();
    let (path, query) = path_and_query
        .split_once('?')
        .unwrap_or((&path_and_query, ""));
    match path.rsplit('/').next().unwrap_or_default() {
        "allocate" => answer(out, 200, allocate()).await,
        "break-off" => break_off(out).await,
        "echo" => echo(request, out).await,
        "early" => answer(out, 413, "too large").await,
        "fetch" => answer(out, 200, fetch(query).await).await,
        "headers" => answer(out, 200, headers(&request)).await,
        "hello" => answer(out, 200, "hello").await,
        "print" => {
            println!("out: {query}");
            eprintln!("err: {query}");
            answer(out, 200, "").await;
        }
        "silent" => {}
        "compute" => answer(out, 200, compute(query.parse().unwrap_or(u64::MAX))).await,
        "trap" => abort(),
        "variable" => answer(out, 200, variable(query)).await,
        _ => answer(out, 404, "").await,
    }
}

async fn answer(out: ResponseOutparam, status: u16, body: impl Into<Vec<u8>>) {
    let response = OutgoingResponse::new(Headers::new());
    if response.set_status_code(status).is_ok() {
        out.set_with_body(response, body.into())
            .await
            .unwrap_or_default();
    }
}

/// Answers with the request's body.
async fn echo(request: IncomingRequest, out: ResponseOutparam) {
    match request.into_body().await {
        Ok(body) => answer(out, 200, body).await,
        Err(error) => answer(out, 400, error.to_string()).await,
    }
}

/// Begins to answer and fails.
async fn break_off(out: ResponseOutparam) {
    let response = OutgoingResponse::new(Headers::new());
    let mut body = response.take_body();
    out.set(response);
    body.send(b"half".to_vec()).await.unwrap_or_default();
    abort()
}

/// Answers with the status and body of what `url` answers, or with the error.
async fn fetch(url: &str) -> String {
    let request = Request::get(url).build();
    match send::<_, Response>(request).await {
        Ok(response) => {
            let body = String::from_utf8_lossy(response.body()).into_owned();
            format!("{} {body}", response.status())
        }
        Err(error) => format!("{error:?}"),
    }
}

fn headers(request: &IncomingRequest) -> String {
    let entries = request.headers().entries();
    let lines = entries
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value)));
    lines.collect()
}

fn variable(name: &str) -> String {
    match variables::get(name) {
        Ok(value) => value,
        Err(error) => format!("{error:?}"),
    }
}

fn compute(rounds: u64) -> String {
    (0..rounds)
        .fold(0u64, |sum, round| {
            black_box(sum.wrapping_mul(31).wrapping_add(round))
        })
        .to_string()
}

fn allocate() -> String {
    let mut blocks = Vec::new();
    loop {
        blocks.push(vec![1_u8; 1 << 20]);
        if blocks.len() == usize::MAX {
            return blocks.len().to_string();
        }
        black_box(&blocks);
    }
}
