use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::HeaderValue;
use iam_hydra::BrowserEndpoint;
use iam_model::{ClientId, RedirectUri, Tenant, UserId};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use crate::{
    AuthError, AuthorizationError, AuthorizeError, BrowserPorts, Onward, Parameters,
    authorize::with_query,
};

/// What a logout page asks its user.
#[derive(Debug)]
pub struct LogoutQuestion {
    /// Who logs out.
    pub subject: UserId,
    /// The client that asks for it, if one does.
    pub client_id: Option<ClientId>,
}

/// A browser that comes to log out (OIDC RP-Initiated Logout §2), or comes back after its user has
/// agreed.
pub async fn end_session(
    ports: &BrowserPorts<'_>,
    parameters: &Parameters,
    cookies: Option<&HeaderValue>,
) -> Result<Onward, AuthorizeError> {
    let query = query(parameters)?;
    let endpoint = BrowserEndpoint::EndSession;
    let hop = ports.hydra.browse(endpoint, &query, cookies).await?;
    let error = hop.location.query_pairs().find(|(name, _)| name == "error");
    // A page that a client registered may have such a parameter; Hydra's own is ours.
    if let Some((_, error)) = error.filter(|_| is_error_page(ports, &hop.location)) {
        let line = format!("hydra refused a logout request: {error}");
        ports.platform.log(&line);
        return Err(untrusted(
            "The id_token_hint is not an ID token of ours, or the post_logout_redirect_uri is not exactly one that its client has registered.",
        ));
    }
    Ok(Onward {
        url: hop.location.into(),
        cookies: hop.cookies,
    })
}

fn is_error_page(ports: &BrowserPorts<'_>, url: &Url) -> bool {
    let page = format!("{}/oauth2/error?", ports.issuer);
    url.as_str().starts_with(&page)
}

/// The query for Hydra.
fn query(parameters: &Parameters) -> Result<String, AuthorizeError> {
    if parameters.are_ambiguous() {
        return Err(untrusted("A parameter is given more than once."));
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut pass = |name: &str| {
        query.extend_pairs(parameters.text(name).map(|value| (name, value)));
    };
    if parameters.has("logout_verifier") {
        pass("logout_verifier");
        return Ok(query.finish());
    }
    let redirects = parameters.has("post_logout_redirect_uri");
    let Some(hint) = parameters.text("id_token_hint") else {
        if redirects {
            return Err(untrusted(
                "A post_logout_redirect_uri needs the id_token_hint that says whose it is.",
            ));
        }
        pass("client_id");
        return Ok(query.finish());
    };
    // §2: the client must be the one that the ID token was issued to.
    if let Some(client) = parameters.text("client_id")
        && !is_for(hint, client)
    {
        return Err(untrusted("The id_token_hint is of another client."));
    }
    pass("post_logout_redirect_uri");
    if redirects {
        pass("state");
    }
    pass("id_token_hint");
    Ok(query.finish())
}

fn untrusted(description: &'static str) -> AuthorizeError {
    AuthorizeError::Untrusted(AuthorizationError::invalid_request(description), None)
}

/// Whether an ID token says that it is for `client`. Whether it is one is for others to tell.
fn is_for(id_token: &str, client: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Many(Vec<String>),
    }
    #[derive(Deserialize)]
    struct Claims {
        aud: Audience,
    }
    let claims = || {
        let payload = id_token.split('.').nth(1)?;
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice::<Claims>(&payload).ok()
    };
    claims().is_some_and(|claims| match claims.aud {
        Audience::One(audience) => audience == client,
        Audience::Many(audiences) => audiences.iter().any(|audience| audience == client),
    })
}

/// A browser that Hydra sends to have the logout confirmed: the URL at which it goes on.
///
/// A client that brings an ID token of the session may end it without a question, unless it has a
/// page of its own that asks. Anybody else could have made the link, so their user is asked (§2).
pub async fn logout_page(
    ports: &BrowserPorts<'_>,
    challenge: &str,
) -> Result<String, AuthorizeError> {
    let request = ports.hydra.logout_request(challenge).await?;
    let url = Url::parse(ports.issuer).and_then(|us| us.join(&request.request_url));
    let named = url.ok().and_then(|url| {
        let mut pairs = url.query_pairs();
        pairs.find(|(name, _)| name == "client_id")?.1.parse().ok()
    });
    let page = match request.client_id.or(named) {
        Some(client) => page(ports, &client, request.rp_initiated).await?,
        None => None,
    };
    match page {
        Some(page) => {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("logout_challenge", challenge)
                .finish();
            Ok(with_query(page.as_str(), &query))
        }
        None if request.rp_initiated => Ok(accept_logout(ports, challenge).await?),
        None => Err(untrusted(
            "A logout needs an id_token_hint, or the client_id of a client with a logout page.",
        )),
    }
}

/// The page that asks. That of the tenant's apps does not for a client that need not ask.
async fn page(
    ports: &BrowserPorts<'_>,
    client: &ClientId,
    rp_initiated: bool,
) -> Result<Option<RedirectUri>, AuthError> {
    let found = ports.storage.principals().find_by_client(client).await?;
    let Some((tenant, client)) = found else {
        return Ok(None);
    };
    let shared = |tenant: Tenant| tenant.settings.pages.logout_uri;
    let own = client.details.logout_uri;
    Ok(own.or_else(|| shared(tenant).filter(|_| !rp_initiated)))
}

/// What the page that was opened with `challenge` is to ask.
pub async fn logout_question(
    ports: &BrowserPorts<'_>,
    challenge: &str,
) -> Result<LogoutQuestion, AuthError> {
    let request = ports.hydra.logout_request(challenge).await?;
    Ok(LogoutQuestion {
        subject: request.subject,
        client_id: request.client_id,
    })
}

/// The user agrees: the URL at which the browser goes on, and where the session ends.
pub async fn accept_logout(ports: &BrowserPorts<'_>, challenge: &str) -> Result<String, AuthError> {
    Ok(ports.hydra.accept_logout_request(challenge).await?.into())
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::is_for;

    #[test]
    fn an_id_token_is_for_its_audience() {
        for (claims, ours) in [
            (r#"{"aud":"web"}"#, true),
            (r#"{"aud":["other","web"]}"#, true),
            (r#"{"aud":["other"]}"#, false),
            ("{}", false),
        ] {
            let token = format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims));
            assert_eq!(is_for(&token, "web"), ours, "{claims}");
        }
        assert!(!is_for("web", "web"));
    }
}
