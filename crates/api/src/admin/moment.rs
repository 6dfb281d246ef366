use std::{borrow::Cow, fmt, str::FromStr};

use iam_model::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A time as the API writes it (RFC 3339), in UTC and to the millisecond.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0.as_millis()) * 1_000_000;
        let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|_| fmt::Error)?;
        // Always to the millisecond, so that times sort as texts too.
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            time.year(),
            u8::from(time.month()),
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
            time.millisecond()
        )
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = OffsetDateTime::parse(text, &Rfc3339)
            .map_err(|_| "is not a time of RFC 3339 such as 2026-01-31T12:00:00Z")?;
        let millis = time.to_offset(UtcOffset::UTC).unix_timestamp_nanos() / 1_000_000;
        i64::try_from(millis)
            .map(|millis| Self(Timestamp::from_millis(millis)))
            .map_err(|_| "is out of range")
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use iam_model::Timestamp;

    use super::Moment;

    #[test]
    fn a_time_is_written_in_utc_and_read_from_any_zone() {
        let moment = Moment(Timestamp::from_millis(1_790_000_000_123));
        assert_eq!(moment.to_string(), "2026-09-21T14:13:20.123Z");
        let round = Moment(Timestamp::from_millis(1_790_000_000_100));
        assert_eq!(round.to_string(), "2026-09-21T14:13:20.100Z");
        assert_eq!("2026-09-21T16:13:20.123+02:00".parse(), Ok(moment));
        assert!("2026-09-21".parse::<Moment>().is_err());
    }
}
