use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use rusqlite::{OpenFlags, config::DbConfig, limits::Limit};
use tokio::time::Instant;

use super::policy;

/// How long libSQL itself waits for a lock. Within the gateway writers take turns, so only another
/// program that has the file open can hold one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many prepared statements a connection keeps: all that `iam` has, and some.
const PREPARED: usize = 256;

/// The longest text, blob or row, in bytes: no more fits into a request or an answer.
const MAX_LENGTH: i32 = 10 * 1024 * 1024;

/// After how many instructions of libSQL's machine the clock is looked at: well below 1 ms.
const INSTRUCTIONS_PER_LOOK: i32 = 10_000;

/// A connection to the database file, which blocks the thread that uses it.
pub(crate) struct Connection {
    raw: rusqlite::Connection,
    marks: Arc<Marks>,
}

/// What the callbacks of a connection share with it.
pub(super) struct Marks {
    born: Instant,
    /// Milliseconds since `born` after which whatever runs is interrupted.
    deadline: AtomicU64,
    /// Whether a statement was prepared that may have changed how the connection behaves.
    changed: AtomicBool,
}

impl Marks {
    pub(super) fn mark_changed(&self) {
        self.changed.store(true, Ordering::Relaxed);
    }

    fn is_late(&self) -> bool {
        self.born.elapsed().as_millis() > self.deadline.load(Ordering::Relaxed).into()
    }
}

impl Connection {
    /// Opens the file at `path`, which must exist.
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        // No `URI`: a `?` in a path is a `?`. No mutex: one thread at a time has a connection.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let raw = rusqlite::Connection::open_with_flags(path, flags)?;
        let marks = Arc::new(Marks {
            born: Instant::now(),
            deadline: AtomicU64::new(u64::MAX),
            changed: AtomicBool::new(false),
        });
        configure(&raw)?;
        let clock = Arc::clone(&marks);
        raw.progress_handler(INSTRUCTIONS_PER_LOOK, Some(move || clock.is_late()));
        let judge = Arc::clone(&marks);
        raw.authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| {
            policy::judge(&context.action, &judge)
        }));
        Ok(Self { raw, marks })
    }

    pub(crate) const fn raw(&self) -> &rusqlite::Connection {
        &self.raw
    }

    /// Interrupts what still runs after `deadline`.
    pub(crate) fn interrupt_at(&self, deadline: Instant) {
        let end = deadline.saturating_duration_since(self.marks.born);
        let end = u64::try_from(end.as_millis()).unwrap_or(u64::MAX);
        self.marks.deadline.store(end, Ordering::Relaxed);
    }

    pub(crate) fn is_autocommit(&self) -> bool {
        self.raw.is_autocommit()
    }

    /// Ends the open transaction, if any, without effect.
    pub(crate) fn roll_back(&self) {
        self.marks.deadline.store(u64::MAX, Ordering::Relaxed);
        if !self.is_autocommit() {
            // If even that fails the connection is not as new and is closed, which rolls back.
            let _ = self.raw.execute_batch("rollback");
        }
    }

    /// Whether the next one to use it will find it as if just opened.
    pub(super) fn is_as_new(&self) -> bool {
        self.is_autocommit() && !self.marks.changed.load(Ordering::Relaxed)
    }
}

fn configure(raw: &rusqlite::Connection) -> rusqlite::Result<()> {
    raw.busy_timeout(BUSY_TIMEOUT)?;
    // In WAL mode readers and the writer do not wait for each other. FULL syncs the log at each
    // commit. NORMAL would be faster and could not corrupt the file, but a power failure could
    // undo the last commits, and here these are "this password no longer works", "this user is
    // disabled". A login writes its event to the audit log while it waits for Hydra anyway.
    // Mapped pages are not copied into each connection's small cache, so that a large database is
    // read as fast as a small one; the kernel takes them back when it needs the memory.
    raw.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
         pragma journal_size_limit = 67108864; pragma mmap_size = 1073741824;",
    )?;
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    raw.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0);
    raw.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_LENGTH);
    raw.set_prepared_statement_cache_capacity(PREPARED);
    Ok(())
}
