//! `iam migrate`.

use std::fs;

use crate::program::Home;

#[test]
fn a_pipeline_learns_from_the_exit_code_whether_migrations_are_pending() {
    let home = Home::new();
    let run = |command: &str| home.run(&["migrate", command, "--database-url", "iam.db"]);
    run("status").assert_code(2);
    assert!(!home.file("iam.db").exists(), "who looks makes nothing");
    fs::write(home.file("iam.db"), "").unwrap();
    let status = run("status").assert_code(1);
    assert_eq!(
        status.out.lines().count(),
        status.out.matches(" pending ").count()
    );
    let plan = run("plan").assert_code(0).out;
    assert!(plan.starts_with("-- 0001 identity\n"), "{plan}");
    for part in ["create table tenants (", "create table ended_sessions ("] {
        assert_eq!(plan.matches(part).count(), 1, "{part}");
    }
    run("status").assert_code(1);
    run("up").assert_code(0);
    let status = run("status").assert_code(0);
    assert!(!status.out.contains("pending"), "{status:?}");
    assert_eq!(status.out.lines().count(), plan.matches("-- 0").count());
    assert_eq!(run("plan").assert_code(0).out, "");
    run("up").assert_code(0);
}

#[test]
fn the_status_is_json_for_scripts() {
    let home = Home::new();
    home.run(&["migrate", "up", "--database-url", "iam.db"])
        .assert_code(0);
    let status = home.run(&["migrate", "status", "--database-url", "iam.db", "--json"]);
    let status = status.assert_code(0).json();
    for (number, step) in status.as_array().unwrap().iter().enumerate() {
        assert_eq!(step["version"], number + 1);
        assert_eq!(step["checksum"].as_str().unwrap().len(), 64);
        assert!(
            step["applied_at"].as_str().unwrap().ends_with('Z'),
            "{step}"
        );
    }
}
