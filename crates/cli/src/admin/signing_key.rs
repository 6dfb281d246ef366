use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;

use super::{args::ListOptions, output::show, resource::Resource};
use crate::{
    console::say,
    failure::Failure,
    remote::{Call, Session},
};

const KEY: Resource = Resource {
    noun: "signing key",
    path: "signing-keys",
    key: "kid",
    names: &[],
    columns: &[
        "kid",
        "state",
        "created_at",
        "signs_from",
        "retires_at",
        "removable_at",
    ],
    outlives_deletion: false,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the keys that tokens are signed with.
    #[command(after_help = "Example: iam signing-key list")]
    List(ListOptions),
    /// Make the next key. It signs when it has been published for long enough.
    #[command(after_help = "Example: iam signing-key rotate")]
    Rotate(Rotate),
    /// Do whatever is due with the keys; for a timer, once an hour.
    #[command(after_help = "Example: iam signing-key advance")]
    Advance,
}

#[derive(Args)]
pub(crate) struct Rotate {
    /// Replace all keys at once, for when one has leaked: no token that is out verifies any more.
    #[arg(long)]
    emergency: bool,
    /// Do not ask whether it is meant.
    #[arg(long, requires = "emergency")]
    yes: bool,
}

/// What was due.
#[derive(Deserialize)]
struct Advanced {
    created: Option<String>,
    activated: Option<String>,
    removed: Vec<String>,
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::List(options) => session.list(&KEY, Vec::new(), &options).await,
            Self::Rotate(rotate) => rotate.run(session).await,
            Self::Advance => advance(session).await,
        }
    }
}

impl Rotate {
    async fn run(self, session: &Session) -> Result<()> {
        if self.emergency && !self.yes {
            let message = "every access token and ID token that is out fails to verify, and there is no way back: say --yes to replace all keys";
            return Err(Failure::usage(message).into());
        }
        let call = Call::post(format!("{}:rotate", KEY.all()));
        let call = call.json(&json!({ "emergency": self.emergency }));
        show(&session.api.send(&call).await?, session.json)
    }
}

async fn advance(session: &Session) -> Result<()> {
    let call = Call::post(format!("{}:advance", KEY.all()));
    let answer = session.api.send(&call).await?;
    if session.json {
        return show(&answer, true);
    }
    let done: Advanced = answer.read()?;
    let created = done.created.map(|kid| format!("{kid} is the next key"));
    let activated = done.activated.map(|kid| format!("{kid} signs"));
    let removed = done.removed.iter().map(|kid| format!("{kid} is removed"));
    let lines: Vec<_> = created
        .into_iter()
        .chain(activated)
        .chain(removed)
        .collect();
    if lines.is_empty() {
        say("nothing is due");
    }
    lines.into_iter().for_each(say);
    Ok(())
}
