use std::{error::Error, fmt};

use http::StatusCode;
use serde::Deserialize;

use crate::console::harmless;

/// An error as the API tells it (RFC 9457).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Problem {
    /// Its stable code.
    pub(crate) code: String,
    detail: String,
    errors: Vec<FieldError>,
    trace_id: String,
    #[serde(skip)]
    status: u16,
}

/// What is wrong with one field of the request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FieldError {
    pointer: Option<String>,
    parameter: Option<String>,
    detail: String,
}

impl Problem {
    /// The problem in an answer; what is none, as of a proxy, is told by its status.
    pub(crate) fn of(status: StatusCode, body: &[u8]) -> Self {
        let told: Self = serde_json::from_slice(body).unwrap_or_default();
        let reason = status.canonical_reason().unwrap_or("Error");
        Self {
            detail: match told.detail.as_str() {
                "" => format!("The answer is {} {reason}.", status.as_u16()),
                detail => detail.to_owned(),
            },
            status: status.as_u16(),
            ..told
        }
    }

    pub(crate) const fn status(&self) -> u16 {
        self.status
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&harmless(&self.detail))?;
        if !self.code.is_empty() {
            write!(f, " ({})", harmless(&self.code))?;
        }
        for error in &self.errors {
            write!(f, "\n  {error}")?;
        }
        if !self.trace_id.is_empty() {
            write!(f, "\n  trace id: {}", harmless(&self.trace_id))?;
        }
        Ok(())
    }
}

impl Error for Problem {}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match (&self.pointer, &self.parameter) {
            (Some(pointer), _) => field(pointer),
            (None, Some(parameter)) => parameter.clone(),
            (None, None) => return f.write_str(&harmless(&self.detail)),
        };
        write!(f, "{}: {}", harmless(&place), harmless(&self.detail))
    }
}

/// The field at `pointer` (RFC 6901), as people write it: `emails.0.address`.
fn field(pointer: &str) -> String {
    let steps = pointer.trim_start_matches('/').split('/');
    let steps: Vec<_> = steps
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect();
    steps.join(".")
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::Problem;

    #[test]
    fn a_problem_names_each_field_its_code_and_its_trace() {
        let body = br#"{"type":"about:blank","title":"Bad Request","status":400,"code":"invalid_request",
            "detail":"The request is not valid.","errors":[{"pointer":"/emails/0/a~1b","detail":"is no address"},
            {"parameter":"limit","detail":"must be from 1 to 1000"}],"trace_id":"4bf9"}"#;
        let problem = Problem::of(StatusCode::BAD_REQUEST, body);
        assert_eq!(
            problem.to_string(),
            "The request is not valid. (invalid_request)\n  emails.0.a/b: is no address\n  \
             limit: must be from 1 to 1000\n  trace id: 4bf9"
        );
        assert_eq!(
            (problem.status(), problem.code.as_str()),
            (400, "invalid_request")
        );
    }

    #[test]
    fn an_answer_that_is_no_problem_is_told_by_its_status() {
        for body in [&b"<html>Bad gateway</html>"[..], b"", b"[]", b"{}"] {
            let problem = Problem::of(StatusCode::BAD_GATEWAY, body);
            assert_eq!(problem.to_string(), "The answer is 502 Bad Gateway.");
        }
    }

    #[test]
    fn a_problem_does_not_steer_the_terminal() {
        let body = br#"{"code":"x","detail":"a\u001b[2J\nb"}"#;
        let shown = Problem::of(StatusCode::BAD_REQUEST, body).to_string();
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\n'),
            "{shown:?}"
        );
    }
}
