use anyhow::Result;
use clap::Args;

use super::USER;
use crate::{
    admin::args::ListOptions,
    console::say,
    remote::{Call, Session, segment},
};

#[derive(Args)]
pub(crate) struct Credentials {
    /// The user's name, e-mail address or id.
    user: String,
    #[command(flatten)]
    options: ListOptions,
}

#[derive(Args)]
pub(crate) struct Credential {
    /// The user's name, e-mail address or id.
    user: String,
    /// The credential's id.
    credential: String,
}

impl Credentials {
    pub(super) async fn run(self, session: &Session) -> Result<()> {
        let path = format!(
            "{}/credentials",
            USER.one(&session.key_of(&USER, &self.user).await?)
        );
        let columns = ["id", "kind", "updated_at"];
        session
            .print_list(&path, &columns, Vec::new(), &self.options)
            .await
    }
}

impl Credential {
    pub(super) async fn run(self, session: &Session) -> Result<()> {
        let user = USER.one(&session.key_of(&USER, &self.user).await?);
        let path = format!("{user}/credentials/{}", segment(&self.credential));
        session.api.send(&Call::delete(path)).await?;
        say("the credential is removed; sessions go on: see `iam user revoke-sessions`");
        Ok(())
    }
}
