//! `/admin/v1/permissions`: a tenant's permission catalogue. A permission is called by its name.

pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod wire;
