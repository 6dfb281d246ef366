//! Decides whether a subject gets tokens, and what the tokens say of it.
//!
//! [`decide`] is the only place that does so: login calls it, and so does the token hook at every
//! refresh, which is why a refreshed token carries today's roles and a disabled user gets none.
//!
//! Deliberately absent: storage, HTTP and time. A decision depends on its arguments alone.

mod assurance;
mod claims;

pub use assurance::{Acr, Amr, Assurance};
pub use claims::{AccessTokenClaims, Claims, Denial, IdTokenClaims, decide};
