use std::{
    io::{BufRead, BufReader},
    net::Ipv4Addr,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use iam_gateway::{Gateway, GatewaySettings};

use crate::stats::memory;

/// The name by which the gateway knows its database.
const NAME: &str = "default";

/// A gateway in a process of its own, as it is where it is used: this program once more.
pub(crate) struct GatewayProcess {
    child: Child,
    authority: String,
}

impl GatewayProcess {
    /// A gateway in front of `target`: the URL of a database, or a file of libSQL.
    pub(crate) fn start(target: &str) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--gateway", target])
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("no stdout")?;
        let mut authority = String::new();
        BufReader::new(stdout).read_line(&mut authority)?;
        let authority = authority.trim().to_owned();
        anyhow::ensure!(!authority.is_empty(), "the gateway does not start");
        Ok(Self { child, authority })
    }

    /// The URL of its database, whose scheme is that of the engine.
    pub(crate) fn url(&self, scheme: &str) -> String {
        match scheme {
            "libsql" => format!("libsql+http://{}", self.authority),
            _ => format!("{scheme}+http://{}/{NAME}", self.authority),
        }
    }

    /// A figure of its memory in MiB, such as `VmRSS`.
    pub(crate) fn memory(&self, name: &str) -> Result<f64> {
        memory(self.child.id(), name)
    }
}

impl Drop for GatewayProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is that gateway, until it is killed.
pub(crate) async fn serve(target: &str) -> Result<()> {
    let mut settings = GatewaySettings::at((Ipv4Addr::LOCALHOST, 0).into());
    if target.contains("://") {
        settings.targets.insert(NAME.to_owned(), target.parse()?);
    } else {
        settings.database = Some(Path::new(target).to_owned());
    }
    let gateway = Gateway::bind(settings).await?;
    println!("{}", gateway.local_addr());
    // It is told to stop by nobody.
    let _ = gateway.serve(std::future::pending()).await;
    Ok(())
}
