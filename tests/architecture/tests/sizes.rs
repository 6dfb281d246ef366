//! Files stay small enough to be read at one go.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_median_file_is_below_200_lines_and_none_is_above_500() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for part in ["crates", "components"] {
        rust_files(&root.join(part), &mut files);
    }
    let mut sizes: Vec<_> = files
        .iter()
        .map(|file| (fs::read_to_string(file).unwrap().lines().count(), file))
        .collect();
    sizes.sort();
    let (median, _) = sizes[sizes.len() / 2];
    assert!(median < 200, "the median file has {median} lines");
    let (longest, file) = sizes[sizes.len() - 1];
    assert!(longest <= 500, "{} has {longest} lines", file.display());
}
