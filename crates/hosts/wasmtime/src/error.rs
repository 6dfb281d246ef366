use std::{io, net::SocketAddr, path::PathBuf};

use thiserror::Error;

use crate::{manifest::ManifestError, variables::MissingVariables};

/// A host cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The cache folder cannot be used: what is in it would be executed.
    #[error("cache folder {}: {problem}", folder.display())]
    Cache {
        /// The folder.
        folder: PathBuf,
        /// Why, and what to do.
        problem: String,
    },
    /// A component's file cannot be read.
    #[error("component `{component}`: {} cannot be read: build it first", file.display())]
    ComponentFile {
        /// The component's id.
        component: String,
        /// Its file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A component's file is not a component, or asks for what this host does not give.
    #[error("component `{component}`: {problem}")]
    Component {
        /// The component's id, or the name of its file.
        component: String,
        /// Why.
        problem: String,
    },
    /// The machine does not give what the options ask for.
    #[error("the WebAssembly engine cannot start: {0}")]
    Engine(String),
    /// The manifest cannot be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A part of the manifest cannot be used.
    #[error("{}: `{key}`: {problem}", file.display())]
    Setting {
        /// The manifest.
        file: PathBuf,
        /// The key, with dots.
        key: String,
        /// Why.
        problem: String,
    },
    /// Variables have no value.
    #[error(transparent)]
    Variables(#[from] MissingVariables),
}

/// There is no component with this id.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("no component `{0}`")]
pub struct UnknownComponent(pub String);

/// A server cannot listen.
#[derive(Debug, Error)]
pub enum BindError {
    /// Another program listens there.
    #[error("{address} is in use by another program: stop it or choose another port")]
    InUse {
        /// The address.
        address: SocketAddr,
    },
    /// The address is not ours, or not permitted.
    #[error("cannot listen on {address}")]
    Other {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}
