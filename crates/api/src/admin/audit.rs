//! `/admin/v1/audit-events`: what happened in a tenant, in a hash chain.
//!
//! How it is chained, and what the chain does not prove: ADR 0009 and `iam_identity::Link`.

pub(super) mod export;
pub(super) mod list;
pub(super) mod verify;
pub(super) mod wire;
