use std::path::Path;

use anyhow::Result;
use iam_model::Secret;

use super::{
    Api, Credentials, Held, Login, Remote, Tokens, credentials_file, lock,
    target::{Dev, Proof, choose},
    tokens::is_ending,
};
use crate::console::secret_from_stdin;

/// The API as somebody, and how answers are to be printed.
pub(crate) struct Session {
    pub(crate) api: Api,
    /// When the token that proves who asks ends, in seconds since 1970; a key says nothing of that.
    ends_at: Option<i64>,
    /// Whether answers are printed as the JSON they are.
    pub(crate) json: bool,
}

impl Session {
    /// Finds out where to go and as whom, and renews tokens that are about to end.
    pub(crate) async fn open(options: &Remote) -> Result<Self> {
        let mut options = options.clone().without_empty();
        if options.key.as_ref().is_some_and(|key| key.expose() == "-") {
            options.key = Some(secret_from_stdin("API key")?);
        }
        let file = credentials_file()?;
        let saved = Credentials::open(&file)?;
        let target = choose(&options, saved.of(&options.profile), Dev::here())?;
        let api = Api::new(target.base, options.tenant.clone());
        let (proof, hint) = match target.proof {
            Proof::Given(key) => (key.into(), "the API key is not valid, or not any more"),
            Proof::Dev(key) => (
                key.into(),
                ".iam/dev.json is of an `iam up` that is no more: start it",
            ),
            Proof::Saved(login) => {
                let bearer = bearer(&api, login, &file, &options.profile).await?;
                (bearer, "the login is not valid any more: run `iam login`")
            }
        };
        Ok(Self {
            api: api.bearing(&proof.token, hint)?,
            ends_at: proof.ends_at,
            json: options.json,
        })
    }

    /// Whether it is time to open another, since the token of this one is about to end.
    pub(crate) fn is_ending(&self) -> bool {
        self.ends_at
            .is_some_and(|end| is_ending(end, self.api.now()))
    }
}

/// What goes into the `Authorization` of a request.
struct Bearer {
    token: Secret<String>,
    /// When it ends, in seconds since 1970; a key says nothing of that.
    ends_at: Option<i64>,
}

impl From<Secret<String>> for Bearer {
    fn from(token: Secret<String>) -> Self {
        let ends_at = None;
        Self { token, ends_at }
    }
}

impl From<Tokens> for Bearer {
    fn from(tokens: Tokens) -> Self {
        Self {
            token: Secret::new(tokens.access_token),
            ends_at: Some(tokens.expires_at),
        }
    }
}

async fn bearer(api: &Api, login: &Login, file: &Path, profile: &str) -> Result<Bearer> {
    Ok(match &login.held {
        Held::ApiKey { api_key } => Secret::new(api_key.clone()).into(),
        Held::Tokens(tokens) if !is_ending(tokens.expires_at, api.now()) => tokens.clone().into(),
        Held::Tokens(tokens) => {
            let url = &login.url;
            renewed(api, url, tokens, file, profile).await?.into()
        }
    })
}

/// Renews tokens, unless another run of this program has: a refresh token works once.
async fn renewed(
    api: &Api,
    url: &str,
    known: &Tokens,
    file: &Path,
    profile: &str,
) -> Result<Tokens> {
    let _lock = lock(file)?;
    let mut saved = Credentials::open(file)?;
    let now_saved = saved.of(profile).and_then(|login| match &login.held {
        Held::Tokens(tokens) if login.url == url && tokens.client_id == known.client_id => {
            Some(tokens.clone())
        }
        Held::Tokens(_) | Held::ApiKey { .. } => None,
    });
    // Logged out, or logged in elsewhere, meanwhile: this run goes on with what it had.
    let Some(tokens) = now_saved else {
        return known.refreshed(api).await;
    };
    if !is_ending(tokens.expires_at, api.now()) {
        return Ok(tokens);
    }
    let tokens = tokens.refreshed(api).await?;
    let login = Login {
        url: url.to_owned(),
        held: Held::Tokens(tokens.clone()),
    };
    saved.put(profile, login);
    saved.save(file)?;
    Ok(tokens)
}
