//! `/admin/v1/clients`: a tenant's OAuth 2.0 clients.

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod rotate_secret;
pub(super) mod wire;
