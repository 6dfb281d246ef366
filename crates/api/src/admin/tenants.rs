//! `/admin/v1/tenants`: the tenants of the installation. A tenant is called by its name.

pub(super) mod activate;
pub(super) mod change;
pub(super) mod create;
pub(super) mod erase;
pub(super) mod export;
pub(super) mod list;
pub(super) mod purge;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod restore;
pub(super) mod suspend;
mod wire;
