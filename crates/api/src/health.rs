//! `/healthz` and `/readyz`, for whoever watches over us.

pub mod healthz;
pub mod readyz;
