use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use clap::Args;
use iam_gateway::{MailTarget, RedisTarget, Target};

use crate::failure::Failure;

/// What `iam up` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Where to listen.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), env = "IAM_HOST")]
    pub(crate) host: IpAddr,
    /// Which port to listen on; 0 for one that is free.
    #[arg(long, default_value_t = 8080, env = "IAM_PORT")]
    pub(crate) port: u16,
    /// The public URL, the `iss` of every token; `http://HOST:PORT` if not given.
    #[arg(long, env = "IAM_ISSUER")]
    pub(crate) issuer: Option<String>,
    /// The folder for the database, the secrets and the logs.
    #[arg(long, default_value = ".iam", env = "IAM_DIR")]
    pub(crate) dir: PathBuf,
    /// The manifest that names the components.
    #[arg(long, default_value = "spin.toml")]
    pub(crate) manifest: PathBuf,
    /// The Hydra to run; `hydra` on the PATH if not given.
    #[arg(long, env = "HYDRA_BIN")]
    pub(crate) hydra: Option<PathBuf>,
    /// Hydra's database, as Hydra spells it (`postgres://…`); a SQLite file in DIR if not given.
    #[arg(long, env = "HYDRA_DSN", hide_env_values = true)]
    pub(crate) hydra_dsn: Option<String>,
    /// The database, as in `postgres://user:password@host/iam`; a libSQL file in DIR if not given.
    #[arg(long, value_name = "URL", env = "IAM_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// The Redis, as in `redis://user:password@host`; this program's memory if not given.
    #[arg(long, value_name = "URL", env = "IAM_REDIS", hide_env_values = true)]
    pub(crate) redis: Option<String>,
    /// The SMTP server that mail is sent through, as in `smtps://user:password@mail.example.com`; if
    /// not given, mail is written into DIR/mail.
    #[arg(long, env = "IAM_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,
    /// Whom mail is from, as in `Acme <no-reply@acme.example>`.
    #[arg(long, default_value = "no-reply@iam.localhost", env = "IAM_MAIL_FROM")]
    pub(crate) mail_from: String,
    /// Make a demo tenant with a user, and print how to log in.
    #[arg(long)]
    pub(crate) demo: bool,
}

impl Options {
    /// The database that is not a file of ours. It and the others below are parsed here and not by
    /// clap, whose errors repeat what was given, and that has a password.
    pub(crate) fn database(&self) -> Result<Option<Target>, Failure> {
        let target = self.database.as_ref().map(|url| url.parse()).transpose();
        target.map_err(|error| Failure::usage(format!("--database {error}")))
    }

    /// Where short-lived values are.
    pub(crate) fn redis(&self) -> Result<RedisTarget, Failure> {
        let url = self.redis.as_deref().unwrap_or("memory:");
        url.parse()
            .map_err(|error| Failure::usage(format!("--redis {error}")))
    }

    /// Where mail goes. A developer reads it in a folder.
    pub(crate) fn mail(&self) -> Result<MailTarget, Failure> {
        let Some(url) = &self.smtp_url else {
            return Ok(MailTarget::Folder(self.dir.join("mail")));
        };
        url.parse()
            .map(MailTarget::Smtp)
            .map_err(|error| Failure::usage(format!("--smtp-url {error}")))
    }
}
