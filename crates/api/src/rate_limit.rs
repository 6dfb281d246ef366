//! What a caller is told of the limits on what they try: draft-ietf-httpapi-ratelimit-headers-10.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};
use iam_auth::{Limiter, Quota};

use crate::problem::Problem;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// `answer`, be it good or bad, with what `limiter` has counted.
pub(crate) fn limited(
    limiter: &Limiter<'_>,
    answer: Result<Response<Bytes>, Problem>,
) -> Result<Response<Bytes>, Problem> {
    let headers = headers(&limiter.quotas());
    match answer {
        Ok(mut response) => {
            response.headers_mut().extend(headers);
            Ok(response)
        }
        Err(problem) => Err(headers.into_iter().fold(problem, |problem, (name, value)| {
            problem.header(name, value)
        })),
    }
}

/// How long to wait (RFC 9110 §10.2.3), in whole seconds, of which the last has to be over.
pub(crate) fn retry_after(wait: Duration) -> HeaderValue {
    HeaderValue::from(seconds(wait).max(1))
}

/// `RateLimit-Policy` (§3) and `RateLimit` (§4), if anything was counted.
fn headers(quotas: &[Quota]) -> Vec<(HeaderName, HeaderValue)> {
    let policy = |quota: &Quota| {
        let window = seconds(quota.window);
        format!("\"{}\";q={};w={window}", quota.name, quota.limit)
    };
    let state = |quota: &Quota| {
        let reset = seconds(quota.resets_in);
        format!("\"{}\";r={};t={reset}", quota.name, quota.remaining)
    };
    let list = |name, items: Vec<String>| {
        let value = HeaderValue::try_from(items.join(", ")).ok()?;
        Some((name, value)).filter(|_| !items.is_empty())
    };
    let policies = list(RATE_LIMIT_POLICY, quotas.iter().map(policy).collect());
    let states = list(RATE_LIMIT, quotas.iter().map(state).collect());
    policies.into_iter().chain(states).collect()
}

fn seconds(duration: Duration) -> u64 {
    duration
        .as_millis()
        .div_ceil(1000)
        .try_into()
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use iam_auth::Quota;

    use super::{headers, retry_after};

    #[test]
    fn quotas_are_lists_of_items_with_parameters() {
        let quota = |name: &str, remaining, millis| Quota {
            name: name.to_owned(),
            limit: 60,
            window: Duration::from_mins(1),
            remaining,
            resets_in: Duration::from_millis(millis),
        };
        let shown = headers(&[quota("login-ip", 59, 59_001), quota("login-account", 0, 1)]);
        let shown: Vec<_> = shown
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        assert_eq!(
            shown,
            [
                "ratelimit-policy: \"login-ip\";q=60;w=60, \"login-account\";q=60;w=60",
                "ratelimit: \"login-ip\";r=59;t=60, \"login-account\";r=0;t=1",
            ]
        );
        assert_eq!(headers(&[]), []);
    }

    #[test]
    fn nobody_is_told_to_come_back_too_early() {
        assert_eq!(retry_after(Duration::from_millis(1001)), "2");
        assert_eq!(retry_after(Duration::ZERO), "1");
    }
}
