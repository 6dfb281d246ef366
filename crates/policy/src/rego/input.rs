use iam_model::{
    Client, Permission, Principal, RoleName, Scope, ScopeToken, Tenant, Timestamp, User,
};
use regorus::Value as Rego;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Assurance, RequestContext};

/// What a policy knows: its `input`.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyInput(Value);

impl PolicyInput {
    /// What a policy knows at a login or a refresh.
    #[must_use]
    pub fn new(
        principal: &Principal,
        client: &Client,
        assurance: &Assurance,
        scope: &Scope,
        context: &RequestContext,
    ) -> Self {
        let roles = principal.roles.iter().map(RoleName::as_str);
        let permissions = principal.permissions.iter().map(Permission::as_str);
        Self(json!({
            "user": user(&principal.user, &principal.groups),
            "tenant": tenant(&principal.tenant),
            "client": self::client(client),
            "request": request(Some(assurance), scope, context),
            "roles": roles.collect::<Vec<_>>(),
            "permissions": permissions.collect::<Vec<_>>(),
        }))
    }

    /// What a policy knows where a client asks for itself: there is no `user`, and no `acr`.
    #[must_use]
    pub fn of_client(
        of: &Tenant,
        client: &Client,
        permissions: &[Permission],
        scope: &Scope,
        context: &RequestContext,
    ) -> Self {
        Self(json!({
            "tenant": tenant(of),
            "client": self::client(client),
            "request": request(None, scope, context),
            "roles": [],
            "permissions": permissions,
        }))
    }

    /// An input that somebody made up, for a dry run.
    #[must_use]
    pub fn made_up(input: Map<String, Value>) -> Self {
        Self(Value::Object(input))
    }

    /// What tests begin with; they bring their own.
    pub(super) fn empty() -> Self {
        Self::made_up(Map::new())
    }

    /// The document.
    #[must_use]
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    pub(super) fn value(&self) -> Rego {
        Rego::from(self.0.clone())
    }
}

fn user(user: &User, groups: &[String]) -> Value {
    let details = &user.details;
    let email = details.emails.first();
    json!({
        "id": user.id.to_string(),
        "username": user.username.as_str(),
        "email": email.map(|email| email.address.to_string()),
        "email_verified": email.is_some_and(|email| email.verified),
        "phone": details.phone,
        "profile": details.profile,
        "groups": groups,
        "attributes": details.attributes,
        "external_ids": details.external_ids,
        "public_metadata": details.public_metadata,
        "private_metadata": details.private_metadata,
    })
}

fn tenant(tenant: &Tenant) -> Value {
    json!({
        "id": tenant.id.to_string(),
        "name": tenant.name.as_str(),
        "display_name": tenant.display_name,
    })
}

fn client(client: &Client) -> Value {
    json!({
        "id": client.id.as_str(),
        "name": client.details.name.as_str(),
        "first_party": client.first_party,
    })
}

fn request(assurance: Option<&Assurance>, scope: &Scope, context: &RequestContext) -> Value {
    let scopes = scope.tokens().map(ScopeToken::as_str);
    let mut request = json!({
        "grant": context.grant.as_str(),
        "ip": context.ip.map(|ip| ip.to_canonical().to_string()),
        "user_agent": context.user_agent,
        "scope": scopes.collect::<Vec<_>>(),
        "time": time(context.time),
    });
    if let Some(Assurance { acr, amr }) = assurance {
        request["acr"] = acr.as_str().into();
        request["amr"] = amr.iter().map(|method| method.as_str()).collect();
    }
    request
}

/// A moment in parts, in UTC: a policy has no clock and no calendar.
fn time(now: Timestamp) -> Value {
    let millis = i128::from(now.as_millis());
    let nanos = millis.saturating_mul(1_000_000);
    // The ends of what the calendar knows are 10,000 years away.
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    json!({
        "unix_ms": now.as_millis(),
        "rfc3339": at.format(&Rfc3339).unwrap_or_default(),
        "hour": at.hour(),
        "minute": at.minute(),
        "weekday": at.weekday().to_string().to_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use iam_model::Timestamp;
    use serde_json::json;

    #[test]
    fn a_moment_comes_in_parts() {
        let expected = json!({
            "unix_ms": 1_700_000_000_000_i64,
            "rfc3339": "2023-11-14T22:13:20Z",
            "hour": 22,
            "minute": 13,
            "weekday": "tuesday",
        });
        assert_eq!(
            super::time(Timestamp::from_millis(1_700_000_000_000)),
            expected
        );
        assert_eq!(super::time(Timestamp::from_millis(i64::MAX))["hour"], 0);
    }
}
