use serde_json::{Value, json};

use super::{
    Exceeded, Explanation, Limits, Policy, PolicyDecision, PolicyDraft, PolicyError, PolicyInput,
    ReasonCode,
};
use iam_model::Acr;

fn input(json: Value) -> PolicyInput {
    let Value::Object(fields) = json else {
        panic!("not an object");
    };
    PolicyInput::made_up(fields)
}

fn source(rules: &str) -> String {
    format!("package iam.policy\n\n{rules}\n")
}

/// What the policy says to an empty input.
fn evaluate(rules: &str) -> Result<PolicyDecision, PolicyError> {
    let policy = Policy::load(&source(rules))?;
    policy.evaluate(&input(json!({})), Limits::default())
}

fn compile_error(rules: &str) -> String {
    match PolicyDraft::compile(&source(rules)) {
        Ok(_) => panic!("compiles: {rules}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_policy_allows_what_it_does_not_deny() {
    let rules = r#"
default allow := false
allow if input.user.name == "alice"
deny contains "too_late" if input.hour > 20
deny contains "wrong_day" if input.day == "sunday"
claims["cost_center"] := input.user.center
claims.level := 3
acr := "mfa" if "admin" in input.roles
"#;
    let policy = PolicyDraft::compile(&source(rules)).unwrap();
    let evaluate = |json| {
        let decision = policy.policy().evaluate(&input(json), Limits::default());
        decision.unwrap()
    };
    let alice = json!({"name": "alice", "center": "c7"});
    let decision = evaluate(json!({"user": alice, "hour": 9, "roles": ["admin"]}));
    assert!(decision.allow && decision.reasons.is_empty());
    assert_eq!(decision.acr, Some(Acr::Mfa));
    assert_eq!(
        Value::Object(decision.claims),
        json!({"cost_center": "c7", "level": 3})
    );
    let decision = evaluate(json!({"user": alice, "hour": 21, "day": "sunday"}));
    let reasons: Vec<_> = decision.reasons.iter().map(ReasonCode::as_str).collect();
    assert_eq!(
        (decision.allow, &*reasons),
        (false, &["too_late", "wrong_day"][..])
    );
    assert!(decision.claims.is_empty() && decision.acr.is_none());
    let decision = evaluate(json!({"user": {"name": "bob"}, "hour": 9}));
    assert!(!decision.allow && decision.reasons.is_empty());
}

#[test]
fn what_is_undefined_is_not_allowed() {
    assert!(!evaluate("allow if input.x").unwrap().allow);
    assert!(!evaluate("claims := {}").unwrap().allow);
    assert!(evaluate("allow := true").unwrap().allow);
}

#[track_caller]
fn check_malformed(rules: &str, rule: &str) {
    match evaluate(rules) {
        Err(PolicyError::Output { rule: found, .. }) => assert_eq!(found, rule, "{rules}"),
        other => panic!("{rules}: {other:?}"),
    }
}

#[test]
fn malformed_output_is_an_error_that_names_the_rule() {
    check_malformed("allow := 1", "allow");
    check_malformed("allow contains true", "allow");
    check_malformed("allow := true\ndeny := true", "deny");
    check_malformed("allow := true\ndeny contains \"Not a code\"", "deny");
    check_malformed("allow := true\ndeny contains 1", "deny");
    check_malformed("allow := true\nacr := \"high\"", "acr");
    check_malformed("allow := true\nclaims := [1]", "claims");
    check_malformed("allow := true\nclaims[\"a b\"] := 1", "claims");
    check_malformed(
        "allow := true\nclaims.x := numbers.range(1, 2000)",
        "claims",
    );
    let many =
        "allow := true\ndeny contains sprintf(\"r%d\", [n]) if some n in numbers.range(1, 33)";
    check_malformed(many, "deny");
}

#[test]
fn a_reserved_claim_is_refused_by_its_name() {
    for name in [
        "sub",
        "roles",
        "permissions",
        "tenant",
        "tenant_id",
        "acr",
        "exp",
        "act",
    ] {
        let error = evaluate(&format!("allow := true\nclaims[\"{name}\"] := \"x\"")).unwrap_err();
        let error = error.to_string();
        assert_eq!(
            error,
            format!("the rule `claims` must not set `{name}`, which is reserved")
        );
    }
}

#[test]
fn a_source_that_is_wrong_is_refused_with_its_place() {
    for (rules, place, why) in [
        ("allow if {", "line 4, column 1", "expecting"),
        ("allow := x", "line 3, column 10", "unsafe"),
        ("allow if [x | x > 3]", "line 3, column 15", "unsafe"),
        ("allow if y == 1", "line 3, column 10", "unsafe"),
        ("allow if a\na if b\nb if a", "line 4", "recursion"),
        ("allow if time.now_ns() > 1", "line 3", "`time.now_ns`"),
        (
            "allow if false\nx if http.send({})",
            "line 4",
            "`http.send`",
        ),
        ("allow if f(1)", "line 3", "`f`"),
        ("allow if input.x * input.x > 3", "line 3", "`*`"),
        (
            "allow := [[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]",
            "line 3",
            "deep",
        ),
        ("x := 1", "must have", "`allow`"),
    ] {
        let error = compile_error(rules);
        assert!(
            error.contains(place) && error.contains(why),
            "{rules}: {error}"
        );
    }
    let Err(error) = PolicyDraft::compile("package other\nallow := true") else {
        panic!("another package");
    };
    assert!(error.to_string().contains("iam.policy"), "{error}");
}

#[test]
fn what_a_policy_may_call_it_may_call() {
    let rules = r#"
allow if {
	lower("A") == "a"
	double(2) == 4
	data.iam.policy.double(3) == 6
	regex.match(`^[a-z]+@acme\.example$`, "alice@acme.example")
	not regex.match(`^a$`, "b")
	regex.replace("a-b", `(\w)-(\w)`, "$2-$1") == "b-a"
	regex.split(`,\s*`, "a, b,c") == ["a", "b", "c"]
	regex.find_n(`\d+`, "1 22 333", 2) == ["1", "22"]
	glob.match("*.acme.example", null, "mail.acme.example")
	net.cidr_contains("10.0.0.0/8", "10.1.2.3")
	numbers.range(3, 1) == [3, 2, 1]
	numbers.range_step(1, 6, 2) == [1, 3, 5]
	not bad
	sum([x | some x in [1, 2]]) == 3
	every x in [1, 2] { x > 0 }
}

double(x) := x * 2

bad if net.cidr_contains("nonsense", "10.1.2.3")
"#;
    PolicyDraft::compile(&source(rules)).unwrap();
    assert!(evaluate(rules).unwrap().allow);
}

#[track_caller]
fn check_stopped(rules: &str, limit: Exceeded) {
    let decision = evaluate(rules);
    assert_eq!(decision, Err(PolicyError::Limit(limit)), "{rules}");
}

#[test]
fn a_policy_that_takes_too_long_is_stopped() {
    let loops = "n := numbers.range(1, 300)\nallow if { some a in n; some b in n; some c in n; a + b + c < 0 }";
    check_stopped(loops, Exceeded::Work);
    let comprehensions =
        "n := numbers.range(1, 1000)\nallow if count([1 | some a in n; some b in n]) > 3";
    check_stopped(comprehensions, Exceeded::Work);
    check_stopped(
        "allow if count(numbers.range(1, 1000000000)) > 3",
        Exceeded::Work,
    );
    check_stopped(
        "allow if count(numbers.range(1, 9223372036854775807)) > 3",
        Exceeded::Work,
    );
    check_stopped(
        "allow if count(numbers.range_step(-9223372036854775807, 9223372036854775807, 1)) > 3",
        Exceeded::Work,
    );
    let pattern = "s := concat(\"\", [x | some x in numbers.range(1, 3000); x := \"a\"])";
    let pattern = format!(
        "{}\nallow if {{ some n in numbers.range(1, 2000); regex.match(sprintf(\"(a|b)*c{{%d}}\", [n]), s) }}",
        pattern.replace("x |", "y |").replace("; x :=", "; y :=")
    );
    check_stopped(&pattern, Exceeded::Work);
}

#[test]
fn a_policy_cannot_take_a_limit_for_no() {
    // To the interpreter the stopped function is one without a value, and its negation holds.
    let rules = r"
n := numbers.range(1, 300)
slow(x) if { some a in n; some b in n; some c in n; a + b + c == x }
allow if not slow(-1)
";
    check_stopped(rules, Exceeded::Work);
}

#[test]
fn a_policy_that_is_nested_too_deep_is_stopped() {
    let link = |n: u32| format!("r{n} := r{}\n", n - 1);
    let rules: String = (1..3000).map(link).collect();
    check_stopped(
        &format!("r0 := 1\n{rules}\nallow if r2999"),
        Exceeded::Stack,
    );
    let link = |n: u32| format!("f{n}(x) := f{}(x)\n", n - 1);
    let functions: String = (1..2500).map(link).collect();
    check_stopped(
        &format!("f0(x) := 1\n{functions}\nallow if f2499(1)"),
        Exceeded::Stack,
    );
    check_stopped("f(x) := f(x + 1)\nallow if f(1)", Exceeded::Stack);
}

#[test]
fn the_same_evaluation_takes_the_same_steps_everywhere() {
    let policy = Policy::load(&source("allow if count([x | some x in input.list]) == 3")).unwrap();
    let work = || {
        let explanation = policy.explain(&input(json!({"list": [1, 2, 3]})), Limits::default());
        explanation.work
    };
    assert_eq!(work(), work());
    assert!((20..200).contains(&work()), "{}", work());
}

#[test]
fn two_values_of_one_rule_are_an_error_with_a_place() {
    let error = evaluate("allow := true\nallow := false").unwrap_err();
    assert!(matches!(&error, PolicyError::Evaluation(_)), "{error}");
    assert!(error.to_string().contains("line 4, column 1"), "{error}");
}

#[test]
fn tests_run_and_are_reported_by_name() {
    let rules = r#"
default allow := false
allow if input.user == "alice"
test_alice if allow with input as {"user": "alice"}
test_bob if not allow with input as {"user": "bob"}
test_wrong if allow with input as {"user": "bob"}
test_endless if { n := numbers.range(1, 9999); some a in n; some b in n; a == 0 - b }
"#;
    let draft = PolicyDraft::compile(&source(rules)).unwrap();
    let report = draft.test(Limits::default());
    assert_eq!(report.passed, ["test_alice", "test_bob"]);
    let failed: Vec<_> = report.failed.iter().map(|test| &*test.name).collect();
    assert_eq!(failed, ["test_endless", "test_wrong"]);
    assert_eq!(report.failed[0].error, Some(Exceeded::Work.into()));
    assert_eq!(report.failed[1].error, None);
    assert!(!report.is_success());
    let none = PolicyDraft::compile(&source("allow := true")).unwrap();
    assert!(none.test(Limits::default()).is_success());
}

#[test]
fn an_explanation_says_what_was_looked_at() {
    let rules = r#"default allow := false
allow if {
	print("user", input.user)
	input.user == "alice"
	input.hour > 9
}
claims.x := 1
"#;
    let policy = Policy::load(&source(rules)).unwrap();
    let explain = |json| policy.explain(&input(json), Limits::default());
    let Explanation {
        decision,
        rules,
        evaluated,
        skipped,
        prints,
        ..
    } = explain(json!({"user": "bob"}));
    assert!(!decision.unwrap().allow);
    assert_eq!(rules, [("deny", None), ("allow", Some(json!(false)))]);
    assert!(
        evaluated.contains(&6) && skipped.contains(&7),
        "{evaluated:?} {skipped:?}"
    );
    assert_eq!(prints, ["policy.rego:5: user bob"]);
    let explanation = explain(json!({"user": "alice", "hour": 10}));
    assert!(explanation.decision.unwrap().allow);
    let names: Vec<_> = explanation.rules.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["deny", "allow", "acr", "claims"]);
    assert_eq!(explanation.rules[3].1, Some(json!({"x": 1})));
}
