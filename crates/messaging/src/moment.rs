use iam_model::Timestamp;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A time as RFC 3339 writes it, in UTC; empty for what it cannot write, years above 9999.
pub(crate) fn moment(at: Timestamp) -> String {
    let nanos = i128::from(at.as_millis()) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
    time.and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}
