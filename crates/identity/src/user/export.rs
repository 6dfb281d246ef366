use iam_model::{CredentialSummary, Group, Outcome, Resource, ResourceKind, Role, User};
use iam_storage_ports::{AuditFilter, Grantee, GroupFilter, RoleFilter, SealedEvent};

use crate::{Admin, IdentityError, credentials, listing::all};

/// All that is known of a user.
pub struct UserExport {
    /// The user.
    pub user: User,
    /// What it can log in with, without what is secret.
    pub credentials: Vec<CredentialSummary>,
    /// The groups it is in itself.
    pub groups: Vec<Group>,
    /// The roles it was given itself.
    pub roles: Vec<Role>,
    /// What it did and what was done to it, as the audit log has it.
    pub events: Vec<SealedEvent>,
}

/// All that is known of a user (GDPR art. 15 and 20). That it was read stands in the audit log, and
/// in the export itself.
pub async fn export_user(admin: &Admin<'_>, user: User) -> Result<UserExport, IdentityError> {
    let target = Resource {
        kind: ResourceKind::User,
        id: user.id.to_string(),
    };
    let event = admin.event("user.exported", Outcome::Success, target);
    let store = admin.store();
    store.audit().add(&[event]).await?;
    let in_groups = GroupFilter {
        member: Some(user.id),
        ..GroupFilter::default()
    };
    let given = RoleFilter {
        grantee: Some(Grantee::User(user.id)),
        ..RoleFilter::default()
    };
    Ok(UserExport {
        credentials: credentials(admin, &user.id).await?,
        groups: all(async |page| store.groups().list(&in_groups, &page).await).await?,
        roles: all(async |page| store.roles().list(&given, &page).await).await?,
        events: events(admin, &user).await?,
        user,
    })
}

/// What the user did, and what was done to it, in the order in which it happened.
async fn events(admin: &Admin<'_>, user: &User) -> Result<Vec<SealedEvent>, IdentityError> {
    let store = admin.store();
    let id = Some(user.id.to_string());
    let about = AuditFilter {
        target: id.clone(),
        ..AuditFilter::default()
    };
    let by = AuditFilter {
        actor: id,
        ..AuditFilter::default()
    };
    let mut events = all(async |page| store.audit().list(&about, &page).await).await?;
    events.extend(all(async |page| store.audit().list(&by, &page).await).await?);
    events.sort_by_key(|sealed| sealed.event.id);
    events.dedup_by_key(|sealed| sealed.event.id);
    Ok(events)
}

#[cfg(test)]
mod tests {
    use iam_model::{Outcome, Resource, ResourceKind};

    use super::export_user;
    use crate::{
        lock_user,
        testing::{Bench, actor, now},
    };

    #[test]
    fn an_export_has_what_was_done_to_a_user_and_what_it_did_over_many_pages() {
        let bench = Bench::new();
        let role = bench.role("clerk", &["order.read"]);
        let (alice, bob) = (bench.user("alice", &[&role]), bench.user("bob", &[]));
        let mut own = actor(&["iam.*"]);
        own.reference.resource = Resource {
            kind: ResourceKind::User,
            id: alice.id.to_string(),
        };
        let admin = bench.admin_of(&own);
        let event = || {
            admin.event(
                "login.succeeded",
                Outcome::Success,
                own.reference.resource.clone(),
            )
        };
        let logins: Vec<_> = (0..1500).map(|_| event()).collect();
        now(admin.store().audit().add(&logins)).unwrap();
        now(lock_user(&admin, bob)).unwrap();
        let export = now(export_user(&bench.admin(), alice.clone())).unwrap();
        assert_eq!(export.user, alice);
        assert_eq!(export.roles, [role]);
        let count = |action: &str| {
            export
                .events
                .iter()
                .filter(|e| e.event.action == action)
                .count()
        };
        assert_eq!(count("login.succeeded"), 1500);
        for action in [
            "user.created",
            "role.assigned",
            "user.locked",
            "user.exported",
        ] {
            assert_eq!(count(action), 1, "{action}");
        }
        assert!(export.events.is_sorted_by_key(|e| e.event.id));
    }
}
