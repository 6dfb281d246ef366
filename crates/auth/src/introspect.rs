use iam_hydra::{ActiveToken, TokenUse};
use iam_model::{ClientId, Secret, TenantName, TokenEndpointAuth};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{AuthError, TokenPorts, TokenSubject, client_claims, refreshed_claims};

/// What is told of a token that is good (RFC 7662 §2.2).
pub struct Introspection {
    /// What Hydra knows of it.
    pub token: ActiveToken,
    /// Our claims, from the database as it is now.
    pub claims: Map<String, Value>,
}

/// What `token` is good for now; `None` if for nothing, or if it is none of the caller's business:
/// a client is told of access tokens of its own tenant, and of its own refresh tokens.
///
/// The caller has proved that it is `caller`. A public client can prove nothing, and is refused
/// (RFC 7662 §2.1).
pub async fn introspect(
    ports: &TokenPorts<'_>,
    caller: &ClientId,
    token: &Secret<String>,
) -> Result<Option<Introspection>, AuthError> {
    let found = ports.storage.principals().find_by_client(caller).await?;
    let (tenant, client) = found.ok_or(AuthError::UnknownClient)?;
    if client.details.token_endpoint_auth_method == TokenEndpointAuth::None {
        return Err(AuthError::UnknownClient);
    }
    let Some(token) = ports.hydra.introspect(token).await? else {
        return Ok(None);
    };
    let anothers = token.token_use == TokenUse::RefreshToken && token.client_id != *caller;
    if anothers || tenant_of(&token.claims).as_ref() != Some(&tenant.name) {
        return Ok(None);
    }
    match claims_of(ports, &token).await {
        Ok(claims) => Ok(Some(Introspection { token, claims })),
        // Who would get no token now has none.
        Err(AuthError::Denied(_) | AuthError::InvalidGrant) => Ok(None),
        Err(error) => Err(error),
    }
}

fn tenant_of(claims: &Value) -> Option<TenantName> {
    claims.get("tenant")?.as_str()?.parse().ok()
}

/// The claims of ours that the token would have now.
async fn claims_of(
    ports: &TokenPorts<'_>,
    token: &ActiveToken,
) -> Result<Map<String, Value>, AuthError> {
    let TokenPorts {
        platform, storage, ..
    } = *ports;
    let (scope, client_id) = (token.scope.clone(), token.client_id.clone());
    if token.sub == client_id.as_str() {
        let claims = client_claims(platform, storage, &client_id, &scope).await?;
        return object(&claims.access_token);
    }
    let subject = TokenSubject::read(&token.sub, &token.claims, scope, client_id);
    let subject = subject.ok_or(AuthError::InvalidGrant)?;
    let claims = refreshed_claims(platform, storage, &subject).await?;
    object(&claims.access_token)
}

fn object(claims: &impl Serialize) -> Result<Map<String, Value>, AuthError> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(AuthError::Internal("claims that are no object".into())),
        Err(error) => Err(AuthError::Internal(error.into())),
    }
}
