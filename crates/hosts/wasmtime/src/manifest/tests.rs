use std::path::Path;

use super::{Manifest, Route};

const GOOD: &str = r#"
spin_manifest_version = 2

[application]
name = "app"
version = "1.2.3"
authors = ["Me"]

[variables]
origin = { default = "http://127.0.0.1" }
key = { required = true, secret = true }

[[trigger.http]]
id = "one"
route = "/front/..."
component = "front"

[[trigger.http]]
route = { private = true }
component = "back-end"

[component.front]
source = "front.wasm"
allowed_outbound_hosts = ["{{ origin }}", "http://*.spin.internal"]
environment = { MODE = "x" }

[component.front.variables]
url = "{{ origin }}/path"

[component.front.build]
command = "make"

[component.back-end]
source = "/abs/back.wasm"
"#;

fn problem(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from}");
    let text = GOOD.replace(from, to);
    let error = Manifest::parse(&text, Path::new("app/spin.toml")).unwrap_err();
    let mut text = error.to_string();
    text = text.strip_prefix("app/spin.toml: ").unwrap().to_owned();
    text
}

#[test]
fn a_manifest_is_read() {
    let manifest = Manifest::parse(GOOD, Path::new("app/spin.toml")).unwrap();
    assert_eq!(manifest.name, "app");
    assert!(manifest.variables["key"].secret && manifest.variables["key"].default.is_none());
    let routes: Vec<_> = manifest
        .triggers
        .iter()
        .map(|t| (t.component.as_str(), &t.route))
        .collect();
    let front = Route::Public("/front/...".to_owned());
    assert_eq!(routes, [("front", &front), ("back-end", &Route::Private)]);
    let front = &manifest.components["front"];
    assert_eq!(front.source, Path::new("app/front.wasm"));
    assert_eq!(front.environment["MODE"], "x");
    assert_eq!(front.allowed_outbound_hosts.len(), 2);
    assert_eq!(
        manifest.components["back-end"].source,
        Path::new("/abs/back.wasm")
    );
}

#[test]
fn a_key_that_only_spin_knows_is_refused_by_name() {
    let not_here = "is a feature of Spin that this host does not have: \
                    remove it, or run the application under Spin";
    for (key, value) in [
        ("key_value_stores", "[\"default\"]"),
        ("files", "[\"assets\"]"),
        ("sqlite_databases", "[]"),
        ("ai_models", "[]"),
    ] {
        let line = format!("environment = {{ MODE = \"x\" }}\n{key} = {value}");
        assert_eq!(
            problem("environment = { MODE = \"x\" }", &line),
            format!("`component.front.{key}` {not_here}")
        );
    }
    assert_eq!(
        problem(
            "[[trigger.http]]\nid",
            "[[trigger.redis]]\naddress = \"x\"\n\n[[trigger.http]]\nid"
        ),
        format!("`trigger.redis` {not_here}")
    );
    assert_eq!(
        problem(
            "version = \"1.2.3\"",
            "trigger = { http = { base = \"/\" } }"
        ),
        format!("`application.trigger` {not_here}")
    );
}

#[test]
fn a_misspelt_key_is_refused_by_name() {
    let misspelt = "is not a key of a Spin manifest: correct or remove it";
    assert_eq!(
        problem("environment =", "enviroment ="),
        format!("`component.front.enviroment` {misspelt}")
    );
    assert_eq!(
        problem("required = true,", "required = true, secrte = true,"),
        format!("`variables.key.secrte` {misspelt}")
    );
    assert_eq!(
        problem("id = \"one\"", "rout = \"/\""),
        format!("`trigger.http[0].rout` {misspelt}")
    );
}

#[test]
fn a_value_that_cannot_be_used_is_refused() {
    assert_eq!(
        problem("version = 2", "version = 1"),
        "`spin_manifest_version` must be 2"
    );
    assert_eq!(
        problem("{ private = true }", "{ private = false }"),
        "`trigger.http[1].route` must be a path such as \"/auth/...\", or { private = true }"
    );
    assert_eq!(
        problem("component = \"front\"", "component = \"other\""),
        "`component.other` is missing: a [[trigger.http]] names it"
    );
    assert_eq!(
        problem("required = true, ", ""),
        "`variables.key` must have either `required = true` or a `default`"
    );
    assert_eq!(
        problem("\"{{ origin }}/path\"", "\"{{ origin\""),
        "`component.front.variables.url` cannot be read: `{{` without `}}`"
    );
    assert_eq!(
        problem(
            "source = \"front.wasm\"",
            "source = { url = \"https://x\", digest = \"y\" }"
        ),
        "`component.front.source` must be the path of a component's file"
    );
    assert!(
        problem("component = \"back-end\"", "component = \"front\"")
            .starts_with("`component.back-end` has no [[trigger.http]]: add one")
    );
}

#[test]
fn a_syntax_error_says_where_it_is() {
    let error = problem("name = \"app\"", "name = ");
    assert!(error.contains("line 5"), "{error}");
}
