//! Policies of tenants, in Rego, evaluated by regorus.
//!
//! A policy is the package `iam.policy`. docs/policy.md says what its rules mean.

mod builtins;
mod decision;
mod draft;
mod error;
mod explain;
mod input;
mod meter;
mod shape;
mod syntax;

pub use decision::{PolicyDecision, ReasonCode};
pub use draft::{FailedTest, PolicyDraft, TestReport};
pub use error::{Diagnostic, PolicyError};
pub use explain::Explanation;
pub use input::PolicyInput;
pub use meter::{Exceeded, Limits};

use regorus::{Engine, Value};

use meter::metered;

/// What regorus calls the source in its reports.
const FILE: &str = "policy.rego";
/// The package of a policy.
const PACKAGE: &str = "data.iam.policy";

/// A policy, ready to decide.
pub struct Policy {
    engine: Engine,
}

impl Policy {
    /// Reads a source that a [`PolicyDraft`] was made of before.
    pub fn load(source: &str) -> Result<Self, PolicyError> {
        shape::check(source)?;
        let mut engine = Engine::new();
        // As OPA does: what a builtin cannot do is undefined.
        engine.set_strict_builtin_errors(false);
        builtins::install(&mut engine);
        meter::install(&mut engine);
        let package = engine
            .add_policy(FILE.to_owned(), source.to_owned())
            .map_err(|report| PolicyError::Source(Diagnostic::parse(&report.to_string())))?;
        if package != PACKAGE {
            let message = "the package must be `iam.policy`";
            return Err(PolicyError::Source(Diagnostic::at(1, 1, message)));
        }
        Ok(Self { engine })
    }

    /// What the policy says to `input`.
    pub fn evaluate(
        &self,
        input: &PolicyInput,
        limits: Limits,
    ) -> Result<PolicyDecision, PolicyError> {
        let mut engine = self.engine.clone();
        engine.set_input(input.value());
        let (decision, _) = metered(limits, || {
            PolicyDecision::of(&mut |rule| evaluate(&mut engine, rule))
        });
        decision?
    }
}

/// The value of `rule`, and `None` if it is undefined.
fn evaluate(engine: &mut Engine, rule: &str) -> Result<Option<Value>, PolicyError> {
    let results = engine
        .eval_query(format!("{PACKAGE}.{rule}"), false)
        .map_err(|report| PolicyError::Evaluation(Diagnostic::parse(&report.to_string())))?;
    let value = results.result.into_iter().next();
    let value = value.and_then(|mut result| result.expressions.pop());
    Ok(value.map(|expression| expression.value))
}

#[cfg(test)]
mod tests;
