use iam_model::{GroupId, PasswordCredential, ResourceKind, RoleId, User, UserId};

use super::{
    grants::Grants,
    spec::{Draft, NewPassword, UserSpec},
    user,
};
use crate::{
    Admin, IdentityError, admin::WithDetails, attributes::AttributeSchema, credential::password_of,
};

/// Makes a user, with the password, the roles and the groups it is to have.
pub async fn create_user(admin: &Admin<'_>, spec: UserSpec) -> Result<User, IdentityError> {
    let schema = AttributeSchema::of(admin.tenant)?;
    let draft = Draft::of(spec, admin, &schema).await?;
    let mut grants = Grants::new(*admin);
    grants.ensure(&draft.roles, &draft.groups).await?;
    let (roles, groups) = (draft.roles.clone(), draft.groups.clone());
    let fields = draft.fields();
    let (user, password) = draft.made(admin).await?;
    let change = admin.creation("user.created", ResourceKind::User, user.id);
    let change = change.with("fields", fields);
    admin
        .store()
        .users()
        .add(&user, password.as_ref(), &change)
        .await?;
    grants.give(&user.id, &roles, &groups).await?;
    Ok(user)
}

/// The user that [`create_user`] made when the same request came before. If that was cut short,
/// the roles and groups that it did not get to are given now.
pub async fn recreated_user(
    admin: &Admin<'_>,
    id: &UserId,
    roles: &[RoleId],
    groups: &[GroupId],
) -> Result<User, IdentityError> {
    let user = user(admin, id).await?;
    let mut grants = Grants::new(*admin);
    let (roles, groups) = grants.missing(&user.id, roles, groups).await?;
    grants.ensure(&roles, &groups).await?;
    grants.give(&user.id, &roles, &groups).await?;
    Ok(user)
}

impl Draft {
    /// The user, and its password hashed, which takes its time.
    pub(super) async fn made(
        self,
        admin: &Admin<'_>,
    ) -> Result<(User, Option<PasswordCredential>), IdentityError> {
        let user = User {
            status: self.status,
            details: self.details,
            ..User::new(admin.id(UserId::generate), self.username, admin.now())
        };
        let hash = match self.password {
            None => return Ok((user, None)),
            Some(NewPassword::Hashed(hash)) => hash,
            Some(NewPassword::Plain(password)) => admin.ports.hasher.hash(&password).await?,
        };
        let password = password_of(admin, &user.id, hash);
        Ok((user, Some(password)))
    }
}
