//! The port to a host.
//!
//! Everything a ring above needs from the outside comes through [`Platform`]: outbound HTTP,
//! the clock, randomness and variables. Spin, Workers and the native programs each implement it.
//!
//! Deliberately absent: sockets, files, threads and environment variables. Futures are not
//! `Send`, because those of a Worker are not (ADR 0002).

mod collect;

use async_trait::async_trait;
use bytes::Bytes;
pub use collect::{Collected, collect};
use http::{Request, Response};
use iam_model::Timestamp;
use thiserror::Error;

/// Why no response came back. Its texts are for logs and never go on the wire.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum FetchError {
    /// The host's policy forbids this destination.
    #[error("outbound request to {destination} is not allowed by the host")]
    Denied {
        /// Scheme and authority of the request.
        destination: String,
    },
    /// No answer within [`FETCH_TIMEOUT_MS`].
    #[error("no answer in time")]
    Timeout,
    /// The response was larger than [`MAX_RESPONSE_BYTES`].
    #[error("response larger than {MAX_RESPONSE_BYTES} bytes")]
    TooLarge,
    /// Connecting, sending or receiving failed.
    #[error("no connection: {reason}")]
    Unreachable {
        /// What the host says of it.
        reason: String,
    },
}

/// How long a host lets a fetch take before it answers [`FetchError::Timeout`].
pub const FETCH_TIMEOUT_MS: u64 = 10_000;

/// The largest response body a host collects.
pub const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

/// What a host gives to the rings above it.
#[async_trait(?Send)]
pub trait Platform {
    /// Sends `request` and collects the response. Redirects are answers, not followed.
    ///
    /// # Errors
    /// When no response came back; an HTTP error status is a response.
    async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, FetchError>;

    /// The time now.
    fn now(&self) -> Timestamp;

    /// Fills `buffer` with randomness fit for keys.
    fn fill_random(&self, buffer: &mut [u8]);

    /// The value of a configuration variable, `None` if it is not set.
    fn variable(&self, name: &str) -> Option<String>;

    /// Writes one line for the operator. It must hold no secret.
    fn log(&self, line: &str);
}

/// `N` random bytes of `platform`.
pub fn random<const N: usize>(platform: &dyn Platform) -> [u8; N] {
    let mut bytes = [0; N];
    platform.fill_random(&mut bytes);
    bytes
}
