use iam_model::{Permission, Principal, RoleName, TenantName, TenantStatus, UserStatus};
use serde::Serialize;

use crate::{Acr, Amr, Assurance};

/// What an access token says of its subject beside what RFC 9068 §2.2 prescribes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Claims {
    /// The tenant the subject belongs to.
    pub tenant: TenantName,
    /// The subject's roles in it, sorted.
    pub roles: Vec<RoleName>,
    /// What those roles allow, sorted.
    pub permissions: Vec<Permission>,
    /// The assurance level reached at login.
    pub acr: Acr,
    /// The methods used at login.
    pub amr: Vec<Amr>,
}

/// Why a subject whose credential is right gets no token all the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Denial {
    /// Its tenant is suspended.
    TenantSuspended,
    /// It was switched off.
    UserDisabled,
    /// It is locked.
    UserLocked,
}

/// Whether `principal` gets tokens after a login of this `assurance`, and with which claims.
pub fn decide(principal: &Principal, assurance: &Assurance) -> Result<Claims, Denial> {
    match principal.tenant.status {
        TenantStatus::Active => {}
        TenantStatus::Suspended => return Err(Denial::TenantSuspended),
    }
    match principal.user.status {
        UserStatus::Active => {}
        UserStatus::Disabled => return Err(Denial::UserDisabled),
        UserStatus::Locked => return Err(Denial::UserLocked),
    }
    Ok(Claims {
        tenant: principal.tenant.name.clone(),
        roles: principal.roles.clone(),
        permissions: principal.permissions.clone(),
        acr: assurance.acr,
        amr: assurance.amr.clone(),
    })
}

#[cfg(test)]
mod tests {
    use iam_model::{
        Principal, Tenant, TenantId, TenantStatus, Timestamp, User, UserId, UserStatus,
    };
    use serde_json::json;

    use super::{Denial, decide};
    use crate::Assurance;

    fn alice() -> Principal {
        let now = Timestamp::from_millis(1_700_000_000_000);
        Principal {
            tenant: Tenant {
                id: TenantId::generate(now, [1; 10]),
                name: "demo".parse().unwrap(),
                display_name: "Demo".to_owned(),
                status: TenantStatus::Active,
                version: 1,
                created_at: now,
                updated_at: now,
            },
            user: User {
                id: UserId::generate(now, [2; 10]),
                username: "alice".parse().unwrap(),
                status: UserStatus::Active,
                version: 1,
                created_at: now,
                updated_at: now,
            },
            password: None,
            roles: vec!["clerk".parse().unwrap()],
            permissions: vec!["order.read".parse().unwrap()],
        }
    }

    #[test]
    fn claims_are_what_an_access_token_carries() {
        let claims = decide(&alice(), &Assurance::password()).unwrap();
        assert_eq!(
            serde_json::to_value(claims).unwrap(),
            json!({
                "tenant": "demo",
                "roles": ["clerk"],
                "permissions": ["order.read"],
                "acr": "pwd",
                "amr": ["pwd"],
            })
        );
    }

    #[track_caller]
    fn check_denied(change: impl FnOnce(&mut Principal), denial: Denial) {
        let mut principal = alice();
        change(&mut principal);
        assert_eq!(decide(&principal, &Assurance::password()), Err(denial));
    }

    #[test]
    fn only_active_users_of_active_tenants_get_claims() {
        check_denied(
            |p| p.tenant.status = TenantStatus::Suspended,
            Denial::TenantSuspended,
        );
        check_denied(
            |p| p.user.status = UserStatus::Disabled,
            Denial::UserDisabled,
        );
        check_denied(|p| p.user.status = UserStatus::Locked, Denial::UserLocked);
    }
}
