use iam_model::{Permission, Principal, RoleName, Scope, TenantName, TenantStatus, UserStatus};
use serde::Serialize;

use crate::{Acr, Amr, Assurance};

/// What the tokens of a login say of its subject.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Claims {
    /// The access token.
    pub access_token: AccessTokenClaims,
    /// The ID token.
    pub id_token: IdTokenClaims,
}

/// What an access token says of its subject beside what RFC 9068 §2.2 prescribes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct AccessTokenClaims {
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

/// What an ID token says of its subject beside what OIDC Core §2 prescribes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct IdTokenClaims {
    /// The tenant the subject belongs to.
    pub tenant: TenantName,
    /// What the subject logs in with, if `profile` was granted (OIDC Core §5.4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
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

/// Whether `principal` gets tokens after a login of this `assurance`, and with which claims where
/// `scope` is granted.
pub fn decide(
    principal: &Principal,
    assurance: &Assurance,
    scope: &Scope,
) -> Result<Claims, Denial> {
    match principal.tenant.status {
        TenantStatus::Active => {}
        TenantStatus::Suspended => return Err(Denial::TenantSuspended),
    }
    match principal.user.status {
        UserStatus::Active => {}
        UserStatus::Disabled => return Err(Denial::UserDisabled),
        UserStatus::Locked => return Err(Denial::UserLocked),
    }
    let username = || principal.user.username.as_str().to_owned();
    Ok(Claims {
        access_token: AccessTokenClaims {
            tenant: principal.tenant.name.clone(),
            roles: principal.roles.clone(),
            permissions: principal.permissions.clone(),
            acr: assurance.acr,
            amr: assurance.amr.clone(),
        },
        id_token: IdTokenClaims {
            tenant: principal.tenant.name.clone(),
            preferred_username: scope.contains("profile").then(username),
        },
    })
}

#[cfg(test)]
mod tests {
    use iam_model::{
        Principal, Scope, Tenant, TenantId, TenantStatus, Timestamp, User, UserId, UserStatus,
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

    fn scope(text: &str) -> Scope {
        text.parse().unwrap()
    }

    #[test]
    fn claims_are_what_the_tokens_carry() {
        let claims = decide(&alice(), &Assurance::password(), &scope("openid profile")).unwrap();
        assert_eq!(
            serde_json::to_value(claims).unwrap(),
            json!({
                "access_token": {
                    "tenant": "demo",
                    "roles": ["clerk"],
                    "permissions": ["order.read"],
                    "acr": "pwd",
                    "amr": ["pwd"],
                },
                "id_token": { "tenant": "demo", "preferred_username": "alice" },
            })
        );
    }

    #[test]
    fn an_id_token_names_the_user_only_where_profile_is_granted() {
        let claims = decide(&alice(), &Assurance::password(), &scope("openid")).unwrap();
        assert_eq!(
            serde_json::to_value(claims.id_token).unwrap(),
            json!({ "tenant": "demo" })
        );
    }

    #[track_caller]
    fn check_denied(change: impl FnOnce(&mut Principal), denial: Denial) {
        let mut principal = alice();
        change(&mut principal);
        let decision = decide(&principal, &Assurance::password(), &scope("openid"));
        assert_eq!(decision, Err(denial));
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
