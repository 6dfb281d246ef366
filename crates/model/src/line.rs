use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{InvalidName, name::text_serde};

/// One line of text for people to read: at most 256 characters, none of them a control character.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

impl Line {
    const MAX: usize = 256;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text.chars().any(char::is_control) {
            return Err(InvalidName::Character);
        }
        if text.chars().count() > Self::MAX {
            return Err(InvalidName::TooLong { max: Self::MAX });
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(Line, InvalidName);

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_line_is_short_and_has_no_control_characters() {
        for good in ["", "Demo GmbH & Co. 🎉", &"x".repeat(256)] {
            assert!(good.parse::<Line>().is_ok(), "{good}");
        }
        for bad in ["a\nb", "a\u{0}", &"x".repeat(257)] {
            assert!(bad.parse::<Line>().is_err(), "{bad}");
        }
    }
}
