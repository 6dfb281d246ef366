use std::{
    mem,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::{runtime::Handle, time::timeout};
use wasmtime_wasi_http::Error;

/// Says whether a body was longer than the host allows.
#[derive(Clone, Default)]
pub(crate) struct Overrun(Arc<AtomicBool>);

impl Overrun {
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The body of a request of the public: read when the guest asks for it, up to a limit.
///
/// What the guest leaves unread is read and thrown away. A server that answers and closes while
/// the client still sends has its answer destroyed by the reset (RFC 9112 §9.6).
pub(crate) struct InboundBody {
    /// `None` when there is nothing left to read.
    body: Option<Incoming>,
    left: u64,
    overrun: Overrun,
    /// Whether the client waits for a word before it sends (RFC 9110 §10.1.1): until we read,
    /// nothing comes that would have to be thrown away.
    waiting: bool,
    io: Handle,
}

impl InboundBody {
    /// Reads at most `limit` bytes of `body`. To be made in the runtime that does the I/O.
    pub(crate) fn new(body: Incoming, limit: u64, overrun: Overrun, waiting: bool) -> Self {
        Self {
            body: Some(body),
            left: limit,
            overrun,
            waiting,
            io: Handle::current(),
        }
    }

    /// Whether the client has announced more than the limit.
    pub(crate) fn is_too_large(&self) -> bool {
        self.size_hint().lower() > self.left
    }
}

impl HttpBody for InboundBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.waiting = false;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        let Some(Ok(frame)) = frame else {
            self.body = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::from)));
        };
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        let Some(left) = self.left.checked_sub(length) else {
            self.overrun.0.store(true, Ordering::Release);
            self.body = None;
            return Poll::Ready(Some(Err(Error::HttpRequestBodySize(None))));
        };
        self.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or(SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for InboundBody {
    fn drop(&mut self) {
        let Some(body) = mem::take(&mut self.body) else {
            return;
        };
        if !self.waiting && !body.is_end_stream() {
            let drain = timeout(DRAIN, throw_away(body, self.left));
            self.io.spawn(async move { drop(drain.await) });
        }
    }
}

/// Reads `body` to its end, to an error, or to `limit`.
async fn throw_away(mut body: Incoming, limit: u64) {
    let mut left = limit;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// For how long a client may go on sending what nobody reads.
const DRAIN: Duration = Duration::from_secs(10);
