use std::{
    fs::{self, DirBuilder, Metadata, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process,
};

use rustix::process::geteuid;
use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component as Code};

use super::hex;
use crate::error::StartError;

/// Compiled components, in a folder.
///
/// What is in it is machine code that will be executed, so it must be as safe as the program
/// itself: the folder must be a real one, ours, and writable by nobody else, which is checked
/// when it is opened. A file's name holds the digest of the component, what of the engine its
/// code depends on, and the digest of the file itself, which is checked before it is used:
/// that finds damage. Against someone who can write as we do, nothing helps.
pub(crate) struct Cache {
    folder: PathBuf,
    engine: Engine,
    /// What code depends on besides the component: wasmtime's version, its settings, the CPU.
    compatibility: String,
}

impl Cache {
    pub(crate) fn open(folder: &Path, engine: &Engine) -> Result<Self, StartError> {
        let error = |problem: String| StartError::Cache {
            folder: folder.to_owned(),
            problem,
        };
        let create = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        create.map_err(|cause| error(format!("cannot be created: {cause}")))?;
        let metadata = fs::symlink_metadata(folder);
        let metadata = metadata.map_err(|cause| error(format!("cannot be read: {cause}")))?;
        check(&metadata).map_err(|problem| error(problem.to_owned()))?;
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Ok(Self {
            folder: folder.to_owned(),
            engine: engine.clone(),
            compatibility: format!("{:016x}", hasher.finish()),
        })
    }

    /// The code of a component, from the cache or, if it is not there, from `compile`.
    pub(crate) fn get_or_compile(
        &self,
        id: &str,
        digest: &str,
        compile: impl FnOnce() -> wasmtime::Result<Vec<u8>>,
    ) -> wasmtime::Result<Code> {
        let key = format!("{id}.{digest}.{}.", self.compatibility);
        if let Some(code) = self.find(&key) {
            return Ok(code);
        }
        let artefact = compile()?;
        let file = self
            .folder
            .join(format!("{key}{}", hex(&Sha256::digest(&artefact))));
        self.forget(id);
        if write(&file, &artefact).is_ok()
            && let Ok(code) = self.load(&file)
        {
            return Ok(code);
        }
        // The disk is full, say. That is no reason not to start.
        self.deserialize(&artefact)
    }

    fn find(&self, key: &str) -> Option<Code> {
        self.names(key).find_map(|name| {
            let file = self.folder.join(&name);
            let artefact = fs::read(&file).ok()?;
            let sound = name.strip_prefix(key)? == hex(&Sha256::digest(&artefact));
            sound.then(|| self.load(&file).ok()).flatten()
        })
    }

    /// Removes the code that `id` had before.
    fn forget(&self, id: &str) {
        for name in self.names(&format!("{id}.")) {
            // It is in nobody's way, and the next compilation tries again.
            let _ = fs::remove_file(self.folder.join(name));
        }
    }

    fn names(&self, prefix: &str) -> impl Iterator<Item = String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(move |name| name.starts_with(prefix))
    }

    #[expect(unsafe_code, reason = "the folder is ours alone: see `Cache`")]
    fn load(&self, file: &Path) -> wasmtime::Result<Code> {
        // SAFETY: the file is what `precompile_component` made. Nobody else can have written
        // it, and nobody changes it while it is mapped: files are replaced, not rewritten.
        unsafe { Code::deserialize_file(&self.engine, file) }
    }

    #[expect(unsafe_code, reason = "the bytes were just compiled by this engine")]
    fn deserialize(&self, artefact: &[u8]) -> wasmtime::Result<Code> {
        // SAFETY: the bytes are what `precompile_component` of the same engine returned.
        unsafe { Code::deserialize(&self.engine, artefact) }
    }
}

/// Writes a file that is complete or not there.
fn write(file: &Path, artefact: &[u8]) -> io::Result<()> {
    let temporary = file.with_extension(format!("{}.new", process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .and_then(|mut open| open.write_all(artefact))
        .and_then(|()| fs::rename(&temporary, file));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn check(folder: &Metadata) -> Result<(), &'static str> {
    if !folder.is_dir() {
        return Err("is not a folder: choose another");
    }
    if folder.uid() != geteuid().as_raw() {
        return Err("belongs to another user: choose another");
    }
    if folder.mode() & 0o022 != 0 {
        return Err("can be written by others: chmod go-w");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
