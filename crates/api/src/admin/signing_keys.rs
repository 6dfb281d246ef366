//! `/admin/v1/signing-keys`: the keys that tokens are signed with, which all tenants share.

pub(super) mod advance;
pub(super) mod list;
pub(super) mod rotate;
pub(super) mod wire;
