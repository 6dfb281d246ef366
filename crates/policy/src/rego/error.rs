use std::fmt;

use thiserror::Error;

use super::Exceeded;

/// What is wrong with a policy. The texts are for those who wrote it.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum PolicyError {
    /// It is not Rego, or not Rego that may run here.
    #[error("{0}")]
    Source(Diagnostic),
    /// An evaluation failed: two values of one rule, for instance.
    #[error("evaluation failed: {0}")]
    Evaluation(Diagnostic),
    /// An evaluation was stopped.
    #[error("the policy {0}")]
    Limit(#[from] Exceeded),
    /// A rule gave what it must not give.
    #[error("the rule `{rule}` {problem}")]
    Output {
        /// The rule.
        rule: &'static str,
        /// What it must give.
        problem: String,
    },
}

/// Something about a place in a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    /// The line and the column, from 1, if there is one place.
    pub place: Option<(u32, u32)>,
    /// What is wrong there, in one line.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Diagnostic {
    /// About the policy as a whole.
    pub(super) fn of_all(message: impl Into<String>) -> Self {
        Self {
            place: None,
            message: message.into(),
        }
    }

    /// About one place.
    pub(super) fn at(line: u32, column: u32, message: impl Into<String>) -> Self {
        Self {
            place: Some((line, column)),
            message: message.into(),
        }
    }

    /// What regorus reports: `--> file:line:column`, the line, a caret, `error: message`; or a
    /// message alone.
    pub(super) fn parse(report: &str) -> Self {
        let place = report.split_once(&format!("--> {}:", super::FILE));
        let place = place.and_then(|(_, rest)| {
            let (line, rest) = rest.split_once(':')?;
            let column = rest.split_whitespace().next()?;
            Some((line.parse().ok()?, column.parse().ok()?))
        });
        let message = report
            .split_once("\nerror: ")
            .map_or(report, |(_, message)| message);
        let line = message.trim().lines().next().unwrap_or_default();
        Self {
            place,
            message: line
                .trim_end_matches([':', ' '])
                .chars()
                .take(MAX)
                .collect(),
        }
    }
}

/// The most characters of a message.
const MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::Diagnostic;

    #[test]
    fn a_report_of_regorus_is_a_place_and_a_line() {
        let report =
            "\n--> policy.rego:3:7\n  |\n3 | a := 2\n  |       ^\nerror: rule conflicts:\nx";
        assert_eq!(
            Diagnostic::parse(report),
            Diagnostic::at(3, 7, "rule conflicts")
        );
        assert_eq!(
            Diagnostic::parse("no place"),
            Diagnostic::of_all("no place")
        );
        let long = Diagnostic::parse(&"x".repeat(1000));
        assert_eq!(long.message.len(), 200);
    }
}
