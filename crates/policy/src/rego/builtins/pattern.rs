use regex_lite::{Regex, RegexBuilder};
use regorus::Value;

use super::{integer, text};
use crate::rego::meter::charge;

/// The most bytes of a compiled pattern.
const MAX_COMPILED: usize = 64 << 10;

/// The pattern `pattern`, paid for as it is applied to `subject`: it takes time in proportion to
/// both. `None` if it is not a pattern, or is too expensive.
pub(super) fn compile(pattern: &str, subject: &str) -> Option<Regex> {
    let steps = pattern.len().saturating_mul(subject.len() + 64) / 16;
    if !charge(steps + 100) {
        return None;
    }
    RegexBuilder::new(pattern)
        .size_limit(MAX_COMPILED)
        .build()
        .ok()
}

/// `regex.match(pattern, value)`.
pub(super) fn matches(args: &[Value]) -> Option<Value> {
    let (pattern, value) = (text(args, 0)?, text(args, 1)?);
    Some(Value::from(compile(pattern, value)?.is_match(value)))
}

/// `regex.is_valid(pattern)`.
pub(super) fn is_valid(args: &[Value]) -> Option<Value> {
    Some(Value::from(compile(text(args, 0)?, "").is_some()))
}

/// `regex.split(pattern, value)`.
pub(super) fn split(args: &[Value]) -> Option<Value> {
    let (pattern, value) = (text(args, 0)?, text(args, 1)?);
    let pattern = compile(pattern, value)?;
    let parts: Vec<_> = pattern.split(value).map(Value::from).collect();
    Some(Value::from(parts))
}

/// `regex.replace(value, pattern, replacement)`, with `$1` and `${name}` for groups.
pub(super) fn replace(args: &[Value]) -> Option<Value> {
    let (value, pattern, replacement) = (text(args, 0)?, text(args, 1)?, text(args, 2)?);
    let pattern = compile(pattern, value)?;
    // The result is as long as that at most, but for what groups bring in.
    if !charge(value.len().saturating_mul(replacement.len()) / 16) {
        return None;
    }
    Some(Value::from(&*pattern.replace_all(value, replacement)))
}

/// `regex.find_n(pattern, value, number)`; all of them if the number is negative.
pub(super) fn find_n(args: &[Value]) -> Option<Value> {
    let (pattern, value, number) = (text(args, 0)?, text(args, 1)?, integer(args, 2)?);
    let pattern = compile(pattern, value)?;
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    let found = pattern.find_iter(value).take(number);
    let found: Vec<_> = found.map(|m| Value::from(m.as_str())).collect();
    Some(Value::from(found))
}
