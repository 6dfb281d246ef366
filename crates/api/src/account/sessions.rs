//! Where a user is logged in.

pub(super) mod list;
pub(super) mod remove;
pub(super) mod revoke_all;
