use iam_identity::UserSpec;
use iam_model::UserId;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::super::wire::UserBody;
use crate::{
    MAX_BODY_BYTES,
    problem::{Code, FieldError, Problem},
};

/// Lines of JSON.
pub(super) const MEDIA_TYPE: &str = "application/x-ndjson";

/// The most lines of one import.
const MAX_LINES: usize = 10_000;

/// The most mistakes of one line that are told.
const MAX_ERRORS: usize = 5;

/// What became of one line; the last line of an answer is `finished`.
#[derive(JsonSchema, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum Imported {
    /// The user was made.
    Created {
        /// The line, from 1.
        line: usize,
        /// The id of the user.
        id: UserId,
    },
    /// The user was not made.
    Failed {
        /// The line, from 1.
        line: usize,
        /// The code of the problem.
        code: &'static str,
        /// What it means.
        detail: String,
        /// What is wrong with the fields, the first few.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[schemars(default)]
        errors: Vec<FieldError>,
    },
    /// All lines were looked at.
    Finished {
        /// How many users were made.
        created: usize,
        /// How many were not.
        failed: usize,
    },
}

impl Imported {
    pub(super) fn failed(line: usize, problem: &Problem) -> Self {
        Self::Failed {
            line,
            code: problem.code.as_str(),
            detail: problem.text().to_owned(),
            errors: problem.first_errors(MAX_ERRORS),
        }
    }
}

/// The lines of `body` that are not blank, each with its number, from 1.
pub(super) fn lines(body: &[u8]) -> Result<Vec<(usize, &[u8])>, Problem> {
    let numbered = (1..).zip(body.split(|byte| *byte == b'\n'));
    let filled = numbered.filter(|(_, line)| !line.trim_ascii().is_empty());
    let lines: Vec<_> = filled.take(MAX_LINES + 1).collect();
    if lines.len() > MAX_LINES {
        return Err(Problem::new(Code::PayloadTooLarge).detail(format!(
            "There are more than {MAX_LINES} lines: send them in parts. No user was made."
        )));
    }
    Ok(lines)
}

/// The user that a line tells of.
pub(super) fn parsed(line: &[u8]) -> Result<UserSpec, Problem> {
    if line.len() > MAX_BODY_BYTES {
        return Err(Problem::new(Code::PayloadTooLarge)
            .detail(format!("The line is longer than {MAX_BODY_BYTES} bytes.")));
    }
    // serde's text can repeat a value, which may be a password: only the place is told.
    let object: Map<String, Value> = serde_json::from_slice(line).map_err(|error| {
        let column = error.column();
        Problem::new(Code::InvalidJson).detail(format!(
            "The line is not a JSON object: see column {column}."
        ))
    })?;
    Ok(UserBody::read(object)?.into())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Imported, lines, parsed};
    use crate::{Code, problem::Problem};

    #[test]
    fn blank_lines_are_skipped_and_counted() {
        let found = lines(b"a\r\n\n  \r\nb\n").ok().unwrap();
        assert_eq!(found, [(1, &b"a\r"[..]), (4, &b"b"[..])]);
        assert!(lines(b"").ok().unwrap().is_empty());
    }

    #[test]
    fn more_lines_than_allowed_are_refused_as_a_whole() {
        assert_eq!(
            lines("{}\n".repeat(10_000).as_bytes()).ok().unwrap().len(),
            10_000
        );
        let problem = lines("{}\n".repeat(10_001).as_bytes()).err().unwrap();
        assert_eq!(problem.code, Code::PayloadTooLarge);
    }

    #[track_caller]
    fn check(line: &str, code: Code, pointers: &[&str]) {
        let problem = parsed(line.as_bytes()).err().unwrap();
        assert_eq!(problem.code, code, "{line}");
        assert_eq!(problem.pointers().collect::<Vec<_>>(), pointers, "{line}");
    }

    #[test]
    fn a_line_is_a_user_as_a_create_takes_it() {
        let spec = parsed(br#"{"username": "dave", "password": "x", "roles": []}"#)
            .ok()
            .unwrap();
        assert_eq!(spec.username.as_str(), "dave");
        assert_eq!(spec.password.unwrap().expose(), "x");
        check("{\"username\": \"da", Code::InvalidJson, &[]);
        check("[]", Code::InvalidJson, &[]);
        check("\u{1}", Code::InvalidJson, &[]);
        check("{}", Code::InvalidRequest, &["/username"]);
        let wrong = r#"{"username": "a b", "status": "gone", "roles": ["x"], "nick": 1}"#;
        check(
            wrong,
            Code::InvalidRequest,
            &["/username", "/status", "/roles/0", "/nick"],
        );
        check(
            &format!("{{\"username\": \"{}\"}}", "x".repeat(70_000)),
            Code::PayloadTooLarge,
            &[],
        );
    }

    #[test]
    fn what_is_told_of_a_line_is_short_and_holds_no_value_of_it() {
        let many: Vec<_> = (0..50).map(|i| format!("\"f{i}\": 1")).collect();
        let line = format!(
            r#"{{"username": "a", "password": ["hunter2"], {}}}"#,
            many.join(", ")
        );
        let problem: Problem = parsed(line.as_bytes()).err().unwrap();
        let told = serde_json::to_value(Imported::failed(7, &problem)).unwrap();
        assert_eq!(told["status"], "failed");
        assert_eq!(told["line"], 7);
        assert_eq!(told["code"], "invalid_request");
        assert_eq!(told["errors"].as_array().map(Vec::len), Some(5));
        assert_eq!(told["errors"][0]["pointer"], Value::from("/password"));
        assert!(!told.to_string().contains("hunter2"), "{told}");
    }
}
