//! `iam backup` and `iam restore`: the folder of `iam up`, copied while it runs and put back.
//!
//! A database is copied by SQLite's own `vacuum into`: what is in the copy was there at one moment,
//! and whoever writes meanwhile goes on.

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use rusqlite::{Connection, OpenFlags};

use crate::{
    console::say,
    failure::Failure,
    secrets::{create_private_dir, write_private},
};

/// The databases in the folder: our own, and that of Hydra, which may be elsewhere.
const DATABASES: [&str; 2] = ["iam.db", "hydra.db"];

/// What Hydra's data and all second factors are unreadable without.
const SECRETS: &str = "secrets.json";

/// How long a database may be busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is copied, and where to.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder to make for the copies. Password hashes and secrets are in them: only you can
    /// read it.
    backup: PathBuf,
    /// The folder of `iam up`.
    #[arg(long, default_value = ".iam", env = "IAM_DIR")]
    dir: PathBuf,
}

/// What is put back, and where to.
#[derive(Args)]
pub(crate) struct RestoreOptions {
    /// A folder that `iam backup` has made.
    backup: PathBuf,
    /// The folder for `iam up`, in which nothing of an installation may be.
    #[arg(long, default_value = ".iam", env = "IAM_DIR")]
    dir: PathBuf,
}

pub(crate) fn back_up(options: &Options) -> Result<()> {
    let Options { backup, dir } = options;
    refuse_if_there(backup)?;
    let mut name = backup.as_os_str().to_owned();
    name.push(".part");
    let unfinished = PathBuf::from(name);
    if let Err(error) = fs::remove_dir_all(&unfinished)
        && error.kind() != ErrorKind::NotFound
    {
        let shown = unfinished.display();
        return Err(error).with_context(|| format!("cannot remove {shown}, which broke off"));
    }
    copy(dir, &unfinished)?;
    let renamed = fs::rename(&unfinished, backup);
    renamed.with_context(|| format!("cannot write {}", backup.display()))?;
    say(format!(
        "backed up {} to {}: whoever can read it has the password hashes and all secrets",
        dir.display(),
        backup.display()
    ));
    Ok(())
}

pub(crate) fn restore(options: &RestoreOptions) -> Result<()> {
    let RestoreOptions { backup, dir } = options;
    for name in DATABASES.iter().chain([&SECRETS]) {
        refuse_if_there(&dir.join(name))?;
    }
    copy(backup, dir)?;
    say(format!(
        "restored {} from {}: start it by `iam up`",
        dir.display(),
        backup.display()
    ));
    Ok(())
}

fn refuse_if_there(path: &Path) -> Result<()> {
    if path.exists() {
        let text = format!("{} is there already: name another place", path.display());
        return Err(Failure::usage(text).into());
    }
    Ok(())
}

/// Copies what is in one folder into another, and checks the copies.
fn copy(from: &Path, to: &Path) -> Result<()> {
    ensure!(
        from.join(DATABASES[0]).exists(),
        "there is no {} in {}",
        DATABASES[0],
        from.display()
    );
    create_private_dir(to)?;
    for name in DATABASES {
        let (source, copy) = (from.join(name), to.join(name));
        if source.exists() {
            copy_database(&source, &copy)
                .with_context(|| format!("cannot copy {}", source.display()))?;
        }
    }
    let secrets = from.join(SECRETS);
    if secrets.exists() {
        let text = fs::read(&secrets);
        let text = text.with_context(|| format!("cannot read {}", secrets.display()))?;
        write_private(&to.join(SECRETS), &text)?;
    }
    Ok(())
}

fn copy_database(from: &Path, to: &Path) -> Result<()> {
    // An empty file is taken for none, and keeps its permissions.
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(to)?;
    let source = open(from)?;
    let name = to.to_str().context("its path is not UTF-8")?;
    source.execute("vacuum into ?1", [name])?;
    file.sync_all()?;
    check(&open(to)?)
}

fn open(file: &Path) -> Result<Connection> {
    let file = std::path::absolute(file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// Succeeds if the database is whole.
fn check(copy: &Connection) -> Result<()> {
    let found: String = copy.query_row("pragma integrity_check", [], |row| row.get(0))?;
    if found != "ok" {
        bail!("the copy is damaged, and so is what it was made from: {found}");
    }
    let dangling = copy.prepare("pragma foreign_key_check")?.exists([])?;
    ensure!(!dangling, "rows refer to others that are not there");
    Ok(())
}
