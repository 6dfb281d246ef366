use std::time::Duration;

use http::StatusCode;
use iam_model::{Channel, Sealed};
use iam_storage_ports::Storage;
use serde_json::json;

use crate::{
    Delivered,
    testing::{Bench, keyring, now},
};

const SECRET: (&str, &str) = ("webhook_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

const WEBHOOKS: [(&str, &str); 3] = [
    ("mail_url", "webhook+https://app.example/mail"),
    ("sms_url", "webhook+https://app.example/sms"),
    SECRET,
];

const GATEWAY: [(&str, &str); 3] = [
    ("mail_url", "smtp+http://127.0.0.1:9"),
    ("mail_from", "id@acme.example"),
    ("mail_token", "t0ken"),
];

fn count(sent: u64, retried: u64, given_up: u64) -> Delivered {
    Delivered {
        sent,
        retried,
        given_up,
        more: false,
    }
}

#[test]
fn a_message_is_posted_once_with_all_its_parts() {
    let bench = Bench::new(&WEBHOOKS);
    bench.queue(Channel::Email);
    bench.queue(Channel::Sms);
    assert_eq!(bench.deliver(), count(2, 0, 0));
    assert_eq!(bench.deliver(), count(0, 0, 0));
    let requests = bench.world.requests.borrow();
    let paths: Vec<_> = requests.iter().map(|(path, ..)| path.as_str()).collect();
    assert_eq!(paths, ["/mail", "/sms"]);
    let (_, headers, body) = &requests[0];
    assert_eq!(headers["webhook-id"], body["data"]["id"].as_str().unwrap());
    assert_eq!(headers["webhook-timestamp"], "1790000000");
    assert!(
        headers["webhook-signature"]
            .to_str()
            .unwrap()
            .starts_with("v1,")
    );
    assert_eq!(body["type"], "password_recovery");
    assert_eq!(body["timestamp"], "2026-09-21T14:13:20Z");
    let data = &body["data"];
    assert_eq!(data["recipient"], "a@example.com");
    assert_eq!(data["code"], "hunter2");
    assert_eq!(data["locale"], "de");
    assert_eq!(data["tenant"], "acme");
    assert_eq!(data["expires_at"], "2026-09-21T15:13:20Z");
    assert_eq!(data.get("link"), None);
    assert!(data["text"].as_str().unwrap().contains("hunter2"));
}

#[test]
fn mail_goes_to_the_gateway_in_the_name_of_the_tenant() {
    let bench = Bench::new(&GATEWAY);
    bench.queue(Channel::Email);
    assert_eq!(bench.deliver(), count(1, 0, 0));
    let (path, headers, body) = bench.world.requests.borrow()[0].clone();
    assert_eq!(
        (path.as_str(), &headers["authorization"]),
        ("/v1/mail", &"Bearer t0ken".parse().unwrap())
    );
    assert_eq!(
        body["from"],
        json!({"name": "Acme", "address": "id@acme.example"})
    );
    assert_eq!(body["to"], "a@example.com");
    assert_eq!(body["subject"], "Set a new password for Acme");
}

#[test]
fn what_fails_is_tried_again_later_and_later() {
    let bench = Bench::new(&WEBHOOKS);
    bench.queue(Channel::Email);
    *bench.world.answer.borrow_mut() = None;
    for wait in [1, 2, 4, 8] {
        assert_eq!(bench.deliver(), count(0, 1, 0));
        bench.world.pass(Duration::from_millis(wait * 1000 - 1));
        assert_eq!(bench.deliver(), count(0, 0, 0), "{wait}");
        bench.world.pass(Duration::from_millis(1));
    }
    *bench.world.answer.borrow_mut() = Some((StatusCode::INTERNAL_SERVER_ERROR, "hunter2"));
    assert_eq!(bench.deliver(), count(0, 1, 0));
    bench.world.pass(Duration::from_secs(16));
    *bench.world.answer.borrow_mut() = Some((StatusCode::OK, ""));
    assert_eq!(bench.deliver(), count(1, 0, 0));
    let requests = bench.world.requests.borrow();
    let ids: Vec<_> = requests
        .iter()
        .map(|(_, headers, _)| &headers["webhook-id"])
        .collect();
    assert!(
        ids.len() == 6 && ids.iter().all(|id| *id == ids[0]),
        "{ids:?}"
    );
}

#[test]
fn what_nobody_takes_is_given_up() {
    let bench = Bench::new(&GATEWAY);
    bench.queue(Channel::Email);
    let refused = r#"{"error": "no such mailbox", "code": "refused", "retriable": false}"#;
    *bench.world.answer.borrow_mut() = Some((StatusCode::UNPROCESSABLE_ENTITY, refused));
    assert_eq!(bench.deliver(), count(0, 0, 1));
    bench.world.pass(Duration::from_mins(10));
    assert_eq!(bench.deliver(), count(0, 0, 0));
}

#[test]
fn what_expires_before_the_next_attempt_is_given_up() {
    let bench = Bench::new(&WEBHOOKS);
    bench.queue(Channel::Email);
    *bench.world.answer.borrow_mut() = None;
    let mut sum = Delivered::default();
    for _ in 0..70 {
        let delivered = bench.deliver();
        sum.retried += delivered.retried;
        sum.given_up += delivered.given_up;
        bench.world.pass(Duration::from_mins(1));
    }
    assert_eq!(sum.given_up, 1);
    assert!((5..20).contains(&sum.retried), "{sum:?}");
    let lines = bench.world.log.borrow();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("password_recovery") && lines[0].contains("given up"));
}

#[test]
fn what_is_too_old_is_not_sent() {
    let bench = Bench::new(&WEBHOOKS);
    bench.queue(Channel::Email);
    bench.world.pass(Duration::from_hours(1));
    assert_eq!(bench.deliver(), count(0, 0, 1));
    assert!(bench.world.requests.borrow().is_empty());
}

#[test]
fn without_a_way_out_messages_wait() {
    let bench = Bench::new(&[]);
    bench.queue(Channel::Email);
    assert_eq!(bench.deliver(), count(0, 0, 0));
    assert_eq!(bench.due(), 1);
    assert_eq!(bench.world.log.borrow().len(), 1);
}

#[test]
fn an_sms_does_not_leave_as_mail() {
    let bench = Bench::new(&GATEWAY);
    bench.queue(Channel::Sms);
    assert_eq!(bench.deliver(), count(0, 1, 0));
    assert!(bench.world.requests.borrow().is_empty());
}

#[test]
fn a_content_whose_key_is_away_waits_and_a_damaged_one_is_given_up() {
    let mut bench = Bench::new(&WEBHOOKS);
    bench.queue(Channel::Email);
    bench.keyring = keyring("k2");
    assert_eq!(bench.deliver(), count(0, 1, 0));
    bench.keyring = keyring("k1");
    bench.world.pass(Duration::from_secs(2));
    assert_eq!(bench.deliver(), count(1, 0, 0));
    let notice = bench.notice(Channel::Email);
    let message = bench.outbox().message(&bench.tenant, notice);
    let other = bench
        .outbox()
        .message(&bench.tenant, bench.notice(Channel::Email));
    for content in [other.content, Sealed::new("hunter2".to_owned())] {
        let message = iam_model::Message {
            content,
            ..message.clone()
        };
        now(bench.storage.messages().add(&message)).unwrap();
        assert_eq!(bench.deliver(), count(0, 0, 1));
    }
}

#[test]
fn neither_codes_nor_recipients_are_logged_or_stored() {
    let bench = Bench::new(&WEBHOOKS);
    let notice = bench.notice(Channel::Email);
    let message = bench.outbox().message(&bench.tenant, notice);
    let stored = format!("{message:?}");
    assert!(
        !stored.contains("hunter2") && !stored.contains("example.com"),
        "{stored}"
    );
    bench.queue(Channel::Email);
    *bench.world.answer.borrow_mut() = Some((StatusCode::BAD_REQUEST, "a@example.com hunter2"));
    for _ in 0..70 {
        bench.deliver();
        bench.world.pass(Duration::from_mins(1));
    }
    let lines = bench.world.log.borrow().join("\n");
    assert!(lines.contains("given up"), "{lines}");
    assert!(
        !lines.contains("hunter2") && !lines.contains("example.com"),
        "{lines}"
    );
}
