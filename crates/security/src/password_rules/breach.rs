//! Passwords that were found in breaches of others, asked for without telling which it is: the
//! range API of Have I Been Pwned, and whatever else speaks it.

use bytes::Bytes;
use http::{Request, StatusCode};
use iam_config::Endpoint;
use iam_model::{Secret, hex};
use iam_platform::Platform;
use sha1::{Digest, Sha1};

/// How many hexadecimal digits of the SHA-1 leave this process: about one in a million passwords
/// begins with the same ones.
const PREFIX: usize = 5;

/// Whether `password` is one that `api` knows. If there is no answer, it is not: that nobody can be
/// asked is no reason that nobody can set a password, but the operator is told.
pub(super) async fn is_breached(
    platform: &dyn Platform,
    api: &Endpoint,
    password: &Secret<String>,
) -> bool {
    let digest = hex(&Sha1::digest(password.expose().as_bytes()));
    let (prefix, suffix) = digest.split_at(PREFIX);
    match range(platform, api, prefix).await {
        Ok(range) => lists(&range, suffix),
        Err(reason) => {
            platform.log(&format!("password not looked up in breaches: {reason}"));
            false
        }
    }
}

async fn range(platform: &dyn Platform, api: &Endpoint, prefix: &str) -> Result<String, String> {
    let request = Request::get(api.join(&format!("/range/{}", prefix.to_ascii_uppercase())))
        // Without it the size of the answer tells who reads the traffic which prefix it was.
        .header("add-padding", "true")
        .header("user-agent", "iam")
        .body(Bytes::new())
        .map_err(|error| error.to_string())?;
    let response = platform.fetch(request).await.map_err(|e| e.to_string())?;
    if response.status() != StatusCode::OK {
        return Err(format!("{api} answered {}", response.status()));
    }
    String::from_utf8(response.into_body().into()).map_err(|_| format!("{api} answered no text"))
}

/// Whether `suffix` is in a range: lines of `<suffix>:<count>`. A count of 0 is padding.
fn lists(range: &str, suffix: &str) -> bool {
    let mut entries = range.lines().filter_map(|line| line.trim().split_once(':'));
    entries.any(|(own, count)| {
        own.eq_ignore_ascii_case(suffix) && count.trim().parse().is_ok_and(|count: u64| count > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::lists;

    #[test]
    fn a_range_lists_what_it_counts_more_than_never() {
        let range =
            "0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n00D4F6E8FA6EECAD2A3AA415EEC418D38EC:0";
        assert!(lists(range, "0018a45c4d1def81644b54ab7f969b88d65"));
        assert!(!lists(range, "00D4F6E8FA6EECAD2A3AA415EEC418D38EC"));
        assert!(!lists(range, "0018A45C4D1DEF81644B54AB7F969B88D66"));
        assert!(!lists("<html>", "0018A45C4D1DEF81644B54AB7F969B88D66"));
        assert!(!lists("", ""));
    }
}
