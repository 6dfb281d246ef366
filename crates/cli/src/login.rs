//! `iam login`, `iam logout` and `iam whoami`.

use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use iam_config::Endpoint;
use iam_model::Secret;
use serde_json::json;

use crate::{
    admin::show,
    console::{ask, ask_secret, harmless, say, secret_from_stdin},
    remote::{
        Api, Call, Credentials, Held, Login, Remote, Session, Tokens, base_url, credentials_file,
        lock,
    },
};

/// Where the API tells callers who they are.
const ME: &str = "/admin/v1/me";

/// How to log in: by a user's password, or by an API key with `--key -`.
#[derive(Args)]
pub(crate) struct LoginOptions {
    /// The username.
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// The first-party client to log in through.
    #[arg(long, value_name = "CLIENT_ID")]
    client: Option<String>,
    /// Take the password from the first line of standard input; else it is asked for.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Args)]
pub(crate) struct LogoutOptions {
    /// Forget the login even if it cannot be ended at the server.
    #[arg(long)]
    force: bool,
}

pub(crate) async fn login(options: LoginOptions, remote: &Remote) -> Result<()> {
    let remote = remote.clone().without_empty();
    let file = credentials_file()?;
    let base = place(&remote, &file)?;
    let key = remote.key.clone().filter(|_| options.username.is_none());
    let held = match key {
        Some(key) => by_key(&base, key).await?,
        None => by_password(&base, options, &remote).await?,
    };
    let _lock = lock(&file)?;
    let mut credentials = Credentials::open(&file)?;
    let url = base.to_string();
    credentials.put(&remote.profile, Login { url, held });
    credentials.save(&file)?;
    say(format!("logged in to {base}"));
    Ok(())
}

/// Where to log in: where the profile was logged in, if nothing is said.
fn place(remote: &Remote, file: &Path) -> Result<Endpoint> {
    let url = match &remote.url {
        Some(url) => url.clone(),
        None => match Credentials::open(file)?.of(&remote.profile) {
            Some(login) => login.url.clone(),
            None => ask("URL", "--url")?,
        },
    };
    Ok(base_url(&url, remote.allow_http)?)
}

async fn by_key(base: &Endpoint, key: Secret<String>) -> Result<Held> {
    let key = match key.expose().as_str() {
        "-" => secret_from_stdin("API key")?,
        _ => key,
    };
    let api = Api::new(base.clone(), None);
    let api = api.bearing(&key, "the API key is not valid, or not any more")?;
    // One that is wrong is not kept.
    api.send(&Call::get(ME)).await?;
    let api_key = key.expose().clone();
    Ok(Held::ApiKey { api_key })
}

async fn by_password(base: &Endpoint, options: LoginOptions, remote: &Remote) -> Result<Held> {
    let given = |value: Option<String>, question: &str, flag: &str| match value {
        Some(value) => Ok(value),
        None => ask(question, flag),
    };
    let tenant = given(remote.tenant.clone(), "Tenant", "--tenant")?;
    let username = given(options.username, "Username", "--username")?;
    let client_id = given(options.client, "Client", "--client")?;
    let password = if options.password_stdin {
        secret_from_stdin("password")?
    } else {
        ask_secret("Password", "--password-stdin")?
    };
    let body = json!({
        "tenant": tenant,
        "username": username,
        "password": password.expose(),
        "client_id": client_id,
    });
    let api = Api::new(base.clone(), None);
    let answer = api.send(&Call::post("/auth/login").json(&body)).await?;
    let tokens = Tokens::granted(&answer, &client_id, api.now())?;
    Ok(Held::Tokens(tokens))
}

pub(crate) async fn logout(options: &LogoutOptions, remote: &Remote) -> Result<()> {
    let file = credentials_file()?;
    let _lock = lock(&file)?;
    let mut credentials = Credentials::open(&file)?;
    let Some(login) = credentials.take(&remote.profile) else {
        say("nobody is logged in");
        return Ok(());
    };
    if let Held::Tokens(tokens) = &login.held {
        match revoke(&login.url, tokens, remote).await {
            Err(error) if options.force => say(format!("iam: {error:#}")),
            revoked => {
                revoked.context("still logged in (--force forgets the login all the same)")?;
            }
        }
    }
    credentials.save(&file)?;
    say(match login.held {
        Held::Tokens(_) => "logged out",
        Held::ApiKey { .. } => "the API key is forgotten; it is valid until it is revoked",
    });
    Ok(())
}

/// Ends the login, and with it all of its tokens.
async fn revoke(url: &str, tokens: &Tokens, remote: &Remote) -> Result<()> {
    let api = Api::new(base_url(url, remote.allow_http)?, None);
    let token = tokens
        .refresh_token
        .as_ref()
        .unwrap_or(&tokens.access_token);
    let body = json!({"client_id": tokens.client_id, "token": token});
    api.send(&Call::post("/auth/logout").json(&body)).await?;
    Ok(())
}

pub(crate) async fn whoami(session: &Session) -> Result<()> {
    let answer = session.api.send(&Call::get(ME)).await?;
    say(harmless(session.api.base().as_str()));
    show(&answer, session.json)
}
