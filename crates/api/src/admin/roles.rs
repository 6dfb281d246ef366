//! `/admin/v1/roles`: a tenant's roles.

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod wire;
