//! One instance for one request.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::{Request, Response};
use http_body_util::BodyExt;
use iam_model::Secret;
use tokio::{sync::oneshot, time::timeout};
use wasmtime::{ResourceLimiter, Store, component::ResourceTable};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    WasiHttpCtx, WasiHttpCtxView, WasiHttpView,
    p2::bindings::http::types::{ErrorCode, Scheme},
};

use crate::{
    admission::Permit,
    body::{Body, GuestBody},
    component::Loaded,
    guest_log::GuestLog,
    host::Inner,
    outbound::Outbound,
    problem::Problem,
};

/// What belongs to an instance.
pub(crate) struct State {
    component: Arc<Loaded>,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
    table: ResourceTable,
    memory: MemoryLimit,
}

/// Lets an instance have so much memory, and remembers whether it wanted more.
struct MemoryLimit {
    bytes: usize,
    reached: bool,
}

/// Why there is no response.
enum Failure {
    Deadline,
    NoResponse,
    Trap(wasmtime::Error),
}

impl State {
    fn new(host: &Arc<Inner>, component: &Arc<Loaded>, depth: usize) -> Self {
        let output = || GuestLog::new(Arc::clone(&component.id), Arc::clone(&host.log));
        let wasi = WasiCtx::builder()
            .stdout(output())
            .stderr(output())
            .envs(&component.settings.environment)
            .build();
        Self {
            component: Arc::clone(component),
            wasi,
            http: WasiHttpCtx::new(),
            outbound: Outbound::new(Arc::clone(host), Arc::clone(component), depth),
            table: ResourceTable::new(),
            memory: MemoryLimit {
                bytes: host.memory,
                reached: false,
            },
        }
    }

    /// The value of a variable, if the component declares it.
    pub(crate) fn variable(&self, name: &str) -> Option<&Secret<String>> {
        self.component.settings.variables.get(name)
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.outbound,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.reached |= desired > self.bytes;
        Ok(desired <= self.bytes)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

/// Has an instance of `component` answer `request`, and returns when it has begun to answer.
/// It keeps `permit` until it ends, which it does also if nobody waits for the answer any more:
/// what it has begun it may finish.
pub(crate) async fn respond(
    host: &Arc<Inner>,
    component: &Arc<Loaded>,
    request: Request<Body>,
    depth: usize,
    permit: Permit,
) -> Response<Body> {
    let (sender, receiver) = oneshot::channel();
    let broken = Arc::new(AtomicBool::new(false));
    let run = Run {
        host: Arc::clone(host),
        component: Arc::clone(component),
        broken: Arc::clone(&broken),
        depth,
    };
    let running = host.bell.ring();
    let guest = component.threads.spawn(async move {
        let failure = run.call(request, sender).await;
        drop((permit, running));
        failure
    });
    match timeout(host.deadline + MERCY, receiver).await {
        Ok(Ok(Ok(response))) => response.map(|body| GuestBody::new(body, broken).boxed_unsync()),
        Ok(Ok(Err(code))) => {
            (host.log)(&format!(
                "[{}] answered with an error: {code:?}",
                component.id
            ));
            Problem::Internal.response()
        }
        // The instance is gone without having answered. If the task is as well, it panicked.
        Ok(Err(_)) => guest.await.unwrap_or(Problem::Internal).response(),
        Err(_) => {
            (host.log)(&format!(
                "[{}] does not end: nobody waits for it any more",
                component.id
            ));
            Problem::Timeout.response()
        }
    }
}

/// The run of an instance.
struct Run {
    host: Arc<Inner>,
    component: Arc<Loaded>,
    broken: Arc<AtomicBool>,
    depth: usize,
}

/// Where a guest's response goes.
type Answer = oneshot::Sender<Result<Response<Body>, ErrorCode>>;

impl Run {
    /// Calls the guest. What is returned is for the client, if it had no response.
    async fn call(self, request: Request<Body>, answer: Answer) -> Problem {
        let state = State::new(&self.host, &self.component, self.depth);
        let mut store = Store::new(self.component.pre.engine(), state);
        store.limiter(|state| &mut state.memory);
        store.epoch_deadline_async_yield_and_update(1);
        let deadline = self.host.deadline;
        let failure = match timeout(deadline, self.handle(&mut store, request, answer)).await {
            Ok(Ok(())) => Failure::NoResponse,
            Ok(Err(error)) => Failure::Trap(error),
            Err(_) => Failure::Deadline,
        };
        if !matches!(failure, Failure::NoResponse) {
            // Before the store goes, and with it the response's body.
            self.broken.store(true, Ordering::Release);
            let id = &self.component.id;
            (self.host.log)(&failure.describe(id, deadline, &store.data().memory));
        }
        failure.problem()
    }

    async fn handle(
        &self,
        store: &mut Store<State>,
        request: Request<Body>,
        answer: Answer,
    ) -> wasmtime::Result<()> {
        let proxy = self.component.pre.instantiate_async(&mut *store).await?;
        let mut http = store.data_mut().http();
        let request = http.new_incoming_request(Scheme::Http, request)?;
        let answer = http.new_response_outparam(answer)?;
        proxy
            .wasi_http_incoming_handler()
            .call_handle(store, request, answer)
            .await
    }
}

impl Failure {
    fn problem(&self) -> Problem {
        match self {
            Self::Deadline => Problem::Timeout,
            Self::NoResponse | Self::Trap(_) => Problem::Internal,
        }
    }

    fn describe(&self, id: &str, deadline: Duration, memory: &MemoryLimit) -> String {
        match self {
            Self::Deadline => format!("[{id}] was stopped: it ran for {deadline:?}"),
            Self::NoResponse => format!("[{id}] ended without a response"),
            Self::Trap(error) if memory.reached => format!(
                "[{id}] failed: {}; it had wanted more than {} bytes of memory",
                error.root_cause(),
                memory.bytes
            ),
            Self::Trap(error) => format!("[{id}] failed: {}", error.root_cause()),
        }
    }
}

/// A guest that can be stopped was stopped by then.
const MERCY: Duration = Duration::from_secs(1);
