//! `iam completion`: what a shell needs to complete our commands.

use anyhow::Result;
use clap::Args;
use clap_complete::{Shell, generate};

use crate::{console::print, program};

#[derive(Args)]
pub(crate) struct Options {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    // It panics on an output that is closed, so it does not get ours.
    let mut script = Vec::new();
    generate(options.shell, &mut program::command(), "iam", &mut script);
    Ok(print(&String::from_utf8(script)?)?)
}
