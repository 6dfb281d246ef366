use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::prelogin::{HEAD_BYTES, length};

/// A connection on which PRELOGIN is over. Who speaks over it says it all the same, and gets the
/// answer from here.
pub(super) struct Greeting<S> {
    stream: S,
    /// What is left of the answer to be read.
    answer: Vec<u8>,
    /// What has come of the question; `None` once it is whole.
    question: Option<Vec<u8>>,
}

impl<S> Greeting<S> {
    pub(super) const fn new(stream: S, answer: Vec<u8>) -> Self {
        Self {
            stream,
            answer,
            question: Some(Vec::new()),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Greeting<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.answer.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let length = self.answer.len().min(buffer.remaining());
        buffer.put_slice(&self.answer.drain(..length).collect::<Vec<_>>());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Greeting<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Some(question) = &mut self.question else {
            return Pin::new(&mut self.stream).poll_write(context, data);
        };
        let before = question.len();
        question.extend_from_slice(data);
        let Some(head) = question.first_chunk::<HEAD_BYTES>() else {
            return Poll::Ready(Ok(data.len()));
        };
        let whole = HEAD_BYTES + length(*head)?;
        if question.len() < whole {
            return Poll::Ready(Ok(data.len()));
        }
        self.question = None;
        // What comes after it is for the server.
        Poll::Ready(Ok(whole.saturating_sub(before)))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        Poll::Ready(Ok(()))
    }
}
