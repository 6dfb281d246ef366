use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use iam_model::MessageId;
use lettre::Message;
use tokio::task::spawn_blocking;

use super::error::{MailError, MailSetupError};

/// A folder that messages are written into: `<id>.eml`. Ids sort by the time they were made.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Takes a folder, made if it is not there, that only its owner can enter: what is written to
    /// it opens accounts.
    pub(crate) fn open(path: PathBuf) -> Result<Self, MailSetupError> {
        let mut builder = fs::DirBuilder::new();
        match builder.recursive(true).mode(0o700).create(&path) {
            Ok(()) => Ok(Self(path)),
            Err(source) => Err(MailSetupError::Folder { path, source }),
        }
    }

    /// Writes a message, in place of the same one that was written before.
    pub(crate) async fn write(&self, id: &MessageId, message: &Message) -> Result<(), MailError> {
        let (file, content) = (self.0.join(format!("{id}.eml")), message.formatted());
        let written = spawn_blocking(move || replace(&file, &content)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(MailError::Folder),
        }
    }
}

/// A reader finds all of a file or nothing.
fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut new = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    new.write_all(content)?;
    fs::rename(&unfinished, file)
}
