use std::collections::BTreeMap;

use iam_model::{GroupId, Permission, RoleId, User, UserId};
use iam_storage_ports::{Grantee, GroupFilter, Holder, Page, RoleFilter};

use super::ensure_may_act_on;
use crate::{
    Admin, IdentityError, add_member, assign_role, group,
    role::{ensure_may_assign, ensure_may_grant_all_of},
    unassign_role,
};

/// Gives a role to a user. It is for who may assign roles, and for those to whom a role of their
/// own delegates this one.
pub async fn assign_user_role(
    admin: &Admin<'_>,
    user: &User,
    role: &RoleId,
) -> Result<(), IdentityError> {
    ensure_may_act_on(admin, user).await?;
    assign_role(admin, role, &Grantee::User(user.id)).await
}

/// Takes a role from a user; for the same people.
pub async fn unassign_user_role(
    admin: &Admin<'_>,
    user: &User,
    role: &RoleId,
) -> Result<(), IdentityError> {
    ensure_may_act_on(admin, user).await?;
    unassign_role(admin, role, &Grantee::User(user.id)).await
}

/// What new users may be given. Each role and group is looked at once, for however many users.
pub(super) struct Grants<'a> {
    admin: Admin<'a>,
    roles: BTreeMap<RoleId, Verdict>,
    groups: BTreeMap<GroupId, Verdict>,
}

/// Whether the actor may give something.
#[derive(Clone)]
enum Verdict {
    Absent,
    Beyond(Vec<Permission>),
    Denied,
    Granted,
}

impl<'a> Grants<'a> {
    pub(super) const fn new(admin: Admin<'a>) -> Self {
        Self {
            admin,
            roles: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    /// That all of these are there, and the actor may give them.
    pub(super) async fn ensure(
        &mut self,
        roles: &[RoleId],
        groups: &[GroupId],
    ) -> Result<(), IdentityError> {
        for (index, id) in roles.iter().enumerate() {
            let verdict = match self.roles.get(id) {
                Some(verdict) => verdict.clone(),
                None => Verdict::of(ensure_may_assign(&self.admin, id).await)?,
            };
            self.roles.insert(*id, verdict.clone());
            verdict.ensure(&format!("/roles/{index}"), "is no role of this tenant")?;
        }
        for (index, id) in groups.iter().enumerate() {
            let verdict = match self.groups.get(id) {
                Some(verdict) => verdict.clone(),
                None => Verdict::of(ensure_may_fill(&self.admin, id).await)?,
            };
            self.groups.insert(*id, verdict.clone());
            verdict.ensure(&format!("/groups/{index}"), "is no group of this tenant")?;
        }
        Ok(())
    }

    /// Those of them that the user does not have.
    pub(super) async fn missing(
        &self,
        user: &UserId,
        roles: &[RoleId],
        groups: &[GroupId],
    ) -> Result<(Vec<RoleId>, Vec<GroupId>), IdentityError> {
        let (store, page) = (self.admin.store(), Page::first(Page::MAX));
        let given = RoleFilter {
            grantee: Some(Grantee::User(*user)),
            ..RoleFilter::default()
        };
        let given = store.roles().list(&given, &page).await?.items;
        let joined = GroupFilter {
            member: Some(*user),
            ..GroupFilter::default()
        };
        let joined = store.groups().list(&joined, &page).await?.items;
        let has_role = |id: &RoleId| given.iter().any(|role| role.id == *id);
        let is_in = |id: &GroupId| joined.iter().any(|group| group.id == *id);
        let roles = roles.iter().copied().filter(|id| !has_role(id));
        let groups = groups.iter().copied().filter(|id| !is_in(id));
        Ok((roles.collect(), groups.collect()))
    }

    /// Gives them to the user.
    pub(super) async fn give(
        &self,
        user: &UserId,
        roles: &[RoleId],
        groups: &[GroupId],
    ) -> Result<(), IdentityError> {
        for role in roles {
            assign_role(&self.admin, role, &Grantee::User(*user)).await?;
        }
        for group in groups {
            add_member(&self.admin, group, user).await?;
        }
        Ok(())
    }
}

/// Putting somebody into a group is for who may change groups, and gives them what it allows.
async fn ensure_may_fill(admin: &Admin<'_>, id: &GroupId) -> Result<(), IdentityError> {
    group(admin, id).await?;
    if !admin.actor.may("iam.groups.write") {
        return Err(IdentityError::Denied);
    }
    ensure_may_grant_all_of(admin, &Holder::Group(*id)).await
}

impl Verdict {
    /// What `result` says of the thing that was looked at, if it says something of it.
    fn of(result: Result<(), IdentityError>) -> Result<Self, IdentityError> {
        match result {
            Ok(()) => Ok(Self::Granted),
            Err(IdentityError::Beyond(beyond)) => Ok(Self::Beyond(beyond)),
            Err(IdentityError::Denied) => Ok(Self::Denied),
            Err(IdentityError::NotFound) => Ok(Self::Absent),
            Err(error) => Err(error),
        }
    }

    fn ensure(self, pointer: &str, absent: &str) -> Result<(), IdentityError> {
        match self {
            Self::Absent => Err(IdentityError::invalid(pointer, absent)),
            Self::Beyond(beyond) => Err(IdentityError::Beyond(beyond)),
            Self::Denied => Err(IdentityError::Denied),
            Self::Granted => Ok(()),
        }
    }
}
