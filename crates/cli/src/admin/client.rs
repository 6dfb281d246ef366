use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::Value;

mod fields;

use fields::Fields;

use super::{
    args::{ListOptions, Named, Shown},
    body::Edit,
    listing::filters,
    output::show,
    resource::Resource,
};
use crate::remote::Session;

const CLIENT: Resource = Resource {
    noun: "client",
    path: "clients",
    key: "id",
    names: &[],
    columns: &[
        "id",
        "name",
        "first_party",
        "token_endpoint_auth_method",
        "scope",
    ],
    outlives_deletion: false,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Register a client. Its secret, if it has one, is shown this once.
    #[command(
        after_help = "Example: iam client create shop-web --first-party --redirect-uri https://shop.example/callback --scope 'openid offline_access profile'"
    )]
    Create(Box<Create>),
    /// List clients.
    #[command(after_help = "Example: iam client list --id shop")]
    List(List),
    /// Show a client.
    #[command(after_help = "Example: iam client show shop-web")]
    Show(Shown),
    /// Change a client.
    #[command(
        after_help = "Example: iam client change shop-web --add-redirect-uri https://shop.example/app"
    )]
    Change(Box<Change>),
    /// Delete a client.
    #[command(after_help = "Example: iam client delete shop-web")]
    Delete(Named),
    /// Give a client a new secret, which is shown this once; the old one stops working.
    #[command(after_help = "Example: iam client rotate-secret shop-backend")]
    RotateSecret(Named),
}

#[derive(Args)]
pub(crate) struct Create {
    /// Its `client_id`, unique in the installation; made up if it is left out.
    id: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

#[derive(Args)]
pub(crate) struct Change {
    /// Its `client_id`.
    id: String,
    #[command(flatten)]
    fields: Fields,
    /// Send codes here too.
    #[arg(long, value_name = "URI")]
    add_redirect_uri: Vec<String>,
    /// Send codes here no more.
    #[arg(long, value_name = "URI")]
    remove_redirect_uri: Vec<String>,
}

#[derive(Args)]
pub(crate) struct List {
    /// How the id begins.
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    options: ListOptions,
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::Create(create) => {
                let uris = create.fields.redirect_uri.clone();
                let body = create.fields.body()?.text("id", create.id);
                session
                    .create(&CLIENT, body.list("redirect_uris", &uris))
                    .await
            }
            Self::List(list) => {
                let query = filters(&[("id", list.id.as_deref())]);
                session.list(&CLIENT, query, &list.options).await
            }
            Self::Show(shown) => session.show(&CLIENT, &shown).await,
            Self::Change(change) => change.run(session).await,
            Self::Delete(named) => session.delete(&CLIENT, &named.name).await,
            Self::RotateSecret(named) => {
                let key = session.key_of(&CLIENT, &named.name).await?;
                let answer = session.verb(&CLIENT, &key, "rotate-secret", None).await?;
                show(&answer, session.json)
            }
        }
    }
}

impl Change {
    async fn run(self, session: &Session) -> Result<()> {
        let set = self.fields.redirect_uri.clone();
        let body = self.fields.body()?;
        let patch = |current: &Value| {
            let edit = Edit {
                set: &set,
                add: &self.add_redirect_uri,
                remove: &self.remove_redirect_uri,
            };
            Ok(body.value("redirect_uris", edit.of(&current["redirect_uris"])))
        };
        session.change(&CLIENT, &self.id, patch).await
    }
}
