use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::prelogin::{HEAD_BYTES, PRELOGIN, length, packet};

/// The stream below TLS. While TLS is set up, what it sends and gets is in PRELOGIN packets
/// ([MS-TDS] 2.2.6.5); from then on it is as it is.
pub(super) struct Wrapped<S> {
    stream: S,
    is_set_up: bool,
    head: [u8; HEAD_BYTES],
    /// How much of the head has come.
    head_read: usize,
    /// How much of the packet has not.
    left: usize,
    /// What is to be sent in one packet, or is being sent.
    output: Vec<u8>,
    sent: usize,
    is_sending: bool,
}

impl<S> Wrapped<S> {
    pub(super) const fn new(stream: S) -> Self {
        Self {
            stream,
            is_set_up: false,
            head: [0; HEAD_BYTES],
            head_read: 0,
            left: 0,
            output: Vec::new(),
            sent: 0,
            is_sending: false,
        }
    }

    /// From now on nothing is wrapped.
    pub(super) const fn set_up(&mut self) {
        self.is_set_up = true;
    }
}

impl<S: AsyncRead + Unpin> Wrapped<S> {
    /// Reads heads until there is something of a packet to read.
    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.left == 0 {
            let mut head = ReadBuf::new(self.head.get_mut(self.head_read..).unwrap_or_default());
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut head))?;
            if head.filled().is_empty() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            self.head_read += head.filled().len();
            if self.head_read == HEAD_BYTES {
                self.head_read = 0;
                self.left = length(self.head)?;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wrapped<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_set_up && self.left == 0 {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        ready!(self.poll_head(context))?;
        let length = self.left.min(buffer.remaining());
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(length));
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut part))?;
        let read = part.filled().len();
        if read == 0 {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        buffer.advance(read);
        self.left -= read;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wrapped<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_set_up {
            return Pin::new(&mut self.stream).poll_write(context, data);
        }
        if self.is_sending {
            ready!(self.as_mut().poll_flush(context))?;
        }
        self.output.extend_from_slice(data);
        Poll::Ready(Ok(data.len()))
    }

    /// Sends what was written since the last time as one packet.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_sending && !self.output.is_empty() {
            self.output = packet(PRELOGIN, &self.output)?;
            self.is_sending = true;
        }
        while self.sent < self.output.len() {
            let Self {
                stream,
                output,
                sent,
                ..
            } = &mut *self;
            let rest = output.get(*sent..).unwrap_or_default();
            let written = ready!(Pin::new(stream).poll_write(context, rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            *sent += written;
        }
        self.output.clear();
        self.sent = 0;
        self.is_sending = false;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
