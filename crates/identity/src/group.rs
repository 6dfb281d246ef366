use iam_model::{Group, GroupId, GroupName, Line, ResourceKind, UserId};
use iam_storage_ports::{Change, GroupFilter, Holder, Listing, Page};

use crate::{Admin, IdentityError, admin::WithDetails, role::ensure_may_grant_all_of};

/// What an operator says of a group.
pub struct GroupSpec {
    /// Its name.
    pub name: GroupName,
    /// What it is for.
    pub description: Line,
    /// The group it is part of.
    pub parent: Option<GroupId>,
}

/// Makes a group.
pub async fn create_group(admin: &Admin<'_>, spec: GroupSpec) -> Result<Group, IdentityError> {
    ensure_may_nest(admin, spec.parent).await?;
    let now = admin.now();
    let group = Group {
        id: admin.id(GroupId::generate),
        name: spec.name,
        description: spec.description,
        parent: spec.parent,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let change = admin.creation("group.created", ResourceKind::Group, group.id);
    let change = described(change, &group);
    admin.store().groups().add(&group, &change).await?;
    Ok(group)
}

/// Replaces what is said of a group. Who is in it gets the roles of the groups above it, and loses
/// those of the groups it leaves: to move it takes the permissions of both.
pub async fn change_group(
    admin: &Admin<'_>,
    group: Group,
    spec: GroupSpec,
) -> Result<Group, IdentityError> {
    if spec.parent != group.parent {
        ensure_may_nest(admin, group.parent).await?;
        ensure_may_nest(admin, spec.parent).await?;
    }
    let group = Group {
        name: spec.name,
        description: spec.description,
        parent: spec.parent,
        updated_at: admin.now(),
        ..group
    };
    let change = admin.change("group.changed", ResourceKind::Group, group.id);
    let change = described(change, &group);
    Ok(admin.store().groups().change(group, &change).await?)
}

/// Takes all out of a group and removes it.
pub async fn remove_group(admin: &Admin<'_>, group: &Group) -> Result<(), IdentityError> {
    ensure_may_grant_all_of(admin, &Holder::Group(group.id)).await?;
    let change = admin.change("group.removed", ResourceKind::Group, group.id);
    let change = described(change, group);
    Ok(admin.store().groups().remove(group, &change).await?)
}

/// The group with this id.
pub async fn group(admin: &Admin<'_>, id: &GroupId) -> Result<Group, IdentityError> {
    let found = admin.store().groups().lookup(id).await?;
    found.ok_or(IdentityError::NotFound)
}

/// The groups that `filter` lets through.
pub async fn groups(
    admin: &Admin<'_>,
    filter: &GroupFilter,
    page: &Page,
) -> Result<Listing<Group>, IdentityError> {
    Ok(admin.store().groups().list(filter, page).await?)
}

/// Puts a user into a group, which gives them its roles and those of the groups above it.
pub async fn add_member(
    admin: &Admin<'_>,
    id: &GroupId,
    user: &UserId,
) -> Result<(), IdentityError> {
    let change = membership(admin, "group.member_added", id, user).await?;
    Ok(admin.store().groups().add_member(id, user, &change).await?)
}

/// Takes a user out of a group.
pub async fn remove_member(
    admin: &Admin<'_>,
    id: &GroupId,
    user: &UserId,
) -> Result<(), IdentityError> {
    let change = membership(admin, "group.member_removed", id, user).await?;
    Ok(admin
        .store()
        .groups()
        .remove_member(id, user, &change)
        .await?)
}

async fn membership(
    admin: &Admin<'_>,
    action: &str,
    id: &GroupId,
    user: &UserId,
) -> Result<Change, IdentityError> {
    group(admin, id).await?;
    ensure_may_grant_all_of(admin, &Holder::Group(*id)).await?;
    let change = admin.change(action, ResourceKind::Group, id);
    Ok(change.with("user", user.to_string()))
}

/// That a group can be put below `parent`, or taken from there: it is there, and who does it holds
/// all that it and the groups above it allow.
async fn ensure_may_nest(admin: &Admin<'_>, parent: Option<GroupId>) -> Result<(), IdentityError> {
    let Some(parent) = parent else {
        return Ok(());
    };
    if admin.store().groups().lookup(&parent).await?.is_none() {
        return Err(IdentityError::invalid(
            "/parent",
            "is no group of this tenant",
        ));
    }
    ensure_may_grant_all_of(admin, &Holder::Group(parent)).await
}

fn described(change: Change, group: &Group) -> Change {
    let parent = group.parent.map(|id| id.to_string());
    let change = change.with("name", group.name.as_str());
    change.with("parent", parent)
}

#[cfg(test)]
mod tests;
