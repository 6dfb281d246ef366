//! Installations that move from one engine into another.

mod chain;
mod interrupted;
mod refused;

use std::{fs, path::Path};

/// What is in an export, but for when it was made.
fn content(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    assert!(
        head.starts_with("{\"installation\":{\"version\":1,"),
        "{head}"
    );
    rest.to_owned()
}
