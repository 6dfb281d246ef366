//! Decides whether a subject gets tokens, and what the tokens say of it.
//!
//! [`decide`] is the only place that does so: login calls it, and so does the token hook at every
//! refresh, which is why a refreshed token carries today's roles and a disabled user gets none.
//! [`decide_client`] does the same for a client that asks for itself.
//! A tenant's own rules are a [`Policy`], in Rego; [`bundle`] is what services need to decide by
//! the same roles with OPA.
//!
//! Deliberately absent: storage, HTTP and time. A decision depends on its arguments alone.

mod assurance;
mod bundle;
mod claims;
mod context;
mod decide;
mod decide_client;
mod denial;
mod json;
mod rego;
mod sources;

pub use assurance::{Amr, Assurance};
pub use bundle::{BundledRole, bundle};
pub use claims::{
    AccessTokenClaims, Actor, Claims, ClientClaims, ClientTokenClaims, IdTokenClaims,
    LARGE_TOKEN_BYTES,
};
pub use context::{Grant, RequestContext};
pub use decide::decide;
pub use decide_client::{ClientGrant, decide_client};
pub use denial::Denial;
pub use rego::{
    Diagnostic, Exceeded, Explanation, FailedTest, Limits, Policy, PolicyDecision, PolicyDraft,
    PolicyError, PolicyInput, ReasonCode, TestReport,
};
