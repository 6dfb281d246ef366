use iam_model::Timestamp;

/// A step from one version of a database's schema to the next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Migration {
    /// The version it leads to; the first is 1.
    pub version: i64,
    /// What it is called.
    pub name: String,
    /// The SHA-256 of its text as it was released: 64 hexadecimal digits.
    pub checksum: String,
    /// When it was applied; `None` if it was not yet.
    pub applied_at: Option<Timestamp>,
    /// What it does, as the engine is told, in order. No secret is in it.
    pub statements: Vec<String>,
}
