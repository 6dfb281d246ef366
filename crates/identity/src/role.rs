use iam_model::{Line, Permission, ResourceKind, Role, RoleId, RoleName};
use iam_storage_ports::{Change, Grantee, Holder, Listing, Page, RoleFilter};

use crate::{
    Admin, IdentityError,
    admin::WithDetails,
    permission::{ensure_in_catalogue, sorted},
};

/// What an operator says of a role.
pub struct RoleSpec {
    /// Its name.
    pub name: RoleName,
    /// What it is for.
    pub description: Line,
    /// What it allows by itself.
    pub permissions: Vec<Permission>,
    /// The roles it includes.
    pub includes: Vec<RoleId>,
    /// The roles that its holders may give to others.
    pub assignable: Vec<RoleId>,
}

/// Makes a role.
pub async fn create_role(admin: &Admin<'_>, spec: RoleSpec) -> Result<Role, IdentityError> {
    let id = admin.id(RoleId::generate);
    let role = Role::new(id, spec.name.clone(), Vec::new(), admin.now());
    let role = spec.onto(&role);
    ensure_may_define(admin, &role).await?;
    let change = admin.creation("role.created", ResourceKind::Role, role.id);
    let change = change.with("name", role.name.as_str());
    admin.store().roles().add(&role, &change).await?;
    Ok(role)
}

/// Replaces what is said of a role. That is for who holds all that it allows, before and after.
pub async fn change_role(
    admin: &Admin<'_>,
    role: Role,
    spec: RoleSpec,
) -> Result<Role, IdentityError> {
    // Who may not give all of it may not say what it is either.
    ensure_may_grant_all_of(admin, &Holder::Role(role.id)).await?;
    let mut role = spec.onto(&role);
    role.updated_at = admin.now();
    ensure_may_define(admin, &role).await?;
    let change = admin.change("role.changed", ResourceKind::Role, role.id);
    let change = change.with("name", role.name.as_str());
    Ok(admin.store().roles().change(role, &change).await?)
}

/// Takes a role from all who have it and removes it. That is for who could give it.
pub async fn remove_role(admin: &Admin<'_>, role: &Role) -> Result<(), IdentityError> {
    ensure_may_grant_all_of(admin, &Holder::Role(role.id)).await?;
    let change = admin.change("role.removed", ResourceKind::Role, role.id);
    let change = change.with("name", role.name.as_str());
    Ok(admin.store().roles().remove(role, &change).await?)
}

/// The role with this id.
pub async fn role(admin: &Admin<'_>, id: &RoleId) -> Result<Role, IdentityError> {
    let found = admin.store().roles().lookup(id).await?;
    found.ok_or(IdentityError::NotFound)
}

/// The roles that `filter` lets through.
pub async fn roles(
    admin: &Admin<'_>,
    filter: &RoleFilter,
    page: &Page,
) -> Result<Listing<Role>, IdentityError> {
    Ok(admin.store().roles().list(filter, page).await?)
}

/// Gives a role to a user or a group of the tenant.
pub async fn assign_role(
    admin: &Admin<'_>,
    role: &RoleId,
    to: &Grantee,
) -> Result<(), IdentityError> {
    ensure_may_assign(admin, role).await?;
    let change = grant("role.assigned", admin, role, to);
    Ok(admin.store().roles().assign(role, to, &change).await?)
}

/// Takes a role from a user or a group of the tenant.
pub async fn unassign_role(
    admin: &Admin<'_>,
    role: &RoleId,
    from: &Grantee,
) -> Result<(), IdentityError> {
    ensure_may_assign(admin, role).await?;
    let change = grant("role.unassigned", admin, role, from);
    Ok(admin.store().roles().unassign(role, from, &change).await?)
}

fn grant(action: &str, admin: &Admin<'_>, role: &RoleId, grantee: &Grantee) -> Change {
    let change = match grantee {
        Grantee::Group(id) => admin.change(action, ResourceKind::Group, id),
        Grantee::User(id) => admin.change(action, ResourceKind::User, id),
    };
    change.with("role", role.to_string())
}

/// Who defines a role must hold all that it allows, through the roles it includes too, and all
/// that the roles allow which it lets its holders give to others.
async fn ensure_may_define(admin: &Admin<'_>, role: &Role) -> Result<(), IdentityError> {
    ensure_in_catalogue(admin, &role.permissions).await?;
    admin.actor.ensure_may_grant(&role.permissions)?;
    for (pointer, others) in [
        ("/includes", &role.includes),
        ("/assignable", &role.assignable),
    ] {
        for other in others {
            if admin.store().roles().lookup(other).await?.is_none() {
                let detail = format!("`{other}` is no role of this tenant");
                return Err(IdentityError::invalid(pointer, detail));
            }
            ensure_may_grant_all_of(admin, &Holder::Role(*other)).await?;
        }
    }
    Ok(())
}

/// Assigning is for who holds `iam.roles.assign`, and for those to whom one of their own roles
/// delegates this one; and nobody can grant what they do not hold.
pub(crate) async fn ensure_may_assign(
    admin: &Admin<'_>,
    role: &RoleId,
) -> Result<(), IdentityError> {
    let store = admin.store();
    if store.roles().lookup(role).await?.is_none() {
        return Err(IdentityError::NotFound);
    }
    if !admin.actor.may("iam.roles.assign") {
        let user = admin.actor.user.ok_or(IdentityError::Denied)?;
        if !store.roles().assignable_by(&user).await?.contains(role) {
            return Err(IdentityError::Denied);
        }
    }
    ensure_may_grant_all_of(admin, &Holder::Role(*role)).await
}

/// That the actor may grant all that `holder` may do: who acts on somebody with more permissions
/// than their own, by setting their password for instance, would get hold of those.
pub(crate) async fn ensure_may_grant_all_of(
    admin: &Admin<'_>,
    holder: &Holder,
) -> Result<(), IdentityError> {
    let permissions = admin.store().roles().permissions_of(holder).await?;
    admin.actor.ensure_may_grant(&permissions)
}

impl RoleSpec {
    fn onto(self, role: &Role) -> Role {
        Role {
            id: role.id,
            name: self.name,
            description: self.description,
            permissions: sorted(self.permissions),
            includes: sorted(self.includes),
            assignable: sorted(self.assignable),
            version: role.version,
            created_at: role.created_at,
            updated_at: role.updated_at,
        }
    }
}
