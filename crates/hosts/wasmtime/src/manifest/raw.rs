//! The manifest as TOML has it. What we do not know ends up in `other`, to be refused by name.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Table, Value};

#[derive(Deserialize)]
pub(super) struct Manifest {
    pub(super) spin_manifest_version: u64,
    pub(super) application: Application,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Variable>,
    #[serde(default)]
    pub(super) trigger: BTreeMap<String, Vec<Trigger>>,
    #[serde(default)]
    pub(super) component: BTreeMap<String, Component>,
    #[serde(flatten)]
    pub(super) other: Table,
}

#[derive(Deserialize)]
pub(super) struct Application {
    pub(super) name: String,
    /// Read and not used, as the next three: they are for people and other tools.
    #[serde(rename = "version")]
    _version: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(rename = "authors")]
    _authors: Option<Vec<String>>,
    #[serde(rename = "tool")]
    _tool: Option<Table>,
    #[serde(flatten)]
    pub(super) other: Table,
}

#[derive(Deserialize)]
pub(super) struct Variable {
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) secret: bool,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(flatten)]
    pub(super) other: Table,
}

#[derive(Deserialize)]
pub(super) struct Trigger {
    #[serde(rename = "id")]
    _id: Option<String>,
    pub(super) route: Option<Value>,
    pub(super) component: Option<Value>,
    pub(super) executor: Option<Value>,
    #[serde(flatten)]
    pub(super) other: Table,
}

#[derive(Deserialize)]
pub(super) struct Component {
    #[serde(rename = "description")]
    _description: Option<String>,
    pub(super) source: Option<Value>,
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) allowed_outbound_hosts: Vec<String>,
    #[serde(rename = "build")]
    _build: Option<Table>,
    #[serde(rename = "tool")]
    _tool: Option<Table>,
    #[serde(flatten)]
    pub(super) other: Table,
}
