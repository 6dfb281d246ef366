//! What `docs/standards.md` claims, a test shows: the one it names is there.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, fs, path::Path};

/// A row of the table, whose last cell names tests: `path` "name", by semicolons.
fn rows(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let rows = rows.filter(|line| !line.starts_with("| standard") && !line.starts_with("|--"));
    rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 3, "{line}");
        (line, *cells.last().unwrap())
    })
}

/// The tests in a cell: the path, and how the test is called there.
fn tests(cell: &str) -> impl Iterator<Item = (&str, &str)> {
    cell.split("; ").map(|test| {
        let mut parts = test.trim().trim_start_matches('`').splitn(2, "` ");
        let (path, name) = (parts.next().unwrap(), parts.next().unwrap_or_default());
        (path, name.trim().trim_matches('"'))
    })
}

#[test]
fn every_claim_of_the_standards_table_names_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/standards.md")).unwrap();
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    let mut count = 0;
    for (line, cell) in rows(&page) {
        for (path, name) in tests(cell) {
            let file = files.entry(path).or_insert_with(|| {
                fs::read_to_string(root.join(path)).unwrap_or_else(|_| panic!("{path}: {line}"))
            });
            assert!(
                !name.is_empty() && file.contains(name),
                "{path} has no test {name:?}"
            );
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}
