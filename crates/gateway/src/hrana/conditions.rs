use super::{
    error::ProtocolError,
    protocol::{Condition, Version},
};

/// What became of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ran {
    Failed,
    Skipped,
    Succeeded,
}

impl Condition {
    /// Refuses what `version` does not have, and a step that is not before the one, number
    /// `own`, that this is the condition of.
    pub(crate) fn check(&self, version: Version, own: usize) -> Result<(), ProtocolError> {
        match self {
            Self::And { conds } | Self::Or { conds } => {
                conds.iter().try_for_each(|cond| cond.check(version, own))
            }
            Self::Error { step } | Self::Ok { step } if *step >= own => {
                Err(ProtocolError::StepInvalid)
            }
            Self::IsAutocommit if version < Version::V3 => Err(ProtocolError::NotSupported(
                "BatchCond of type `is_autocommit`",
            )),
            Self::Error { .. } | Self::IsAutocommit | Self::Ok { .. } => Ok(()),
            Self::Not { cond } => cond.check(version, own),
        }
    }

    /// Whether it holds after the steps that became what `ran` says.
    pub(crate) fn holds(&self, ran: &[Ran], is_autocommit: bool) -> bool {
        match self {
            Self::And { conds } => conds.iter().all(|cond| cond.holds(ran, is_autocommit)),
            Self::Error { step } => ran.get(*step) == Some(&Ran::Failed),
            Self::IsAutocommit => is_autocommit,
            Self::Not { cond } => !cond.holds(ran, is_autocommit),
            Self::Ok { step } => ran.get(*step) == Some(&Ran::Succeeded),
            Self::Or { conds } => conds.iter().any(|cond| cond.holds(ran, is_autocommit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Condition, Ran, Version};

    fn condition(json: Value) -> Condition {
        serde_json::from_value(json).unwrap()
    }

    #[track_caller]
    fn check(json: Value, expected: bool) {
        let ran = [Ran::Succeeded, Ran::Failed, Ran::Skipped];
        let text = json.to_string();
        assert_eq!(condition(json).holds(&ran, false), expected, "{text}");
    }

    #[test]
    fn a_step_that_was_skipped_neither_succeeded_nor_failed() {
        for (kind, expected) in [
            ("ok", [true, false, false]),
            ("error", [false, true, false]),
        ] {
            for (step, expected) in expected.into_iter().enumerate() {
                check(json!({"type": kind, "step": step}), expected);
            }
        }
    }

    #[test]
    fn conditions_are_joined_as_in_logic() {
        let (yes, no) = (
            json!({"type": "ok", "step": 0}),
            json!({"type": "ok", "step": 1}),
        );
        check(json!({"type": "not", "cond": no}), true);
        check(
            json!({"type": "not", "cond": {"type": "is_autocommit"}}),
            true,
        );
        check(json!({"type": "and", "conds": [yes, no]}), false);
        check(json!({"type": "and", "conds": [yes, yes]}), true);
        check(json!({"type": "and", "conds": []}), true);
        check(json!({"type": "or", "conds": [no, yes]}), true);
        check(json!({"type": "or", "conds": [no, no]}), false);
        check(json!({"type": "or", "conds": []}), false);
    }

    #[test]
    fn a_condition_looks_back_only_and_only_version_3_knows_autocommit() {
        let deep = condition(json!({"type": "not", "cond": {"type": "or", "conds": [
            {"type": "error", "step": 1}
        ]}}));
        assert!(deep.check(Version::V2, 2).is_ok());
        assert!(deep.check(Version::V2, 1).is_err());
        let autocommit = condition(json!({"type": "is_autocommit"}));
        assert!(autocommit.check(Version::V3, 0).is_ok());
        assert!(autocommit.check(Version::V2, 0).is_err());
    }
}
