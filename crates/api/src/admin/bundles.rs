//! `/admin/v1/bundles`: what services that use OPA decide by.

pub(super) mod read;
