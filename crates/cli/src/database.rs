//! The database that a command is about.

use std::{
    collections::BTreeMap,
    env,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    rc::Rc,
};

use anyhow::{Context, Result};
use clap::Args;
use iam_config::StoreUrl;
use iam_gateway::{Gateway, GatewaySettings, Target};
use iam_host_native::NativePlatform;
use iam_model::Secret;
use iam_platform::Platform;
use iam_security::random_token;
use iam_storage_ports::{Storage, StorageError, Transfer};
use tokio::{sync::oneshot, task::JoinHandle};

use crate::failure::Failure;

/// The variable with the database's token, which has no place on a command line.
const TOKEN: &str = "IAM_DATABASE_TOKEN";

/// The schemes by which databases themselves are reached, and those of our gateway for them.
const NATIVE: [(&str, &str); 5] = [
    ("mongodb", "mongodb+http"),
    ("mysql", "mysql+http"),
    ("postgres", "postgres+http"),
    ("postgresql", "postgres+http"),
    ("sqlserver", "sqlserver+http"),
];

/// Which database.
#[derive(Args)]
pub(crate) struct Database {
    /// The database: the path of a libSQL file; `postgres://`, `mysql://`, `sqlserver://` or
    /// `mongodb://USER:PASSWORD@HOST/NAME`; or what the components are told, as `libsql://HOST` or
    /// `postgres+http://HOST:PORT/NAME`. Passwords are better given in the variable.
    #[arg(
        long,
        env = "IAM_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    database_url: String,
}

/// A database that is reached, by a gateway in this program if need be.
pub(crate) struct Opened {
    pub(crate) storage: Rc<dyn Storage>,
    pub(crate) transfer: Rc<dyn Transfer>,
    gateway: Option<Running>,
}

struct Running {
    quit: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Database {
    /// Opens it. A file that is not there is made.
    pub(crate) async fn open(&self) -> Result<Opened> {
        let url = self.database_url.as_str();
        if let Some(file) = file(url) {
            let settings = GatewaySettings {
                database: Some(file),
                ..loopback()
            };
            return served(settings, "libsql+http", "").await;
        }
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        let native = NATIVE.iter().find(|(native, _)| Some(*native) == scheme);
        let Some((_, spoken)) = native else {
            let token = env::var_os(TOKEN).and_then(|token| token.into_string().ok());
            return reached(url, token.as_deref(), None);
        };
        let target: Target = url.parse().map_err(|error| invalid(&error))?;
        let settings = GatewaySettings {
            targets: BTreeMap::from([("default".to_owned(), target)]),
            ..loopback()
        };
        served(settings, spoken, "/default").await
    }

    /// [`open`](Self::open), but makes no file.
    pub(crate) async fn open_existing(&self) -> Result<Opened> {
        match file(&self.database_url) {
            Some(file) if !file.exists() => {
                let text = format!("--database-url: there is no file {}", file.display());
                Err(Failure::usage(text).into())
            }
            _ => self.open().await,
        }
    }
}

impl Opened {
    /// Lets go of it: nothing is under way any more.
    pub(crate) async fn close(self) {
        if let Some(Running { quit, task }) = self.gateway {
            drop(quit);
            // Had it panicked, its own message is on stderr.
            let _ = task.await;
        }
    }
}

/// The path, if it is one and no URL.
pub(crate) fn file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file:").unwrap_or(url);
    (!path.contains("://")).then(|| Path::new(path).to_owned())
}

fn loopback() -> GatewaySettings {
    GatewaySettings {
        // Others on this machine can reach the port too.
        token: Some(random_token(&NativePlatform::default())),
        ..GatewaySettings::at((Ipv4Addr::LOCALHOST, 0).into())
    }
}

/// The database behind a gateway of our own.
async fn served(settings: GatewaySettings, scheme: &str, path: &str) -> Result<Opened> {
    let token = settings.token.as_ref().map(Secret::expose).cloned();
    let gateway = Gateway::bind(settings).await?;
    let url = format!("{scheme}://{}{path}", gateway.local_addr());
    let (quit, quitting) = oneshot::channel::<()>();
    let task = tokio::spawn(async {
        // What it did not answer in time, nobody waits for any more.
        let _ = gateway.serve(async { drop(quitting.await) }).await;
    });
    reached(&url, token.as_deref(), Some(Running { quit, task }))
}

fn reached(url: &str, token: Option<&str>, gateway: Option<Running>) -> Result<Opened> {
    let lookup = |name: &str| match name {
        "database_url" => Some(url.to_owned()),
        "database_token" => token.map(str::to_owned),
        _ => None,
    };
    let url = StoreUrl::database(&lookup).map_err(|error| invalid(&error))?;
    let platform: Rc<dyn Platform> = Rc::new(NativePlatform::default());
    Ok(Opened {
        storage: iam_storage::open(Rc::clone(&platform), &url).context(TOKEN)?,
        transfer: iam_storage::open_transfer(platform, &url).context(TOKEN)?,
        gateway,
    })
}

fn invalid(error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("--database-url: {error}"))
}

/// A storage error as it is told to who runs the program.
pub(crate) fn readable(error: StorageError) -> anyhow::Error {
    match error {
        StorageError::Unavailable(reason) => Failure::Unreachable(reason).into(),
        StorageError::Schema => anyhow::anyhow!(
            "the schema is older or newer than this version: see `iam migrate status`"
        ),
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::file;

    #[test]
    fn what_is_no_url_is_the_path_of_a_file() {
        assert_eq!(file(".iam/iam.db"), Some(PathBuf::from(".iam/iam.db")));
        assert_eq!(file("file:/a b"), Some(PathBuf::from("/a b")));
        assert_eq!(file("postgres://h/d"), None);
        assert_eq!(file("libsql+http://h"), None);
    }
}
