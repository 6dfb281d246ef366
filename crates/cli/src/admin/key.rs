use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    args::{ListOptions, Named, Shown},
    body::{Body, Edit},
    resource::{Name, Resource},
};
use crate::remote::Session;

const KEY: Resource = Resource {
    noun: "key",
    path: "api-keys",
    key: "id",
    names: &[Name {
        parameter: None,
        ..Name::NAME
    }],
    columns: &["id", "name", "permissions", "expires_at", "revoked_at"],
    outlives_deletion: false,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make an API key, which is shown this once.
    #[command(
        after_help = "Example: iam key create 'nightly import' --permission iam.users.read --permission iam.users.write"
    )]
    Create(Create),
    /// List API keys; the revoked and the expired too.
    #[command(after_help = "Example: iam key list")]
    List(ListOptions),
    /// Show an API key, not its secret.
    #[command(after_help = "Example: iam key show 'nightly import'")]
    Show(Shown),
    /// Change an API key.
    #[command(
        after_help = "Example: iam key change 'nightly import' --remove-permission iam.users.write"
    )]
    Change(Change),
    /// Delete an API key, which stops working.
    #[command(after_help = "Example: iam key delete 'nightly import'")]
    Delete(Named),
    /// Make an API key stop working, for good, and keep it in the list.
    #[command(after_help = "Example: iam key revoke 'nightly import'")]
    Revoke(Named),
}

#[derive(Args)]
pub(crate) struct Create {
    /// What it is for.
    name: String,
    #[command(flatten)]
    fields: Fields,
}

#[derive(Args)]
pub(crate) struct Change {
    /// Its name or its id.
    #[arg(value_name = "KEY")]
    which: String,
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// Allow this too.
    #[arg(long, value_name = "PERMISSION")]
    add_permission: Vec<String>,
    /// Allow this no more.
    #[arg(long, value_name = "PERMISSION")]
    remove_permission: Vec<String>,
}

#[derive(Args)]
struct Fields {
    /// What it may do: a permission or a wildcard; may be repeated.
    #[arg(long, value_name = "PERMISSION")]
    permission: Vec<String>,
    /// When it stops working, as in 2027-01-31T00:00:00Z; in 90 days if nothing is said.
    #[arg(long, value_name = "TIME", conflicts_with = "never_expires")]
    expires_at: Option<String>,
    /// Let it work until it is revoked.
    #[arg(long)]
    never_expires: bool,
}

impl Fields {
    fn onto(self, body: Body) -> Body {
        let body = body.text("expires_at", self.expires_at);
        body.value("expires_at", self.never_expires.then_some(Value::Null))
    }
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::Create(create) => {
                // A key that may do nothing is one, too: the field has to be there.
                let body = Body::new()
                    .text("name", Some(create.name))
                    .value("permissions", Some(create.fields.permission.clone()));
                session.create(&KEY, create.fields.onto(body)).await
            }
            Self::List(options) => session.list(&KEY, Vec::new(), &options).await,
            Self::Show(shown) => session.show(&KEY, &shown).await,
            Self::Change(change) => change.run(session).await,
            Self::Delete(named) => session.delete(&KEY, &named.name).await,
            Self::Revoke(named) => {
                session
                    .act(&KEY, &named.name, ("revoke", "is revoked"))
                    .await
            }
        }
    }
}

impl Change {
    async fn run(self, session: &Session) -> Result<()> {
        let set = self.fields.permission.clone();
        let patch = |current: &Value| {
            let edit = Edit {
                set: &set,
                add: &self.add_permission,
                remove: &self.remove_permission,
            };
            let body = Body::new()
                .text("name", self.name)
                .value("permissions", edit.of(&current["permissions"]));
            Ok(self.fields.onto(body))
        };
        session.change(&KEY, &self.which, patch).await
    }
}
