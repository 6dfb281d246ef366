//! A host for tests.

use std::cell::Cell;

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Request, Response};
use iam_model::Timestamp;
use iam_platform::{FetchError, Platform};

use crate::Keyring;

/// Its clock stands still, and no two of its random bytes in a row are the same.
#[derive(Default)]
pub(crate) struct Host(Cell<u8>);

impl Host {
    /// A keyring with a key for each of these ids; keys of one id are one key.
    pub(crate) fn keyring(ids: &str) -> Keyring {
        let key = |id: char| {
            let bytes = [u8::try_from(id).unwrap(); 32];
            format!("{id}:{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
        };
        let keys: Vec<_> = ids.chars().map(key).collect();
        keys.join(",").parse().unwrap()
    }
}

#[async_trait(?Send)]
impl Platform for Host {
    async fn fetch(&self, _: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        Err(FetchError::Timeout)
    }

    fn now(&self) -> Timestamp {
        Timestamp::default()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        for byte in buffer {
            // 167 has no common divisor with 256.
            self.0.set(self.0.get().wrapping_add(167));
            *byte = self.0.get();
        }
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn log(&self, _: &str) {}
}
