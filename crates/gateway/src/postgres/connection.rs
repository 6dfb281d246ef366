use std::{future::poll_fn, io, pin::pin, task::Poll};

use bytes::BytesMut;
use postgres_protocol::message::{backend::Message, frontend};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    error::{DatabaseError, PostgresError, broken},
    handshake,
    statements::Statements,
    target::PostgresTarget,
};
use crate::{
    Limits,
    tls::{Stream, connect, encrypt},
};

/// A connection that the database has let in.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    input: BytesMut,
    output: BytesMut,
    pub(crate) statements: Statements,
    /// The most that the values of one answer take.
    pub(crate) response_bytes: usize,
}

impl Connection {
    /// A new connection to `target`.
    pub(crate) async fn open(
        target: &PostgresTarget,
        limits: Limits,
    ) -> Result<Self, PostgresError> {
        let stream = connect(&target.host, target.port).await?;
        let stream: Box<dyn Stream> = if target.tls {
            let stream = request_tls(stream).await?;
            Box::new(encrypt(stream, &target.host, target.authority.as_deref()).await?)
        } else {
            Box::new(stream)
        };
        let mut connection = Self {
            stream,
            input: BytesMut::new(),
            output: BytesMut::new(),
            statements: Statements::default(),
            response_bytes: limits.response_bytes,
        };
        handshake::run(&mut connection, target, limits.statement_timeout).await?;
        Ok(connection)
    }

    /// What is to be sent next.
    pub(crate) const fn output(&mut self) -> &mut BytesMut {
        &mut self.output
    }

    /// Sends what is to be sent.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.output).await?;
        self.output.clear();
        self.stream.flush().await
    }

    /// The next message that is about what was asked.
    pub(crate) async fn receive(&mut self) -> io::Result<Message> {
        loop {
            match Message::parse(&mut self.input)? {
                Some(
                    Message::NoticeResponse(_)
                    | Message::NotificationResponse(_)
                    | Message::ParameterStatus(_),
                ) => {}
                Some(message) => return Ok(message),
                None if self.stream.read_buf(&mut self.input).await? == 0 => {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                None => {}
            }
        }
    }

    /// The next message while the connection is set up: there an error is the end.
    pub(crate) async fn expect(&mut self) -> Result<Message, PostgresError> {
        match self.receive().await? {
            Message::ErrorResponse(body) => Err(PostgresError::Database(Box::new(
                DatabaseError::read(&body)?,
            ))),
            message => Ok(message),
        }
    }

    /// Whether nothing has come that nobody asked for, such as the end of the connection.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        let Self { stream, input, .. } = self;
        let mut read = pin!(stream.read_buf(input));
        poll_fn(|context| Poll::Ready(read.as_mut().poll(context).is_pending())).await
    }

    /// Says good-bye.
    pub(crate) async fn close(mut self) {
        frontend::terminate(&mut self.output);
        // Whether it is heard makes no difference.
        let _ = self.flush().await;
    }
}

/// Asks for TLS, which comes after a single byte.
async fn request_tls(mut stream: TcpStream) -> io::Result<TcpStream> {
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    stream.write_all(&request).await?;
    // Not a byte more: what follows belongs to TLS.
    match stream.read_u8().await? {
        b'S' => Ok(stream),
        _ => Err(broken("the database has no TLS")),
    }
}
