//! Bodies on their way in and out.

mod inbound;
mod outbound;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use wasmtime_wasi_http::Error;

pub(crate) use inbound::{InboundBody, Overrun};
pub(crate) use outbound::GuestBody;

/// A body as guests and the host exchange it.
pub type Body = UnsyncBoxBody<Bytes, Error>;

/// A body that is there already.
pub(crate) fn full(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}
