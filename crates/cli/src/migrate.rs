//! `iam migrate`: the schema of a database.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use clap::Subcommand;
use iam_model::Timestamp;
use iam_storage_ports::Migration;
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    console::{print, say},
    database::{Database, Opened, readable},
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create the schema, or bring it up to date. Several may run at once.
    #[command(
        after_help = "Example: iam migrate up --database-url postgres://iam:secret@db.example.com/iam\n\nIAM_DATABASE_TOKEN is the database's token, if it wants one."
    )]
    Up(Database),
    /// Show all migrations; exit with 1 if some are not applied.
    #[command(
        after_help = "Example: iam migrate status --database-url libsql://iam.example.com\n\nIAM_DATABASE_TOKEN is the database's token, if it wants one."
    )]
    Status(Database),
    /// Print what `up` would tell the database, and do nothing.
    #[command(
        after_help = "Example: iam migrate plan --database-url libsql://iam.example.com > plan.sql\n\nIAM_DATABASE_TOKEN is the database's token, if it wants one."
    )]
    Plan(Database),
}

pub(crate) async fn run(command: Command, json: bool) -> Result<()> {
    let opened = match &command {
        Command::Up(database) => database.open().await?,
        Command::Status(database) | Command::Plan(database) => database.open_existing().await?,
    };
    let outcome = match &command {
        Command::Up(_) => up(&opened).await,
        Command::Status(_) => status(&opened, json).await,
        Command::Plan(_) => plan(&opened).await,
    };
    opened.close().await;
    outcome
}

async fn up(opened: &Opened) -> Result<()> {
    opened.storage.migrate().await.map_err(readable)?;
    say("the schema is the one of this version");
    Ok(())
}

async fn status(opened: &Opened, json: bool) -> Result<()> {
    let migrations = opened.storage.migrations().await.map_err(readable)?;
    if json {
        let shown = migrations.iter().map(|migration| {
            json!({
                "version": migration.version,
                "name": migration.name,
                "checksum": migration.checksum,
                "applied_at": migration.applied_at.map(timestamp),
            })
        });
        print(&format!("{}\n", json!(shown.collect::<Vec<_>>())))?;
    } else {
        print(&table(&migrations))?;
    }
    match pending(&migrations).count() {
        0 => Ok(()),
        1 => bail!("1 migration is not applied: `iam migrate up` applies it"),
        count => bail!("{count} migrations are not applied: `iam migrate up` applies them"),
    }
}

fn table(migrations: &[Migration]) -> String {
    let mut text = String::new();
    for migration in migrations {
        let at = migration
            .applied_at
            .map_or_else(|| "pending".to_owned(), timestamp);
        let Migration {
            version,
            name,
            checksum,
            ..
        } = migration;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{version:04} {name:<20} {at:<24} {checksum}");
    }
    text
}

async fn plan(opened: &Opened) -> Result<()> {
    let migrations = opened.storage.migrations().await.map_err(readable)?;
    let mut text = String::new();
    for migration in pending(&migrations) {
        let _ = writeln!(text, "-- {:04} {}", migration.version, migration.name);
        for statement in &migration.statements {
            let _ = writeln!(text, "{statement};\n");
        }
    }
    if text.is_empty() {
        say("there is nothing to do");
    }
    Ok(print(&text)?)
}

fn pending(migrations: &[Migration]) -> impl Iterator<Item = &Migration> {
    migrations
        .iter()
        .filter(|migration| migration.applied_at.is_none())
}

/// RFC 3339.
fn timestamp(time: Timestamp) -> String {
    let nanos = i128::from(time.as_millis()) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
    let text = time.and_then(|time| time.format(&Rfc3339).ok());
    text.unwrap_or_else(|| "?".to_owned())
}
