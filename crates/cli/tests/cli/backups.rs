//! `iam backup` and `iam restore`.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use iam_storage_conformance::fill;
use iam_storage_ports::Storage;

use crate::{
    databases::{filled, table, with},
    program::Home,
};

/// Somebody who fills a database without a pause, two tenants at a time.
struct Writer {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Writer {
    fn start(file: &Path) -> Self {
        let (stop, done) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (told, counted, file) = (Arc::clone(&stop), Arc::clone(&done), file.to_owned());
        let thread = thread::spawn(move || {
            with(&file, async |storage: &dyn Storage, _| {
                while !told.load(Ordering::Relaxed) {
                    fill(storage).await;
                    counted.fetch_add(2, Ordering::Relaxed);
                }
            });
        });
        Self { stop, done, thread }
    }

    /// How many tenants are there, once it has got on from there.
    fn gets_on(&self) -> u64 {
        let before = self.done.load(Ordering::Relaxed);
        while self.done.load(Ordering::Relaxed) == before {
            assert!(!self.thread.is_finished(), "it writes no more");
            thread::sleep(Duration::from_millis(5));
        }
        self.done.load(Ordering::Relaxed)
    }

    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

#[test]
fn a_backup_under_writes_holds_what_was_there_at_one_moment() {
    let home = Home::new();
    fs::create_dir(home.file(".iam")).unwrap();
    filled(&home.file(".iam/hydra.db"), 3);
    home.write(".iam/secrets.json", "{\"k\":1}");
    let writer = Writer::start(&home.file(".iam/iam.db"));
    for number in 0..3 {
        let before = writer.gets_on();
        let name = format!("backups/{number}");
        fs::create_dir_all(home.file("backups")).unwrap();
        home.run(&["backup", &name]).assert_code(0);
        let after = writer.gets_on();
        let restored = format!("restored-{number}");
        home.run(&["restore", &name, "--dir", &restored])
            .assert_code(0);
        with(
            &home.file(&format!("{restored}/iam.db")),
            async |storage, transfer| {
                storage.ping().await.unwrap();
                let tenants = transfer.count(table("tenants")).await.unwrap();
                // One more fill may be under way, of which a part is there.
                assert!(
                    (before..=after + 2).contains(&tenants),
                    "{before} {tenants} {after}"
                );
            },
        );
        // What it has is whole: it can be moved, references and all.
        let (url, file) = (format!("{restored}/iam.db"), format!("{number}.ndjson"));
        home.run(&["export", &file, "--database-url", &url])
            .assert_code(0);
        let copy = format!("{number}.db");
        home.run(&["import", "installation", &file, "--database-url", &copy])
            .assert_code(0);
    }
    writer.stop();
    let mode = |name: &str| fs::metadata(home.file(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("backups/0"), mode("restored-0")), (0o700, 0o700));
    for name in ["iam.db", "hydra.db", "secrets.json"] {
        assert_eq!(mode(&format!("backups/0/{name}")), 0o600);
        assert_eq!(mode(&format!("restored-0/{name}")), 0o600);
    }
    let secrets = fs::read_to_string(home.file("restored-0/secrets.json")).unwrap();
    assert_eq!(secrets, "{\"k\":1}");
}

#[test]
fn neither_a_backup_nor_an_installation_is_written_over() {
    let home = Home::new();
    home.run(&["backup", "b"]).assert_code(1);
    assert!(!home.file("b").exists());
    fs::create_dir(home.file(".iam")).unwrap();
    filled(&home.file(".iam/iam.db"), 0);
    home.run(&["backup", "b"]).assert_code(0);
    home.run(&["backup", "b"]).assert_code(2);
    home.run(&["restore", "b"]).assert_code(2);
    home.run(&["restore", "nowhere", "--dir", "c"])
        .assert_code(1);
    assert!(!home.file("c").exists());
}

#[test]
fn a_backup_that_is_damaged_is_not_restored() {
    let home = Home::new();
    fs::create_dir(home.file(".iam")).unwrap();
    filled(&home.file(".iam/iam.db"), 2_000);
    home.run(&["backup", "b"]).assert_code(0);
    let file = home.file("b/iam.db");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16_384].fill(0x5a);
    fs::write(&file, bytes).unwrap();
    let refused = home.run(&["restore", "b", "--dir", "c"]).assert_code(1);
    assert!(refused.err.contains("cannot copy"), "{refused:?}");
}
