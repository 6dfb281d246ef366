use std::fs;

use iam_storage_ports::{Cell, Record};

use crate::{
    databases::{filled, table, with},
    program::Home,
};

/// A home with a database, and an export of it.
fn exported() -> (Home, String) {
    let home = Home::new();
    filled(&home.file("a.db"), 10);
    home.run(&["export", "a.ndjson", "--database-url", "a.db"])
        .assert_code(0);
    let text = fs::read_to_string(home.file("a.ndjson")).unwrap();
    (home, text)
}

#[test]
fn a_file_that_is_damaged_is_refused_before_anything_is_written() {
    let (home, text) = exported();
    let last = text.trim_end().rfind('\n').unwrap() + 1;
    let hash = text.find("$argon2id$").unwrap();
    let changed = format!("{}x{}", &text[..hash + 20], &text[hash + 21..]);
    let other = text.replacen("\"display_name\"", "\"title\"", 1);
    for (damaged, why) in [
        (&text[..last], "not whole"),
        (&text[..text.len() - 1], "not whole"),
        (changed.as_str(), "were changed"),
        (other.as_str(), "another version"),
        ("{}\n", "no line of an export"),
        ("", "is empty"),
    ] {
        home.write("damaged.ndjson", damaged);
        let import = [
            "import",
            "installation",
            "damaged.ndjson",
            "--database-url",
            "b.db",
        ];
        let refused = home.run(&import).assert_code(1);
        assert!(refused.err.contains(why), "{why}: {refused:?}");
        assert!(!refused.err.contains("argon2id"), "{refused:?}");
        assert!(!home.file("b.db").exists());
    }
}

#[test]
fn a_database_with_other_rows_is_neither_filled_nor_gone_on_with() {
    let (home, _) = exported();
    filled(&home.file("b.db"), 0);
    let import = [
        "import",
        "installation",
        "a.ndjson",
        "--database-url",
        "b.db",
    ];
    home.run(&["export", "b.ndjson", "--database-url", "b.db"])
        .assert_code(0);
    home.run(&import).assert_code(2);
    let refused = home
        .run(&[&import[..], &["--resume"]].concat())
        .assert_code(1);
    assert!(refused.err.contains("other rows"), "{refused:?}");
    home.run(&["export", "b.ndjson", "--verify", "--database-url", "b.db"])
        .assert_code(0);
}

#[test]
fn a_row_that_was_changed_is_found_and_not_shown() {
    let (home, _) = exported();
    let verify = ["export", "a.ndjson", "--verify", "--database-url", "a.db"];
    home.run(&verify).assert_code(0);
    with(&home.file("a.db"), async |_, transfer| {
        let table = table("permissions");
        let row = transfer.export(table, None, 1).await.unwrap().remove(0);
        let mut cells = row.cells().to_vec();
        cells[1] = Cell::Text("zzz.hunter2".to_owned());
        let row = Record::new(table, cells).unwrap();
        transfer.import(table, &[row]).await.unwrap();
    });
    let differs = home.run(&verify).assert_code(1);
    assert!(differs.err.contains("permissions ("), "{differs:?}");
    assert!(!differs.err.contains("hunter2"), "{differs:?}");
}

#[test]
fn a_password_in_a_url_is_in_no_message_and_in_no_help() {
    let home = Home::new();
    for url in [
        "postgres://iam:hunter2@127.0.0.1:1/iam",
        "postgres://iam:hunter2@/",
        "oracle://iam:hunter2@h/iam",
    ] {
        let ran = home.run(&["migrate", "status", "--database-url", url]);
        assert_ne!(ran.code, 0);
        assert!(
            !ran.err.contains("hunter2") && !ran.out.contains("hunter2"),
            "{ran:?}"
        );
    }
    let export = ["export", "x.ndjson", "--database-url", "not/there.db"];
    let missing = home.run(&export).assert_code(2);
    assert!(missing.err.contains("there is no file"), "{missing:?}");
}
