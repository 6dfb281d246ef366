//! From what was written to what is meant.

use std::{collections::BTreeMap, path::Path};

use toml::{Table, Value};

use super::{Component, Manifest, Route, Trigger, Variable, raw};
use crate::template::{Template, is_variable_name};

/// What is wrong with a key.
pub(super) struct Problem {
    pub(super) key: String,
    pub(super) problem: String,
}

fn problem<T>(key: impl Into<String>, problem: impl Into<String>) -> Result<T, Problem> {
    Err(Problem {
        key: key.into(),
        problem: problem.into(),
    })
}

pub(super) fn manifest(raw: raw::Manifest, folder: &Path) -> Result<Manifest, Problem> {
    if raw.spin_manifest_version != 2 {
        return problem("spin_manifest_version", "must be 2");
    }
    known("", &raw.other)?;
    known("application.", &raw.application.other)?;
    let variables = each(raw.variables, variable)?;
    let components = each(raw.component, |id, raw| component(id, raw, folder))?;
    let triggers = triggers(raw.trigger)?;
    for trigger in &triggers {
        if !components.contains_key(&trigger.component) {
            let key = format!("component.{}", trigger.component);
            return problem(key, "is missing: a [[trigger.http]] names it");
        }
    }
    for id in components.keys() {
        if !triggers.iter().any(|trigger| trigger.component == *id) {
            let wants = "has no [[trigger.http]]: add one, with `route = { private = true }` \
                         if only other components call it";
            return problem(format!("component.{id}"), wants);
        }
    }
    Ok(Manifest {
        name: raw.application.name,
        variables,
        triggers,
        components,
    })
}

fn each<R, T>(
    raw: BTreeMap<String, R>,
    check: impl Fn(&str, R) -> Result<T, Problem>,
) -> Result<BTreeMap<String, T>, Problem> {
    raw.into_iter()
        .map(|(name, raw)| check(&name, raw).map(|checked| (name, checked)))
        .collect()
}

fn variable(name: &str, raw: raw::Variable) -> Result<Variable, Problem> {
    let key = format!("variables.{name}");
    known(&format!("{key}."), &raw.other)?;
    if !is_variable_name(name) {
        return problem(key, "must be lower-case words joined by underscores");
    }
    if raw.required == raw.default.is_some() {
        return problem(key, "must have either `required = true` or a `default`");
    }
    Ok(Variable {
        default: raw.default,
        secret: raw.secret,
    })
}

fn triggers(raw: BTreeMap<String, Vec<raw::Trigger>>) -> Result<Vec<Trigger>, Problem> {
    let mut triggers = Vec::new();
    for (kind, raw) in raw {
        if kind != "http" {
            return problem(format!("trigger.{kind}"), NOT_HERE);
        }
        for (index, raw) in raw.into_iter().enumerate() {
            triggers.push(trigger(&format!("trigger.http[{index}]"), raw)?);
        }
    }
    Ok(triggers)
}

fn trigger(key: &str, raw: raw::Trigger) -> Result<Trigger, Problem> {
    known(&format!("{key}."), &raw.other)?;
    let executor = raw.executor.as_ref().map(|executor| executor.get("type"));
    if executor.is_some_and(|kind| kind.and_then(Value::as_str) != Some("http")) {
        return problem(
            format!("{key}.executor"),
            "must be { type = \"http\" }, or left out",
        );
    }
    let Some(Value::String(component)) = raw.component else {
        return problem(format!("{key}.component"), "must be the id of a component");
    };
    let route = match raw.route {
        Some(Value::String(path)) if path.starts_with('/') => Route::Public(path),
        Some(Value::Table(table)) if is_private(&table) => Route::Private,
        _ => {
            let wants = "must be a path such as \"/auth/...\", or { private = true }";
            return problem(format!("{key}.route"), wants);
        }
    };
    Ok(Trigger { component, route })
}

fn is_private(table: &Table) -> bool {
    table.len() == 1 && table.get("private").and_then(Value::as_bool) == Some(true)
}

fn component(id: &str, raw: raw::Component, folder: &Path) -> Result<Component, Problem> {
    let key = format!("component.{id}");
    known(&format!("{key}."), &raw.other)?;
    // An id is a host name, as in `http://id.spin.internal`, and part of a file name.
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if !id.split('-').all(is_word) {
        return problem(key, "must be lower-case words joined by hyphens");
    }
    let Some(Value::String(source)) = raw.source else {
        return problem(
            format!("{key}.source"),
            "must be the path of a component's file",
        );
    };
    let variables = each(raw.variables, |name, text| {
        template(format!("{key}.variables.{name}"), &text)
    })?;
    let hosts = raw.allowed_outbound_hosts.iter();
    let hosts = hosts.map(|host| template(format!("{key}.allowed_outbound_hosts"), host));
    Ok(Component {
        source: folder.join(source),
        environment: raw.environment,
        variables,
        allowed_outbound_hosts: hosts.collect::<Result<_, _>>()?,
    })
}

fn template(key: String, text: &str) -> Result<Template, Problem> {
    Template::parse(text).or_else(|wrong| problem(key, format!("cannot be read: {wrong}")))
}

/// Refuses keys that would otherwise be ignored without a word.
fn known(prefix: &str, other: &Table) -> Result<(), Problem> {
    match other.keys().next() {
        None => Ok(()),
        Some(key) if SPIN_ONLY.contains(&key.as_str()) => {
            problem(format!("{prefix}{key}"), NOT_HERE)
        }
        Some(key) => problem(
            format!("{prefix}{key}"),
            "is not a key of a Spin manifest: correct or remove it",
        ),
    }
}

const NOT_HERE: &str = "is a feature of Spin that this host does not have: remove it, or run the application under Spin";

/// Keys that Spin knows and we do not implement.
const SPIN_ONLY: [&str; 12] = [
    "ai_models",
    "allowed_http_hosts",
    "components",
    "dependencies",
    "dependencies_inherit_configuration",
    "exclude_files",
    "files",
    "key_value_stores",
    "profile",
    "sqlite_databases",
    "targets",
    "trigger",
];
