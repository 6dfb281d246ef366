use iam_model::{ActivePolicy, Client, Permission, Scope, Tenant};
use serde_json::Map;

use crate::{
    ClientClaims, ClientTokenClaims, Denial, PolicyInput, RequestContext,
    decide::{check_tenant, evaluate},
};

/// A client that asks for tokens of its own (RFC 6749 §4.4).
#[derive(Clone, Copy, Debug)]
pub struct ClientGrant<'a> {
    /// The tenant it belongs to.
    pub tenant: &'a Tenant,
    /// The client.
    pub client: &'a Client,
    /// The tenant's policy, if it has one.
    pub policy: Option<&'a ActivePolicy>,
    /// What is granted of what it may ask for.
    pub scope: &'a Scope,
    /// Those of the tenant's permissions that are in the scope.
    pub permissions: &'a [Permission],
}

/// Whether a client gets tokens of its own, and with which claims.
///
/// What a policy says of `acr` is about people who log in, and not looked at.
pub fn decide_client(
    grant: &ClientGrant<'_>,
    context: &RequestContext,
) -> Result<ClientClaims, Denial> {
    let ClientGrant {
        tenant,
        client,
        scope,
        permissions,
        ..
    } = *grant;
    check_tenant(tenant)?;
    let mut extra = Map::new();
    if let Some(policy) = grant.policy {
        let input = PolicyInput::of_client(tenant, client, permissions, scope, context);
        let decision = evaluate(policy, &input).map_err(Denial::PolicyFailed)?;
        if !decision.allow {
            return Err(Denial::PolicyDenied(decision.reasons));
        }
        extra = decision.claims;
    }
    Ok(ClientClaims {
        access_token: ClientTokenClaims {
            tenant: tenant.name.clone(),
            roles: [],
            permissions: permissions.to_vec(),
            extra,
        },
    })
}

#[cfg(test)]
mod tests {
    use iam_model::{
        ActivePolicy, Client, ClientDetails, PolicyId, Tenant, TenantId, TenantStatus, Timestamp,
    };
    use serde_json::json;

    use super::{ClientGrant, decide_client};
    use crate::{ClientClaims, Denial, Grant, RequestContext};

    const NOW: Timestamp = Timestamp::from_millis(0);

    fn decide(status: TenantStatus, policy: Option<&str>) -> Result<ClientClaims, Denial> {
        let id = TenantId::generate(NOW, [0; 10]);
        let tenant = Tenant {
            status,
            ..Tenant::new(id, "acme".parse().unwrap(), "Acme".to_owned(), NOW)
        };
        let client = Client {
            id: "nightly".parse().unwrap(),
            tenant_id: tenant.id,
            first_party: false,
            redirect_uris: Vec::new(),
            scope: "order.read".parse().unwrap(),
            details: ClientDetails::default(),
            version: 1,
            created_at: NOW,
            updated_at: NOW,
        };
        let policy = policy.map(|rules| ActivePolicy {
            id: PolicyId::generate(NOW, [0; 10]),
            number: 1,
            source: format!("package iam.policy\ndefault allow := false\n{rules}"),
        });
        let grant = ClientGrant {
            tenant: &tenant,
            client: &client,
            policy: policy.as_ref(),
            scope: &client.scope,
            permissions: &["order.read".parse().unwrap()],
        };
        let context = RequestContext {
            grant: Grant::ClientCredentials,
            ip: None,
            user_agent: None,
            time: NOW,
        };
        decide_client(&grant, &context)
    }

    #[test]
    fn a_client_has_the_permissions_that_it_was_granted_and_no_login() {
        let claims = decide(TenantStatus::Active, None).unwrap();
        assert_eq!(
            serde_json::to_value(claims).unwrap(),
            json!({"access_token": {"tenant": "acme", "roles": [], "permissions": ["order.read"]}})
        );
    }

    #[test]
    fn a_tenant_that_is_not_active_has_no_clients() {
        let suspended = decide(TenantStatus::Suspended, None);
        assert_eq!(suspended, Err(Denial::TenantSuspended));
        let deleted = decide(TenantStatus::Deleted, None);
        assert_eq!(deleted, Err(Denial::TenantDeleted));
    }

    #[test]
    fn a_policy_knows_a_client_by_its_grant_and_that_there_is_no_user() {
        let rule = r#"
            allow if { input.request.grant == "client_credentials"; not input.user }
            claims := {"kind": "service"}
            acr := "mfa""#;
        let claims = decide(TenantStatus::Active, Some(rule)).unwrap();
        assert_eq!(claims.access_token.extra["kind"], "service");
        let people = "allow if input.user.id";
        let denied = decide(TenantStatus::Active, Some(people));
        assert_eq!(denied, Err(Denial::PolicyDenied(Vec::new())));
    }
}
