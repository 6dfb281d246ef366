use std::{collections::BTreeMap, sync::Arc};

use iam_model::Secret;
use tokio::runtime::Handle;
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use crate::{admission::Gate, instance::State, outbound::AllowedHosts};

/// A component that is ready to be instantiated.
pub(crate) struct Loaded {
    pub(crate) id: Arc<str>,
    pub(crate) pre: ProxyPre<State>,
    pub(crate) settings: Settings,
    pub(crate) allowed: AllowedHosts,
    /// Where its instances run.
    pub(crate) threads: Handle,
    /// `None` if it has no limit of its own.
    pub(crate) gate: Option<Gate>,
}

/// What a component can read.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) variables: BTreeMap<String, Secret<String>>,
}
