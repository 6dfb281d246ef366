use std::{fmt, str::FromStr};

use iam_model::{Timestamp, hex};

/// What a signing key is called: why and when it was made, since when it signs, and some random
/// digits, as in `p1764110700000-1764114600000-9f86d081`. It is in every token and tells nothing
/// that the published keys do not tell too.
///
/// The order is that in which keys come to sign.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Kid {
    pub(super) signs_from: Timestamp,
    pub(super) created_at: Timestamp,
    pub(super) reason: Reason,
    digits: u32,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Reason {
    /// It replaces every older key at once.
    Emergency,
    /// It is published for some time before it signs.
    Planned,
}

impl Kid {
    /// A key that signs from `signs_from` on, until when it is only published.
    pub(super) fn planned(now: Timestamp, signs_from: Timestamp, random: [u8; 4]) -> Self {
        Self {
            signs_from,
            created_at: now,
            reason: Reason::Planned,
            digits: u32::from_be_bytes(random),
        }
    }

    /// A key that replaces all others now.
    pub(super) fn emergency(now: Timestamp, random: [u8; 4]) -> Self {
        Self {
            reason: Reason::Emergency,
            ..Self::planned(now, now, random)
        }
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            Reason::Emergency => 'e',
            Reason::Planned => 'p',
        };
        let (created, signs) = (self.created_at.as_millis(), self.signs_from.as_millis());
        let digits = hex(&self.digits.to_be_bytes());
        write!(f, "{reason}{created}-{signs}-{digits}")
    }
}

impl FromStr for Kid {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (reason, rest) = text.split_at_checked(1).ok_or(())?;
        let reason = match reason {
            "e" => Reason::Emergency,
            "p" => Reason::Planned,
            _ => return Err(()),
        };
        let mut parts = rest.splitn(3, '-');
        let mut part = || parts.next().ok_or(());
        let (created, signs, digits) = (part()?, part()?, part()?);
        let time = |text: &str| text.parse().map(Timestamp::from_millis).map_err(|_| ());
        let kid = Self {
            signs_from: time(signs)?,
            created_at: time(created)?,
            reason,
            digits: u32::from_str_radix(digits, 16).map_err(|_| ())?,
        };
        // One key has one name: `p01-2-0` is not `p1-2-00000000`.
        if kid.to_string() == text {
            Ok(kid)
        } else {
            Err(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use iam_model::Timestamp;

    use super::Kid;

    #[test]
    fn a_kid_says_what_the_key_does() {
        let now = Timestamp::from_millis(1_764_110_700_000);
        let planned = Kid::planned(
            now,
            now.plus(Duration::from_mins(65)),
            [0x9f, 0x86, 0xd0, 0x81],
        );
        assert_eq!(planned.to_string(), "p1764110700000-1764114600000-9f86d081");
        let emergency = Kid::emergency(now, [0; 4]);
        assert_eq!(
            emergency.to_string(),
            "e1764110700000-1764110700000-00000000"
        );
        for kid in [planned, emergency] {
            assert_eq!(kid.to_string().parse(), Ok(kid));
        }
    }

    #[test]
    fn what_is_no_kid_of_ours_is_none() {
        for text in [
            "",
            "p",
            "x1-1-00000000",
            "p1-1",
            "p1-1-",
            "p1-1-0",
            "p01-1-00000000",
            "p1-1-00000000-1",
            "p+1-1-00000000",
            "p1-1-+0000000",
            "é1-1-00000000",
        ] {
            assert!(text.parse::<Kid>().is_err(), "{text}");
        }
    }
}
