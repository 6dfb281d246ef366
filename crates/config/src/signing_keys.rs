use std::time::Duration;

use crate::{ConfigError, Lookup, optional};

/// When the keys that tokens are signed with change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SigningKeySettings {
    /// How long a key is published before it signs. It is longer than anybody keeps the published
    /// keys, or they get tokens whose key they do not have.
    pub publish: Duration,
    /// The age at which a key is replaced; `None` if only on command.
    pub max_age: Option<Duration>,
}

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// What a fetch of the published keys may take, and clocks may differ.
const SLACK: Duration = Duration::from_mins(5);

impl Default for SigningKeySettings {
    fn default() -> Self {
        Self {
            publish: Duration::from_secs(HOUR) + SLACK,
            max_age: Some(Duration::from_secs(90 * DAY)),
        }
    }
}

impl SigningKeySettings {
    /// Reads `signing_key_publish_seconds` and `signing_key_max_age_days` through `lookup`; a
    /// variable that is not set keeps its default.
    pub fn from_variables(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let default = Self::default();
        let publish = number(lookup, PUBLISH, 1..=7 * DAY)?;
        let max_age = number(lookup, MAX_AGE, 0..=3650)?;
        Ok(Self {
            publish: publish.map_or(default.publish, Duration::from_secs),
            max_age: max_age.map_or(default.max_age, |days| {
                (days > 0).then(|| Duration::from_secs(days * DAY))
            }),
        })
    }

    /// How long anybody may keep the published keys (RFC 9111 §5.2.2.1).
    #[must_use]
    pub fn cache_time(&self) -> Duration {
        self.publish.saturating_sub(SLACK)
    }
}

const PUBLISH: (&str, &str) = (
    "signing_key_publish_seconds",
    "a number of seconds from 1 to 604800; below 3900 for tests only",
);
const MAX_AGE: (&str, &str) = (
    "signing_key_max_age_days",
    "a number of days from 1 to 3650, or 0 for no schedule",
);

fn number(
    lookup: Lookup<'_>,
    (name, wants): (&'static str, &'static str),
    range: std::ops::RangeInclusive<u64>,
) -> Result<Option<u64>, ConfigError> {
    let Some(text) = optional(lookup, name) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.map(Some).ok_or(ConfigError::Invalid { name, wants })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::SigningKeySettings;

    fn read(publish: &str, days: &str) -> Option<SigningKeySettings> {
        let lookup = |name: &str| match name {
            "signing_key_publish_seconds" => Some(publish.to_owned()),
            "signing_key_max_age_days" => Some(days.to_owned()),
            _ => None,
        };
        SigningKeySettings::from_variables(&lookup).ok()
    }

    #[test]
    fn a_key_is_published_for_longer_than_an_hour_unless_told_otherwise() {
        let default = read("", "").unwrap();
        assert_eq!(default, SigningKeySettings::default());
        assert_eq!(default.publish, Duration::from_mins(65));
        assert_eq!(default.cache_time(), Duration::from_hours(1));
        let short = read("5", "0").unwrap();
        assert_eq!(
            (short.publish, short.max_age),
            (Duration::from_secs(5), None)
        );
        assert_eq!(short.cache_time(), Duration::ZERO);
        let month = Duration::from_hours(720);
        assert_eq!(read("7200", "30").unwrap().max_age, Some(month));
    }

    #[test]
    fn what_is_no_such_number_is_refused() {
        for (publish, days) in [
            ("0", ""),
            ("604801", ""),
            ("1h", ""),
            ("", "-1"),
            ("", "3651"),
        ] {
            assert!(read(publish, days).is_none(), "{publish} {days}");
        }
    }
}
