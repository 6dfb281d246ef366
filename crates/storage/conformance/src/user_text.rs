//! Whatever is known of a user comes back as it was.

use iam_model::User;
use iam_storage_ports::Storage;
use serde_json::{Map, Value, json};

use crate::fixture::{Here, email, external_ids, user};

/// What has a meaning in SQL, in JSON, in a pattern or in a protocol.
const TEXTS: [&str; 12] = [
    "",
    "'; drop table users; --",
    "\"'; drop table users; --",
    "\" or 1=1 /* ? $1 :x @p1 %s {} \\' \\",
    "%_*[a-z]?",
    "null",
    "true",
    "1e3",
    "{\"a\": [null]}",
    "$.a.b[0]",
    "𠀋 👩‍👩‍👧 e\u{301} \u{200b} \u{ffff} \u{10ffff}",
    "\u{1}\u{8}\t\r\n\u{1f}\u{7f}\u{85}\u{2028}",
];

/// Whatever a username may hold, it comes back as it was spelled and matches only itself.
pub async fn any_username_is_kept_as_it_is(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let longest = "𠀋".repeat(128);
    let names = [
        "o'brien",
        "');drop/**/table/**/users;--",
        "\"or\"1\"=\"1",
        "%",
        "_",
        "a\\",
        "?",
        "$1",
        ":x",
        "{}",
        "null",
        "0",
        "00",
        "1e3",
        "Zoë@例え.example",
        "𠀋",
        &longest,
    ];
    for name in names {
        here.user(name).await;
    }
    for name in names {
        let name = name.parse().unwrap();
        let found = here.users().find_by_username(&name).await.unwrap();
        assert_eq!(found.map(|user| user.username), Some(name));
    }
}

/// Attributes and metadata are kept as they are: names, texts, numbers, whatever is nested.
pub async fn any_attributes_are_kept_as_they_are(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let by_name = |text: &&str| ((*text).to_owned(), json!([text, { *text: text }]));
    let texts: Map<String, Value> = TEXTS.iter().map(by_name).collect();
    let numbers = json!({
        "integers": [0, -1, 9_007_199_254_740_991_i64, 9_007_199_254_740_993_i64],
        "edges": [i64::MIN, i64::MAX, u64::MAX],
        "fractions": [0.5, -0.1, 1.0, 1e-7, 1e21, 1.5e300],
    });
    let Value::Object(numbers) = numbers else {
        panic!("an object");
    };
    let mut alice = user("alice");
    alice.details.attributes = texts.clone();
    alice.details.public_metadata = numbers;
    alice.details.private_metadata = texts;
    kept(&here, alice).await;
    let mut bob = user("bob");
    let long = "ö\"".repeat(50_000);
    bob.details.attributes = [(long.clone(), Value::String(long))].into_iter().collect();
    kept(&here, bob).await;
}

/// A profile, a phone number, addresses and external ids are kept, in their order.
pub async fn any_details_are_kept_as_they_are(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let mut alice = user("alice");
    let line = |text: &str| Some(text.parse().unwrap());
    let details = &mut alice.details;
    details.profile.name = line("Zoë '); drop table users; -- 👩‍👩‍👧");
    details.profile.given_name = line("");
    details.profile.family_name = line("O'Brien \\ \"the\" %");
    details.profile.locale = line("de-CH-1996");
    details.profile.picture = line("https://example.com/a?b=%27");
    details.phone = Some("+4930123456".parse().unwrap());
    details.password_change_required = true;
    details.emails = vec![
        email("Z@Example.com"),
        email("a@exämple.de"),
        email("'or'1'='1@example.com"),
        email("%_?{}@example.com"),
    ];
    details.emails[1].verified = true;
    details.external_ids = external_ids(&[
        ("", ""),
        ("a'b\"", "'; drop table users; --"),
        ("hr", "4711"),
        ("💶", "\u{10ffff}%_\\"),
    ]);
    kept(&here, alice).await;
}

async fn kept(here: &Here<'_>, user: User) {
    let user = here.add_user(user).await;
    let users = here.users();
    let found = users.lookup(&user.id).await.unwrap().unwrap();
    assert_eq!(found, user);
    let order = |user: &User| serde_json::to_string(&user.details).unwrap();
    assert_eq!(order(&found), order(&user));
    let changed = users.change(found, &here.change()).await.unwrap();
    assert_eq!(changed.details, user.details);
    let found = users.lookup(&user.id).await.unwrap();
    assert_eq!(found, Some(changed));
}
