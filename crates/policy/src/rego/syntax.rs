//! What the syntax tree tells: which tests there are, and that nothing is called that is not there.
//! regorus itself would notice an unknown function only once an evaluation comes by.

use std::collections::BTreeSet;

use regorus::Engine;
use serde_json::Value;

use super::{Diagnostic, PolicyError, builtins};

/// The rules of a policy.
pub(super) struct Syntax {
    tree: Value,
    /// All of them, by their first name.
    pub(super) rules: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl Syntax {
    /// The syntax of the one policy in `engine`.
    pub(super) fn of(engine: &Engine) -> Result<Self, PolicyError> {
        let tree = engine.get_ast_as_json().ok();
        let tree = tree.and_then(|json| serde_json::from_str::<Value>(&json).ok());
        let tree = tree.and_then(|mut tree| Some(tree.pointer_mut("/0/ast/rules")?.take()));
        let Some(tree) = tree else {
            let message = "the policy has no syntax tree";
            return Err(PolicyError::Source(Diagnostic::of_all(message)));
        };
        let mut syntax = Self {
            rules: BTreeSet::new(),
            functions: BTreeSet::new(),
            tree: Value::Null,
        };
        for rule in tree.as_array().into_iter().flatten() {
            syntax.declare(rule);
        }
        syntax.tree = tree;
        Ok(syntax)
    }

    fn declare(&mut self, rule: &Value) {
        let default = &rule["Default"];
        let head = [
            default,
            &rule["Spec"]["head"]["Compr"],
            &rule["Spec"]["head"]["Set"],
        ];
        let is_function = default["args"]
            .as_array()
            .is_some_and(|args| !args.is_empty());
        let function = &rule["Spec"]["head"]["Func"];
        for head in head.into_iter().filter(|_| !is_function) {
            self.rules
                .extend(path(&head["refr"]).into_iter().take(1).map(str::to_owned));
        }
        for function in [function, default] {
            let path = path(&function["refr"]);
            if !path.is_empty() {
                self.functions.insert(path.join("."));
            }
        }
    }

    /// Refuses calls of what is not there, and products that could grow without bounds.
    pub(super) fn check(&self) -> Result<(), PolicyError> {
        self.visit(&self.tree)
    }

    fn visit(&self, node: &Value) -> Result<(), PolicyError> {
        match node {
            Value::Array(items) => items.iter().try_for_each(|item| self.visit(item)),
            Value::Object(fields) => {
                if let Some(call) = fields.get("Call") {
                    self.check_call(call)?;
                }
                if let Some(arithmetic) = fields.get("ArithExpr") {
                    check_product(arithmetic)?;
                }
                fields.values().try_for_each(|field| self.visit(field))
            }
            _ => Ok(()),
        }
    }

    fn check_call(&self, call: &Value) -> Result<(), PolicyError> {
        let name = path(&call["fcn"]).join(".");
        let own = name.strip_prefix("data.iam.policy.").unwrap_or(&name);
        if self.functions.contains(own) || builtins::is_allowed(&name) {
            return Ok(());
        }
        let message = format!("there is no function `{name}` here");
        Err(PolicyError::Source(at(&call["span"], message)))
    }
}

/// A number that is multiplied with itself again and again takes longer at every step.
fn check_product(arithmetic: &Value) -> Result<(), PolicyError> {
    let is_number = |side: &str| !arithmetic[side]["Number"].is_null();
    if arithmetic["op"] != "Mul" || is_number("lhs") || is_number("rhs") {
        return Ok(());
    }
    let message = "one side of `*` must be a number";
    Err(PolicyError::Source(at(&arithmetic["span"], message)))
}

fn at(span: &Value, message: impl Into<String>) -> Diagnostic {
    let number = |name: &str| u32::try_from(span[name].as_u64()?).ok();
    match (number("line"), number("col")) {
        (Some(line), Some(column)) => Diagnostic::at(line, column, message),
        _ => Diagnostic::of_all(message),
    }
}

/// The names in a reference such as `data.iam.policy.f`, up to the first that is none.
fn path(reference: &Value) -> Vec<&str> {
    if let Some(name) = reference["Var"]["value"].as_str() {
        return vec![name];
    }
    let dot = &reference["RefDot"];
    let brackets = &reference["RefBrack"];
    let (inner, last) = if dot.is_null() {
        (&brackets["refr"], &brackets["index"]["String"]["value"])
    } else {
        (&dot["refr"], &dot["field"][1])
    };
    if inner.is_null() {
        return Vec::new();
    }
    let mut path = path(inner);
    path.extend(last.as_str());
    path
}
