use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Value, json};

mod settings;

use settings::Settings;

use super::{
    args::{Erased, ListOptions, Named, Shown},
    body::Body,
    listing::filters,
    resource::Resource,
};
use crate::{
    console::{print, say},
    remote::{Call, Session},
};

const TENANT: Resource = Resource {
    noun: "tenant",
    path: "tenants",
    key: "name",
    names: &[],
    columns: &["name", "display_name", "status", "created_at"],
    outlives_deletion: true,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a tenant.
    #[command(after_help = "Example: iam tenant create acme --display-name 'Acme GmbH'")]
    Create(Box<Create>),
    /// List tenants.
    #[command(after_help = "Example: iam tenant list --status suspended")]
    List(List),
    /// Show a tenant.
    #[command(after_help = "Example: iam tenant show acme")]
    Show(Shown),
    /// Change a tenant.
    #[command(
        after_help = "Example: iam tenant change acme --mfa required --access-token-lifetime 600"
    )]
    Change(Box<Create>),
    /// Delete a tenant; it can be restored for a while.
    #[command(after_help = "Example: iam tenant delete acme")]
    Delete(Named),
    /// Keep all its users out.
    #[command(after_help = "Example: iam tenant suspend acme")]
    Suspend(Named),
    /// Let its users in again.
    #[command(after_help = "Example: iam tenant activate acme")]
    Activate(Named),
    /// Bring a deleted tenant back, suspended.
    #[command(after_help = "Example: iam tenant restore acme")]
    Restore(Named),
    /// Remove a tenant and all that belongs to it, for good.
    #[command(after_help = "Example: iam tenant erase acme --yes")]
    Erase(Erased),
    /// Print all that is known of a tenant, as one JSON document.
    #[command(after_help = "Example: iam tenant export acme > acme.json")]
    Export(Named),
    /// Remove what was deleted long ago, of all tenants.
    #[command(after_help = "Example: iam tenant purge")]
    Purge,
}

#[derive(Args)]
pub(crate) struct Create {
    /// Its name, the `tenant` claim: 1 to 63 of a-z 0-9 -. It never changes.
    name: String,
    /// What people call it.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Args)]
pub(crate) struct List {
    /// How the name begins.
    #[arg(long)]
    name: Option<String>,
    /// The status: active, suspended or deleted; all but the deleted if nothing is said.
    #[arg(long)]
    status: Option<String>,
    #[command(flatten)]
    options: ListOptions,
}

/// What a purge removed.
#[derive(Default, Deserialize)]
struct Purged {
    tenants: u64,
    users: u64,
    #[serde(default)]
    idempotency_keys: u64,
    next_cursor: Option<String>,
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        let act = async |named: Named, verb| session.act(&TENANT, &named.name, verb).await;
        match self {
            Self::Create(create) => {
                let name = create.name.clone();
                let body = create.body(&Value::Null)?.text("name", Some(name));
                session.create(&TENANT, body).await
            }
            Self::List(list) => {
                let query = filters(&[
                    ("name", list.name.as_deref()),
                    ("status", list.status.as_deref()),
                ]);
                session.list(&TENANT, query, &list.options).await
            }
            Self::Show(shown) => session.show(&TENANT, &shown).await,
            Self::Change(change) => {
                let name = change.name.clone();
                session
                    .change(&TENANT, &name, |current| change.body(current))
                    .await
            }
            Self::Delete(named) => session.delete(&TENANT, &named.name).await,
            Self::Suspend(named) => act(named, ("suspend", "is suspended")).await,
            Self::Activate(named) => act(named, ("activate", "is active")).await,
            Self::Restore(named) => act(named, ("restore", "is restored")).await,
            Self::Erase(erased) => session.erase(&TENANT, &erased).await,
            Self::Export(named) => session.export(&TENANT, &named.name).await,
            Self::Purge => purge(session).await,
        }
    }
}

impl Create {
    fn body(self, current: &Value) -> Result<Body> {
        let body = Body::from(&self.settings.from)?;
        let body = body.text("display_name", self.display_name);
        self.settings.onto(body, current)
    }
}

/// Purges until there is no more to purge.
async fn purge(session: &Session) -> Result<()> {
    let mut total = Purged::default();
    loop {
        let call = Call::post(format!("{}:purge", TENANT.all()));
        let call = call.query("cursor", total.next_cursor.as_deref());
        let purged: Purged = session.api.send(&call).await?.read()?;
        total = Purged {
            tenants: total.tenants + purged.tenants,
            users: total.users + purged.users,
            idempotency_keys: total.idempotency_keys + purged.idempotency_keys,
            next_cursor: purged.next_cursor,
        };
        if total.next_cursor.is_none() {
            break;
        }
    }
    let (tenants, users) = (total.tenants, total.users);
    if session.json {
        let keys = total.idempotency_keys;
        let total: Value = json!({"tenants": tenants, "users": users, "idempotency_keys": keys});
        return Ok(print(&format!("{total}\n"))?);
    }
    say(format!(
        "{tenants} tenants and {users} users are removed for good"
    ));
    Ok(())
}
