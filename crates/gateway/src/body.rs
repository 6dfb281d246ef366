use std::time::Duration;

use bytes::Bytes;
use http::header;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;

/// The largest request body; Turso and Upstash take as much.
pub(crate) const MAX_REQUEST_BYTES: usize = 10 * 1024 * 1024;

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no body.
pub(crate) enum BodyError {
    /// The client went away or broke HTTP.
    Broken,
    /// It is longer than [`MAX_REQUEST_BYTES`].
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
}

/// Reads the body of `request`, as long as that is allowed to take.
pub(crate) async fn read(request: http::Request<Incoming>) -> Result<Bytes, BodyError> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_REQUEST_BYTES as u64) {
        return Err(BodyError::TooLarge);
    }
    let body = Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect();
    match timeout(PATIENCE, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::TooSlow),
    }
}
