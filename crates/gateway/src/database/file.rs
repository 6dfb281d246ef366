use std::{fs::OpenOptions, io, path::Path};

use rusqlite::{DatabaseName, ErrorCode};

use super::Connection;
use crate::GatewayError;

/// A first connection to the file at `path`, which is made if it is not there. That it can be
/// written is known after this.
pub(super) fn open(path: &Path) -> Result<Connection, GatewayError> {
    let failure = |advice, source| GatewayError::Database {
        path: path.to_owned(),
        advice,
        source,
    };
    make(path).map_err(|error| failure(advise_on_file(&error), error.into()))?;
    // Absolute, for libSQL has names that are no files, such as ":memory:".
    let path = std::path::absolute(path);
    let path = path.map_err(|error| failure("give its path", error.into()))?;
    let connection = Connection::open(&path)
        .map_err(|error| failure(advise_on_content(&error), error.into()))?;
    prove_writable(connection.raw())
        .map_err(|error| failure(advise_on_content(&error), error.into()))?;
    Ok(connection)
}

/// Makes the file if it is not there. It will hold password hashes: only its owner may read it,
/// and libSQL gives its companions (`-wal`, `-shm`) the same permissions.
fn make(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn prove_writable(raw: &rusqlite::Connection) -> rusqlite::Result<()> {
    raw.execute_batch("begin immediate; rollback")?;
    let mode: String = raw.query_row("pragma journal_mode", [], |row| row.get(0))?;
    if mode == "wal" && !raw.is_readonly(DatabaseName::Main)? {
        return Ok(());
    }
    Err(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error {
            code: ErrorCode::ReadOnly,
            extended_code: rusqlite::ffi::SQLITE_READONLY,
        },
        Some(format!("its journal mode is {mode}, not wal")),
    ))
}

fn advise_on_file(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "make its folder first",
        io::ErrorKind::IsADirectory => "that is a folder: give the path of a file",
        io::ErrorKind::PermissionDenied => {
            "let this user read and write it, or give the path of another file"
        }
        io::ErrorKind::ReadOnlyFilesystem => "its file system is read-only: choose another",
        io::ErrorKind::StorageFull => "the disk is full: make room",
        _ => "check its path and its permissions",
    }
}

fn advise_on_content(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            "it is no libSQL or SQLite file: give another path, or move it away"
        }
        Some(ErrorCode::DatabaseCorrupt) => "it is damaged: restore a backup",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program holds it: stop that program"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            "let this user write it and its folder, on a local disk"
        }
        Some(ErrorCode::DiskFull) => "the disk is full: make room",
        _ => "check the file and its disk",
    }
}

#[cfg(test)]
mod tests {
    use std::{error::Error as _, fs};

    use tempfile::tempdir;

    use super::open;
    use crate::GatewayError;

    fn advice(path: &std::path::Path) -> String {
        let error = open(path).err().expect("a file that cannot be used");
        assert!(matches!(error, GatewayError::Database { .. }), "{error:?}");
        assert!(error.source().is_some());
        error.to_string()
    }

    #[test]
    fn a_file_that_cannot_be_used_says_what_to_do() {
        let dir = tempdir().unwrap();
        let text = advice(&dir.path().join("no/such/folder.db"));
        assert!(text.contains("make its folder first"), "{text}");
        assert!(advice(dir.path()).contains("that is a folder"));
        let other = dir.path().join("notes.txt");
        fs::write(&other, "these are not the pages of a database\n".repeat(40)).unwrap();
        assert!(advice(&other).contains("no libSQL or SQLite file"));
        let untouched = fs::read_to_string(&other).unwrap();
        assert!(untouched.starts_with("these are"));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_and_its_companions_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempdir().unwrap();
        let path = dir.path().join("new.db");
        let connection = open(&path).unwrap();
        connection.raw().execute_batch("create table t(a)").unwrap();
        let files: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(files.len(), 3, "{files:?}");
        for file in files {
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file:?}");
        }
    }

    #[test]
    fn a_name_that_means_something_to_libsql_is_a_file_all_the_same() {
        let dir = tempdir().unwrap();
        let path = dir.path().join("file:x?mode=memory");
        drop(open(&path).unwrap());
        assert!(path.exists());
    }
}
