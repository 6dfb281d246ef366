//! Decides what a token says of its subject.
