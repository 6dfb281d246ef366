use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    select,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::{sleep, timeout},
};

use crate::{
    GatewayError, GatewaySettings, database::Database, hrana::Hrana, redis::Store, routes::Service,
};

/// How many connections are open at once; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 1024;

/// How long a client may take to send the head of a request, or keep a connection without one.
const HEAD_LIMIT: Duration = Duration::from_mins(1);

/// How long requests that run may take to finish once the gateway is told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// A gateway that has its port and its database, and waits to be served.
pub struct Gateway {
    listener: TcpListener,
    address: SocketAddr,
    service: Arc<Service>,
}

impl Gateway {
    /// Takes the port and opens the database. Connections are queued from here on.
    pub async fn bind(settings: GatewaySettings) -> Result<Self, GatewayError> {
        let address = settings.listen;
        if settings.token.is_none() && !address.ip().is_loopback() {
            return Err(GatewayError::TokenMissing { address });
        }
        let unable = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => GatewayError::AddressTaken { address },
            _ => GatewayError::Listen { address, source },
        };
        let listener = TcpListener::bind(address).await.map_err(unable)?;
        let address = listener.local_addr().map_err(unable)?;
        let path = settings.database.clone();
        let opened = spawn_blocking(move || Database::open(&path)).await;
        let database = opened.unwrap_or_else(|stopped| {
            Err(GatewayError::Database {
                path: settings.database,
                advice: "start again",
                source: stopped.into(),
            })
        })?;
        let service = Arc::new(Service {
            token: settings.token,
            hrana: Hrana::new(Arc::new(database)),
            store: Arc::new(Store::new()),
        });
        Ok(Self {
            listener,
            address,
            service,
        })
    }

    /// Where it listens, with the port that was taken.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `shutdown` is done. Then those that run may finish, for ten seconds;
    /// open streams are rolled back.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let Self {
            listener, service, ..
        } = self;
        let graceful = GracefulShutdown::new();
        let store = Arc::clone(&service.store);
        select! {
            () = shutdown => {}
            () = accept(&listener, &service, &graceful) => {}
            () = store.sweep() => {}
        }
        drop(listener);
        // Longer than that and the client has given up.
        let _ = timeout(DRAIN, graceful.shutdown()).await;
        let _ = timeout(DRAIN, service.hrana.close()).await;
    }
}

/// Accepts connections, for ever.
async fn accept(listener: &TcpListener, service: &Arc<Service>, graceful: &GracefulShutdown) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => connect(stream, place, Arc::clone(service), graceful),
            // Out of file descriptors, as a rule: to try again at once would only spin.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

fn connect(
    stream: TcpStream,
    place: OwnedSemaphorePermit,
    service: Arc<Service>,
    graceful: &GracefulShutdown,
) {
    // An answer goes out at once. Without that it is only slower.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| Arc::clone(&service).answer(request)),
        );
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // A client that breaks HTTP or goes away has heard all it will hear.
        let _ = pin!(connection).await;
        drop(place);
    });
}
