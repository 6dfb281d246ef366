//! What components send: to each other without a socket, and to the hosts that they may.

mod allowed;
mod client;
mod destination;

use std::sync::Arc;

use http::{Request, Response, Uri};
use wasmtime_wasi_http::{Error, RequestOptions, WasiHttpHooks};

pub(crate) use allowed::{AllowedHost, AllowedHosts};
pub(crate) use client::Client;
pub(crate) use destination::{Destination, is_component_host};

use crate::{body::Body, component::Loaded, host::Inner};

/// Sends the requests of one instance.
pub(crate) struct Outbound {
    host: Arc<Inner>,
    component: Arc<Loaded>,
    /// How many components have called each other to get here.
    depth: usize,
}

impl Outbound {
    pub(crate) fn new(host: Arc<Inner>, component: Arc<Loaded>, depth: usize) -> Self {
        Self {
            host,
            component,
            depth,
        }
    }

    /// Where a request to `uri` goes, if it may. If not, the operator is told what to do.
    fn check(&self, uri: &Uri) -> Result<Destination, Error> {
        let destination = Destination::of(uri).ok_or(Error::HttpRequestUriInvalid)?;
        let id = &self.component.id;
        if !self.component.allowed.allow(&destination) {
            (self.host.log)(&format!(
                "[{id}] was denied a request to {destination}: to allow it, add \
                 \"{destination}\" to allowed_outbound_hosts of [component.{id}]"
            ));
            return Err(Error::HttpRequestDenied);
        }
        if destination.component().is_some() && self.depth == MAX_DEPTH {
            (self.host.log)(&format!(
                "[{id}] was denied a request to {destination}: {MAX_DEPTH} components have \
                 called each other already"
            ));
            return Err(Error::LoopDetected);
        }
        Ok(destination)
    }
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: Request<Body>,
        options: Option<RequestOptions>,
        _processing_error: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<(Response<Body>, Worker), Error>> + Send> {
        let checked = self.check(request.uri());
        let host = Arc::clone(&self.host);
        let depth = self.depth + 1;
        let options = options.unwrap_or_default();
        Box::new(async move {
            let response = match checked?.component() {
                Some(component) => host.chained(component, request, depth, options).await?,
                None => host.client.send(request, options).await?,
            };
            // Both send on their own; there is nothing to be driven.
            let worker: Worker = Box::new(async { Ok(()) });
            Ok((response, worker))
        })
    }
}

type Worker = Box<dyn Future<Output = Result<(), Error>> + Send>;

/// So many components may call each other in a row: a circle of them ends.
const MAX_DEPTH: usize = 4;
