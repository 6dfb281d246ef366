mod acting;

use acting::{Acting, acting};
use iam_hydra::{AuthorizationRequest, ClientCredentials, Tokens, exchange_uri};
use iam_model::{
    ActorRef, AuditEvent, AuditEventId, Client, GrantType, Outcome, RedirectUri, Resource,
    ResourceKind, ResourceUri, Scope, ScopeToken, Secret, Tenant, TokenEndpointAuth, UserId,
};
use iam_platform::random;
use iam_policy::{Claims, Grant, RequestContext, decide};
use thiserror::Error;

use crate::{AuthError, Sender, TokenPorts};

/// The permission to act as another user of one's tenant.
pub const IMPERSONATE: &str = "iam.users.impersonate";

/// A client's request to get a token for one that it has (RFC 8693 §2.1).
pub struct TokenExchange {
    /// What the client proves itself with.
    pub credentials: ClientCredentials,
    /// An access token of ours: whose name is acted in, or who impersonates another.
    pub subject_token: Secret<String>,
    /// An access token of who acts; the client itself if there is none.
    pub actor_token: Option<Secret<String>>,
    /// The user that the owner of the subject token acts as.
    pub requested_subject: Option<UserId>,
    /// What is asked for; `None` for all that both the subject token and the client have.
    pub scope: Option<Scope>,
    /// What the token is for; none for our issuer.
    pub resources: Vec<ResourceUri>,
    /// Where the request came from.
    pub sender: Sender,
}

/// Why there is no token (RFC 8693 §2.2.2).
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// The owner of the subject token may not act as this user.
    #[error("not allowed to act as this user")]
    Denied,
    /// The subject token or the actor token is not one of ours that is good, or is of another
    /// tenant.
    #[error("a token that is not good for this")]
    InvalidToken,
    /// The client may not ask for tokens for this resource.
    #[error("resource not allowed")]
    InvalidTarget,
    /// The client may not exchange tokens.
    #[error("client may not exchange tokens")]
    UnauthorizedClient,
    /// It failed as any login can.
    #[error(transparent)]
    Failed(#[from] AuthError),
}

/// Gets a token that says who acts for whom.
///
/// Hydra has no such grant: the server walks a code flow with the subject as its user, and the code
/// is redeemed with the client's own proof, so nobody gets a token who is not the client. There is
/// no refresh token and no ID token, and the scope is never wider than that of the subject token.
pub async fn exchange_token(
    ports: &TokenPorts<'_>,
    exchange: &TokenExchange,
) -> Result<Tokens, ExchangeError> {
    let (tenant, client) = exchanging_client(ports, exchange).await?;
    for resource in &exchange.resources {
        if resource.as_str() != ports.issuer && !client.details.resources.contains(resource) {
            return Err(ExchangeError::InvalidTarget);
        }
    }
    let acting = acting(ports, &tenant, &client, exchange).await?;
    let scope = granted_scope(exchange.scope.as_ref(), &acting.owner.scope, &client)?;
    let context = RequestContext {
        grant: Grant::TokenExchange,
        ip: None,
        user_agent: None,
        time: ports.platform.now(),
    };
    let assurance = &acting.owner.assurance;
    let mut claims =
        decide(&acting.subject, &client, assurance, &scope, &context).map_err(AuthError::Denied)?;
    claims.access_token.act = Some(acting.act.clone());
    let tokens = issue(ports, exchange, &acting, &scope, &claims).await?;
    log(ports, &tenant, exchange, &acting, &scope).await?;
    Ok(tokens)
}

async fn exchanging_client(
    ports: &TokenPorts<'_>,
    exchange: &TokenExchange,
) -> Result<(Tenant, Client), ExchangeError> {
    let id = exchange.credentials.client_id();
    let found = ports.storage.principals().find_by_client(id).await;
    let found = found.map_err(AuthError::from)?;
    let (tenant, client) = found.ok_or(AuthError::UnknownClient)?;
    let details = &client.details;
    let may = details.grant_types.contains(&GrantType::TokenExchange)
        && details.token_endpoint_auth_method != TokenEndpointAuth::None;
    may.then_some((tenant, client))
        .ok_or(ExchangeError::UnauthorizedClient)
}

/// What of `asked` is granted: no more than the subject token has and the client may have. A token
/// that lives by itself, or that stands for a login, is not had by an exchange.
fn granted_scope(
    asked: Option<&Scope>,
    owned: &Scope,
    client: &Client,
) -> Result<Scope, AuthError> {
    let login = |token: &ScopeToken| matches!(token.as_str(), "openid" | "offline_access");
    let allowed: Scope = owned
        .tokens()
        .filter(|token| client.scope.contains(token.as_str()) && !login(token))
        .cloned()
        .collect();
    let scope = asked.unwrap_or(&allowed);
    let beyond: Vec<_> = scope.beyond(&allowed).cloned().collect();
    // Hydra takes no scope for none at all, and then the token would say nothing.
    if beyond.is_empty() && !scope.is_empty() {
        Ok(scope.clone())
    } else {
        Err(AuthError::InvalidScope(beyond))
    }
}

async fn issue(
    ports: &TokenPorts<'_>,
    exchange: &TokenExchange,
    acting: &Acting,
    scope: &Scope,
    claims: &Claims,
) -> Result<Tokens, AuthError> {
    let redirect_uri: RedirectUri = exchange_uri(ports.issuer)
        .parse()
        .map_err(|error: iam_model::InvalidUri| AuthError::Internal(error.into()))?;
    let request = AuthorizationRequest {
        client_id: exchange.credentials.client_id().as_str(),
        redirect_uri: &redirect_uri,
        scope,
    };
    let mut audience: Vec<_> = exchange.resources.iter().map(ResourceUri::as_str).collect();
    if audience.is_empty() {
        audience.push(ports.issuer);
    }
    let methods = acting.owner.assurance.amr.iter();
    let amr: Vec<_> = methods.map(|method| method.as_str()).collect();
    let grant = iam_hydra::Grant {
        subject: acting.subject.user.id,
        acr: acting.owner.assurance.acr.as_str(),
        amr: &amr,
        audience: &audience,
        session_for: None,
        claims,
    };
    let code = ports.hydra.begin(request).await?.code(&grant).await?;
    Ok(ports.hydra.redeem_as(&exchange.credentials, &code).await?)
}

/// An exchange that cannot be logged gives no token.
async fn log(
    ports: &TokenPorts<'_>,
    tenant: &Tenant,
    exchange: &TokenExchange,
    acting: &Acting,
    scope: &Scope,
) -> Result<(), AuthError> {
    let platform = ports.platform;
    let now = platform.now();
    let mut details = serde_json::Map::new();
    let client_id = exchange.credentials.client_id().as_str();
    details.insert("client_id".to_owned(), client_id.into());
    details.insert("scope".to_owned(), scope.to_string().into());
    let event = AuditEvent {
        id: AuditEventId::generate(now, random(platform)),
        at: now,
        action: "token.exchanged".to_owned(),
        outcome: Outcome::Success,
        actor: ActorRef {
            resource: acting.actor.clone(),
            tenant: Some(tenant.name.clone()),
        },
        target: user(acting.subject.user.id),
        origin: Some(exchange.sender.origin.salted(random(platform))),
        trace_id: exchange.sender.trace_id.clone(),
        details,
    };
    let store = ports.storage.tenant(tenant.id);
    Ok(store.audit().add(&[event]).await?)
}

fn user(id: UserId) -> Resource {
    Resource {
        kind: ResourceKind::User,
        id: id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use iam_model::{Client, ClientDetails, Scope, TenantId, Timestamp};

    use super::granted_scope;
    use crate::AuthError;

    #[track_caller]
    fn check(asked: Option<&str>, expected: Result<&str, &[&str]>) {
        let now = Timestamp::from_millis(0);
        let client = Client {
            id: "gateway".parse().unwrap(),
            tenant_id: TenantId::generate(now, [0; 10]),
            first_party: false,
            redirect_uris: Vec::new(),
            scope: "a b openid offline_access".parse().unwrap(),
            details: ClientDetails::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let asked: Option<Scope> = asked.map(|asked| asked.parse().unwrap());
        let owned = "a c openid offline_access".parse().unwrap();
        let granted = match granted_scope(asked.as_ref(), &owned, &client) {
            Ok(scope) => Ok(scope.to_string()),
            Err(AuthError::InvalidScope(beyond)) => {
                Err(beyond.iter().map(ToString::to_string).collect::<Vec<_>>())
            }
            Err(error) => panic!("{error}"),
        };
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        assert_eq!(granted, expected.map(str::to_owned).map_err(owned));
    }

    #[test]
    fn an_exchange_only_narrows() {
        check(None, Ok("a"));
        check(Some("a"), Ok("a"));
        check(Some("a b"), Err(&["b"]));
        check(Some("a c"), Err(&["c"]));
        check(Some("a openid"), Err(&["openid"]));
        check(Some("a offline_access"), Err(&["offline_access"]));
        check(Some(""), Err(&[]));
    }
}
