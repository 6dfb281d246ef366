//! `/admin/v1/policies`: a tenant's policy in all its versions, of which one at most is active.

pub(super) mod activate;
pub(super) mod create;
pub(super) mod deactivate;
pub(super) mod evaluate;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod rollback;
pub(super) mod wire;
