use super::{
    error::StatementError,
    protocol::{ErrorBody, Outcome},
    value::Value,
};

/// The most that the rows of one answer take as JSON. `iam` itself collects 16 MiB.
const MAX_RESPONSE_BYTES: usize = 10 * 1024 * 1024;

/// How much an answer may still grow.
pub(crate) struct Budget(usize);

impl Budget {
    pub(crate) const fn new() -> Self {
        Self(MAX_RESPONSE_BYTES)
    }

    /// Takes off what `row` needs.
    pub(crate) fn spend(&mut self, row: &[Value]) -> Result<(), StatementError> {
        let size: usize = row.iter().map(Value::json_size).sum();
        // `[],`
        let left = self.0.checked_sub(size + 3);
        self.0 = left.ok_or(StatementError::TooLarge)?;
        Ok(())
    }
}

impl From<&StatementError> for ErrorBody {
    fn from(error: &StatementError) -> Self {
        Self {
            message: error.to_string(),
            code: error.code(),
        }
    }
}

/// The outcomes of a pipeline, written as JSON one by one so that none is kept.
pub(crate) struct Results(Vec<u8>);

impl Results {
    pub(crate) fn new() -> Self {
        Self(b"[".to_vec())
    }

    pub(crate) fn push(&mut self, outcome: &Outcome) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        let start = self.0.len();
        // A vector takes all, and nothing in an outcome is without a form in JSON.
        if serde_json::to_writer(&mut self.0, outcome).is_err() {
            self.0.truncate(start);
            self.0.extend_from_slice(b"null");
        }
    }

    pub(crate) fn into_json(mut self) -> Vec<u8> {
        self.0.push(b']');
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, MAX_RESPONSE_BYTES};
    use crate::hrana::value::Value;

    #[test]
    fn an_answer_does_not_grow_past_its_limit() {
        let mut budget = Budget::new();
        let row = [Value::Text {
            value: "x".repeat(MAX_RESPONSE_BYTES / 2),
        }];
        assert!(budget.spend(&row).is_ok());
        assert!(budget.spend(&row).is_err());
        assert!(budget.spend(&[Value::Null]).is_ok());
    }
}
