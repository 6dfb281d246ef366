use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use wasmtime_wasi_http::Error;

use super::Body;

/// A response's body as a guest writes it. If the guest breaks off, so does the body: it must
/// not look like a complete one.
pub(crate) struct GuestBody {
    body: Body,
    broken: Arc<AtomicBool>,
}

impl GuestBody {
    /// `broken` is set before the instance of a guest that breaks off is dropped.
    pub(crate) fn new(body: Body, broken: Arc<AtomicBool>) -> Self {
        Self { body, broken }
    }
}

impl HttpBody for GuestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
            None if self.broken.load(Ordering::Acquire) => {
                Poll::Ready(Some(Err(Error::HttpResponseIncomplete)))
            }
            frame => Poll::Ready(frame),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
