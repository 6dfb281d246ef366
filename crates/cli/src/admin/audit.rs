use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use serde_json::Value;

mod verify;

use verify::Verify;

use super::{args::ListOptions, listing::filters, resource::Resource, user::USER};
use crate::{
    console::{print, say},
    remote::{Call, Session},
};

const EVENT: Resource = Resource {
    noun: "event",
    path: "audit-events",
    key: "id",
    names: &[],
    columns: &["at", "action", "outcome", "actor", "target"],
    outlives_deletion: false,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List what happened, the oldest first.
    #[command(after_help = "Example: iam audit list --target alice --from 2026-01-01T00:00:00Z")]
    List(List),
    /// Print what happened, an event a line, and at last where the chain ends.
    #[command(after_help = "Example: iam audit export > audit.ndjson")]
    Export(Times),
    /// Verify that nothing was changed or cut off.
    #[command(after_help = "Example: iam audit verify")]
    Verify(Verify),
}

#[derive(Args)]
pub(crate) struct List {
    /// Who did it: a user's name or e-mail address, or the id of whatever else did.
    #[arg(long, value_name = "WHO")]
    actor: Option<String>,
    /// What it was done to: a user's name or e-mail address, or the id of anything else.
    #[arg(long, value_name = "WHAT")]
    target: Option<String>,
    /// How the action begins, as in `user.`.
    #[arg(long)]
    action: Option<String>,
    /// How it ended: denied, success or warning.
    #[arg(long)]
    outcome: Option<String>,
    #[command(flatten)]
    times: Times,
    #[command(flatten)]
    options: ListOptions,
}

#[derive(Args)]
pub(crate) struct Times {
    /// The earliest time, inclusive.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// The latest time, exclusive.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::List(list) => list.run(session).await,
            Self::Export(times) => times.export(session).await,
            Self::Verify(verify) => verify.run(session).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<()> {
        let actor = id_of(session, self.actor).await?;
        let target = id_of(session, self.target).await?;
        let query = filters(&[
            ("actor", actor.as_deref()),
            ("target", target.as_deref()),
            ("action", self.action.as_deref()),
            ("outcome", self.outcome.as_deref()),
            ("from", self.times.from.as_deref()),
            ("until", self.times.until.as_deref()),
        ]);
        session.list(&EVENT, query, &self.options).await
    }
}

/// The id of the user of this name. Clients, tenants and permissions are their own ids, so what is
/// no user's name is taken for one.
async fn id_of(session: &Session, said: Option<String>) -> Result<Option<String>> {
    let Some(said) = said else {
        return Ok(None);
    };
    if let Some(id) = session.find_any(&USER, &said).await? {
        return Ok(Some(id));
    }
    say("there is no such user: it is taken for an id");
    Ok(Some(said))
}

impl Times {
    /// Prints one export after another, but for their last lines, and the last line of all.
    async fn export(self, session: &Session) -> Result<()> {
        let path = format!("{}:export", EVENT.all());
        let query = filters(&[
            ("from", self.from.as_deref()),
            ("until", self.until.as_deref()),
        ]);
        let mut cursor = None;
        loop {
            let call = Call::get(&path).queries(&query);
            let answer = session
                .api
                .send(&call.query("cursor", cursor.as_deref()))
                .await?;
            let text = answer.text()?.trim_end();
            let (events, last) = text.rsplit_once('\n').unwrap_or(("", text));
            let end: Value = serde_json::from_str(last).context("the export has no end")?;
            if !events.is_empty() {
                print(&format!("{events}\n"))?;
            }
            cursor = end["end"]["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return Ok(print(&format!("{last}\n"))?);
            }
        }
    }
}
