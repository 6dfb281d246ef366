use std::{
    future::Future, io, net::SocketAddr, path::PathBuf, pin::pin, sync::Arc, time::Duration,
};

use futures_util::future::join;
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
    GatewayError, GatewaySettings, database::Database, hrana::Hrana, mail::Mailer,
    metrics::Metrics, mongo::Mongo, mssql::SqlServer, mysql::PlanetScale, postgres::Neon,
    ready::Readiness, redis::Redis, routes::Service,
};

/// How many connections are open at once; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 1024;

/// How long a client may take to send the head of a request, or keep a connection without one.
const HEAD_LIMIT: Duration = Duration::from_mins(1);

/// How often connections are looked for that nobody uses.
const SWEEP: Duration = Duration::from_secs(15);

/// How serving ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Drained {
    /// All requests that ran were answered.
    All,
    /// Some were not in time.
    TimedOut,
}

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
        let hrana = match settings.database {
            Some(path) => Some(Hrana::new(Arc::new(open(path).await?))),
            None => None,
        };
        let metrics = Metrics::new();
        let mongo = Mongo::new(&settings.targets, settings.limits, &metrics);
        let planetscale = PlanetScale::new(&settings.targets, settings.limits, &metrics);
        let neon = Neon::new(&settings.targets, settings.limits, &metrics);
        let sql_server = SqlServer::new(&settings.targets, settings.limits, &metrics);
        let redis = settings.redis;
        let redis = redis.map(|target| Redis::new(target, settings.limits, &metrics));
        let backends = [
            mongo.backends(),
            neon.backends(),
            planetscale.backends(),
            redis.as_ref().map(Redis::backends).unwrap_or_default(),
            sql_server.backends(),
        ];
        let backends = backends.into_iter().flatten().collect();
        let service = Arc::new(Service {
            token: settings.token,
            hrana,
            mailer: Mailer::new(settings.mail)?,
            backends,
            mongo,
            neon,
            planetscale,
            sql_server,
            metrics,
            limits: settings.limits,
            places: Semaphore::new(settings.limits.requests),
            readiness: Readiness::default(),
            redis,
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

    /// Answers requests until `shutdown` is done. Then those that run may finish, as long as the
    /// limits say; open streams are rolled back.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Drained {
        let Self {
            listener, service, ..
        } = self;
        let drain_timeout = service.limits.drain_timeout;
        let graceful = GracefulShutdown::new();
        select! {
            () = shutdown => {}
            () = accept(&listener, &service, &graceful) => {}
            () = sweep(&service) => {}
        }
        service.readiness.drain();
        drop(listener);
        let drained = match timeout(drain_timeout, graceful.shutdown()).await {
            Ok(()) => Drained::All,
            Err(_) => Drained::TimedOut,
        };
        if let Some(hrana) = &service.hrana {
            let _ = timeout(drain_timeout, hrana.close()).await;
        }
        for backend in service.backends.values() {
            backend.close().await;
        }
        drained
    }
}

/// Closes connections that nobody uses and removes what has expired, for ever.
async fn sweep(service: &Service) {
    let connections = async {
        loop {
            sleep(SWEEP).await;
            for backend in service.backends.values() {
                backend.sweep().await;
            }
        }
    };
    match &service.redis {
        Some(redis) => join(connections, redis.sweep()).await.1,
        None => connections.await,
    }
}

/// Opens the libSQL file.
async fn open(path: PathBuf) -> Result<Database, GatewayError> {
    let file = path.clone();
    let opened = spawn_blocking(move || Database::open(&file)).await;
    opened.unwrap_or_else(|stopped| {
        Err(GatewayError::Database {
            path,
            advice: "start again",
            source: stopped.into(),
        })
    })
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
