//! From a component's file to code that can run.

mod cache;

use std::{fs, path::Path, sync::Arc, thread, time::Instant};

use iam_model::Secret;
use sha2::{Digest, Sha256};
use wasmtime::component::Component as Code;
use wasmtime_wasi_http::p2::bindings::ProxyPre;

pub(crate) use cache::Cache;

use crate::{
    admission::Gate,
    component::{Loaded, Settings},
    error::StartError,
    lanes::{Lane, Lanes},
    manifest::{Component, Manifest},
    options::{HostOptions, Progress},
    outbound::{AllowedHost, AllowedHosts},
    template::Template,
    variables::Variables,
};

/// Loads the components of a manifest.
pub(crate) struct Loader<'a> {
    options: &'a HostOptions,
    variables: &'a Variables,
    lanes: &'a Lanes<'a>,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(
        lanes: &'a Lanes<'a>,
        options: &'a HostOptions,
        variables: &'a Variables,
    ) -> Self {
        Self {
            options,
            variables,
            lanes,
        }
    }

    /// Loads all components, each in a thread of its own.
    pub(crate) fn load_all(&self, manifest: &'a Manifest) -> Result<Vec<Arc<Loaded>>, StartError> {
        thread::scope(|scope| {
            let start = |(id, component): (&'a String, &'a Component)| {
                scope.spawn(move || self.load(id, component))
            };
            let threads: Vec<_> = manifest.components.iter().map(start).collect();
            let panicked = || StartError::Engine("compiling a component panicked".to_owned());
            let outcome = threads
                .into_iter()
                .map(|t| t.join().unwrap_or_else(|_| Err(panicked())));
            outcome.collect()
        })
    }

    fn load(&self, id: &str, component: &Component) -> Result<Arc<Loaded>, StartError> {
        #[expect(clippy::disallowed_methods, reason = "a host tells how long it took")]
        let start = Instant::now();
        let lane = self.lanes.of(id);
        let code = self.code(id, &component.source, lane)?;
        let pre = lane.linker.instantiate_pre(&code).and_then(ProxyPre::new);
        let loaded = Loaded {
            id: id.into(),
            pre: pre.map_err(|error| component_error(id, &error))?,
            settings: self.settings(id, component)?,
            allowed: self.allowed(id, &component.allowed_outbound_hosts)?,
            threads: lane.threads(),
            gate: self.options.limits.get(id).copied().map(Gate::new),
        };
        (self.options.progress)(Progress::Ready {
            component: id,
            took: start.elapsed(),
        });
        Ok(Arc::new(loaded))
    }

    fn code(&self, id: &str, file: &Path, lane: &Lane) -> Result<Code, StartError> {
        let wasm = fs::read(file).map_err(|source| StartError::ComponentFile {
            component: id.to_owned(),
            file: file.to_owned(),
            source,
        })?;
        let engine = lane.linker.engine();
        let compile = || {
            (self.options.progress)(Progress::Compile { component: id });
            engine.precompile_component(&wasm)
        };
        let code = match &lane.cache {
            None => {
                (self.options.progress)(Progress::Compile { component: id });
                Code::from_binary(engine, &wasm)
            }
            Some(cache) => cache.get_or_compile(id, &hex(&Sha256::digest(&wasm)), compile),
        };
        code.map_err(|error| component_error(id, &error))
    }

    fn settings(&self, id: &str, component: &Component) -> Result<Settings, StartError> {
        let variables = component.variables.iter().map(|(name, template)| {
            let value = self.render(template, || format!("component.{id}.variables.{name}"))?;
            Ok::<_, StartError>((name.clone(), value))
        });
        Ok(Settings {
            environment: component.environment.clone().into_iter().collect(),
            variables: variables.collect::<Result<_, _>>()?,
        })
    }

    fn allowed(&self, id: &str, hosts: &[Template]) -> Result<AllowedHosts, StartError> {
        let key = || format!("component.{id}.allowed_outbound_hosts");
        let parse = |template| {
            let host = self.render(template, key)?;
            // The entry itself is not shown: its variables may be secret.
            AllowedHost::parse(host.expose()).map_err(|problem| self.setting(key(), problem))
        };
        hosts.iter().map(parse).collect()
    }

    fn render(
        &self,
        template: &Template,
        key: impl Fn() -> String,
    ) -> Result<Secret<String>, StartError> {
        let rendered = self.variables.render(template);
        rendered.map_err(|undeclared| self.setting(key(), &undeclared.to_string()))
    }

    fn setting(&self, key: String, problem: &str) -> StartError {
        StartError::Setting {
            file: self.options.manifest.clone(),
            key,
            problem: problem.to_owned(),
        }
    }
}

fn component_error(id: &str, error: &wasmtime::Error) -> StartError {
    StartError::Component {
        component: id.to_owned(),
        problem: format!("{error:#}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| DIGITS[usize::from(digit)]).collect()
}
