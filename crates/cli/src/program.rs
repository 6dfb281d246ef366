//! The command line: which commands there are, and which part of the program does each.

use std::time::Instant;

use anyhow::Result;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::runtime;

use crate::{
    admin, backup, bootstrap, completion, encryption_key, gateway, import, login, migrate, moving,
    remote::{Remote, Session},
    up,
};

/// Headless identity for every app that brings its own login UI.
#[derive(Parser)]
#[command(name = "iam", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    remote: Remote,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything on this machine: components, database, ephemeral store and Hydra.
    #[command(after_help = "Example: iam up --demo")]
    Up(up::Options),
    /// Serve databases over HTTP, beside hosts that speak nothing else.
    #[command(
        after_help = "Example: iam gateway --target main=postgres://iam@127.0.0.1/iam\n\nPasswords are better given in IAM_GATEWAY_TARGETS or a file, since other users of a machine see its command lines. docs/gateway.md says more."
    )]
    Gateway(Box<gateway::Options>),
    /// Log in, and save the login.
    #[command(
        after_help = "Example: iam login --url https://id.example.com --tenant demo --username alice --client demo-app"
    )]
    Login(login::LoginOptions),
    /// End the login that is saved.
    #[command(after_help = "Example: iam logout")]
    Logout(login::LogoutOptions),
    /// Show who you are to the API, and what you may do.
    #[command(after_help = "Example: iam whoami")]
    Whoami,
    #[command(flatten)]
    Admin(admin::Command),
    /// Write all that an installation's database holds to a file, for another engine.
    #[command(
        after_help = "Example: iam export iam.ndjson --database-url postgres://iam:secret@db.example.com/iam\n\nLet nothing write meanwhile. `iam import installation` reads the file; what Hydra keeps is not in it (docs/moving.md)."
    )]
    Export(moving::ExportOptions),
    /// Make many at once, or fill a database with an installation.
    #[command(subcommand)]
    Import(import::Command),
    /// Copy the databases and secrets of `iam up`, which may go on meanwhile, to a folder.
    #[command(after_help = "Example: iam backup backups/monday")]
    Backup(backup::Options),
    /// Put a copy back, where there is no installation.
    #[command(after_help = "Example: iam restore backups/monday --dir .iam")]
    Restore(backup::RestoreOptions),
    /// The schema of a database.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Make an operator, and print an API key that may do everything.
    #[command(
        after_help = "Example: iam bootstrap --database-url libsql://iam.example.com\n\nIAM_DATABASE_TOKEN is the database's token, if it wants one. The schema must be there: see `iam migrate up`."
    )]
    Bootstrap(bootstrap::Options),
    /// The keys that secrets at rest are encrypted with.
    #[command(subcommand)]
    EncryptionKey(encryption_key::Command),
    /// Print the completions for a shell.
    #[command(
        after_help = "Example: iam completion bash > ~/.local/share/bash-completion/completions/iam"
    )]
    Completion(completion::Options),
}

/// The commands that work on this machine alone: they have no use for what says where the API is.
const LOCAL: [&str; 11] = [
    "up",
    "export",
    "import installation",
    "backup",
    "restore",
    "gateway",
    "migrate",
    "bootstrap",
    "completion",
    "encryption-key rotate",
    "encryption-key retire",
];

/// The command line as clap knows it.
pub(crate) fn command() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    LOCAL.into_iter().fold(command, hide_remote_of)
}

/// [`hide_remote`] of the command that this path leads to.
fn hide_remote_of(command: clap::Command, path: &str) -> clap::Command {
    match path.split_once(' ') {
        Some((name, rest)) => command.mut_subcommand(name, |inner| hide_remote_of(inner, rest)),
        None => command.mut_subcommand(path, hide_remote),
    }
}

fn hide_remote(command: clap::Command) -> clap::Command {
    let is_remote = |id: &clap::Id| Remote::IDS.contains(&id.as_str());
    let names: Vec<_> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    let command = command.mut_args(|arg| {
        let hidden = arg.is_hide_set() || is_remote(arg.get_id());
        arg.hide(hidden)
    });
    let inner = names.into_iter();
    inner.fold(command, |command, name| {
        command.mut_subcommand(name, hide_remote)
    })
}

/// Does what the command line says.
pub(crate) fn run(started: Instant) -> Result<()> {
    let matches = command().get_matches();
    let Cli { command, remote } =
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match command {
        Command::Up(options) => up::run(&options, started),
        Command::Gateway(options) => gateway::run(*options),
        Command::Completion(options) => completion::run(&options),
        Command::Backup(options) => backup::back_up(&options),
        Command::Restore(options) => backup::restore(&options),
        command => {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(ask(command, &remote))
        }
    }
}

/// Does what takes asking somebody else.
async fn ask(command: Command, remote: &Remote) -> Result<()> {
    match command {
        Command::Login(options) => login::login(options, remote).await,
        Command::Logout(options) => login::logout(&options, remote).await,
        Command::Whoami => login::whoami(&Session::open(remote).await?).await,
        Command::Admin(command) => command.run(&Session::open(remote).await?).await,
        Command::Import(command) => import::run(command, remote).await,
        Command::Bootstrap(options) => bootstrap::run(options).await,
        Command::EncryptionKey(command) => encryption_key::run(command, remote).await,
        Command::Export(options) => options.run().await,
        Command::Migrate(command) => migrate::run(command, remote.json).await,
        Command::Up(_)
        | Command::Gateway(_)
        | Command::Completion(_)
        | Command::Backup(_)
        | Command::Restore(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
