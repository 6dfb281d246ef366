//! `/admin/v1/api-keys`: the keys of a tenant's service accounts.

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod revoke;
pub(super) mod wire;
