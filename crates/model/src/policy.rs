use crate::{Line, PolicyId, Timestamp};

/// One version of a tenant's policy. It never changes; a change is another version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Which of the tenant's versions it is, from 1, in the order they were uploaded.
    pub number: i64,
    /// What it changes.
    pub description: Line,
    /// The Rego module.
    pub source: String,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

/// The policy that decides at a tenant's logins, as a login needs it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ActivePolicy {
    /// Its id.
    pub id: PolicyId,
    /// Which of the tenant's versions it is.
    pub number: i64,
    /// The Rego module.
    pub source: String,
}

/// Which policy is active at a tenant.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PolicyActivation {
    /// The active one, if any.
    pub active: Option<PolicyId>,
    /// The one before, which a roll-back returns to; `None` for no policy.
    pub previous: Option<PolicyId>,
    /// Counts the activations; 0 if there was none yet.
    pub version: i64,
}
