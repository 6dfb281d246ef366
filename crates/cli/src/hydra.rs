//! Hydra as a child process on loopback.

mod binary;
mod config;
mod process;

pub(crate) use binary::find;
pub(crate) use config::HydraConfig;
pub(crate) use process::HydraProcess;
