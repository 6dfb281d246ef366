//! Policies that OPA runs as well, in the tests of `examples/opa-orders`.

use std::{fs, path::Path};

use iam_policy::{Limits, PolicyDraft};

/// Compiles `source` and runs its tests.
#[track_caller]
fn check(name: &str, source: &str) {
    let draft = match PolicyDraft::compile(source) {
        Ok(draft) => draft,
        Err(error) => panic!("{name}: {error}"),
    };
    let report = draft.test(Limits::default());
    assert!(report.is_success(), "{name}: {:?}", report.failed);
    assert!(!report.passed.is_empty(), "{name} has no tests");
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn what_a_policy_may_call_gives_what_it_gives_in_opa() {
    check("builtins", &read("tests/policies/builtins.rego"));
}

#[test]
fn the_policies_of_the_documentation_pass_their_own_tests() {
    let page = read("../../docs/policy.md");
    let blocks = page.split("```rego\n").skip(1);
    let policies: Vec<_> = blocks
        .filter_map(|block| Some(block.split_once("```")?.0))
        .filter(|block| block.starts_with("package iam.policy"))
        .collect();
    assert!(policies.len() > 2, "found {}", policies.len());
    for policy in policies {
        check(policy, policy);
    }
}
