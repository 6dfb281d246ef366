#![allow(warnings, clippy::all, clippy::pedantic)]
use std::{time::{Duration, Instant}};
use bytes::Bytes; use http::Request; use http_body_util::BodyExt; use iam_host_wasmtime::*; use iam_model::Secret;
fn rss() -> String { std::fs::read_to_string("/proc/self/status").unwrap().lines().filter(|l| l.starts_with("VmRSS")||l.starts_with("RssAnon")).collect::<Vec<_>>().join(" ") }
#[tokio::main]
async fn main() {
    let mut o = HostOptions::new("spin.toml"); o.cache = Some(std::env::temp_dir().join("iam-smoke"));
    for (k,v) in [("issuer","http://127.0.0.1:3000"),("token_hook_key","0123456789012345678901234567890123456789")] { o.variables.insert(k.into(), Secret::new(v.into())); }
    o.progress = std::sync::Arc::new(|p| println!("{p:?}"));
    let h = Host::start(o).await.unwrap();
    println!("{:?} {}", h.started(), rss());
    let call = async |c: &str, r: Request<Bytes>| { let r = h.handle(c, r).await.unwrap(); let s = r.status(); (s, r.into_body().collect().await.unwrap().to_bytes()) };
    println!("{:?}", call("health", Request::get("/healthz").body(Bytes::new()).unwrap()).await);
    println!("{:?}", call("health", Request::get("/readyz").body(Bytes::new()).unwrap()).await);
    let mut v = vec![];
    for _ in 0..120 { let t = Instant::now(); let r = call("password", Request::post("/password/hash").header("content-type","application/json").body(Bytes::from_static(br#"{"password":"correct horse battery"}"#)).unwrap()).await; v.push(t.elapsed()); if v.len()==1 { println!("{r:?}") } }
    v.sort(); println!("hash min {:?} p50 {:?}", v[0], v[60]);
    let mut v = vec![];
    for _ in 0..300 { let t = Instant::now(); call("health", Request::get("/healthz").body(Bytes::new()).unwrap()).await; v.push(t.elapsed()); }
    v.sort(); println!("healthz p50 {:?} {}", v[150], rss());
}
