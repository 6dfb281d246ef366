use std::{
    env,
    fs::{self, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// Where logins are saved: `iam/credentials.json` in `$XDG_CONFIG_HOME`, by default `~/.config`
/// (XDG Base Directory Specification).
pub(crate) fn credentials_file() -> Result<PathBuf> {
    let absolute = |name: &str| {
        let path = env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let config = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")));
    let config = config.context("neither HOME nor XDG_CONFIG_HOME says where logins are saved")?;
    Ok(config.join("iam").join("credentials.json"))
}

/// Makes the folder of `file`, which only its owner can enter, and waits until no other run of
/// this program is about to write the file. It may be written as long as what is returned lives.
pub(crate) fn lock(file: &Path) -> Result<File> {
    let dir = file.parent().unwrap_or(file);
    let mut builder = fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("cannot create {}", dir.display()))?;
    let path = file.with_extension("lock");
    let locked = File::create(&path).and_then(|lock| lock.lock().map(|()| lock));
    locked.with_context(|| format!("cannot lock {}", path.display()))
}
