use iam_model::{ResourceKind, UserId};
use iam_storage_ports::NewUser;

use super::{
    grants::Grants,
    spec::{Draft, UserSpec},
};
use crate::{Admin, IdentityError, admin::WithDetails, attributes::AttributeSchema};

/// The most users of one import whose passwords are hashed: each takes some 25 ms.
pub const MAX_IMPORT_PASSWORDS: usize = 50;

/// Makes many users. What is wrong with one of them does not stand in the way of the others.
pub struct UserImport<'a> {
    admin: Admin<'a>,
    schema: AttributeSchema,
    grants: Grants<'a>,
    passwords_left: usize,
}

impl<'a> UserImport<'a> {
    /// Begins an import.
    pub fn new(admin: Admin<'a>) -> Result<Self, IdentityError> {
        Ok(Self {
            admin,
            schema: AttributeSchema::of(admin.tenant)?,
            grants: Grants::new(admin),
            passwords_left: MAX_IMPORT_PASSWORDS,
        })
    }

    /// Makes some users in one unit of work, and says of each, in order, which id it got or why it
    /// was not made. An error of the whole is one of something behind us: none of them was made, or
    /// nobody knows, and the same users can be sent once more.
    pub async fn add(
        &mut self,
        specs: Vec<UserSpec>,
    ) -> Result<Vec<Result<UserId, IdentityError>>, IdentityError> {
        let mut outcomes = Vec::new();
        let mut new = Vec::new();
        for spec in specs {
            match self.prepared(spec).await {
                Ok(user) => {
                    outcomes.push(Ok(user.user.id));
                    new.push(user);
                }
                Err(error) if is_of_the_whole(&error) => return Err(error),
                Err(error) => outcomes.push(Err(error)),
            }
        }
        if new.is_empty() {
            return Ok(outcomes);
        }
        let mut added = self.admin.store().users().add_all(&new).await?.into_iter();
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
            if added.next() != Some(true) {
                *outcome = Err(IdentityError::AlreadyExists);
            }
        }
        Ok(outcomes)
    }

    async fn prepared(&mut self, spec: UserSpec) -> Result<NewUser, IdentityError> {
        if spec.password.is_some() {
            let left = self.passwords_left.checked_sub(1);
            self.passwords_left = left.ok_or_else(too_many_passwords)?;
        }
        let draft = Draft::of(spec, &self.admin, &self.schema).await?;
        self.grants.ensure(&draft.roles, &draft.groups).await?;
        let fields = draft.fields();
        let (roles, groups) = (draft.roles.clone(), draft.groups.clone());
        let (user, password) = draft.made(&self.admin).await?;
        Ok(NewUser {
            change: self
                .admin
                .change("user.created", ResourceKind::User, user.id)
                .with("fields", fields),
            user,
            password,
            roles,
            groups,
        })
    }
}

fn too_many_passwords() -> IdentityError {
    IdentityError::invalid(
        "/password",
        format!(
            "is one too many: hashing takes time, so one request makes {MAX_IMPORT_PASSWORDS} users with a `password` at most; send the rest in another, or send `password_hash`"
        ),
    )
}

/// Whether an error says nothing of the user that it came with.
fn is_of_the_whole(error: &IdentityError) -> bool {
    matches!(
        error,
        IdentityError::Internal(_) | IdentityError::Unavailable(..)
    )
}

#[cfg(test)]
mod tests {
    use iam_model::{PasswordHash, RoleId, Secret, UserDetails, UserStatus};

    use super::{MAX_IMPORT_PASSWORDS, UserImport};
    use crate::{
        IdentityError, UserSpec,
        testing::{Bench, actor, now},
        user,
    };

    fn spec(username: &str) -> UserSpec {
        UserSpec {
            username: username.parse().unwrap(),
            status: None,
            details: UserDetails::default(),
            password: None,
            password_hash: Some(Secret::new(HASH.to_owned())),
            roles: Vec::new(),
            groups: Vec::new(),
        }
    }

    const HASH: &str = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

    /// What became of each, in a word.
    fn outcomes(bench: &Bench, specs: Vec<UserSpec>) -> Vec<&'static str> {
        let outcomes = now(UserImport::new(bench.admin()).unwrap().add(specs)).unwrap();
        let word = |made: Result<_, _>| match made {
            Ok(_) => "created",
            Err(IdentityError::AlreadyExists) => "exists",
            Err(IdentityError::Invalid(_)) => "invalid",
            Err(error) => panic!("{error}"),
        };
        outcomes.into_iter().map(word).collect()
    }

    #[test]
    fn what_is_wrong_with_one_user_does_not_stand_in_the_way_of_the_others() {
        let bench = Bench::new();
        let admin = bench.admin();
        let role = bench.role("clerk", &["order.read"]);
        let specs = || {
            let mut named = ["dave", "erin", "DAVE", "frank", "grace"].map(spec);
            named[1].password_hash = Some(Secret::new("plain".to_owned()));
            named[3].roles = vec![admin.id(RoleId::generate)];
            named[4].roles = vec![role.id];
            named.into()
        };
        let first = ["created", "invalid", "exists", "invalid", "created"];
        assert_eq!(outcomes(&bench, specs()), first);
        let again = ["exists", "invalid", "exists", "invalid", "exists"];
        assert_eq!(outcomes(&bench, specs()), again);
        let made = |event: &&iam_model::AuditEvent| event.action == "user.created";
        assert_eq!(bench.events().iter().filter(made).count(), 2);
    }

    #[test]
    fn a_hash_of_another_system_is_kept_as_it_is() {
        let bench = Bench::new();
        let admin = bench.admin();
        let mut import = UserImport::new(admin).unwrap();
        let id = now(import.add(vec![spec("dave")]))
            .unwrap()
            .remove(0)
            .unwrap();
        assert_eq!(now(user(&admin, &id)).unwrap().status, UserStatus::Active);
        let stored = now(admin.store().credentials().find_by_user(&id))
            .unwrap()
            .unwrap();
        assert_eq!(stored.hash, PasswordHash::new(HASH.to_owned()));
    }

    #[test]
    fn few_passwords_are_hashed_by_one_import() {
        let bench = Bench::new();
        let specs = (0..MAX_IMPORT_PASSWORDS + 2).map(|i| UserSpec {
            password: Some(Secret::new("correct horse battery".to_owned())),
            password_hash: None,
            ..spec(&format!("user{i}"))
        });
        let mut specs: Vec<_> = specs.collect();
        specs.push(spec("last"));
        let found = outcomes(&bench, specs);
        assert!(
            found[..MAX_IMPORT_PASSWORDS]
                .iter()
                .all(|word| *word == "created")
        );
        assert_eq!(
            found[MAX_IMPORT_PASSWORDS..],
            ["invalid", "invalid", "created"]
        );
    }

    #[test]
    fn a_role_that_may_not_be_given_fails_its_users_alone() {
        let bench = Bench::new();
        let role = bench.role("boss", &["iam.*"]);
        let actor = actor(&["iam.users.write", "iam.roles.assign"]);
        let mut import = UserImport::new(bench.admin_of(&actor)).unwrap();
        let mut specs = ["dave", "erin", "frank"].map(spec);
        specs[0].roles = vec![role.id];
        specs[2].roles = vec![role.id];
        let found = now(import.add(specs.into())).unwrap();
        assert!(matches!(
            found[..],
            [
                Err(IdentityError::Beyond(_)),
                Ok(_),
                Err(IdentityError::Beyond(_))
            ]
        ));
    }
}
