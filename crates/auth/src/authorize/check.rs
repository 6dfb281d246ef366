use iam_model::{Client, GrantType, RedirectUri, Scope};

use super::{AuthorizationError, Parameters};

/// A request in which nothing is wrong.
pub(crate) struct Checked<'a>(&'a Parameters);

type Check = Result<(), AuthorizationError>;

/// The redirect URI, which is required and compared exactly (RFC 9700 §2.1). What is wrong with it
/// is never told there.
pub(crate) fn redirect_uri<'a>(
    parameters: &Parameters,
    client: &'a Client,
) -> Result<&'a RedirectUri, AuthorizationError> {
    let given = parameters.once("redirect_uri").unwrap_or_default();
    let registered = client.redirect_uris.iter();
    let own = given.and_then(|given| registered.clone().find(|uri| uri.as_str() == given));
    own.ok_or(AuthorizationError::UNREGISTERED_REDIRECT_URI)
}

/// RFC 9126 §6: whether the client must push its requests. What Hydra sends back was pushed before.
pub(crate) fn pushed(parameters: &Parameters, client: &Client, pushed: bool) -> Check {
    if client.details.require_pushed_authorization_requests && !pushed && !parameters.are_hydras() {
        return Err(AuthorizationError::invalid_request(
            "The client must push its authorization requests: see pushed_authorization_request_endpoint.",
        ));
    }
    Ok(())
}

impl<'a> Checked<'a> {
    pub(crate) fn new(
        parameters: &'a Parameters,
        client: &Client,
        audience: &str,
    ) -> Result<Self, AuthorizationError> {
        if parameters.are_ambiguous() {
            return Err(AuthorizationError::invalid_request(
                "A parameter is given more than once.",
            ));
        }
        unsupported(parameters)?;
        response(parameters)?;
        if !client
            .details
            .grant_types
            .contains(&GrantType::AuthorizationCode)
        {
            return Err(AuthorizationError::UNAUTHORIZED_CLIENT);
        }
        pkce(parameters)?;
        scope(parameters, client)?;
        resources(parameters, client, audience)?;
        login(parameters)?;
        Ok(Self(parameters))
    }

    /// The query for Hydra.
    pub(crate) fn for_hydra(&self) -> String {
        self.0.for_hydra()
    }

    /// The request as the client made it.
    pub(crate) fn encode(&self) -> String {
        self.0.encode()
    }
}

/// OIDC Core §3.1.2.6. `request_uri` is ours only as RFC 9126 has it, and then it is gone here.
fn unsupported(parameters: &Parameters) -> Check {
    for (name, code, description) in [
        (
            "request",
            "request_not_supported",
            "Request objects are not supported.",
        ),
        (
            "request_uri",
            "request_uri_not_supported",
            "Only a request_uri of the pushed authorization request endpoint is supported.",
        ),
        (
            "registration",
            "registration_not_supported",
            "The parameter registration is not supported.",
        ),
    ] {
        if parameters.has(name) {
            return Err(AuthorizationError::new(code, description));
        }
    }
    Ok(())
}

fn response(parameters: &Parameters) -> Check {
    match parameters.text("response_type") {
        Some("code") => {}
        Some(_) => return Err(AuthorizationError::UNSUPPORTED_RESPONSE_TYPE),
        None => {
            return Err(AuthorizationError::invalid_request(
                "The parameter response_type is missing.",
            ));
        }
    }
    match parameters.text("response_mode") {
        None | Some("query") => Ok(()),
        // A form that posts itself would be a page of ours.
        Some(_) => Err(AuthorizationError::invalid_request(
            "The only response_mode is query.",
        )),
    }
}

/// RFC 7636 §4.3, of which RFC 9700 §2.1.1 leaves S256 alone.
fn pkce(parameters: &Parameters) -> Check {
    if parameters.text("code_challenge_method") != Some("S256") {
        return Err(AuthorizationError::invalid_request(
            "PKCE is required, with code_challenge_method=S256.",
        ));
    }
    let challenge = parameters.text("code_challenge").unwrap_or_default();
    let base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if challenge.len() != 43 || !challenge.bytes().all(base64url) {
        return Err(AuthorizationError::invalid_request(
            "The code_challenge is not a SHA-256 digest in base64url.",
        ));
    }
    Ok(())
}

/// RFC 6749 §3.3: there is no default, so one that is missing is wrong.
fn scope(parameters: &Parameters, client: &Client) -> Check {
    let text = parameters.text("scope").unwrap_or_default();
    let scope: Scope = text
        .parse()
        .map_err(|_| AuthorizationError::INVALID_SCOPE)?;
    if scope.is_empty() || scope.beyond(&client.scope).next().is_some() {
        return Err(AuthorizationError::INVALID_SCOPE);
    }
    Ok(())
}

/// RFC 8707 §2.
fn resources(parameters: &Parameters, client: &Client, audience: &str) -> Check {
    let registered = &client.details.resources;
    let known =
        |asked: &str| asked == audience || registered.iter().any(|own| own.as_str() == asked);
    if parameters.resources().into_iter().all(known) {
        return Ok(());
    }
    Err(AuthorizationError::INVALID_TARGET)
}

/// What OIDC Core §3.1.2.1 has for the login.
fn login(parameters: &Parameters) -> Check {
    let prompts: Vec<_> = parameters.words("prompt").collect();
    let known = ["none", "login", "consent", "select_account"];
    if !prompts.iter().all(|prompt| known.contains(prompt)) {
        return Err(AuthorizationError::invalid_request(
            "A value of prompt is not one of none, login, consent, select_account.",
        ));
    }
    if prompts.contains(&"none") && prompts.len() > 1 {
        return Err(AuthorizationError::invalid_request(
            "prompt=none goes with no other prompt.",
        ));
    }
    if let Some(age) = parameters.text("max_age")
        && age.parse::<u32>().is_err()
    {
        return Err(AuthorizationError::invalid_request(
            "The parameter max_age is not a number of seconds.",
        ));
    }
    // Hydra wants as much; it is no less than a nonce must have to be one.
    if parameters
        .text("nonce")
        .is_some_and(|nonce| nonce.len() < 8)
    {
        return Err(AuthorizationError::invalid_request(
            "The nonce has fewer than 8 characters.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
