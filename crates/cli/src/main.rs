//! The iam program.

fn main() {}
