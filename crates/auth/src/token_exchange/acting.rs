use iam_hydra::{ActiveToken, TokenUse};
use iam_model::{Client, Permission, Principal, Resource, ResourceKind, Secret, Tenant, UserId};
use iam_policy::Actor;

use super::{ExchangeError, IMPERSONATE, TokenExchange, user};
use crate::{AuthError, TokenPorts, TokenSubject, client_claims, refreshed_claims};

/// Who acts for whom.
pub(super) struct Acting {
    /// The user that the new token is about.
    pub(super) subject: Principal,
    /// Whose the subject token is.
    pub(super) owner: TokenSubject,
    /// Who acts, as the token says it.
    pub(super) act: Actor,
    /// Who acts, as the audit log says it.
    pub(super) actor: Resource,
}

/// Finds out who acts for whom, and that they may.
pub(super) async fn acting(
    ports: &TokenPorts<'_>,
    tenant: &Tenant,
    client: &Client,
    exchange: &TokenExchange,
) -> Result<Acting, ExchangeError> {
    let token = good_token(ports, tenant, &exchange.subject_token).await?;
    let ActiveToken {
        sub,
        claims,
        scope,
        client_id,
        ..
    } = token;
    let owner = TokenSubject::read(&sub, &claims, scope, client_id);
    let owner = owner.ok_or(ExchangeError::InvalidToken)?;
    match (exchange.requested_subject, &exchange.actor_token) {
        (Some(_), Some(_)) => Err(ExchangeError::InvalidToken),
        (Some(subject), None) => impersonation(ports, client, owner, &subject).await,
        (None, actor) => delegation(ports, tenant, client, owner, actor.as_ref()).await,
    }
}

/// The owner of the subject token acts as `subject`, which takes the permission to, and all that
/// the subject may do: nobody gets by it what they do not hold.
async fn impersonation(
    ports: &TokenPorts<'_>,
    client: &Client,
    owner: TokenSubject,
    subject: &UserId,
) -> Result<Acting, ExchangeError> {
    // Who acts in another's name acts in nobody else's.
    if owner.act.is_some() {
        return Err(ExchangeError::Denied);
    }
    let principals = ports.storage.principals();
    let own = principals.lookup(&owner.tenant, &owner.user, &owner.client_id);
    let own = own.await.map_err(AuthError::from)?;
    let own = own.principal.ok_or(ExchangeError::InvalidToken)?;
    let holds = |wanted: &Permission| own.permissions.iter().any(|p| p.covers(wanted));
    if !IMPERSONATE
        .parse()
        .is_ok_and(|permission| holds(&permission))
    {
        return Err(ExchangeError::Denied);
    }
    let subject = principals.lookup(&owner.tenant, subject, &client.id);
    let subject = subject.await.map_err(AuthError::from)?;
    let subject = subject.principal.ok_or(ExchangeError::Denied)?;
    if !subject.permissions.iter().all(holds) {
        return Err(ExchangeError::Denied);
    }
    let act = Actor {
        sub: owner.user.to_string(),
        act: None,
    };
    let actor = user(owner.user);
    Ok(Acting {
        subject,
        owner,
        act,
        actor,
    })
}

/// The owner of the actor token, or the client, acts in the name of the owner of the subject token.
async fn delegation(
    ports: &TokenPorts<'_>,
    tenant: &Tenant,
    client: &Client,
    owner: TokenSubject,
    actor_token: Option<&Secret<String>>,
) -> Result<Acting, ExchangeError> {
    let actor = match actor_token {
        Some(token) => actor(ports, tenant, token).await?,
        None => of_client(client.id.as_str()),
    };
    let principals = ports.storage.principals();
    let subject = principals.lookup(&owner.tenant, &owner.user, &client.id);
    let subject = subject.await.map_err(AuthError::from)?;
    let subject = subject.principal.ok_or(ExchangeError::InvalidToken)?;
    // RFC 8693 §4.1: who acted before is nested in who acts now.
    let act = Actor {
        sub: actor.id.clone(),
        act: owner.act.clone().map(Box::new),
    };
    Ok(Acting {
        subject,
        owner,
        act,
        actor,
    })
}

async fn actor(
    ports: &TokenPorts<'_>,
    tenant: &Tenant,
    token: &Secret<String>,
) -> Result<Resource, ExchangeError> {
    let token = good_token(ports, tenant, token).await?;
    match token.sub.parse() {
        Ok(id) => Ok(user(id)),
        Err(_) => Ok(of_client(&token.sub)),
    }
}

fn of_client(id: &str) -> Resource {
    Resource {
        kind: ResourceKind::Client,
        id: id.to_owned(),
    }
}

/// An access token of `tenant` that is active, and whose owner would get one now.
async fn good_token(
    ports: &TokenPorts<'_>,
    tenant: &Tenant,
    token: &Secret<String>,
) -> Result<ActiveToken, ExchangeError> {
    let token = ports
        .hydra
        .introspect(token)
        .await
        .map_err(AuthError::from)?;
    let token = token.ok_or(ExchangeError::InvalidToken)?;
    let ours = token.claims.get("tenant").and_then(|name| name.as_str());
    if token.token_use != TokenUse::AccessToken || ours != Some(tenant.name.as_str()) {
        return Err(ExchangeError::InvalidToken);
    }
    let (platform, storage) = (ports.platform, ports.storage);
    let (scope, client_id) = (token.scope.clone(), token.client_id.clone());
    let owner = TokenSubject::read(&token.sub, &token.claims, scope, client_id);
    let decided = match owner {
        Some(owner) => refreshed_claims(platform, storage, &owner).await.map(drop),
        None => client_claims(platform, storage, &token.client_id, &token.scope)
            .await
            .map(drop),
    };
    match decided {
        Ok(()) => Ok(token),
        Err(AuthError::Denied(_) | AuthError::InvalidGrant) => Err(ExchangeError::InvalidToken),
        Err(error) => Err(error.into()),
    }
}
