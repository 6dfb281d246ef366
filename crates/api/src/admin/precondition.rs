use http::{HeaderMap, HeaderValue, header};

use crate::problem::{Code, FieldError, Problem};

/// The version `version` as an entity tag.
pub(crate) fn tag(version: i64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{version}\"")).ok()
}

/// Refuses a request that is about another version than `version` (RFC 9110 §13.1.1), or does not
/// say which it is about.
pub(crate) fn ensure(headers: &HeaderMap, version: i64) -> Result<(), Problem> {
    if !is_given(headers) {
        return Err(Problem::new(Code::PreconditionRequired));
    }
    if holds(headers, version)? {
        Ok(())
    } else {
        Err(Problem::new(Code::PreconditionFailed))
    }
}

fn is_given(headers: &HeaderMap) -> bool {
    headers.contains_key(header::IF_MATCH)
}

/// Whether `If-Match` lets a request about `version` through; without one it does. Weak tags never
/// match (RFC 9110 §13.1.1).
pub(super) fn holds(headers: &HeaderMap, version: i64) -> Result<bool, Problem> {
    if !is_given(headers) {
        return Ok(true);
    }
    let mut found = false;
    for value in headers.get_all(header::IF_MATCH) {
        let text = value.to_str().map_err(|_| invalid())?.trim();
        if text == "*" {
            return Ok(true);
        }
        for tag in text.split(',').map(str::trim) {
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            if opaque.len() < 2 || !opaque.starts_with('"') || !opaque.ends_with('"') {
                return Err(invalid());
            }
            found |= tag == format!("\"{version}\"");
        }
    }
    Ok(found)
}

fn invalid() -> Problem {
    let error = FieldError::of("If-Match", "is an ETag such as \"3\", a list of them, or *");
    Problem::new(Code::InvalidRequest).errors(vec![error])
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::holds;
    use crate::Code;

    #[track_caller]
    fn check(value: &'static str, expected: Result<bool, Code>) {
        let value = HeaderValue::from_static(value);
        let headers = HeaderMap::from_iter([(header::IF_MATCH, value)]);
        assert_eq!(holds(&headers, 3).map_err(|p| p.code), expected);
    }

    #[test]
    fn only_the_version_that_was_read_matches() {
        check("\"3\"", Ok(true));
        check("*", Ok(true));
        check("\"2\", \"3\"", Ok(true));
        check("\"2\"", Ok(false));
        check("W/\"3\"", Ok(false));
        check("3", Err(Code::InvalidRequest));
        check("", Err(Code::InvalidRequest));
        assert!(holds(&HeaderMap::new(), 3).is_ok_and(|holds| holds));
    }
}
