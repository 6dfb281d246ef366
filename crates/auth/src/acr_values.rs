use std::{convert::Infallible, str::FromStr};

use iam_model::{Acr, MfaPolicy};
use serde::{Deserialize, Serialize};

/// The assurance levels that a client asks for, the one it likes best first (OIDC Core §3.1.2.1).
/// None at all is no wish.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct AcrValues(Vec<String>);

/// None of the levels can be reached, which the client is told (RFC 9470 §5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Unreachable;

impl AcrValues {
    /// Takes the values as they were asked for.
    #[must_use]
    pub const fn new(values: Vec<String>) -> Self {
        Self(values)
    }

    /// The values as a request has them.
    pub(crate) fn text(&self) -> String {
        self.0.join(" ")
    }

    /// What the login has to reach: the first value that can be reached where the tenant has this
    /// rule. A value that nobody here knows cannot.
    pub(crate) fn wanted(&self, mfa: MfaPolicy) -> Result<Option<Acr>, Unreachable> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let known = self.0.iter().filter_map(|value| value.parse().ok());
        let mut reachable = known.filter(|acr| *acr < Acr::Mfa || mfa != MfaPolicy::Off);
        reachable.next().map(Some).ok_or(Unreachable)
    }
}

impl FromStr for AcrValues {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.split_whitespace().map(str::to_owned).collect()))
    }
}

#[cfg(test)]
mod tests {
    use iam_model::{Acr, MfaPolicy};

    use super::{AcrValues, Unreachable};

    #[track_caller]
    fn check(values: &str, mfa: MfaPolicy, expected: Result<Option<Acr>, Unreachable>) {
        let values: AcrValues = values.parse().unwrap();
        assert_eq!(values.wanted(mfa), expected);
    }

    #[test]
    fn the_first_value_that_can_be_reached_is_wanted() {
        let optional = MfaPolicy::Optional;
        check("", optional, Ok(None));
        check("mfa pwd", optional, Ok(Some(Acr::Mfa)));
        check("pwd mfa", optional, Ok(Some(Acr::Pwd)));
        check("phr mfa", optional, Ok(Some(Acr::Mfa)));
        check("phr", optional, Err(Unreachable));
    }

    #[test]
    fn without_a_second_factor_only_the_password_can_be_reached() {
        check("mfa pwd", MfaPolicy::Off, Ok(Some(Acr::Pwd)));
        check("mfa", MfaPolicy::Off, Err(Unreachable));
    }
}
