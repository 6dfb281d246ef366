//! The platform port for native programs: hyper, the system clock and the kernel randomness.
//!
//! It needs a tokio runtime with I/O and time; one of a single thread will do.

mod fetch;

use std::{collections::BTreeMap, time::SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use iam_model::Timestamp;
use iam_platform::{FetchError, Platform};

use crate::fetch::Fetcher;

/// What the operating system gives, and the variables that the program was given: none by default.
#[derive(Default)]
pub struct NativePlatform {
    fetcher: Fetcher,
    variables: BTreeMap<String, String>,
}

impl NativePlatform {
    /// A platform with these variables and a connection pool of its own.
    #[must_use]
    pub fn new(variables: BTreeMap<String, String>) -> Self {
        Self {
            variables,
            ..Self::default()
        }
    }
}

#[async_trait(?Send)]
impl Platform for NativePlatform {
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        self.fetcher.fetch(request).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is where `Platform::now` comes from"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let millis = since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        Timestamp::from_millis(millis)
    }

    #[expect(
        clippy::expect_used,
        reason = "a kernel without randomness: to go on would make keys that can be guessed"
    )]
    fn fill_random(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the kernel gives randomness");
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn log(&self, line: &str) {
        eprintln!("{line}");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use iam_platform::{Platform, random};

    use super::NativePlatform;

    #[test]
    fn variables_are_those_it_was_given() {
        let variables = BTreeMap::from([("issuer".to_owned(), "https://id.example".to_owned())]);
        let platform = NativePlatform::new(variables);
        assert_eq!(
            platform.variable("issuer").as_deref(),
            Some("https://id.example")
        );
        assert_eq!(platform.variable("PATH"), None);
    }

    #[test]
    fn time_is_of_this_century_and_randomness_does_not_repeat() {
        let platform = NativePlatform::new(BTreeMap::new());
        let start_of_2020 = 1_577_836_800_000;
        assert!(platform.now().as_millis() > start_of_2020);
        assert_ne!(random::<32>(&platform), random::<32>(&platform));
    }
}
