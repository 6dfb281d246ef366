//! What SQL Server is told, in `golden/statements.sql`: each statement as a batch of its own. With
//! `IAM_WRITE_GOLDEN=1` the file is written anew by who runs all tests after removing it.

use std::{collections::BTreeSet, fs, sync::Mutex};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/server/golden/statements.sql"
);
const END: &str = "\ngo\n";

/// Each of these is in the file.
pub(crate) fn check(told: &[String]) {
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap();
    let text = fs::read_to_string(FILE).unwrap_or_default();
    let mut known: BTreeSet<_> = text.split_terminator(END).map(str::to_owned).collect();
    let is_written = std::env::var_os("IAM_WRITE_GOLDEN").is_some();
    for sql in told {
        let is_known = !known.insert(sql.clone());
        assert!(
            is_known || is_written,
            "SQL Server was never told this; if it is meant, run with IAM_WRITE_GOLDEN=1:\n{sql}"
        );
    }
    if is_written {
        let text: String = known.iter().flat_map(|sql| [sql, END]).collect();
        fs::write(FILE, text).unwrap();
    }
}
