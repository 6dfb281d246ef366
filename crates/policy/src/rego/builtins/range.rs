use regorus::Value;

use super::integer;
use crate::rego::meter::charge;

/// `numbers.range(from, to)`.
pub(super) fn range(args: &[Value]) -> Option<Value> {
    steps(integer(args, 0)?, integer(args, 1)?, 1)
}

/// `numbers.range_step(from, to, step)`.
pub(super) fn range_step(args: &[Value]) -> Option<Value> {
    steps(integer(args, 0)?, integer(args, 1)?, integer(args, 2)?)
}

fn steps(from: i64, to: i64, step: i64) -> Option<Value> {
    let stride = u64::try_from(step).ok().filter(|stride| *stride > 0)?;
    let count = from.abs_diff(to) / stride + 1;
    // Each element is a step of the evaluation, and it is paid for in advance.
    if !charge(usize::try_from(count).unwrap_or(usize::MAX)) {
        return None;
    }
    let step = if from <= to {
        step
    } else {
        step.checked_neg()?
    };
    let numbers = std::iter::successors(Some(from), |n| n.checked_add(step));
    let count = usize::try_from(count).ok()?;
    let numbers: Vec<_> = numbers.take(count).map(Value::from).collect();
    Some(Value::from(numbers))
}
