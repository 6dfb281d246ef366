//! The commands over the admin API: one file for each kind of thing.
//!
//! What they have in common is in `actions`; what is known of each kind is its [`Resource`].

mod actions;
mod args;
mod audit;
mod body;
mod client;
mod group;
mod key;
mod listing;
mod names;
mod output;
mod permission;
mod policy;
mod resource;
mod role;
mod signing_key;
mod tenant;
mod user;

use anyhow::Result;
use clap::Subcommand;

pub(crate) use output::show;

use crate::remote::Session;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Tenants: organisations whose users, roles and clients are kept apart.
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Users.
    #[command(subcommand)]
    User(Box<user::Command>),
    /// Groups of users.
    #[command(subcommand)]
    Group(group::Command),
    /// Roles: what users and groups are given.
    #[command(subcommand)]
    Role(role::Command),
    /// The permission catalogue: what roles can allow.
    #[command(subcommand)]
    Permission(permission::Command),
    /// OAuth 2.0 clients: the apps.
    #[command(subcommand)]
    Client(Box<client::Command>),
    /// API keys: service accounts.
    #[command(subcommand)]
    Key(key::Command),
    /// The versions of the tenant's policy.
    #[command(subcommand)]
    Policy(policy::Command),
    /// The keys that tokens are signed with.
    #[command(subcommand)]
    SigningKey(signing_key::Command),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Command),
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::Tenant(command) => command.run(session).await,
            Self::User(command) => command.run(session).await,
            Self::Group(command) => command.run(session).await,
            Self::Role(command) => command.run(session).await,
            Self::Permission(command) => command.run(session).await,
            Self::Client(command) => command.run(session).await,
            Self::Key(command) => command.run(session).await,
            Self::Policy(command) => command.run(session).await,
            Self::SigningKey(command) => command.run(session).await,
            Self::Audit(command) => command.run(session).await,
        }
    }
}
