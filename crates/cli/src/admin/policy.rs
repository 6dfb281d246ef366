use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::{
    args::{ListOptions, Named, Shown, read_json, read_text},
    body::Body,
    output::show,
    resource::{Name, Resource},
    user::USER,
};
use crate::{
    console::{harmless, print, say},
    remote::{Call, Session},
};

const POLICY: Resource = Resource {
    noun: "policy",
    path: "policies",
    key: "id",
    names: &[Name {
        field: "number",
        parameter: None,
        may_be: |said| said.bytes().all(|byte| byte.is_ascii_digit()),
        is: |value, said| {
            said.parse()
                .is_ok_and(|number: u64| value.as_u64() == Some(number))
        },
    }],
    columns: &["number", "id", "active", "description", "created_at"],
    outlives_deletion: false,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Upload a version of the policy. It decides nothing until it is activated.
    #[command(
        after_help = "Example: iam policy create office-hours.rego --description 'Office hours' --activate"
    )]
    Create(Create),
    /// List the versions of the policy.
    #[command(after_help = "Example: iam policy list")]
    List(ListOptions),
    /// Show a version of the policy, by its number or its id.
    #[command(after_help = "Example: iam policy show 3")]
    Show(Shown),
    /// Print the Rego source of a version of the policy.
    #[command(after_help = "Example: iam policy source 3 > policy.rego")]
    Source(Named),
    /// Let a version of the policy decide.
    #[command(after_help = "Example: iam policy activate 3")]
    Activate(Named),
    /// Ask a version of the policy what it would decide: on a user's login, or on an input.
    #[command(after_help = "Example: iam policy evaluate 3 --user alice --client demo-app")]
    Evaluate(Evaluate),
    /// Return to the version that decided before.
    #[command(after_help = "Example: iam policy rollback")]
    Rollback,
    /// Let no policy decide.
    #[command(after_help = "Example: iam policy deactivate")]
    Deactivate,
    /// Delete a version of the policy that does not decide.
    #[command(after_help = "Example: iam policy delete 2")]
    Delete(Named),
}

#[derive(Args)]
pub(crate) struct Create {
    /// The file with the Rego module; `-` for standard input.
    file: String,
    /// What it changes.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Let it decide, if its tests pass.
    #[arg(long)]
    activate: bool,
}

#[derive(Args)]
pub(crate) struct Evaluate {
    /// Its number or its id.
    name: String,
    /// The user who logs in.
    #[arg(long, requires = "client", required_unless_present = "input")]
    user: Option<String>,
    /// The client they log in through.
    #[arg(long, value_name = "CLIENT_ID", requires = "user")]
    client: Option<String>,
    /// A file with what is said of the request, as a JSON object.
    #[arg(long, value_name = "FILE", requires = "user")]
    request: Option<String>,
    /// A file with the whole input, made up, as a JSON object; `-` for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "user")]
    input: Option<String>,
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::Create(create) => create.run(session).await,
            Self::List(options) => session.list(&POLICY, Vec::new(), &options).await,
            Self::Show(shown) => session.show(&POLICY, &shown).await,
            Self::Source(named) => source(session, &named.name).await,
            Self::Activate(named) => {
                let key = session.key_of(&POLICY, &named.name).await?;
                let answer = session.verb(&POLICY, &key, "activate", None).await?;
                session.done(
                    &answer,
                    &format!("policy {} decides now", harmless(&named.name)),
                )
            }
            Self::Evaluate(evaluate) => evaluate.run(session).await,
            Self::Rollback => all(session, "rollback", "the version before decides now").await,
            Self::Deactivate => all(session, "deactivate", "no policy decides now").await,
            Self::Delete(named) => session.delete(&POLICY, &named.name).await,
        }
    }
}

impl Create {
    async fn run(self, session: &Session) -> Result<()> {
        let body = Body::new()
            .text("description", self.description)
            .value("source", Some(read_text(&self.file)?));
        let call = Call::create(POLICY.all()).json(&body.whole());
        let answer = session.api.send(&call).await?;
        if !self.activate {
            return show(&answer, session.json);
        }
        let made: Map<String, Value> = answer.read()?;
        let id = made.get("id").and_then(Value::as_str).unwrap_or_default();
        session.verb(&POLICY, id, "activate", None).await?;
        show(&session.read(&POLICY, id).await?, session.json)
    }
}

impl Evaluate {
    async fn run(self, session: &Session) -> Result<()> {
        let key = session.key_of(&POLICY, &self.name).await?;
        let user = session.key_of_option(&USER, self.user.as_deref()).await?;
        let body = Body::new()
            .text("user", user)
            .text("client", self.client)
            .value(
                "request",
                self.request.as_deref().map(read_json).transpose()?,
            )
            .value("input", self.input.as_deref().map(read_json).transpose()?);
        let answer = session
            .verb(&POLICY, &key, "evaluate", Some(&body.whole()))
            .await?;
        show(&answer, session.json)
    }
}

async fn source(session: &Session, name: &str) -> Result<()> {
    let key = session.key_of(&POLICY, name).await?;
    let policy: Map<String, Value> = session.read(&POLICY, &key).await?.read()?;
    let source = policy.get("source").and_then(Value::as_str);
    Ok(print(source.unwrap_or_default())?)
}

/// Does something to the policy as a whole.
async fn all(session: &Session, verb: &str, message: &str) -> Result<()> {
    let call = Call::post(format!("{}:{verb}", POLICY.all()));
    let answer = session.api.send(&call).await?;
    if session.json {
        return show(&answer, true);
    }
    say(message);
    Ok(())
}
