//! What somebody holds: the beginning of a query, a `with recursive` with two tables.
//!
//! `above(tenant_id, id, direct)` has their groups and all groups above these, a group perhaps
//! twice: `direct` is 1 for those they are in themselves. `held(tenant_id, id)` has the roles that
//! come from all that, and those that these include, each once. Both go on by `union`, which
//! ends when nothing is new, so that even a cycle would not keep it going.
//!
//! Each step finds its rows by the first columns of a key, and `cross join` keeps it so (see
//! `principal.rs`).

const GROUPS_ABOVE: &str = "\
    union select a.tenant_id, g.parent_id, 0 from above a cross join tenant_groups g \
    where g.tenant_id = a.tenant_id and g.id = a.id and g.parent_id is not null";

const ROLES_OF_GROUPS: &str = "\
    select a.tenant_id, gr.role_id from above a cross join group_roles gr \
    where gr.tenant_id = a.tenant_id and gr.group_id = a.id";

const INCLUDED: &str = "\
    union select h.tenant_id, i.included_id from held h cross join role_includes i \
    where i.tenant_id = h.tenant_id and i.role_id = h.id";

/// For the user whose `tenant_id, id` the query `user` gives.
pub(crate) fn user(user: &str) -> String {
    format!(
        "with recursive holder(tenant_id, id) as ({user}), \
         above(tenant_id, id, direct) as (\
         select o.tenant_id, m.group_id, 1 from holder o cross join group_members m \
         where m.tenant_id = o.tenant_id and m.user_id = o.id {GROUPS_ABOVE}), \
         held(tenant_id, id) as (\
         select o.tenant_id, ur.role_id from holder o cross join user_roles ur \
         where ur.tenant_id = o.tenant_id and ur.user_id = o.id \
         union {ROLES_OF_GROUPS} {INCLUDED})"
    )
}

/// For the group with this tenant and id, which are the next two parameters.
pub(crate) fn group() -> String {
    format!(
        "with recursive above(tenant_id, id, direct) as (\
         select tenant_id, id, 1 from tenant_groups where tenant_id = ? and id = ? \
         {GROUPS_ABOVE}), \
         held(tenant_id, id) as ({ROLES_OF_GROUPS} {INCLUDED})"
    )
}

/// For the role with this tenant and id, which are the next two parameters; without `above`.
pub(crate) fn role() -> String {
    format!(
        "with recursive held(tenant_id, id) as (\
         select tenant_id, id from roles where tenant_id = ? and id = ? {INCLUDED})"
    )
}
