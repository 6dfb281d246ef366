//! The `iam` program.

mod demo;
mod hydra;
mod secrets;
mod shutdown;
mod up;

use std::process::ExitCode;

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

fn main() -> ExitCode {
    let started = up::process_clock();
    let outcome = match Cli::parse().command {
        Command::Up(options) => up::run(&options, started),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // What went wrong and why, and no backtrace: it is for who runs the program.
            eprintln!("iam: {error:#}");
            ExitCode::FAILURE
        }
    }
}
