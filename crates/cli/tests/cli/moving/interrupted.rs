use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    process::ChildStderr,
    thread,
    time::Duration,
};

use super::content;
use crate::{databases::filled, program::Home};

/// More than are sent in the time that it takes to kill a program.
const ROWS: usize = 30_000;

/// Runs the program until it is in the middle, and kills it.
fn kill_in_the_middle(home: &Home, args: &[&str], middle: impl FnOnce(ChildStderr)) {
    let mut child = home.start(args);
    middle(child.stderr.take().unwrap());
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it was too fast");
}

#[test]
fn what_was_killed_in_the_middle_goes_on_and_ends_as_if_it_had_not_been() {
    let home = Home::new();
    filled(&home.file("a.db"), ROWS);
    let export = ["export", "a.ndjson", "--database-url", "a.db"];
    let part = home.file("a.ndjson.part");
    kill_in_the_middle(&home, &export, |_| {
        while fs::metadata(&part).map_or(0, |part| part.len()) < 500_000 {
            thread::sleep(Duration::from_millis(1));
        }
    });
    assert!(!home.file("a.ndjson").exists());
    let written = fs::read_to_string(&part).unwrap();
    assert!(!written.contains("\"complete\""), "it was whole already");
    let again = home.run(&export).assert_code(2);
    assert!(again.err.contains("--resume"), "{again:?}");
    home.run(&[&export[..], &["--resume"]].concat())
        .assert_code(0);
    assert!(!part.exists());
    let mode = fs::metadata(home.file("a.ndjson"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    home.run(&["export", "b.ndjson", "--database-url", "a.db"])
        .assert_code(0);
    assert!(content(&home.file("a.ndjson")) == content(&home.file("b.ndjson")));

    let import = [
        "import",
        "installation",
        "a.ndjson",
        "--database-url",
        "b.db",
    ];
    kill_in_the_middle(&home, &import, |said| {
        let mut said = BufReader::new(said).lines().map(Result::unwrap);
        assert!(said.any(|line| line.contains(" rows, ")));
    });
    let verify = ["export", "a.ndjson", "--verify", "--database-url", "b.db"];
    let verified = home.run(&verify).assert_code(1);
    assert!(verified.err.contains("differ in"), "{verified:?}");
    let again = home.run(&import).assert_code(2);
    assert!(again.err.contains("not empty"), "{again:?}");
    let resumed = home
        .run(&[&import[..], &["--resume"]].concat())
        .assert_code(0);
    assert!(resumed.err.contains("verified: "), "{resumed:?}");
    home.run(&verify).assert_code(0);
}
