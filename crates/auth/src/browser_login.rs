use iam_hydra::{AcceptLogin, LoginRequest};
use iam_model::{Acr, Client, Tenant};
use iam_policy::{Assurance, decide};
use serde_json::json;
use url::form_urlencoded;

use crate::{
    AcrValues, AuthError, AuthorizationError, BrowserPorts, Sender,
    authorize::{asked_afresh, hold, with_query},
    browser_session,
    progress::context,
};

/// A browser that Hydra sends to log in: the URL at which it goes on.
///
/// Whether a login that Hydra remembers is still good is decided afresh, as if its user had just
/// logged in. If it is not, or there is none, the browser goes to the app's login page, with the
/// challenge.
pub async fn browser_login(
    ports: &BrowserPorts<'_>,
    sender: &Sender,
    challenge: &str,
) -> Result<String, AuthError> {
    let request = ports.hydra.login_request(challenge).await?;
    let (tenant, client) = ports.client(&request.client_id).await?;
    if request.skip
        && let Some(assurance) = remembered(ports, sender, &request, &tenant).await?
    {
        return accept(ports, &request, challenge, &assurance).await;
    }
    if request.wishes.no_pages() {
        return reject(ports, challenge, AuthorizationError::LOGIN_REQUIRED).await;
    }
    if !request.skip {
        return login_page(ports, &tenant, &client, challenge).await;
    }
    // Hydra would keep the time of the old login in a new one for this challenge, and take nobody
    // but its user. So the client's request begins again, as one for a new login.
    let afresh = asked_afresh(&request.request_url).encode();
    let held = hold(ports, &request.client_id, afresh).await?;
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", request.client_id.as_str())
        .append_pair("request_uri", held.request_uri.expose())
        .finish();
    Ok(format!("{}/oauth2/auth?{query}", ports.issuer))
}

/// The assurance of the remembered login, if it is enough for what is asked now.
async fn remembered(
    ports: &BrowserPorts<'_>,
    sender: &Sender,
    request: &LoginRequest,
    tenant: &Tenant,
) -> Result<Option<Assurance>, AuthError> {
    let Some(subject) = &request.subject else {
        return Ok(None);
    };
    let assurance = browser_session::recall(ports, request.session_id.as_deref()).await?;
    let Some(assurance) = assurance else {
        return Ok(None);
    };
    let principals = ports.storage.principals();
    // Hydra remembers users of any tenant: only one of the client's own is found.
    let record = principals
        .lookup(&tenant.name, subject, &request.client_id)
        .await?;
    let (Some(principal), Some(client)) = (&record.principal, &record.client) else {
        return Ok(None);
    };
    let wanted = AcrValues::new(request.wishes.acr_values.clone()).wanted(tenant.settings.mfa);
    let enough = wanted.is_ok_and(|acr: Option<Acr>| acr <= Some(assurance.acr));
    let context = context(sender, ports.platform.now());
    let scope = &request.requested_scope;
    let allowed = decide(principal, client, &assurance, scope, &context).is_ok();
    Ok(Some(assurance).filter(|_| enough && allowed))
}

async fn accept(
    ports: &BrowserPorts<'_>,
    request: &LoginRequest,
    challenge: &str,
    assurance: &Assurance,
) -> Result<String, AuthError> {
    let amr: Vec<_> = assurance.amr.iter().map(|method| method.as_str()).collect();
    let accept = AcceptLogin {
        subject: request.subject.ok_or(AuthError::Challenge)?,
        acr: assurance.acr.as_str(),
        amr: &amr,
        // It stays remembered for as long as it was.
        remember_for: None,
        context: json!(assurance),
    };
    let url = ports.hydra.accept_login_request(challenge, &accept).await?;
    Ok(url.into())
}

/// The login page of the client, or of the tenant's apps.
async fn login_page(
    ports: &BrowserPorts<'_>,
    tenant: &Tenant,
    client: &Client,
    challenge: &str,
) -> Result<String, AuthError> {
    let own = client.details.login_uri.as_ref();
    let Some(page) = own.or(tenant.settings.pages.login_uri.as_ref()) else {
        let line = format!(
            "client {} has no login page: set its login_uri, or pages.login_uri of tenant {}",
            client.id, tenant.name
        );
        ports.platform.log(&line);
        return reject(ports, challenge, AuthorizationError::NO_LOGIN_PAGE).await;
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("login_challenge", challenge)
        .finish();
    Ok(with_query(page.as_str(), &query))
}

async fn reject(
    ports: &BrowserPorts<'_>,
    challenge: &str,
    error: AuthorizationError,
) -> Result<String, AuthError> {
    let error = error.for_hydra();
    let url = ports.hydra.reject_login_request(challenge, &error).await?;
    Ok(url.into())
}
