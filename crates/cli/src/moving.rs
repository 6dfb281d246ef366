//! A whole installation in a file: `iam export` and `iam import installation`.
//!
//! The file is lines of JSON ([`line`]), so that it can be looked at, and nobody needs this program
//! to read it. What is in it is what the ports call [`TABLES`](iam_storage_ports::TABLES), so it
//! fits every engine. Rows come in the order of their keys on both sides: one pass over both says
//! whether they are the same, what is missing, and where to go on.

mod digest;
mod export;
mod import;
mod index;
mod line;
mod output;
mod pages;
mod verify;

pub(crate) use self::{export::Options as ExportOptions, import::Options as ImportOptions};
