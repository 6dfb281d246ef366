use std::{
    collections::{BTreeSet, HashMap},
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use tokio::{net::TcpListener, runtime::Runtime, task::spawn_blocking, time::timeout};
use wasmtime_wasi_http::{Error, RequestOptions};

use crate::{
    admission::Admission,
    body::{Body, full},
    component::Loaded,
    error::{StartError, UnknownComponent},
    headers, instance,
    lanes::Lanes,
    loading::Loader,
    manifest::Manifest,
    options::{HostOptions, Log},
    outbound::Client,
    problem::Problem,
    routes::{RouteMatch, Routes},
    server,
    ticker::{Bell, Ticker},
    variables::Variables,
};

/// A running application.
pub struct Host {
    inner: Arc<Inner>,
    options: HostOptions,
    started: Started,
    /// What runs the guests.
    threads: Vec<Runtime>,
    _ticker: Ticker,
}

/// How a start went.
#[derive(Clone, Debug)]
pub struct Started {
    /// The application's name.
    pub application: String,
    /// The ids of its components.
    pub components: Vec<String>,
    /// From the manifest on disk to being ready.
    pub took: Duration,
}

/// What requests need of the host.
pub(crate) struct Inner {
    pub(crate) components: HashMap<Arc<str>, Arc<Loaded>>,
    pub(crate) routes: Routes,
    pub(crate) admission: Admission,
    pub(crate) client: Client,
    pub(crate) bell: Bell,
    pub(crate) log: Log,
    pub(crate) memory: usize,
    pub(crate) deadline: Duration,
    pub(crate) body: u64,
    callbacks: BTreeSet<String>,
}

/// What is there when the slow part of a start is over.
struct Parts {
    manifest: Manifest,
    routes: Routes,
    components: Vec<Arc<Loaded>>,
    threads: Vec<Runtime>,
    ticker: Ticker,
}

impl Host {
    /// Loads the application. The runtime this is called in does the I/O from then on.
    ///
    /// # Errors
    /// When the manifest, a component or the cache folder cannot be used, or a variable has no
    /// value. Nothing listens yet.
    pub async fn start(options: HostOptions) -> Result<Self, StartError> {
        #[expect(clippy::disallowed_methods, reason = "a host tells how long it took")]
        let start = Instant::now();
        let for_loading = options.clone();
        let parts = spawn_blocking(move || Parts::load(&for_loading)).await;
        let panicked = |_| StartError::Engine("starting panicked".to_owned());
        let parts = parts.map_err(panicked).flatten()?;
        let components = parts.components.into_iter().map(|c| (Arc::clone(&c.id), c));
        let inner = Inner {
            components: components.collect(),
            routes: parts.routes,
            admission: Admission::new(options.public, options.chained, options.patience),
            client: Client::new(options.outbound),
            bell: parts.ticker.bell(),
            log: Arc::clone(&options.log),
            memory: options.memory,
            deadline: options.deadline,
            body: options.body,
            callbacks: options.callbacks.clone(),
        };
        Ok(Self {
            inner: Arc::new(inner),
            options,
            started: Started {
                application: parts.manifest.name,
                components: parts.manifest.components.into_keys().collect(),
                took: start.elapsed(),
            },
            threads: parts.threads,
            _ticker: parts.ticker,
        })
    }

    /// How the start went.
    #[must_use]
    pub fn started(&self) -> &Started {
        &self.started
    }

    /// Answers the public's requests until `shutdown`. From then on no connection is accepted,
    /// and those that are open have [`HostOptions::grace`] to get their answers.
    pub async fn serve(&self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        server::serve(&self.inner, &self.options, listener, shutdown).await;
    }

    /// Has `component`, which may be a private one, answer `request`, as if another component
    /// had sent it.
    ///
    /// # Errors
    /// When there is no such component. What goes wrong inside it is a response.
    pub async fn handle(
        &self,
        component: &str,
        request: Request<Bytes>,
    ) -> Result<Response<Body>, UnknownComponent> {
        let found = self.inner.components.get(component);
        let found = found.ok_or_else(|| UnknownComponent(component.to_owned()))?;
        let mut request = request.map(full);
        request
            .headers_mut()
            .entry(header::HOST)
            .or_insert(LOCALHOST);
        Ok(self.inner.call(found, request, 0).await)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Waiting for the guests would block a thread that may be one of a runtime.
        for threads in self.threads.drain(..) {
            threads.shutdown_background();
        }
    }
}

impl Parts {
    fn load(options: &HostOptions) -> Result<Self, StartError> {
        let manifest = Manifest::load(&options.manifest)?;
        let variables = Variables::resolve(&manifest.variables, &options.variables)?;
        let routes = Routes::new(&manifest.triggers).map_err(|error| StartError::Setting {
            file: options.manifest.clone(),
            key: "trigger.http".to_owned(),
            problem: error.to_string(),
        })?;
        let lanes = Lanes::new(options)?;
        let components = Loader::new(&lanes, options, &variables).load_all(&manifest)?;
        let ticker = Ticker::start(lanes.interruptible());
        let threads = lanes.into_threads();
        Ok(Self {
            manifest,
            routes,
            components,
            threads,
            ticker,
        })
    }
}

impl Inner {
    /// Answers a request of the public: routes by path alone, so that no `Host` header gets
    /// anybody to a private component.
    pub(crate) async fn public(
        self: &Arc<Self>,
        request: Request<Body>,
        client: SocketAddr,
    ) -> Response<Body> {
        let Some(route) = self.routes.find(request.uri().path()) else {
            return Problem::NotFound.response();
        };
        let Some(component) = self.components.get(route.component.as_str()) else {
            return Problem::NotFound.response();
        };
        let gate = component.gate.as_ref();
        let permit = if self.callbacks.contains(&*component.id) {
            self.admission.chained(gate).await
        } else {
            self.admission.public(gate).await
        };
        let Ok(permit) = permit else {
            return Problem::Overloaded.response();
        };
        let request = prepared(request, &route, client);
        instance::respond(self, component, request, 0, permit).await
    }

    /// Answers a request that a component sent to another.
    pub(crate) async fn chained(
        self: &Arc<Self>,
        component: &str,
        request: Request<Body>,
        depth: usize,
        options: RequestOptions,
    ) -> Result<Response<Body>, Error> {
        let found = self
            .components
            .get(component)
            .ok_or(Error::DestinationNotFound)?;
        let call = self.call(found, request, depth);
        match options.first_byte_timeout {
            None => Ok(call.await),
            Some(limit) => timeout(limit, call)
                .await
                .map_err(|_| Error::ConnectionReadTimeout),
        }
    }

    async fn call(
        self: &Arc<Self>,
        component: &Arc<Loaded>,
        request: Request<Body>,
        depth: usize,
    ) -> Response<Body> {
        let Ok(permit) = self.admission.chained(component.gate.as_ref()).await else {
            return Problem::Overloaded.response();
        };
        let route = RouteMatch::chained(&component.id, request.uri().path());
        let request = prepared(request, &route, NOBODY);
        instance::respond(self, component, request, depth, permit).await
    }
}

fn prepared(request: Request<Body>, route: &RouteMatch, client: SocketAddr) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    headers::prepare(&mut parts, route, client);
    Request::from_parts(parts, body)
}

/// Who sends the requests of components, as under Spin.
const NOBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
const LOCALHOST: HeaderValue = HeaderValue::from_static("localhost");
