use std::{
    env,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

/// The Hydra to run: the one that was named, else the first `hydra` on the PATH.
pub(crate) fn find(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(path) = named {
        if is_program(path) {
            return Ok(path.to_owned());
        }
        bail!(
            "{} is not a program: name a Hydra v2.3 with --hydra or HYDRA_BIN",
            path.display()
        );
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path)
        .map(|dir| dir.join("hydra"))
        .find(|path| is_program(path));
    let Some(found) = found else {
        bail!(
            "there is no Hydra: name one with --hydra or HYDRA_BIN, put `hydra` on the PATH, \
             or run `make hydra`, which builds it with Go"
        );
    };
    Ok(found)
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::find;

    #[test]
    fn a_hydra_that_is_named_must_be_a_program() {
        assert!(find(Some(Path::new("/bin/sh"))).is_ok());
        let error = find(Some(Path::new("/nowhere/hydra")))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("/nowhere/hydra") && error.contains("HYDRA_BIN"),
            "{error}"
        );
    }
}
