use http::HeaderMap;
use iam_model::hex;
use iam_platform::{Platform, random};

/// The trace id of a request: that of its `traceparent` (W3C Trace Context §3.2), else a new one.
/// 32 lower-case hexadecimal digits.
pub(crate) fn trace_id(platform: &dyn Platform, headers: &HeaderMap) -> String {
    let given = headers.get("traceparent").and_then(|v| v.to_str().ok());
    given
        .and_then(parse)
        .unwrap_or_else(|| hex(&random::<16>(platform)))
}

fn parse(traceparent: &str) -> Option<String> {
    let mut parts = traceparent.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    let digits = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let valid = version.len() == 2 && digits(version) && version != "ff";
    (valid && id.len() == 32 && digits(id) && id.bytes().any(|b| b != b'0')).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_a_valid_traceparent_names_the_trace() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let header = format!("00-{id}-00f067aa0ba902b7-01");
        assert_eq!(parse(&header), Some(id.to_owned()));
        for bad in [
            "",
            "00",
            "00-xyz-1-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
