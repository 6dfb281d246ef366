//! Runs the components that a spin.toml names, as Spin would, on an embedded wasmtime.
//!
//! What a component sees is Spin's: a fresh instance for each request, `wasi:http` 0.2,
//! `fermyon:spin/variables`, no outbound network but `allowed_outbound_hosts`, and
//! `http://<component>.spin.internal` for the others. What Spin leaves open is bounded here:
//! how many instances run and wait, how long, and with how much memory.
//!
//! Guests run on threads of their own, and give way to each other every few milliseconds, so
//! that one which computes for long neither stops the server's I/O nor the other guests.

mod admission;
mod body;
mod component;
mod engine;
mod error;
mod guest_log;
mod headers;
mod host;
mod imports;
mod instance;
mod lanes;
mod loading;
mod manifest;
mod options;
mod outbound;
mod problem;
mod routes;
mod server;
mod template;
mod ticker;
mod variables;

pub use admission::Limit;
pub use body::Body;
pub use error::{BindError, StartError, UnknownComponent};
pub use host::{Host, Started};
pub use imports::component_imports;
pub use manifest::{Component, Manifest, ManifestError, Route, Trigger, Variable};
pub use options::{HostOptions, Log, Progress, Timeouts};
pub use server::bind;
pub use template::{Template, Undeclared};
pub use variables::{MissingVariables, Variables, spin_variables};
