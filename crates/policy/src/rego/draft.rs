use super::{
    Diagnostic, Limits, PACKAGE, Policy, PolicyError, PolicyInput, evaluate, meter::metered,
    syntax::Syntax,
};

/// The most tests of a policy.
const MAX_TESTS: usize = 100;
/// What a test's name begins with, as for `opa test`.
const TEST: &str = "test_";
/// What regorus says of what no input can make good.
const FAULTS: [&str; 2] = ["is unsafe", "recursion detected"];

/// A policy that somebody wants to use: checked, but its tests did not run yet.
pub struct PolicyDraft {
    policy: Policy,
    tests: Vec<String>,
}

/// How the tests of a policy went.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TestReport {
    /// The names of those that passed.
    pub passed: Vec<String>,
    /// Those that did not.
    pub failed: Vec<FailedTest>,
}

/// A test that did not pass.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FailedTest {
    /// Its name.
    pub name: String,
    /// What went wrong; `None` if it just was not true.
    pub error: Option<PolicyError>,
}

impl PolicyDraft {
    /// Reads `source` and checks all that can be checked without running it.
    pub fn compile(source: &str) -> Result<Self, PolicyError> {
        let policy = Policy::load(source)?;
        let syntax = Syntax::of(&policy.engine)?;
        syntax.check()?;
        if !syntax.rules.contains("allow") {
            let message = "the policy must have a rule `allow`";
            return Err(PolicyError::Source(Diagnostic::of_all(message)));
        }
        let tests = syntax.rules.into_iter().filter(|r| r.starts_with(TEST));
        let tests: Vec<_> = tests.collect();
        if tests.len() > MAX_TESTS {
            let message = format!("a policy has at most {MAX_TESTS} tests");
            return Err(PolicyError::Source(Diagnostic::of_all(message)));
        }
        policy.analyse()?;
        Ok(Self { policy, tests })
    }

    /// Runs the rules `test_*`. A test passes if it is true, as for `opa test`.
    #[must_use]
    pub fn test(&self, limits: Limits) -> TestReport {
        let mut report = TestReport::default();
        for name in &self.tests {
            match self.policy.passes(name, limits) {
                Ok(true) => report.passed.push(name.clone()),
                failed => report.failed.push(FailedTest {
                    name: name.clone(),
                    error: failed.err(),
                }),
            }
        }
        report
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl TestReport {
    /// Whether no test failed. A policy without tests passes.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failed.is_empty()
    }
}

impl Policy {
    fn passes(&self, test: &str, limits: Limits) -> Result<bool, PolicyError> {
        let mut engine = self.engine.clone();
        engine.set_input(PolicyInput::empty().value());
        let (value, _) = metered(limits, || evaluate(&mut engine, test));
        Ok(value?? == Some(true.into()))
    }

    /// Has regorus order the rules, which finds most variables that have no value; the others, and
    /// rules that recurse, only come up when they are evaluated.
    fn analyse(&self) -> Result<(), PolicyError> {
        let mut engine = self.engine.clone();
        engine.set_input(PolicyInput::empty().value());
        let mut run = |query: &str| {
            let (result, _) = metered(Limits::default(), || {
                engine.eval_query(query.to_owned(), false)
            });
            result.map(|result| result.err().map(|report| report.to_string()))
        };
        // The query itself is no concern of the policy: it is cheap and cannot fail.
        let order = run("true")?;
        // What else fails, or takes long, without an input is no fault yet.
        let fault = || {
            let report = run(PACKAGE).ok().flatten();
            report.filter(|report| FAULTS.iter().any(|fault| report.contains(fault)))
        };
        match order.or_else(fault) {
            None => Ok(()),
            Some(report) => Err(PolicyError::Source(Diagnostic::parse(&report))),
        }
    }
}
