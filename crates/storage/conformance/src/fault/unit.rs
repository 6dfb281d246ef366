//! Units of work that write several rows.

use iam_model::{
    AuditEvent, CodePurpose, Group, OneTimeCode, PasswordCredential, Role, User, UserId,
};
use iam_storage_ports::{AuditFilter, Change, NewUser, Page, StorageError, UserFilter};

use crate::fixture::{
    Here, NOW, email, external_ids, idempotent, one_time_code, password, random, user,
};

/// A unit of work that is done once.
pub(crate) trait Unit: Sized {
    /// A new one.
    async fn new(here: &Here<'_>) -> Self;

    /// Does it and says whether it was: `false` if it was done before.
    async fn run(&self, here: &Here<'_>) -> Result<bool, StorageError>;

    /// Of each thing that it writes, whether it is there, once.
    async fn parts(&self, here: &Here<'_>) -> Vec<bool>;
}

/// A user with all that there can be of one, and what the create is recognised by.
pub(crate) struct AddUser {
    user: User,
    password: PasswordCredential,
    change: Change,
}

impl Unit for AddUser {
    async fn new(here: &Here<'_>) -> Self {
        let user = full_user();
        Self {
            password: password(&user),
            user,
            change: idempotent(here.tenant.id, &format!("{:064x}", random())),
        }
    }

    async fn run(&self, here: &Here<'_>) -> Result<bool, StorageError> {
        let users = here.users();
        let added = users.add(&self.user, Some(&self.password), &self.change);
        match added.await {
            Ok(()) => Ok(true),
            Err(StorageError::AlreadyExists) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn parts(&self, here: &Here<'_>) -> Vec<bool> {
        let mut parts = user_parts(here, &self.user, &self.password).await;
        let record = self.change.idempotency.as_ref().unwrap();
        let found = here.idempotency().find_by_key(&record.key).await;
        parts.push(found.unwrap().as_ref() == Some(record));
        parts.push(is_logged(here, &self.change.event).await);
        parts
    }
}

/// Another password, for a code that was sent.
pub(crate) struct ChangePassword {
    user: User,
    password: PasswordCredential,
    code: OneTimeCode,
    change: Change,
}

impl Unit for ChangePassword {
    async fn new(here: &Here<'_>) -> Self {
        let mut user = here.add_user(full_user()).await;
        here.password(&mut user).await;
        let code = one_time_code(&user, CodePurpose::PasswordRecovery);
        let issued = Change {
            issued: vec![code.clone()],
            ..here.change()
        };
        here.one_time_codes().issue(&issued).await.unwrap();
        Self {
            password: password(&user),
            user,
            change: Change {
                spent: Some(code.clone()),
                ..here.change()
            },
            code,
        }
    }

    async fn run(&self, here: &Here<'_>) -> Result<bool, StorageError> {
        let (users, user) = (here.users(), self.user.clone());
        let changed = users.change_password(user, &self.password, &self.change);
        match changed.await {
            Ok(_) => Ok(true),
            Err(StorageError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn parts(&self, here: &Here<'_>) -> Vec<bool> {
        let user = here.users().lookup(&self.user.id).await.unwrap().unwrap();
        let found = here.credentials().find_by_user(&user.id).await.unwrap();
        let codes = here.one_time_codes();
        let code = codes.find_by_digest(self.code.purpose, &self.code.digest, NOW);
        vec![
            user.version == self.user.version + 1,
            found.is_some_and(|found| found.hash == self.password.hash),
            code.await.unwrap().is_none(),
            is_logged(here, &self.change.event).await,
        ]
    }
}

/// Several users with roles and groups.
pub(crate) struct Import {
    role: Role,
    group: Group,
    users: Vec<NewUser>,
}

impl Unit for Import {
    async fn new(here: &Here<'_>) -> Self {
        let role = here.role(&name("r"), &["order.read"]).await;
        let group = here.group(&name("g"), None).await;
        let new = |_| {
            let user = full_user();
            NewUser {
                password: Some(password(&user)),
                user,
                roles: vec![role.id],
                groups: vec![group.id],
                change: here.change(),
            }
        };
        Self {
            users: (0..3).map(new).collect(),
            role,
            group,
        }
    }

    async fn run(&self, here: &Here<'_>) -> Result<bool, StorageError> {
        let added = here.users().add_all(&self.users).await?;
        let all_alike = added.iter().all(|one| *one == added[0]);
        assert!(all_alike && added.len() == self.users.len(), "{added:?}");
        Ok(added[0])
    }

    async fn parts(&self, here: &Here<'_>) -> Vec<bool> {
        let mut parts = Vec::new();
        for new in &self.users {
            let password = new.password.as_ref().unwrap();
            parts.extend(user_parts(here, &new.user, password).await);
            parts.push(is_logged(here, &new.change.event).await);
        }
        let (role, group) = (Some(self.role.id), Some(self.group.id));
        let holders = UserFilter {
            role,
            ..UserFilter::default()
        };
        let members = UserFilter {
            group,
            ..UserFilter::default()
        };
        for filter in [holders, members] {
            let listed = listed(here, &filter).await;
            let is_listed = |new: &NewUser| listed.contains(&new.user.id);
            parts.extend(self.users.iter().map(is_listed));
        }
        parts
    }
}

fn full_user() -> User {
    let name = name("u");
    let mut user = user(&name);
    user.details.emails = vec![
        email(&format!("{name}@example.com")),
        email(&format!("{name}@example.org")),
    ];
    user.details.external_ids = external_ids(&[("hr", &name), ("ldap", &name)]);
    user
}

fn name(prefix: &str) -> String {
    format!("{prefix}-{:016x}", random())
}

/// Of each row of a user, whether it is there.
async fn user_parts(here: &Here<'_>, user: &User, password: &PasswordCredential) -> Vec<bool> {
    let (users, is_it) = (here.users(), |found: &User| found.id == user.id);
    let found = users.lookup(&user.id).await.unwrap();
    let mut parts = vec![found.as_ref() == Some(user)];
    let found = users.find_by_username(&user.username).await.unwrap();
    parts.push(found.is_some_and(|found| is_it(&found)));
    for email in &user.details.emails {
        let found = users.find_by_email(&email.address).await.unwrap();
        parts.push(found.is_some_and(|found| is_it(&found)));
    }
    for (system, id) in &user.details.external_ids {
        let filter = UserFilter {
            external_id: Some((system.clone(), id.clone())),
            ..UserFilter::default()
        };
        parts.push(listed(here, &filter).await == [user.id]);
    }
    let found = here.credentials().find_by_user(&user.id).await.unwrap();
    parts.push(found.is_some_and(|found| found.hash == password.hash));
    parts
}

async fn listed(here: &Here<'_>, filter: &UserFilter) -> Vec<UserId> {
    let page = Page::first(Page::MAX);
    let listing = here.users().list(filter, &page).await.unwrap();
    listing.items.into_iter().map(|user| user.id).collect()
}

async fn is_logged(here: &Here<'_>, event: &AuditEvent) -> bool {
    let filter = AuditFilter {
        target: Some(event.target.id.clone()),
        ..AuditFilter::default()
    };
    let listing = here.audit().list(&filter, &Page::first(9)).await.unwrap();
    listing.items.len() == 1
}
