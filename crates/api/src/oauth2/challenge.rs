//! `POST /oauth2/challenge`: the authorization challenge endpoint
//! (draft-ietf-oauth-first-party-apps-04 §5): an app of the same owner gets a code for its user
//! without a browser.
//!
//! Permissions: those of the client, which proves itself and must be a first-party one.
//! Errors: those of §5.2.2, as JSON: `access_denied`, `insufficient_authorization`,
//! `invalid_client`, `invalid_request`, `invalid_scope`, `invalid_session`, `invalid_target`,
//! `redirect_to_web`, `server_error`, `temporarily_unavailable`, `unauthorized_client`,
//! `unmet_authentication_requirements`.

mod answer;
mod refused;

use bytes::Bytes;
use http::{Method, Response};
use iam_auth::{
    ChallengePorts, ChallengeRequest, CodeChallenge, Credentials, Device, DeviceDigest, Entrance,
    Login, challenge,
};
use iam_model::{ClientId, Secret, TenantName};

use self::{answer::answer, refused::refused};
use super::{
    client_call::{ClientCall, respond},
    parameters::Parameters,
    refusal::{ErrorCode, Refusal},
};
use crate::{
    Access, Route,
    auth::ports::{Steps, sender},
    call::Call,
    problem::Problem,
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/oauth2/challenge",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    let answer = go_on(&call).await;
    Ok(respond(&call, answer).await)
}

async fn go_on(call: &Call) -> Result<Response<Bytes>, Refusal> {
    let client = ClientCall::open(call)?;
    // §5: a client that authenticates at the token endpoint does so here.
    client
        .hydra
        .authenticate_client(&client.credentials)
        .await?;
    let id = client.credentials.client_id();
    let asked = match client.parameters.get("auth_session") {
        Some(session) => Asked::Step(step(session, &client.parameters)?),
        None => begin(&client, id).await?,
    };
    let request = match asked {
        Asked::Step(request) => request,
        Asked::WhoLogsIn => return Ok(answer::credentials_required()),
    };
    let (steps, hasher, keyring) = (Steps::of(call)?, call.hasher()?, call.keyring()?);
    let sender = sender(call);
    let answer = steps
        .run_at(Entrance::Challenge(id), async |login| {
            let ports = ChallengePorts {
                login: *login,
                hasher: &*hasher,
                keyring: &keyring,
            };
            Ok(match challenge(&ports, &sender, &request).await {
                Ok(outcome) => answer(outcome),
                Err(error) => refused(call, error),
            })
        })
        .await?;
    Ok(answer)
}

/// What a request is.
enum Asked {
    Step(ChallengeRequest),
    /// The first, without credentials: the client wants to know what to ask its user for.
    WhoLogsIn,
}

/// A request in a session.
fn step(session: &str, parameters: &Parameters) -> Result<ChallengeRequest, Refusal> {
    let secret = |text: &str| Secret::new(text.to_owned());
    let session = secret(session);
    match (parameters.get("otp"), parameters.get("new_password")) {
        (Some(code), None) => Ok(ChallengeRequest::OneTimeCode(session, secret(code))),
        (None, Some(new)) => Ok(ChallengeRequest::NewPassword(session, secret(new))),
        _ => Err(Refusal::because(
            ErrorCode::InvalidRequest,
            "Beside auth_session comes otp or new_password, and not both.",
        )),
    }
}

/// The first request (§5.1).
async fn begin(client: &ClientCall<'_>, id: &ClientId) -> Result<Asked, Refusal> {
    let parameters = &client.parameters;
    let invalid = |text| Refusal::because(ErrorCode::InvalidRequest, text);
    if parameters.get("response_type") != Some("code") {
        return Err(invalid("The response_type has to be code."));
    }
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(invalid(
            "PKCE is required, with code_challenge_method=S256.",
        ));
    }
    let code_challenge = parameters.required("code_challenge")?;
    let code_challenge: CodeChallenge = code_challenge
        .parse()
        .map_err(|_| invalid("The code_challenge is not a SHA-256 digest in base64url."))?;
    if parameters.get("resource").is_some() {
        let text = "Ask for other resources at the authorization endpoint.";
        return Err(Refusal::because(ErrorCode::InvalidTarget, text));
    }
    let scope = parameters.get("scope").map(str::parse).transpose();
    let scope = scope.map_err(|_| Refusal::new(ErrorCode::InvalidScope))?;
    let tenant = tenant(client, id).await?;
    let proof = parameters.get("username").zip(parameters.get("password"));
    let Some((username, password)) = proof else {
        return Ok(Asked::WhoLogsIn);
    };
    let Ok(acr_values) = parameters.get("acr_values").unwrap_or_default().parse();
    let device_token = parameters.get("device_token").map(str::to_owned);
    Ok(Asked::Step(ChallengeRequest::Login(Box::new(Login {
        tenant,
        credentials: Credentials {
            username: username
                .parse()
                .map_err(|_| invalid("The username is not one that a user can have."))?,
            password: Secret::new(password.to_owned()),
        },
        client_id: id.clone(),
        scope,
        acr_values,
        device: Device {
            digest: device_token.and_then(|token| DeviceDigest::of(&Secret::new(token))),
            remember: parameters.get("remember_device") == Some("true"),
        },
        code_challenge: Some(code_challenge),
    }))))
}

/// The client's tenant; if the client names one, it must be that.
async fn tenant(client: &ClientCall<'_>, id: &ClientId) -> Result<TenantName, Refusal> {
    let found = client.storage.principals().find_by_client(id).await;
    let found = found.map_err(iam_auth::AuthError::from)?;
    let (tenant, own) = found.ok_or_else(|| Refusal::new(ErrorCode::InvalidClient))?;
    let named = client.parameters.get("tenant");
    if named.is_some_and(|named| named != tenant.name.as_str()) {
        return Err(Refusal::new(ErrorCode::InvalidClient));
    }
    // §1.1: third-party clients must not use this.
    if !own.first_party {
        return Err(Refusal::because(
            ErrorCode::UnauthorizedClient,
            "Only a first-party client may ask for credentials. Use the authorization endpoint.",
        ));
    }
    Ok(tenant.name)
}
