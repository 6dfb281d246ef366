use std::{
    error::Error as _,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{
        self,
        connect::{HttpConnector, capture_connection},
    },
    rt::{TokioExecutor, TokioTimer},
};
use tokio::{
    runtime::Handle,
    select,
    time::{Instant, Sleep, sleep, timeout},
};
use wasmtime_wasi::runtime::AbortOnDropJoinHandle;
use wasmtime_wasi_http::{Error, RequestOptions};

use crate::{body::Body, options::Timeouts};

/// The connections to other servers, shared by all instances and kept alive between requests.
pub(crate) struct Client {
    pool: Pool,
    timeouts: Timeouts,
    io: Handle,
}

type Pool = legacy::Client<HttpsConnector<HttpConnector>, Body>;

impl Client {
    /// To be made in the runtime that does the I/O.
    pub(crate) fn new(timeouts: Timeouts) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let pool = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Self {
            pool,
            timeouts,
            io: Handle::current(),
        }
    }

    /// Sends `request` and waits for the head of the response. Redirects are responses.
    pub(crate) fn send(
        &self,
        request: Request<Body>,
        options: RequestOptions,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + use<> {
        let (pool, defaults) = (self.pool.clone(), self.timeouts);
        let timeouts = Timeouts {
            connect: options.connect_timeout.unwrap_or(defaults.connect),
            first_byte: options.first_byte_timeout.unwrap_or(defaults.first_byte),
            between_bytes: options
                .between_bytes_timeout
                .unwrap_or(defaults.between_bytes),
        };
        let exchange = self.io.spawn(exchange(pool, request, timeouts));
        AbortOnDropJoinHandle::from(exchange)
    }
}

async fn exchange(
    pool: Pool,
    mut request: Request<Body>,
    timeouts: Timeouts,
) -> Result<Response<Body>, Error> {
    let mut connection = capture_connection(&mut request);
    let connected = async { drop(connection.wait_for_connection_metadata().await) };
    let mut response = pool.request(request);
    let outcome = select! {
        biased;
        outcome = &mut response => outcome,
        connected = timeout(timeouts.connect, connected) => {
            connected.map_err(|_| Error::ConnectionTimeout)?;
            let head = timeout(timeouts.first_byte, response).await;
            head.map_err(|_| Error::ConnectionReadTimeout)?
        }
    };
    let response = outcome.map_err(|error| cause(&error))?;
    Ok(response.map(|body| Timed::new(body, timeouts.between_bytes).boxed_unsync()))
}

/// What a guest is told about a request that had no response.
fn cause(error: &legacy::Error) -> Error {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<io::Error>() {
            match error.kind() {
                io::ErrorKind::ConnectionRefused => return Error::ConnectionRefused,
                io::ErrorKind::TimedOut => return Error::ConnectionTimeout,
                _ => {}
            }
        }
        source = inner.source();
    }
    if error.is_connect() {
        Error::DestinationUnavailable
    } else {
        Error::ConnectionTerminated
    }
}

/// A response's body that must not pause for too long.
struct Timed {
    body: Incoming,
    patience: Duration,
    alarm: Pin<Box<Sleep>>,
}

impl Timed {
    fn new(body: Incoming, patience: Duration) -> Self {
        let alarm = Box::pin(sleep(patience));
        Self {
            body,
            patience,
            alarm,
        }
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                let next = Instant::now() + self.patience;
                self.alarm.as_mut().reset(next);
                Poll::Ready(frame.map(|frame| frame.map_err(Error::from)))
            }
            Poll::Pending => {
                let alarm = self.alarm.as_mut().poll(cx);
                alarm.map(|()| Some(Err(Error::ConnectionReadTimeout)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// For how long an unused connection is kept: shorter than servers close them, so that a
/// request rarely meets a connection that is just being closed.
const IDLE: Duration = Duration::from_secs(20);
