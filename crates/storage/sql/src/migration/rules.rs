//! Expand and contract: while an upgrade goes on, programs of the version before use the same
//! database. So a migration only adds, unless nothing that is still in use needs what it takes away.

use super::{MIGRATIONS, Migration};

/// The migrations that were released before the rule.
const BEFORE: usize = 5;

/// How a migration says that it takes away what the versions before it have stopped using.
const CONTRACT: &str = "-- Contract: ";

/// What a statement takes from programs that know nothing of it.
fn taken(sql: &str) -> Option<&'static str> {
    let lines = sql
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"));
    let sql = lines.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let has = |text: &str| sql.contains(text);
    let is_required = has(" not null") && !has(" default ");
    [
        (has("drop "), "it drops something"),
        (has("rename "), "it renames something"),
        (has("alter column") || has("modify "), "it changes a column"),
        (has("create unique index"), "it makes something unique"),
        (
            has("add column") && is_required,
            "it adds a column that must be filled",
        ),
        (
            has("add constraint") || has("add foreign key"),
            "it adds a constraint",
        ),
        (sql.starts_with("delete "), "it removes rows"),
    ]
    .into_iter()
    .find_map(|(found, what)| found.then_some(what))
}

fn breach(migration: &Migration) -> Option<&'static str> {
    if migration.sql.starts_with(CONTRACT) {
        return None;
    }
    migration.statements().find_map(taken)
}

#[test]
fn a_migration_only_adds_unless_it_is_a_contract() {
    for migration in MIGRATIONS.iter().skip(BEFORE) {
        let breach = breach(migration);
        assert_eq!(
            breach, None,
            "{}: begin it with {CONTRACT:?}, or split it",
            migration.name
        );
    }
}

#[test]
fn what_takes_something_away_is_found() {
    // It was written before the rule, and drops two columns.
    assert_eq!(breach(&MIGRATIONS[1]), Some("it drops something"));
    let adds = "-- drop nothing\nalter table users add column age bigint not null default 0";
    assert_eq!(taken(adds), None);
    for (sql, what) in [
        (
            "alter table users rename column a to b",
            "it renames something",
        ),
        (
            "alter table users alter column a type text",
            "it changes a column",
        ),
        ("alter table users modify a bigint", "it changes a column"),
        (
            "create unique index i on users (a)",
            "it makes something unique",
        ),
        (
            "alter table users add column a bigint not null",
            "it adds a column that must be filled",
        ),
        (
            "alter table users add constraint c check (a > 0)",
            "it adds a constraint",
        ),
        ("delete from users where a = 1", "it removes rows"),
    ] {
        assert_eq!(taken(sql), Some(what), "{sql}");
    }
    let contract = Migration {
        name: "gone",
        sql: "-- Contract: nothing since 0.4 reads it.\n\nalter table users drop column a;\n",
    };
    assert_eq!(breach(&contract), None);
}
