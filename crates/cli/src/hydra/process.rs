use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use iam_hydra::Hydra;
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use super::HydraConfig;
use crate::secrets::write_private;

/// How long Hydra may take to get ready, or to stop.
const READY_WITHIN: Duration = Duration::from_secs(30);
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// A Hydra that runs as our child, in its own folder, and ends with us.
pub(crate) struct HydraProcess {
    program: PathBuf,
    dir: PathBuf,
    /// Hydra accepts a plain-http issuer in development mode only.
    development: bool,
    child: Child,
}

impl HydraProcess {
    /// Writes the configuration, brings the schema up to date and starts Hydra.
    pub(crate) async fn start(
        program: PathBuf,
        dir: PathBuf,
        config: &HydraConfig<'_>,
    ) -> Result<Self> {
        let content = serde_json::to_vec_pretty(&config.to_json())?;
        write_private(&dir.join("hydra.json"), &content)?;
        migrate(&program, &dir).await?;
        let development = !config.issuer.starts_with("https:");
        let child = spawn(&program, &dir, development)?;
        Ok(Self {
            program,
            dir,
            development,
            child,
        })
    }

    /// Waits until Hydra answers.
    pub(crate) async fn ready(&mut self, hydra: &Hydra) -> Result<()> {
        let answers = async {
            while hydra.ping().await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! {
            () = answers => Ok(()),
            status = self.child.wait() => {
                let log = self.dir.join("hydra.log");
                bail!("Hydra stopped at once ({}): see {}\n{}", status?, log.display(), tail(&log))
            }
            () = sleep(READY_WITHIN) => {
                bail!("Hydra did not get ready: see {}", self.dir.join("hydra.log").display())
            }
        }
    }

    /// Starts Hydra again whenever it stops by itself, with growing pauses. Never returns.
    pub(crate) async fn keep_running(&mut self) {
        let mut pause = Duration::from_secs(1);
        loop {
            let status = self.child.wait().await;
            let status = status.map_or_else(|e| e.to_string(), |s| s.to_string());
            let seconds = pause.as_secs();
            eprintln!(
                "hydra stopped ({status}); logins answer oauth_unavailable; starting it again in {seconds} s"
            );
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(30));
            match spawn(&self.program, &self.dir, self.development) {
                Ok(child) => self.child = child,
                Err(error) => eprintln!("hydra did not start: {error:#}"),
            }
        }
    }

    /// Asks Hydra to stop, and makes it if it does not.
    pub(crate) async fn stop(mut self) {
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
            // It may have stopped meanwhile, which is as good.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        if timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

async fn migrate(program: &Path, dir: &Path) -> Result<()> {
    let log = log_file(dir)?;
    let status = command(program, dir)?
        .args(["migrate", "sql", "up", "--read-from-env", "--yes"])
        .args(["--config", "hydra.json"])
        .stdout(log.try_clone()?)
        .stderr(log)
        .status()
        .await
        .with_context(|| format!("cannot run {}", program.display()))?;
    if !status.success() {
        let log = dir.join("hydra.log");
        bail!(
            "Hydra could not bring its schema up to date: see {}\n{}",
            log.display(),
            tail(&log)
        );
    }
    Ok(())
}

fn spawn(program: &Path, dir: &Path, development: bool) -> Result<Child> {
    let log = log_file(dir)?;
    let mut command = command(program, dir)?;
    command.args(["serve", "all", "--config", "hydra.json"]);
    if development {
        command.arg("--dev");
    }
    command
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))
}

fn command(program: &Path, dir: &Path) -> Result<Command> {
    // The child runs in another folder.
    let program = program.canonicalize()?;
    let mut command = Command::new(program);
    command
        .current_dir(dir)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        // Ctrl-C goes to us, and we stop Hydra when the last login is through.
        .process_group(0);
    // Settings of another Hydra that the user works with are not for ours.
    for name in ["DSN", "SECRETS_SYSTEM", "URLS_SELF_ISSUER"] {
        command.env_remove(name);
    }
    end_with_us(&mut command);
    Ok(command)
}

/// If we are killed, there is nobody left to stop Hydra: the kernel does it.
#[cfg(target_os = "linux")]
fn end_with_us(command: &mut Command) {
    use rustix::process::{Signal, set_parent_process_death_signal};
    let hook = || set_parent_process_death_signal(Some(Signal::TERM)).map_err(Into::into);
    #[expect(unsafe_code, reason = "`pre_exec` has no safe form")]
    // SAFETY: between fork and exec only async-signal-safe calls are allowed; this is one prctl(2).
    unsafe {
        command.pre_exec(hook);
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_us(_: &mut Command) {}

fn log_file(dir: &Path) -> Result<File> {
    let path = dir.join("hydra.log");
    let file = fs::OpenOptions::new().create(true).append(true).open(&path);
    file.with_context(|| format!("cannot write {}", path.display()))
}

/// The last lines of a log, for an error message.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
