use std::collections::{BTreeMap, BTreeSet};

use iam_model::{Permission, RoleName};

use super::BundledRole;

/// What each role allows together with all that it includes. A role that is included and is not
/// there allows nothing.
pub(super) fn effective_permissions(
    roles: &[BundledRole],
) -> BTreeMap<&RoleName, BTreeSet<&Permission>> {
    let by_name: BTreeMap<_, _> = roles.iter().map(|role| (&role.name, role)).collect();
    let effective = |role: &&RoleName| {
        let mut found = BTreeSet::new();
        let mut permissions = BTreeSet::new();
        let mut open = vec![*role];
        while let Some(name) = open.pop() {
            let Some(role) = by_name.get(name).filter(|_| found.insert(name)) else {
                continue;
            };
            permissions.extend(&role.permissions);
            open.extend(&role.includes);
        }
        permissions
    };
    by_name
        .keys()
        .map(|role| (*role, effective(role)))
        .collect()
}
