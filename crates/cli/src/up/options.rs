use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use clap::Args;

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
    /// Make a demo tenant with a user, and print how to log in.
    #[arg(long)]
    pub(crate) demo: bool,
}
