use iam_model::{
    Acr, ActivePolicy, ClaimMapping, ClaimToken, Client, MfaPolicy, Principal, Scope, Tenant,
    TenantStatus, UserStatus,
};
use serde_json::{Map, Value};

use crate::{
    AccessTokenClaims, Assurance, Claims, Denial, IdTokenClaims, Limits, Policy, PolicyDecision,
    PolicyError, PolicyInput, RequestContext, sources,
};

/// Whether `principal` gets tokens through `client` after a login of this `assurance`, and with
/// which claims where `scope` is granted.
///
/// A tenant's policy can deny, and can add claims that are not reserved. It cannot add a role, nor
/// let in who may not come in.
pub fn decide(
    principal: &Principal,
    client: &Client,
    assurance: &Assurance,
    scope: &Scope,
    context: &RequestContext,
) -> Result<Claims, Denial> {
    check_tenant(&principal.tenant)?;
    check_status(principal)?;
    if let Some(acr) = required_acr(principal, client, scope).filter(|acr| *acr > assurance.acr) {
        return Err(Denial::AssuranceRequired(acr));
    }
    let mut added = Map::new();
    if let Some(policy) = &principal.policy {
        let input = PolicyInput::new(principal, client, assurance, scope, context);
        let decision = evaluate(policy, &input).map_err(Denial::PolicyFailed)?;
        if !decision.allow {
            return Err(Denial::PolicyDenied(decision.reasons));
        }
        if let Some(acr) = decision.acr.filter(|acr| *acr > assurance.acr) {
            return Err(Denial::AssuranceRequired(acr));
        }
        added = decision.claims;
    }
    let mappings = Mappings {
        principal,
        scope,
        all: &client.details.claim_mappings,
    };
    Ok(mappings.claims(assurance, added))
}

/// The assurance that the tenant, the client and the scope that is granted want; the tenant's
/// policy may want more.
fn required_acr(principal: &Principal, client: &Client, scope: &Scope) -> Option<Acr> {
    let tenant = (principal.tenant.settings.mfa == MfaPolicy::Required).then_some(Acr::Mfa);
    let scopes = client.details.scope_acr.iter();
    let scopes = scopes.filter(|(token, _)| scope.contains(token.as_str()));
    let scopes = scopes.map(|(_, acr)| *acr).max();
    tenant.max(client.details.require_acr).max(scopes)
}

pub(crate) fn evaluate(
    policy: &ActivePolicy,
    input: &PolicyInput,
) -> Result<PolicyDecision, PolicyError> {
    Policy::load(&policy.source)?.evaluate(input, Limits::default())
}

pub(crate) const fn check_tenant(tenant: &Tenant) -> Result<(), Denial> {
    match tenant.status {
        TenantStatus::Active => Ok(()),
        TenantStatus::Deleted => Err(Denial::TenantDeleted),
        TenantStatus::Suspended => Err(Denial::TenantSuspended),
    }
}

fn check_status(principal: &Principal) -> Result<(), Denial> {
    match principal.user.status {
        UserStatus::Active => {}
        UserStatus::Deleted => return Err(Denial::UserDeleted),
        UserStatus::Disabled => return Err(Denial::UserDisabled),
        UserStatus::Invited => return Err(Denial::UserInvited),
        UserStatus::Locked => return Err(Denial::UserLocked),
    }
    if principal.user.details.password_change_required {
        return Err(Denial::PasswordChangeRequired);
    }
    Ok(())
}

/// What a client's mappings make of a principal.
struct Mappings<'a> {
    principal: &'a Principal,
    scope: &'a Scope,
    all: &'a [ClaimMapping],
}

impl Mappings<'_> {
    fn claims(&self, assurance: &Assurance, added: Map<String, Value>) -> Claims {
        let principal = self.principal;
        let mut extra = self.mapped(ClaimToken::Access);
        // These two stand in fields of their own.
        let roles = extra.remove("roles").is_some() || !self.maps("roles", ClaimToken::Access);
        let permissions =
            extra.remove("permissions").is_some() || !self.maps("permissions", ClaimToken::Access);
        extra.extend(added);
        let mut standard = sources::standard(principal, self.scope, |claim| {
            self.maps(claim, ClaimToken::Id)
        });
        standard.extend(self.mapped(ClaimToken::Id));
        Claims {
            access_token: AccessTokenClaims {
                tenant: principal.tenant.name.clone(),
                roles: roles.then(|| principal.roles.clone()),
                permissions: permissions.then(|| principal.permissions.clone()),
                acr: assurance.acr,
                amr: assurance.amr.clone(),
                act: None,
                extra,
            },
            id_token: IdTokenClaims {
                tenant: principal.tenant.name.clone(),
                extra: standard,
            },
        }
    }

    fn of(&self, token: ClaimToken) -> impl Iterator<Item = &ClaimMapping> {
        let concerns = move |m: &&ClaimMapping| m.token == token || m.token == ClaimToken::Both;
        self.all.iter().filter(concerns).filter(|m| m.is_allowed())
    }

    /// Whether a claim of `token` stands there only with a scope of the client's choice.
    fn maps(&self, claim: &str, token: ClaimToken) -> bool {
        self.of(token).any(|m| m.claim.as_str() == claim)
    }

    /// The claims whose scope is granted.
    fn mapped(&self, token: ClaimToken) -> Map<String, Value> {
        let granted = self
            .of(token)
            .filter(|m| self.scope.contains(m.scope.as_str()));
        granted
            .filter_map(|mapping| {
                let value = sources::value(self.principal, &mapping.source)?;
                Some((mapping.claim.to_string(), value))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
