use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use iam_host_wasmtime::Limit;
use tokio::{join, time::sleep};

use crate::support::{App, INTERNAL, Reply};

#[tokio::test]
async fn an_endless_loop_is_stopped_and_meanwhile_others_are_served() {
    let app = App::start(|options| {
        options.deadline = Duration::from_millis(600);
        options.workers = 1;
    })
    .await;
    let (endless, served) = join!(app.get("/compute"), async {
        sleep(Duration::from_millis(100)).await;
        let start = Instant::now();
        app.get("/hello").await.check(200, "hello");
        start.elapsed()
    });
    let timeout = r#"{"type":"about:blank","title":"Gateway Timeout","status":504,"code":"timeout","detail":"The request took too long."}"#;
    endless.check(504, timeout);
    assert!(served < Duration::from_millis(300), "{served:?}");
    assert!(app.logged(&["[front] was stopped: it ran for 600ms"]));
    app.get("/hello").await.check(200, "hello");
}

#[tokio::test]
async fn out_of_memory_is_a_500_and_the_host_goes_on() {
    let app = App::start(|options| options.memory = 16 << 20).await;
    app.get("/allocate").await.check(500, INTERNAL);
    assert!(app.logged(&["[front] failed", "more than 16777216 bytes of memory"]));
    app.get("/hello").await.check(200, "hello");
}

#[tokio::test]
async fn a_trap_is_a_500_that_says_nothing() {
    let app = App::start(|_| {}).await;
    app.get("/trap").await.check(500, INTERNAL);
    assert!(app.logged(&["[front] failed: wasm trap"]));
    app.get("/silent").await.check(500, INTERNAL);
    app.get("/hello").await.check(200, "hello");
}

#[tokio::test]
async fn whoever_finds_the_queue_full_gets_503() {
    let app = App::start(|options| {
        options.deadline = Duration::from_millis(500);
        options.public = Limit {
            running: 1,
            waiting: 1,
        };
    })
    .await;
    let (running, waiting, refused) = join!(
        app.get("/compute"),
        async {
            sleep(Duration::from_millis(100)).await;
            app.get("/hello").await
        },
        async {
            sleep(Duration::from_millis(200)).await;
            let start = Instant::now();
            (app.get("/hello").await, start.elapsed())
        },
    );
    assert_eq!(running.status, 504);
    waiting.check(200, "hello");
    let (refused, took) = refused;
    assert_eq!(
        (refused.status, &refused.headers["retry-after"]),
        (503, &"1".parse().unwrap())
    );
    assert!(
        refused.body.contains(r#""code":"overloaded""#),
        "{}",
        refused.body
    );
    assert!(took < Duration::from_millis(100), "{took:?}");
}

#[tokio::test]
async fn a_full_component_refuses_and_the_others_are_served() {
    let app = App::start(|options| {
        options.deadline = Duration::from_millis(500);
        let limit = Limit {
            running: 1,
            waiting: 0,
        };
        options.limits.insert("secret".to_owned(), limit);
    })
    .await;
    let (busy, refused, other) = join!(
        app.get("/fetch?http://secret.spin.internal/compute"),
        async {
            sleep(Duration::from_millis(100)).await;
            app.get("/fetch?http://secret.spin.internal/hello").await
        },
        async {
            sleep(Duration::from_millis(100)).await;
            app.get("/hello").await
        },
    );
    assert!(
        busy.status == 504 || busy.body.starts_with("504"),
        "{busy:?}"
    );
    assert!(refused.body.starts_with("503 "), "{refused:?}");
    other.check(200, "hello");
}

#[tokio::test]
async fn a_public_place_that_waits_for_a_chained_one_always_gets_it() {
    let app = App::start(|options| {
        options.public.running = 2;
        let limit = Limit {
            running: 1,
            waiting: 64,
        };
        options.limits.insert("secret".to_owned(), limit);
    })
    .await;
    let requests = (0..32).map(|_| app.get("/fetch?http://secret.spin.internal/hello"));
    for reply in futures_util::future::join_all(requests).await {
        reply.check(200, "200 hello");
    }
}

#[tokio::test]
async fn nobody_waits_for_a_component_that_cannot_be_interrupted() {
    let app = App::start(|options| {
        options.deadline = Duration::from_millis(100);
        options.patience = Duration::from_millis(100);
        options.uninterrupted.insert("secret".to_owned());
        // A place is free again a moment after the answer is there.
        let limit = Limit {
            running: 1,
            waiting: 1,
        };
        options.limits.insert("secret".to_owned(), limit);
    })
    .await;
    let call = async |path: &str| {
        let request = Request::get(path).body(Bytes::new()).unwrap();
        Reply::of(app.host.handle("secret", request).await.unwrap()).await
    };
    call("/compute?1000").await.check(200, &compute(1000));
    let long = call("/compute?5000000000").await;
    assert_eq!(long.status, 504);
    assert!(app.logged(&["[secret] does not end"]));
    assert_eq!(call("/hello").await.status, 503, "it still holds its place");
    app.get("/hello").await.check(200, "hello");
}

/// What the guest computes.
fn compute(rounds: u64) -> String {
    let sum = (0..rounds).fold(0_u64, |sum, round| sum.wrapping_mul(31).wrapping_add(round));
    sum.to_string()
}
