use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    args::{ListOptions, Named, Shown},
    body::{Body, Edit},
    group::GROUP,
    listing::filters,
    resource::{Name, Resource},
    user::USER,
};
use crate::remote::Session;

pub(super) const ROLE: Resource = Resource {
    noun: "role",
    path: "roles",
    key: "id",
    names: &[Name::NAME],
    columns: &["id", "name", "description", "permissions"],
    outlives_deletion: false,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a role.
    #[command(
        after_help = "Example: iam role create clerk --permission order.read --permission order.write"
    )]
    Create(Create),
    /// List roles.
    #[command(after_help = "Example: iam role list --user alice")]
    List(List),
    /// Show a role.
    #[command(after_help = "Example: iam role show clerk")]
    Show(Shown),
    /// Change a role.
    #[command(after_help = "Example: iam role change clerk --add-permission order.cancel")]
    Change(Box<Change>),
    /// Take a role from all who have it, and delete it.
    #[command(after_help = "Example: iam role delete clerk")]
    Delete(Named),
}

#[derive(Args)]
pub(crate) struct Create {
    /// Its name, unique in the tenant.
    name: String,
    #[command(flatten)]
    fields: Fields,
}

#[derive(Args)]
pub(crate) struct Change {
    /// Its name or its id.
    role: String,
    /// Its new name.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// Allow this too.
    #[arg(long, value_name = "PERMISSION")]
    add_permission: Vec<String>,
    /// Allow this no more.
    #[arg(long, value_name = "PERMISSION")]
    remove_permission: Vec<String>,
    /// Include this role too.
    #[arg(long, value_name = "ROLE")]
    add_include: Vec<String>,
    /// Include this role no more.
    #[arg(long, value_name = "ROLE")]
    remove_include: Vec<String>,
    /// Let its holders give this role too.
    #[arg(long, value_name = "ROLE")]
    add_assignable: Vec<String>,
    /// Let its holders give this role no more.
    #[arg(long, value_name = "ROLE")]
    remove_assignable: Vec<String>,
}

#[derive(Args)]
struct Fields {
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// What it allows, in place of what it did: a permission or a wildcard; may be repeated.
    #[arg(long, value_name = "PERMISSION")]
    permission: Vec<String>,
    /// A role it includes, in place of those it did; may be repeated.
    #[arg(long, value_name = "ROLE")]
    include: Vec<String>,
    /// A role its holders may give to others, in place of those they could; may be repeated.
    #[arg(long, value_name = "ROLE")]
    assignable: Vec<String>,
}

#[derive(Args)]
pub(crate) struct List {
    /// How the name begins.
    #[arg(long)]
    name: Option<String>,
    /// A user who was given them.
    #[arg(long, conflicts_with = "group")]
    user: Option<String>,
    /// A group that was given them.
    #[arg(long)]
    group: Option<String>,
    #[command(flatten)]
    options: ListOptions,
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::Create(create) => create.run(session).await,
            Self::List(list) => list.run(session).await,
            Self::Show(shown) => session.show(&ROLE, &shown).await,
            Self::Change(change) => change.run(session).await,
            Self::Delete(named) => session.delete(&ROLE, &named.name).await,
        }
    }
}

impl Create {
    async fn run(self, session: &Session) -> Result<()> {
        let fields = self.fields;
        let body = Body::new()
            .text("name", Some(self.name))
            .text("description", fields.description)
            .list("permissions", &fields.permission)
            .list(
                "includes",
                &session.keys_of_all(&ROLE, &fields.include).await?,
            )
            .list(
                "assignable",
                &session.keys_of_all(&ROLE, &fields.assignable).await?,
            );
        session.create(&ROLE, body).await
    }
}

impl Change {
    async fn run(self, session: &Session) -> Result<()> {
        let keys = async |names| session.keys_of_all(&ROLE, names).await;
        let fields = self.fields;
        let (include, assignable) = (
            keys(&fields.include).await?,
            keys(&fields.assignable).await?,
        );
        let add = (
            keys(&self.add_include).await?,
            keys(&self.add_assignable).await?,
        );
        let remove = (
            keys(&self.remove_include).await?,
            keys(&self.remove_assignable).await?,
        );
        let patch = |current: &Value| {
            let edited =
                |name: &str, set, add, remove| Edit { set, add, remove }.of(&current[name]);
            let (added, removed) = (&self.add_permission, &self.remove_permission);
            Ok(Body::new()
                .text("name", self.name)
                .text("description", fields.description)
                .value(
                    "permissions",
                    edited("permissions", &fields.permission, added, removed),
                )
                .value("includes", edited("includes", &include, &add.0, &remove.0))
                .value(
                    "assignable",
                    edited("assignable", &assignable, &add.1, &remove.1),
                ))
        };
        session.change(&ROLE, &self.role, patch).await
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<()> {
        let user = session.key_of_option(&USER, self.user.as_deref()).await?;
        let group = session.key_of_option(&GROUP, self.group.as_deref()).await?;
        let query = filters(&[
            ("name", self.name.as_deref()),
            ("user", user.as_deref()),
            ("group", group.as_deref()),
        ]);
        session.list(&ROLE, query, &self.options).await
    }
}
