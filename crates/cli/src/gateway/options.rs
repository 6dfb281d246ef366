use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use anyhow::Result;
use clap::Args;
use iam_gateway::{GatewaySettings, MailTarget};
use iam_model::Secret;

use super::{limits::LimitOptions, targets};
use crate::failure::Failure;

/// What `iam gateway` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Where to listen; port 0 for one that is free.
    #[arg(
        long,
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:8081",
        env = "IAM_GATEWAY_LISTEN"
    )]
    listen: SocketAddr,
    /// The bearer token that clients must bring; without one it listens on loopback only. In the
    /// environment other users of this machine do not see it.
    #[arg(long, env = "IAM_GATEWAY_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A database, and the name that clients call it by: `main=postgres://user:password@host/iam`.
    /// May be given more than once; in the environment and in files by spaces or lines.
    #[arg(
        long = "target",
        value_name = "NAME=URL",
        env = "IAM_GATEWAY_TARGETS",
        hide_env_values = true
    )]
    targets: Vec<String>,
    /// A file with databases, NAME=URL in each line.
    #[arg(long, value_name = "FILE", env = "IAM_GATEWAY_TARGETS_FILE")]
    targets_file: Option<PathBuf>,
    /// A libSQL file to serve; it is made if it is not there.
    #[arg(long, value_name = "FILE", env = "IAM_GATEWAY_DATABASE")]
    database: Option<PathBuf>,
    /// A Redis, as in `rediss://user:password@redis.example.com`; `memory:` for none, in
    /// development.
    #[arg(
        long,
        value_name = "URL",
        env = "IAM_GATEWAY_REDIS",
        hide_env_values = true
    )]
    redis: Option<String>,
    /// The SMTP server that mail is sent through, as in `smtps://user:password@mail.example.com`.
    #[arg(long, value_name = "URL", env = "IAM_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    #[command(flatten)]
    limits: LimitOptions,
}

impl Options {
    /// What they say. Parsed here and not by clap, whose errors repeat what was given.
    pub(super) fn settings(self) -> Result<GatewaySettings> {
        let mut databases = BTreeMap::new();
        targets::parse(&mut databases, &self.targets.join("\n"), "--target")?;
        if let Some(path) = &self.targets_file {
            targets::read(&mut databases, path)?;
        }
        let redis = self.redis.map(|url| url.parse()).transpose();
        let redis = redis.map_err(|error| Failure::usage(format!("--redis {error}")))?;
        let mail = self.smtp_url.map(|url| url.parse()).transpose();
        let mail = mail.map_err(|error| Failure::usage(format!("--smtp-url {error}")))?;
        let nothing = databases.is_empty() && self.database.is_none();
        if nothing && redis.is_none() && mail.is_none() {
            let message = "there is nothing to serve: give --target, --targets-file, --database, \
                           --redis or --smtp-url";
            return Err(Failure::usage(message).into());
        }
        let token = self.token.filter(|token| !token.is_empty());
        Ok(GatewaySettings {
            database: self.database,
            targets: databases,
            redis,
            mail: mail.map(MailTarget::Smtp),
            token: token.map(Secret::new),
            limits: self.limits.limits(),
            ..GatewaySettings::at(self.listen)
        })
    }
}

/// What is served, by name, as whoever runs the program may read it.
pub(super) fn served(settings: &GatewaySettings) -> Vec<(String, String)> {
    let mut served: Vec<_> = settings
        .targets
        .iter()
        .map(|(name, target)| (name.clone(), target.to_string()))
        .collect();
    let mut also = |name: &str, what: Option<String>| {
        served.extend(what.map(|what| (name.to_owned(), what)));
    };
    let database = settings.database.as_ref();
    also("libsql", database.map(|path| path.display().to_string()));
    also("redis", settings.redis.as_ref().map(ToString::to_string));
    if let Some(MailTarget::Smtp(server)) = &settings.mail {
        also("mail", Some(format!("{}:{}", server.host, server.port)));
    }
    let token = match settings.token {
        Some(_) => "required",
        None => "not required: only this machine is answered",
    };
    also("token", Some(token.to_owned()));
    served
}
