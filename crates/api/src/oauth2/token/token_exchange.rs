use bytes::Bytes;
use http::{Response, StatusCode};
use iam_auth::{ExchangeError, Sender, TokenExchange, exchange_token};
use iam_model::Secret;
use serde::Serialize;

use crate::{
    oauth2::{
        client_call::ClientCall,
        refusal::{ErrorCode, Refusal},
    },
    problem::json,
};

/// The type of the tokens that are taken and given (RFC 8693 §3): access tokens of ours, which are
/// JWTs.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// RFC 8693 §2.2.1.
#[derive(Serialize)]
struct Exchanged<'a> {
    access_token: &'a str,
    issued_token_type: &'static str,
    token_type: &'static str,
    expires_in: u64,
    scope: &'a str,
}

/// A token for one that says who acts for whom (RFC 8693).
pub(super) async fn token(call: &ClientCall<'_>) -> Result<Response<Bytes>, Refusal> {
    let exchange = read(call)?;
    let tokens = exchange_token(&call.ports(), &exchange).await?;
    let body = Exchanged {
        access_token: tokens.access_token.expose(),
        issued_token_type: ACCESS_TOKEN,
        token_type: "Bearer",
        expires_in: tokens.expires_in,
        scope: &tokens.scope,
    };
    Ok(json(StatusCode::OK, "application/json", &body))
}

fn read(call: &ClientCall<'_>) -> Result<TokenExchange, Refusal> {
    let parameters = &call.parameters;
    let invalid = || Refusal::new(ErrorCode::InvalidRequest);
    let is_access_token = |kind: &str| kind == ACCESS_TOKEN || kind == JWT;
    let subject_type = parameters.required("subject_token_type")?;
    let requested = parameters.get("requested_token_type");
    // RFC 8693 §2.1: the type of the actor token is there if, and only if, the token is.
    let actor_type = parameters.get("actor_token_type");
    let actor_token = parameters.get("actor_token");
    if !is_access_token(subject_type)
        || requested.is_some_and(|kind| !is_access_token(kind))
        || actor_type.is_some() != actor_token.is_some()
        || actor_type.is_some_and(|kind| !is_access_token(kind))
    {
        return Err(invalid());
    }
    let secret = |text: &str| Secret::new(text.to_owned());
    let subject = parameters.get("requested_subject").map(str::parse);
    let scope = parameters.get("scope").map(str::parse);
    // What RFC 8693 calls an audience is to us the name of a resource.
    let named = parameters.all("audience").map(str::parse);
    let named: Result<Vec<_>, _> = named.collect();
    let mut resources = call.resources()?;
    resources.extend(named.map_err(|_| Refusal::new(ErrorCode::InvalidTarget))?);
    Ok(TokenExchange {
        credentials: call.credentials.clone(),
        subject_token: secret(parameters.required("subject_token")?),
        actor_token: actor_token.map(secret),
        requested_subject: subject.transpose().map_err(|_| invalid())?,
        scope: scope
            .transpose()
            .map_err(|_| Refusal::new(ErrorCode::InvalidScope))?,
        resources: resources.into_iter().collect(),
        sender: Sender {
            origin: call.call.origin(),
            trace_id: call.call.trace_id.clone(),
        },
    })
}

impl From<ExchangeError> for Refusal {
    fn from(error: ExchangeError) -> Self {
        match error {
            // RFC 8693 §2.2.2 has this code for tokens that policy does not accept, too.
            ExchangeError::Denied => Self::because(
                ErrorCode::InvalidRequest,
                "The owner of the subject token may not act as this user.",
            ),
            ExchangeError::InvalidToken => Self::because(
                ErrorCode::InvalidRequest,
                "A token is not an active access token of the client's tenant.",
            ),
            ExchangeError::InvalidTarget => Self::new(ErrorCode::InvalidTarget),
            ExchangeError::UnauthorizedClient => Self::new(ErrorCode::UnauthorizedClient),
            ExchangeError::Failed(error) => error.into(),
        }
    }
}
