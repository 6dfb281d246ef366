//! Spin's manifest, version 2, as far as this host implements it.

mod check;
mod raw;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::template::Template;

/// An application.
#[derive(Debug)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// The variables it has.
    pub variables: BTreeMap<String, Variable>,
    /// What is called when, in the manifest's order.
    pub triggers: Vec<Trigger>,
    /// Its components by id.
    pub components: BTreeMap<String, Component>,
}

/// A variable of the application.
#[derive(Debug)]
pub struct Variable {
    /// Its value if none is given; `None` if one must be.
    pub default: Option<String>,
    /// Whether it must not be shown.
    pub secret: bool,
}

/// An `[[trigger.http]]`.
#[derive(Debug)]
pub struct Trigger {
    /// The id of the component to call.
    pub component: String,
    /// For which requests.
    pub route: Route,
}

/// Which requests a component answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Route {
    /// Those of other components only.
    Private,
    /// Those for a path: `/exact`, `/prefix/...`, `/:segment`.
    Public(String),
}

/// A component.
#[derive(Debug)]
pub struct Component {
    /// The file: relative to the working directory if the manifest's path is.
    pub source: PathBuf,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
    /// The variables it may read.
    pub variables: BTreeMap<String, Template>,
    /// Where it may send requests.
    pub allowed_outbound_hosts: Vec<Template>,
}

/// A manifest cannot be used.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// The file cannot be read.
    #[error("{}: cannot be read", file.display())]
    Read {
        /// The manifest.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not TOML, or a value is of the wrong type.
    #[error("{}: {source}", file.display())]
    Syntax {
        /// The manifest.
        file: PathBuf,
        /// What and where.
        source: Box<toml::de::Error>,
    },
    /// A key is not known, is missing, or has a value that cannot be used.
    #[error("{}: `{key}` {problem}", file.display())]
    Key {
        /// The manifest.
        file: PathBuf,
        /// The key, with dots.
        key: String,
        /// What is wrong with it and what to do.
        problem: String,
    },
}

impl Manifest {
    /// Reads the manifest in `file`.
    pub fn load(file: &Path) -> Result<Self, ManifestError> {
        let text = fs::read_to_string(file).map_err(|source| ManifestError::Read {
            file: file.to_owned(),
            source,
        })?;
        Self::parse(&text, file)
    }

    /// Reads a manifest's text. `file` is where it comes from: its folder is the one that
    /// components' files are relative to.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ManifestError> {
        let raw: raw::Manifest = toml::from_str(text).map_err(|source| ManifestError::Syntax {
            file: file.to_owned(),
            source: Box::new(source),
        })?;
        let folder = file.parent().unwrap_or(Path::new(""));
        check::manifest(raw, folder).map_err(|check::Problem { key, problem }| ManifestError::Key {
            file: file.to_owned(),
            key,
            problem,
        })
    }
}

#[cfg(test)]
mod tests;
