use anyhow::Result;
use clap::{Args, Subcommand};

use super::{
    args::{ListOptions, Named, Shown},
    body::Body,
    listing::filters,
    resource::{Name, Resource},
    role::ROLE,
    user::USER,
};
use crate::remote::Session;

pub(super) const GROUP: Resource = Resource {
    noun: "group",
    path: "groups",
    key: "id",
    names: &[Name::NAME],
    columns: &["id", "name", "description", "parent"],
    outlives_deletion: false,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a group.
    #[command(after_help = "Example: iam group create sales --description 'All who sell'")]
    Create(Create),
    /// List groups.
    #[command(after_help = "Example: iam group list --member alice")]
    List(List),
    /// Show a group.
    #[command(after_help = "Example: iam group show sales")]
    Show(Shown),
    /// Change a group.
    #[command(after_help = "Example: iam group change sales --parent everybody")]
    Change(Change),
    /// Delete a group.
    #[command(after_help = "Example: iam group delete sales")]
    Delete(Named),
    /// Put a user into a group.
    #[command(after_help = "Example: iam group add-member sales alice")]
    AddMember(Member),
    /// Take a user out of a group.
    #[command(after_help = "Example: iam group remove-member sales alice")]
    RemoveMember(Member),
    /// Give a role to all in a group.
    #[command(after_help = "Example: iam group add-role sales clerk")]
    AddRole(Granted),
    /// Take a role from a group.
    #[command(after_help = "Example: iam group remove-role sales clerk")]
    RemoveRole(Granted),
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
    group: String,
    /// Its new name.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

#[derive(Args)]
struct Fields {
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The group it is part of; an empty text for none.
    #[arg(long, value_name = "GROUP")]
    parent: Option<String>,
}

#[derive(Args)]
pub(crate) struct List {
    /// How the name begins.
    #[arg(long)]
    name: Option<String>,
    /// The group they are directly in.
    #[arg(long, value_name = "GROUP")]
    parent: Option<String>,
    /// A user who is directly in them.
    #[arg(long, value_name = "USER")]
    member: Option<String>,
    #[command(flatten)]
    options: ListOptions,
}

#[derive(Args)]
pub(crate) struct Member {
    /// The group's name or id.
    group: String,
    /// The user's name, e-mail address or id.
    user: String,
}

#[derive(Args)]
pub(crate) struct Granted {
    /// The group's name or id.
    group: String,
    /// The role's name or id.
    role: String,
}

impl Member {
    fn parts(&self) -> ((&Resource, &str), (&str, &Resource, &str)) {
        ((&GROUP, &self.group), ("members", &USER, &self.user))
    }
}

impl Granted {
    fn parts(&self) -> ((&Resource, &str), (&str, &Resource, &str)) {
        ((&GROUP, &self.group), ("roles", &ROLE, &self.role))
    }
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::Create(create) => create.run(session).await,
            Self::List(list) => list.run(session).await,
            Self::Show(shown) => session.show(&GROUP, &shown).await,
            Self::Change(change) => change.run(session).await,
            Self::Delete(named) => session.delete(&GROUP, &named.name).await,
            Self::AddMember(member) => {
                let (group, user) = member.parts();
                session.put_into(group, user).await
            }
            Self::RemoveMember(member) => {
                let (group, user) = member.parts();
                session.take_out_of(group, user).await
            }
            Self::AddRole(granted) => {
                let (group, role) = granted.parts();
                session.put_into(group, role).await
            }
            Self::RemoveRole(granted) => {
                let (group, role) = granted.parts();
                session.take_out_of(group, role).await
            }
        }
    }
}

impl Create {
    async fn run(self, session: &Session) -> Result<()> {
        let parent = session
            .key_of_option(&GROUP, self.fields.parent.as_deref())
            .await?;
        let body = Body::new()
            .text("name", Some(self.name))
            .text("description", self.fields.description)
            .text("parent", parent);
        session.create(&GROUP, body).await
    }
}

impl Change {
    async fn run(self, session: &Session) -> Result<()> {
        let parent = session
            .key_of_option(&GROUP, self.fields.parent.as_deref())
            .await?;
        let patch = Body::new()
            .text("name", self.name)
            .text("description", self.fields.description)
            .text("parent", parent);
        session.change(&GROUP, &self.group, |_| Ok(patch)).await
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<()> {
        let parent = session
            .key_of_option(&GROUP, self.parent.as_deref())
            .await?;
        let member = session.key_of_option(&USER, self.member.as_deref()).await?;
        let query = filters(&[
            ("name", self.name.as_deref()),
            ("parent", parent.as_deref()),
            ("member", member.as_deref()),
        ]);
        session.list(&GROUP, query, &self.options).await
    }
}
