use std::{sync::atomic::Ordering, time::Duration};

use crate::support::{App, Upstream};

#[tokio::test]
async fn a_host_that_is_not_in_the_list_is_denied_and_the_operator_is_told_what_to_add() {
    let upstream = Upstream::start().await;
    let app = App::start(|options| options.variables = upstream.variables()).await;
    let url = format!("http://{}", upstream.address);
    let reply = app
        .get(&format!("/narrow/u/fetch?{url}/secret?token=1"))
        .await;
    assert!(reply.body.contains("HttpRequestDenied"), "{}", reply.body);
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 0);
    assert!(app.logged(&[
        &format!("[narrow] was denied a request to {url}: "),
        &format!("add \"{url}\" to allowed_outbound_hosts of [component.narrow]"),
    ]));
    assert!(!app.logged(&["token"]));
    let reply = app
        .get("/narrow/u/fetch?http://secret.spin.internal/hello")
        .await;
    assert!(reply.body.contains("HttpRequestDenied"), "{}", reply.body);
}

#[tokio::test]
async fn a_host_that_a_variable_names_is_allowed_and_its_connection_is_kept() {
    let upstream = Upstream::start().await;
    let app = App::start(|options| options.variables = upstream.variables()).await;
    for path in ["/one", "/two", "/three"] {
        let reply = app
            .get(&format!("/fetch?http://{}{path}", upstream.address))
            .await;
        reply.check(200, &format!("200 {path}"));
    }
    assert_eq!(upstream.connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_redirect_is_a_response() {
    let upstream = Upstream::start().await;
    let app = App::start(|options| options.variables = upstream.variables()).await;
    let reply = app
        .get(&format!("/fetch?http://{}/redirect", upstream.address))
        .await;
    reply.check(200, "302 moved");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    let upstream = Upstream::start().await;
    let app = App::start(|options| {
        options.variables = upstream.variables();
        options.outbound.first_byte = Duration::from_millis(100);
    })
    .await;
    let reply = app
        .get(&format!("/fetch?http://{}/never", upstream.address))
        .await;
    assert!(
        reply.body.contains("ConnectionReadTimeout"),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_apart() {
    let app = App::start(|_| {}).await;
    let reply = app.get("/fetch?http://127.0.0.1:1/").await;
    assert!(reply.body.contains("ConnectionRefused"), "{}", reply.body);
}

#[tokio::test]
async fn a_component_reads_the_variables_that_it_declares_and_no_others() {
    let app = App::start(|_| {}).await;
    app.get("/variable?greeting").await.check(200, "hello!");
    for path in ["/variable?upstream", "/narrow/u/variable?greeting"] {
        let reply = app.get(path).await;
        assert!(
            reply.body.starts_with("Error::Undefined("),
            "{}",
            reply.body
        );
    }
}
