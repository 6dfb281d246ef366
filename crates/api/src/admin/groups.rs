//! `/admin/v1/groups`: a tenant's groups, their members and their roles.
//!
//! The members of a group are listed by `GET /admin/v1/users?group=`, its roles by
//! `GET /admin/v1/roles?group=`.

pub(super) mod add_member;
pub(super) mod assign_role;
pub(super) mod change;
pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
pub(super) mod remove_member;
pub(super) mod unassign_role;
pub(super) mod wire;
