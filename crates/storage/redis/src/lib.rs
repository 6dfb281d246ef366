//! The ephemeral store over Redis by Upstash REST.
//!
//! Each method is one `POST`: of one command to `/`, or of a transaction to `/multi-exec`.
//! Answers are asked for in base64, without which bytes that are not UTF-8 would be replaced.
//!
//! Deliberately absent: scripts, which not every server that speaks this protocol runs.

mod answer;
mod ephemeral;
mod rest;

pub use ephemeral::UpstashStore;
