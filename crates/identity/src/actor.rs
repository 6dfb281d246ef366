use iam_model::{ActorRef, Permission, Resource, ResourceKind, TenantName, UserId};

use crate::IdentityError;

/// Who asks for an administrative act, and what they may do.
#[derive(Clone, Debug)]
pub struct Actor {
    /// How the audit log names them.
    pub reference: ActorRef,
    /// What they may do in their own tenant, and in all if they are an operator.
    pub permissions: Vec<Permission>,
    /// Whether they belong to the operator's tenant, whose administrators act on every tenant.
    pub operator: bool,
    /// The user they are; `None` for a service account and for the program itself.
    pub user: Option<UserId>,
}

/// What lets its holder grant permissions of the catalogue that they do not hold themselves; those
/// of this API (`iam.`) are excepted.
pub const GRANT_ANY: &str = "iam.permissions.grant";

impl Actor {
    /// The program itself: `iam up` and the command line on the machine of the database.
    #[must_use]
    pub fn system() -> Self {
        Self {
            reference: ActorRef {
                resource: Resource {
                    kind: ResourceKind::System,
                    id: String::new(),
                },
                tenant: None,
            },
            permissions: "iam.*".parse().into_iter().collect(),
            operator: true,
            user: None,
        }
    }

    /// The tenant they belong to; `None` for the program itself.
    #[must_use]
    pub fn home(&self) -> Option<&TenantName> {
        self.reference.tenant.as_ref()
    }

    /// Whether they hold `permission`, by itself or by a wildcard.
    #[must_use]
    pub fn holds(&self, permission: &Permission) -> bool {
        self.permissions.iter().any(|own| own.covers(permission))
    }

    /// Whether they hold the permission spelled `text`; what cannot be a permission nobody holds.
    #[must_use]
    pub fn may(&self, text: &str) -> bool {
        text.parse().is_ok_and(|permission| self.holds(&permission))
    }

    /// Nobody can grant what they do not hold: [`IdentityError::Beyond`] names what is too much.
    pub fn ensure_may_grant(&self, permissions: &[Permission]) -> Result<(), IdentityError> {
        let any = self.may(GRANT_ANY);
        let grantable = |p: &&Permission| self.holds(p) || any && !p.as_str().starts_with("iam.");
        let beyond: Vec<_> = permissions
            .iter()
            .filter(|permission| !grantable(permission))
            .cloned()
            .collect();
        if beyond.is_empty() {
            Ok(())
        } else {
            Err(IdentityError::Beyond(beyond))
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_model::Permission;

    use super::Actor;
    use crate::IdentityError;

    fn actor(permissions: &[&str]) -> Actor {
        Actor {
            permissions: parsed(permissions),
            operator: false,
            ..Actor::system()
        }
    }

    fn parsed(permissions: &[&str]) -> Vec<Permission> {
        permissions.iter().map(|p| p.parse().unwrap()).collect()
    }

    #[track_caller]
    fn check(own: &[&str], granted: &[&str], beyond: &[&str]) {
        let refused = match actor(own).ensure_may_grant(&parsed(granted)) {
            Ok(()) => Vec::new(),
            Err(IdentityError::Beyond(refused)) => refused,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(refused, parsed(beyond));
    }

    #[test]
    fn nobody_grants_what_they_do_not_hold() {
        check(&["dc.read"], &["dc.read", "dc.write"], &["dc.write"]);
        check(&["dc.*"], &["dc.read", "dc.rack.*"], &[]);
        check(&["dc.read"], &["dc.*"], &["dc.*"]);
        check(&[], &[], &[]);
    }

    #[test]
    fn who_may_grant_any_permission_grants_none_of_this_api_that_they_do_not_hold() {
        let own = ["iam.permissions.grant", "iam.users.read"];
        check(&own, &["order.write", "iam.users.read"], &[]);
        check(
            &own,
            &["iam.users.write", "iam.*"],
            &["iam.users.write", "iam.*"],
        );
        check(&["iam.*"], &["iam.roles.assign", "order.*"], &[]);
    }
}
