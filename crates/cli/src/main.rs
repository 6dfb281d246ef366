//! The `iam` program.

mod admin;
mod backup;
mod bootstrap;
mod completion;
mod console;
mod database;
mod demo;
mod encryption_key;
mod failure;
mod gateway;
mod hydra;
mod import;
mod login;
mod migrate;
mod moving;
mod program;
mod progress;
mod remote;
mod secrets;
mod shutdown;
mod up;

use std::process::ExitCode;

use crate::{
    console::say,
    failure::{exit_code, is_broken_pipe},
};

fn main() -> ExitCode {
    let started = up::process_clock();
    match program::run(started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // What went wrong and why, and no backtrace: it is for who runs the program.
            say(format!("iam: {error:#}"));
            exit_code(&error).into()
        }
    }
}
