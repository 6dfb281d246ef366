use anyhow::Result;
use clap::{Args, Subcommand};

use super::{
    args::{ListOptions, Named, Shown},
    body::Body,
    listing::filters,
    resource::Resource,
};
use crate::remote::Session;

const PERMISSION: Resource = Resource {
    noun: "permission",
    path: "permissions",
    key: "permission",
    names: &[],
    columns: &["permission", "description"],
    outlives_deletion: false,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Put a permission into the catalogue.
    #[command(
        after_help = "Example: iam permission create order.cancel --description 'Cancel an order'"
    )]
    Create(Described),
    /// List the catalogue.
    #[command(after_help = "Example: iam permission list --name order.")]
    List(List),
    /// Show a permission.
    #[command(after_help = "Example: iam permission show order.cancel")]
    Show(Shown),
    /// Say anew what a permission allows.
    #[command(
        after_help = "Example: iam permission change order.cancel --description 'Cancel any order'"
    )]
    Change(Described),
    /// Take a permission out of the catalogue.
    #[command(after_help = "Example: iam permission delete order.cancel")]
    Delete(Named),
}

#[derive(Args)]
pub(crate) struct Described {
    /// The permission: a resource and an action, as in order.read.
    permission: String,
    /// What it allows.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

#[derive(Args)]
pub(crate) struct List {
    /// How the permission begins.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    options: ListOptions,
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::Create(described) => {
                let body = Body::new()
                    .text("permission", Some(described.permission))
                    .text("description", described.description);
                session.create(&PERMISSION, body).await
            }
            Self::List(list) => {
                let query = filters(&[("name", list.name.as_deref())]);
                session.list(&PERMISSION, query, &list.options).await
            }
            Self::Show(shown) => session.show(&PERMISSION, &shown).await,
            Self::Change(described) => {
                let patch = Body::new().text("description", described.description);
                session
                    .change(&PERMISSION, &described.permission, |_| Ok(patch))
                    .await
            }
            Self::Delete(named) => session.delete(&PERMISSION, &named.name).await,
        }
    }
}
