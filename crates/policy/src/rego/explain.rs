use serde_json::Value;

use super::{
    Limits, Policy, PolicyDecision, PolicyError, PolicyInput, decision::Rules, evaluate,
    meter::metered,
};
use crate::json::to_json;

/// The most lines that a policy may print.
const MAX_PRINTS: usize = 100;
/// The most characters of such a line.
const MAX_PRINT: usize = 500;

/// How a policy comes to what it says, for those who write it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What it says.
    pub decision: Result<PolicyDecision, PolicyError>,
    /// What the rules gave that were asked, in that order: `deny`, `allow`, `acr`, `claims`.
    /// `None` for undefined.
    pub rules: Vec<(&'static str, Option<Value>)>,
    /// The lines of the source that were evaluated, from 1.
    pub evaluated: Vec<u32>,
    /// The lines with something to evaluate that was not.
    pub skipped: Vec<u32>,
    /// What it printed, each line with its place.
    pub prints: Vec<String>,
    /// The steps it took, of [`Limits::work`].
    pub work: u64,
}

impl Policy {
    /// What the policy says to `input`, and how it comes to it.
    #[must_use]
    pub fn explain(&self, input: &PolicyInput, limits: Limits) -> Explanation {
        let mut engine = self.engine.clone();
        engine.set_input(input.value());
        engine.set_gather_prints(true);
        engine.set_enable_coverage(true);
        let mut values = Vec::new();
        let (decision, work) = metered(limits, || {
            let rules: &mut Rules<'_> = &mut |rule| {
                let value = evaluate(&mut engine, rule)?;
                values.push((rule, value.clone()));
                Ok(value)
            };
            PolicyDecision::of(rules)
        });
        let report = engine.get_coverage_report().unwrap_or_default();
        let lines = report.files.into_iter().next().unwrap_or_default();
        let prints = engine.take_prints().unwrap_or_default();
        let prints = prints.into_iter().take(MAX_PRINTS);
        let too_large = || Value::from("(too large to show)");
        let shown = |value: regorus::Value| to_json(&value).unwrap_or_else(too_large);
        let rules = values.into_iter().map(|(rule, v)| (rule, v.map(shown)));
        Explanation {
            decision: decision.map_err(PolicyError::from).and_then(|d| d),
            rules: rules.collect(),
            evaluated: lines.covered.into_iter().collect(),
            skipped: lines.not_covered.into_iter().collect(),
            prints: prints
                .map(|p| p.chars().take(MAX_PRINT).collect())
                .collect(),
            work,
        }
    }
}
