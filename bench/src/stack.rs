use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::stats::memory;

/// An `iam up` of our own, in a folder of its own.
pub(crate) struct Stack {
    child: Child,
    dir: PathBuf,
    /// The line that says how long the start took.
    pub(crate) ready: String,
    pub(crate) dev: Value,
    pub(crate) state: Value,
}

const NO_LIMITS: &str = "ip=off client=off tenant=off account=off";

impl Stack {
    pub(crate) fn start(program: &Path, dir: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["up", "--demo", "--port", "0", "--dir"])
            .arg(dir)
            // All that is measured comes from one address, and is for one user.
            .env("SPIN_VARIABLE_LOGIN_LIMITS", NO_LIMITS)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .with_context(|| format!("cannot run {}: run `make build`", program.display()))?;
        let stdout = child.stdout.take().context("no stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        let Some(ready) = lines
            .by_ref()
            .map_while(Result::ok)
            .find(|l| l.starts_with("ready"))
        else {
            bail!("iam up stopped before it was ready");
        };
        // Its output goes on; a full pipe would stop it.
        std::thread::spawn(move || lines.count());
        let json = |name: &str| -> Result<Value> {
            Ok(serde_json::from_slice(&fs::read(dir.join(name))?)?)
        };
        Ok(Self {
            ready,
            dev: json("dev.json")?,
            state: json("state.json")?,
            dir: dir.to_owned(),
            child,
        })
    }

    /// A string of `dev.json` or `state.json`.
    pub(crate) fn text(&self, name: &str) -> Result<&str> {
        let value = self.dev.get(name).or_else(|| self.state.get(name));
        value
            .and_then(Value::as_str)
            .with_context(|| format!("no {name}"))
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A figure of its memory in MiB, such as `VmRSS`.
    pub(crate) fn memory(&self, name: &str) -> Result<f64> {
        memory(self.child.id(), name)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SIGTERM lets it stop its Hydra; `Child::kill` would not.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}
