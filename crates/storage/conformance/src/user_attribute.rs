//! Which users a list has that asks for an attribute.

use iam_storage_ports::{Page, Storage, UserFilter};
use serde_json::json;

use crate::fixture::{Here, sorted, user};

/// An attribute has a value if it is that text, number or truth value, written as text.
pub async fn users_are_listed_by_attribute(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    add_users(&here).await;
    for (name, value, expected) in [
        ("x", "eng", &["text"][..]),
        ("x", "ENG", &[]),
        ("x", "e%", &[]),
        ("y", "", &["text"]),
        ("x", "7", &["digits", "number"]),
        ("x", "07", &[]),
        ("x", "true", &["truth"]),
        ("x", "1", &[]),
        ("y", "false", &["truth"]),
        ("y", "0", &[]),
        ("y", "-1", &["number"]),
        ("x", "0.5", &["half"]),
        ("y", "9007199254740993", &["half"]),
        ("y", "9007199254740992", &[]),
        ("x", "null", &[]),
        ("x", "", &[]),
        ("x", "[\"eng\"]", &[]),
        ("x", "{\"y\":\"eng\"}", &[]),
        ("x.y", "eng", &["dotted"]),
        ("X", "eng", &["dotted"]),
        ("'\"; --", "'; drop table users; --", &["quoted"]),
        ("💶", "\u{1}%_\\", &["quoted"]),
        ("z", "eng", &[]),
        ("", "", &[]),
    ] {
        let filter = UserFilter {
            attribute: Some((name.to_owned(), value.to_owned())),
            ..UserFilter::default()
        };
        let page = Page::first(9);
        let found = here.users().list(&filter, &page).await.unwrap().items;
        let found = sorted(found.into_iter().map(|user| user.username.to_string()));
        assert_eq!(found, expected, "{name} {value}");
    }
}

/// Users with attributes of all kinds.
async fn add_users(here: &Here<'_>) {
    for (name, attributes) in [
        ("text", json!({ "x": "eng", "y": "" })),
        ("number", json!({ "x": 7, "y": -1 })),
        ("digits", json!({ "x": "7" })),
        ("truth", json!({ "x": true, "y": false })),
        ("half", json!({ "x": 0.5, "y": 9_007_199_254_740_993_i64 })),
        ("nothing", json!({ "x": null })),
        ("list", json!({ "x": ["eng"] })),
        ("object", json!({ "x": { "y": "eng" } })),
        ("dotted", json!({ "x.y": "eng", "X": "eng" })),
        (
            "quoted",
            json!({ "'\"; --": "'; drop table users; --", "💶": "\u{1}%_\\" }),
        ),
        ("none", json!({})),
    ] {
        let mut user = user(name);
        user.details.attributes = attributes.as_object().unwrap().clone();
        here.add_user(user).await;
    }
}
