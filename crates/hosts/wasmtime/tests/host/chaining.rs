use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{App, Reply};

#[tokio::test]
async fn components_call_each_other() {
    let app = App::start(|_| {}).await;
    let reply = app.get("/fetch?http://secret.spin.internal/hello").await;
    reply.check(200, "200 hello");
    app.get("/fetch?http://nobody.spin.internal/hello")
        .await
        .check(200, "Http(ErrorCode::DestinationNotFound)");
}

#[tokio::test]
async fn a_private_component_is_not_reachable_from_outside() {
    let app = App::start(|_| {}).await;
    let not_found = r#"{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"There is no such resource."}"#;
    for host in ["secret.spin.internal", "SECRET.spin.internal:80"] {
        let request = Request::get("/hello").header("host", host);
        let reply = app.send(request.body(Full::default()).unwrap()).await;
        reply.check(404, not_found);
    }
    // A request target in absolute form (RFC 9112 §3.2.2).
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let request = "GET http://secret.spin.internal/variable?greeting HTTP/1.1\r\n\
                   host: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(
        response.contains("\r\nhello!\r\n"),
        "not of the public component: {response}"
    );
}

#[tokio::test]
async fn the_host_program_itself_may_call_a_private_component() {
    let app = App::start(|_| {}).await;
    let call = async |component| {
        let request = Request::get("/headers").body(Bytes::new()).unwrap();
        app.host.handle(component, request).await
    };
    let reply = Reply::of(call("secret").await.unwrap()).await;
    assert!(
        reply.body.contains("spin-client-addr: 0.0.0.0:0\n"),
        "{}",
        reply.body
    );
    assert!(call("nobody").await.is_err());
}

#[tokio::test]
async fn a_component_is_told_about_its_request_and_a_client_cannot_lie_about_it() {
    let app = App::start(|_| {}).await;
    let request = Request::get("/narrow/u7/x/headers?q=1")
        .header("spin-client-addr", "6.6.6.6:1")
        .header("spin-path-match-admin", "1");
    let reply = app.send(request.body(Full::default()).unwrap()).await;
    for line in [
        "spin-client-addr: 127.0.0.1:",
        "spin-matched-route: /narrow/:user/...\n",
        "spin-path-info: /x/headers\n",
        "spin-path-match-user: u7\n",
        &format!(
            "spin-full-url: http://{}/narrow/u7/x/headers?q=1\n",
            app.address
        ),
    ] {
        assert!(reply.body.contains(line), "{line}: {}", reply.body);
    }
    assert!(
        !reply.body.contains("6.6.6.6") && !reply.body.contains("admin"),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn a_circle_of_components_ends() {
    let app = App::start(|_| {}).await;
    let step = "fetch?http://front.spin.internal/";
    let reply = app.get(&format!("/{}hello", step.repeat(4))).await;
    reply.check(200, "200 200 200 200 hello");
    app.get(&format!("/{}hello", step.repeat(5))).await;
    assert!(app.logged(&["[front] was denied", "4 components have called each other"]));
}
