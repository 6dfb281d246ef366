use anyhow::Result;
use clap::Args;

use super::USER;
use crate::{
    admin::{
        args::{ListOptions, Pair},
        group::GROUP,
        listing::filters,
        role::ROLE,
    },
    remote::Session,
};

/// Which users are listed.
#[derive(Args)]
pub(crate) struct List {
    /// How the username begins.
    #[arg(long, value_name = "TEXT")]
    username: Option<String>,
    /// One of the e-mail addresses.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The status: active, deleted, disabled, invited or locked; all but the deleted if nothing is
    /// said.
    #[arg(long)]
    status: Option<String>,
    /// A group they are directly in.
    #[arg(long)]
    group: Option<String>,
    /// A role they were given directly.
    #[arg(long)]
    role: Option<String>,
    /// An attribute.
    #[arg(long, value_name = "NAME=VALUE")]
    attribute: Option<Pair>,
    /// The id in another system.
    #[arg(long, value_name = "SYSTEM=ID")]
    external_id: Option<Pair>,
    #[command(flatten)]
    options: ListOptions,
}

impl List {
    pub(super) async fn run(self, session: &Session) -> Result<()> {
        let group = session.key_of_option(&GROUP, self.group.as_deref()).await?;
        let role = session.key_of_option(&ROLE, self.role.as_deref()).await?;
        let external = self
            .external_id
            .map(|pair| format!("{}:{}", pair.name, pair.value));
        let mut query = filters(&[
            ("username", self.username.as_deref()),
            ("email", self.email.as_deref()),
            ("status", self.status.as_deref()),
            ("group", group.as_deref()),
            ("role", role.as_deref()),
            ("external_id", external.as_deref()),
        ]);
        let attribute = self.attribute.into_iter();
        query.extend(attribute.map(|pair| (format!("attributes.{}", pair.name), pair.value)));
        session.list(&USER, query, &self.options).await
    }
}
