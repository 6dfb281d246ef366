#![allow(warnings, clippy::all, clippy::pedantic)]
use std::{sync::Arc, time::{Duration, Instant}, path::Path};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use iam_host_wasmtime::*;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
fn rss() -> String { std::fs::read_to_string("/proc/self/status").unwrap().lines().filter(|l| l.starts_with("VmRSS")||l.starts_with("RssAnon")||l.starts_with("Threads")).collect::<Vec<_>>().join(" ") }
fn pct(v: &mut Vec<Duration>) -> String { v.sort(); format!("n={} p50={:?} p90={:?} p99={:?} max={:?}", v.len(), v[v.len()/2], v[v.len()*9/10], v[v.len()*99/100], v[v.len()-1]) }
#[tokio::main]
async fn main() {
    if std::env::args().nth(1).unwrap()=="client" { let a = std::env::args().nth(2).unwrap(); let n = std::env::args().nth(3).unwrap();
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    // flood
    let t0=Instant::now(); let mut js=vec![];
    for _ in 0..10_000 { let n2=n.clone(); let (client,a)=(client.clone(),a.clone()); js.push(tokio::spawn(async move { match client.get(format!("http://{a}/fetch?http://secret.spin.internal/compute?{n2}").parse().unwrap()).await { Ok(r)=> { let s=r.status().as_u16(); let b=r.into_body().collect().await.map(|b| b.to_bytes()); if s==200 && b.unwrap().starts_with(b"503") {503} else {s} }, Err(_)=>0 } })); }
    tokio::time::sleep(Duration::from_millis(1500)).await; println!("during flood: {}", rss());
    let mut m=std::collections::BTreeMap::new(); for j in js { *m.entry(j.await.unwrap()).or_insert(0)+=1; }
    println!("flood {:?} in {:?}; {}", m, t0.elapsed(), rss());
    tokio::time::sleep(Duration::from_secs(3)).await; println!("client later: {}", rss());
 return; }
    let dir = std::env::temp_dir().join("iam-measure"); std::fs::create_dir_all(&dir).unwrap();
    let wasm = std::env::args().nth(1).unwrap();
    let m = format!(r#"
spin_manifest_version = 2
[application]
name = "m"
[[trigger.http]]
route = "/..."
component = "front"
[[trigger.http]]
route = {{ private = true }}
component = "secret"
[component.front]
source = "{wasm}"
allowed_outbound_hosts = ["http://*.spin.internal"]
[component.secret]
source = "{wasm}"
"#);
    std::fs::write(dir.join("spin.toml"), m).unwrap();
    let mk = || { let mut o = HostOptions::new(dir.join("spin.toml")); o.cache = Some(dir.join("cache")); o };
    drop(Host::start(mk()).await.unwrap());
    let mut v = vec![]; for _ in 0..11 { let h = Host::start(mk()).await.unwrap(); v.push(h.started().took); }
    println!("start cached: {}", pct(&mut v));
    let mut o = mk(); o.limits.insert("secret".into(), Limit{running:2, waiting:512});
    let h = Arc::new(Host::start(o).await.unwrap());
    println!("idle: {}", rss());
    let one = |p: String, c: &'static str| { let h = h.clone(); async move { let r = h.handle(c, Request::get(p).body(Bytes::new()).unwrap()).await.unwrap(); let s=r.status(); r.into_body().collect().await.unwrap(); s } };
    for _ in 0..200 { one("/hello".into(),"front").await; }
    let mut v = vec![]; for _ in 0..3000 { let t = Instant::now(); one("/hello".into(),"front").await; v.push(t.elapsed()); }
    println!("handle sequential: {}", pct(&mut v));
    let mut v = vec![]; for _ in 0..2000 { let t = Instant::now(); one("/fetch?http://secret.spin.internal/hello".into(),"front").await; v.push(t.elapsed()); }
    println!("chained sequential: {}", pct(&mut v));
    println!("after: {}", rss());
    let l = bind(([127,0,0,1],0).into()).await.unwrap(); let a = l.local_addr().unwrap();
    let h2 = h.clone(); tokio::spawn(async move { h2.serve(l, std::future::pending()).await });
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let http = |p: &str| { let client=client.clone(); let u = format!("http://{a}{p}"); async move { let r = client.get(u.parse().unwrap()).await.unwrap(); let s=r.status(); r.into_body().collect().await.unwrap(); s } };
    for c in [1usize, 64] {
        let t0 = Instant::now(); let mut js = vec![];
        for _ in 0..c { let http = http.clone(); let (client, a)=(client.clone(), a); js.push(tokio::spawn(async move { let mut v=vec![]; while t0.elapsed() < Duration::from_secs(4) { let t=Instant::now(); let r = client.get(format!("http://{a}/hello").parse().unwrap()).await.unwrap(); assert_eq!(r.status(),200); r.into_body().collect().await.unwrap(); v.push(t.elapsed()); } v })); }
        let mut v = vec![]; for j in js { v.extend(j.await.unwrap()); }
        println!("http c={c}: {:.0}/s {}", v.len() as f64/ t0.elapsed().as_secs_f64(), pct(&mut v));
    }
    println!("after load: {}", rss());
    // hashes: how long does one take, then light requests beside many of them
    let n: u64 = std::env::args().nth(2).map_or(12_000_000, |s| s.parse().unwrap());
    let t=Instant::now(); one(format!("/compute?{n}"),"secret").await; println!("one compute {:?}", t.elapsed());
    let t0=Instant::now(); let mut js=vec![];
    for _ in 0..64 { let f = one.clone(); let h=h.clone(); js.push(tokio::spawn(async move { let mut k=0; while t0.elapsed()<Duration::from_secs(4) { let r = h.handle("secret", Request::get(format!("/compute?{n}")).body(Bytes::new()).unwrap()).await.unwrap(); assert_eq!(r.status(),200); r.into_body().collect().await.unwrap(); k+=1;} k })); }
    let mut v=vec![]; while t0.elapsed()<Duration::from_secs(4) { let t=Instant::now(); assert_eq!(http("/hello").await,200); v.push(t.elapsed()); tokio::time::sleep(Duration::from_millis(5)).await; }
    let mut k=0; for j in js { k+=j.await.unwrap(); }
    println!("computes {:.1}/s; hello beside: {}", k as f64/t0.elapsed().as_secs_f64(), pct(&mut v));
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap()).arg("client").arg(a.to_string()).arg(n.to_string()).spawn().unwrap();
    for _ in 0..8 { tokio::time::sleep(Duration::from_millis(1500)).await; println!("during flood: {}", rss()); }
    child.wait().await; tokio::time::sleep(Duration::from_secs(1)).await; println!("later: {}", rss());
    for _ in 0..200 { one("/hello".into(),"front").await; } println!("later: {}", rss());
}
