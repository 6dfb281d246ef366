//! `iam encryption-key`: the keys that secrets at rest are encrypted with.
//!
//! Where something else than `iam up` runs the components, the keys are the variable
//! `encryption_keys` of that host, and only `reseal` has something to do.

mod ring;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use iam_host_native::NativePlatform;
use iam_security::random_token;
use serde::Deserialize;
use serde_json::json;

use self::ring::Ring;
use crate::{
    console::{print, say},
    failure::Failure,
    remote::{Call, Remote, Session},
    secrets::Secrets,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add a new key of `iam up`, which encrypts from its next start on.
    #[command(after_help = "Example: iam encryption-key rotate")]
    Rotate(Folder),
    /// Encrypt with the first key what is encrypted with another, of all tenants.
    #[command(after_help = "Example: iam encryption-key reseal")]
    Reseal,
    /// Remove all keys of `iam up` but the first: what they alone open cannot be read any more.
    #[command(after_help = "Example: iam encryption-key retire --yes")]
    Retire(Retire),
}

#[derive(Args)]
pub(crate) struct Folder {
    /// The folder that `iam up` keeps its secrets in.
    #[arg(long, default_value = ".iam", env = "IAM_DIR")]
    dir: PathBuf,
}

#[derive(Args)]
pub(crate) struct Retire {
    #[command(flatten)]
    folder: Folder,
    /// Nothing is encrypted with the old keys any more: `reseal` has said so.
    #[arg(long)]
    yes: bool,
}

pub(crate) async fn run(command: Command, remote: &Remote) -> Result<()> {
    match command {
        Command::Rotate(folder) => rotate(&folder),
        Command::Reseal => reseal(&Session::open(remote).await?).await,
        Command::Retire(retire) => self::retire(&retire),
    }
}

fn rotate(folder: &Folder) -> Result<()> {
    let platform = NativePlatform::default();
    let id = folder.change(|ring| {
        // A random token has as many bits as a key.
        ring.add(random_token(&platform).expose())
    })?;
    say(format!(
        "{id} encrypts from the next start of `iam up` on: restart it, and then `iam encryption-key reseal`"
    ));
    Ok(())
}

fn retire(retire: &Retire) -> Result<()> {
    if !retire.yes {
        let message = "what the old keys alone open is lost: let `iam encryption-key reseal` find nothing more to do, and say --yes";
        return Err(Failure::usage(message).into());
    }
    let removed = retire.folder.change(Ring::retire)?;
    say(match removed {
        0 => "there is one key only".to_owned(),
        1 => "1 key is removed".to_owned(),
        _ => format!("{removed} keys are removed"),
    });
    Ok(())
}

impl Folder {
    /// Changes the keys that are in the folder.
    fn change<T>(&self, change: impl FnOnce(&mut Ring) -> T) -> Result<T> {
        let file = self.dir.join("secrets.json");
        let here = self.dir.display();
        ensure!(
            file.exists(),
            "{here} is no folder of `iam up`: name it with --dir"
        );
        let mut secrets = Secrets::read(&file)?;
        let text = secrets.encryption_keys.parse();
        let mut ring: Ring = text.with_context(|| format!("{} is damaged", file.display()))?;
        let value = change(&mut ring);
        secrets.encryption_keys = ring.to_string();
        secrets.write(&file)?;
        Ok(value)
    }
}

/// What became of the secrets.
#[derive(Default, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
struct Resealed {
    resealed: u64,
    unopenable: u64,
    next_cursor: Option<String>,
}

/// Reseals until there is no more to reseal.
async fn reseal(session: &Session) -> Result<()> {
    let mut total = Resealed::default();
    loop {
        let call = Call::post("/admin/v1/encryption-keys:reseal");
        let call = call.query("cursor", total.next_cursor.as_deref());
        let part: Resealed = session.api.send(&call).await?.read()?;
        total = Resealed {
            resealed: total.resealed + part.resealed,
            unopenable: total.unopenable + part.unopenable,
            next_cursor: part.next_cursor,
        };
        if total.next_cursor.is_none() {
            break;
        }
    }
    let (resealed, unopenable) = (total.resealed, total.unopenable);
    if session.json {
        let total = json!({"resealed": resealed, "unopenable": unopenable});
        return Ok(print(&format!("{total}\n"))?);
    }
    say(format!(
        "{resealed} secrets are encrypted with the first key now"
    ));
    if unopenable > 0 {
        say(format!(
            "{unopenable} cannot be opened by any key: `iam audit list --action user.credential_unreadable` says whose they are"
        ));
    }
    Ok(())
}
