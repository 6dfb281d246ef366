use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::name::text_serde;

/// The text is not a phone number.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("is not a phone number in E.164 form such as +4930123456")]
pub struct InvalidPhone;

/// A phone number in E.164 form, as OIDC Core §5.1 recommends: `+` and 7 to 15 digits.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = InvalidPhone;

    fn from_str(text: &str) -> Result<Self, InvalidPhone> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhone)?;
        let fits = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
        if fits && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPhone)
        }
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(Phone, InvalidPhone);

#[cfg(test)]
mod tests {
    use super::Phone;

    #[test]
    fn a_phone_number_is_in_e164_form() {
        assert!("+4930123456".parse::<Phone>().is_ok());
        for bad in [
            "",
            "030123456",
            "+0301234567",
            "+49 30 123",
            "+123",
            "+1234567890123456",
        ] {
            assert!(bad.parse::<Phone>().is_err(), "{bad}");
        }
    }
}
