//! The `iam` program.

mod demo;
mod hydra;
mod secrets;
mod shutdown;
mod up;

use clap::{Parser, Subcommand};

/// Headless identity for every app that brings its own login UI.
#[derive(Parser)]
#[command(name = "iam", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything on this machine: components, database, ephemeral store and Hydra.
    Up(up::Options),
}

fn main() -> anyhow::Result<()> {
    let started = up::process_clock();
    match Cli::parse().command {
        Command::Up(options) => up::run(options, started),
    }
}
