use bytes::Bytes;
use http::header;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;

use crate::Limits;

/// Why there is no body.
pub(crate) enum BodyError {
    /// The client went away or broke HTTP.
    Broken,
    /// It is longer than the limits say.
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
}

/// Reads the body of `request`, as long as that is allowed to take.
pub(crate) async fn read(
    request: http::Request<Incoming>,
    limits: &Limits,
) -> Result<Bytes, BodyError> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.request_bytes as u64) {
        return Err(BodyError::TooLarge);
    }
    let body = Limited::new(request.into_body(), limits.request_bytes).collect();
    match timeout(limits.body_timeout, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::TooSlow),
    }
}
