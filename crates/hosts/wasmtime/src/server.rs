use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Method, Request, Response, Version, header};
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

use crate::{
    body::{Body, InboundBody, Overrun},
    error::BindError,
    host::Inner,
    options::HostOptions,
    outbound::is_component_host,
    problem::Problem,
};

/// Listens on `address`; port 0 is any that is free.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => BindError::InUse { address },
            _ => BindError::Other { address, source },
        })
}

pub(crate) async fn serve(
    host: &Arc<Inner>,
    options: &HostOptions,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let connections = GracefulShutdown::new();
    select! {
        () = accept(host, options, &listener, &connections) => {}
        () = shutdown => {}
    }
    drop(listener);
    let end = async {
        connections.shutdown().await;
        // An instance may have more to do when its response is complete.
        host.admission.idle().await;
    };
    if timeout(options.grace, end).await.is_err() {
        (host.log)("stopped with requests unanswered: they took too long");
    }
}

/// Accepts connections for ever.
async fn accept(
    host: &Arc<Inner>,
    options: &HostOptions,
    listener: &TcpListener,
    connections: &GracefulShutdown,
) {
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(options.head)
        .max_header_size(MAX_HEAD)
        .max_buf_size(MAX_BUFFER);
    let places = Arc::new(Semaphore::new(
        options.connections.clamp(1, Semaphore::MAX_PERMITS),
    ));
    loop {
        // An error is a closed semaphore, and nobody closes it.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, client)) => connection(host, &server, connections, stream, client, place),
            Err(error) => {
                // Out of file descriptors, say: going on at once would only burn the CPU.
                (host.log)(&format!("cannot accept a connection: {error}"));
                sleep(PAUSE).await;
            }
        }
    }
}

fn connection(
    host: &Arc<Inner>,
    server: &http1::Builder,
    connections: &GracefulShutdown,
    stream: TcpStream,
    client: SocketAddr,
    place: OwnedSemaphorePermit,
) {
    // Not every socket has the option, and none needs it.
    let _ = stream.set_nodelay(true);
    let host = Arc::clone(host);
    let service = service_fn(move |request| {
        let host = Arc::clone(&host);
        async move { Ok::<_, std::convert::Infallible>(answer(&host, request, client).await) }
    });
    let connection = server.serve_connection(TokioIo::new(stream), service);
    let watched = connections.watch(connection);
    tokio::spawn(async move {
        // An error is a client that broke off or does not speak HTTP; hyper has answered it.
        drop(watched.await);
        drop(place);
    });
}

async fn answer(
    host: &Arc<Inner>,
    request: Request<Incoming>,
    client: SocketAddr,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let overrun = Overrun::default();
    let waits = parts.headers.contains_key(header::EXPECT);
    let body = InboundBody::new(body, host.body, overrun.clone(), waits);
    if body.is_too_large() {
        return Problem::PayloadTooLarge.response();
    }
    if parts.version == Version::HTTP_10 && !parts.headers.contains_key(header::HOST) {
        parts
            .headers
            .insert(header::HOST, HeaderValue::from_static("localhost"));
    }
    match authority(&parts.headers) {
        // We are no proxy: a tunnel (RFC 9110 §9.3.6) has no path to route by.
        _ if parts.method == Method::CONNECT => return Problem::BadRequest.response(),
        None => return Problem::BadRequest.response(),
        Some(host) if is_component_host(host) => return Problem::NotFound.response(),
        Some(_) => {}
    }
    if parts.uri.path() == HEALTH {
        return Response::new(crate::body::full("OK".into()));
    }
    let request = Request::from_parts(parts, body.boxed_unsync());
    let response = host.public(request, client).await;
    if overrun.happened() {
        Problem::PayloadTooLarge.response()
    } else {
        response
    }
}

/// The one `Host` header that there must be (RFC 9112 §3.2).
fn authority(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    (hosts.next().is_none() && host.parse::<http::uri::Authority>().is_ok()).then_some(host)
}

/// Spin answers this path itself.
const HEALTH: &str = "/.well-known/spin/health";
/// The head of a request, in bytes; hyper takes at most 100 headers.
const MAX_HEAD: usize = 32 * 1024;
/// What a connection may keep in memory, in bytes.
const MAX_BUFFER: usize = 64 * 1024;
const PAUSE: Duration = Duration::from_millis(50);
