mod granted;
mod page;

use iam_hydra::ConsentRequest;
use iam_model::{Client, Principal, Tenant};
use iam_policy::{Assurance, Claims, Denial, decide};
use url::form_urlencoded;

pub use page::{ConsentDecision, ConsentQuestion, answer_consent, consent_question};

use crate::{
    AuthError, AuthorizationError, BrowserPorts, Sender,
    authorize::with_query,
    browser_session,
    login_log::LoginLog,
    progress::{Subject, context},
};

/// A browser that Hydra sends to agree to what a client asks for: the URL at which it goes on.
///
/// A first-party client needs no consent, and neither does what was agreed to before. Anything else
/// is asked on the app's consent page.
pub async fn consent(
    ports: &BrowserPorts<'_>,
    sender: &Sender,
    challenge: &str,
) -> Result<String, AuthError> {
    let pending = Pending::read(ports, challenge).await?;
    let (request, client) = (&pending.request, &pending.client);
    // What the tenant does not let this user have is not asked for either.
    let claims = match pending.decide(ports, sender, &request.requested_scope) {
        Ok(claims) => claims,
        Err(denial) => return pending.deny(ports, sender, challenge, &denial).await,
    };
    pending.note_session(ports).await?;
    if client.first_party || request.skip {
        // Hydra finds the sessions of a user by consents that were not remembered before.
        let remember = false;
        let scope = &request.requested_scope;
        return pending
            .grant(ports, challenge, scope, remember, &claims)
            .await;
    }
    if request.wishes.no_pages() {
        return reject(ports, challenge, AuthorizationError::CONSENT_REQUIRED).await;
    }
    let own = client.details.consent_uri.as_ref();
    let Some(page) = own.or(pending.tenant().settings.pages.consent_uri.as_ref()) else {
        let line = format!(
            "client {} has no consent page: set its consent_uri, or pages.consent_uri of tenant {}",
            client.id,
            pending.tenant().name
        );
        ports.platform.log(&line);
        return reject(ports, challenge, AuthorizationError::NO_CONSENT_PAGE).await;
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("consent_challenge", challenge)
        .finish();
    Ok(with_query(page.as_str(), &query))
}

/// A consent request with who and what it is about, as the database has them now.
pub(crate) struct Pending {
    pub(crate) request: ConsentRequest,
    pub(crate) client: Client,
    pub(crate) principal: Principal,
    assurance: Assurance,
}

impl Pending {
    pub(crate) async fn read(ports: &BrowserPorts<'_>, challenge: &str) -> Result<Self, AuthError> {
        let request = ports.hydra.consent_request(challenge).await?;
        let principals = ports.storage.principals();
        let found = principals.find_by_client(&request.client_id).await?;
        let (tenant, _) = found.ok_or(AuthError::Challenge)?;
        let record = principals
            .lookup(&tenant.name, &request.subject, &request.client_id)
            .await?;
        // How the user logged in was said when the login was accepted, by us.
        let assurance = serde_json::from_value(request.context.clone())
            .map_err(|error| AuthError::Internal(error.into()))?;
        Ok(Self {
            client: record.client.ok_or(AuthError::Challenge)?,
            principal: record.principal.ok_or(AuthError::Challenge)?,
            request,
            assurance,
        })
    }

    const fn tenant(&self) -> &Tenant {
        &self.principal.tenant
    }

    const fn subject(&self) -> Subject<'_> {
        Subject {
            principal: &self.principal,
            client: &self.client,
        }
    }

    /// What the tokens say if `scope` is granted.
    pub(crate) fn decide(
        &self,
        ports: &BrowserPorts<'_>,
        sender: &Sender,
        scope: &iam_model::Scope,
    ) -> Result<Claims, Denial> {
        let context = context(sender, ports.platform.now());
        decide(
            &self.principal,
            &self.client,
            &self.assurance,
            scope,
            &context,
        )
    }

    async fn note_session(&self, ports: &BrowserPorts<'_>) -> Result<(), AuthError> {
        let session_id = self.request.session_id.as_deref();
        let lifetimes = &self.tenant().settings.token_lifetimes;
        browser_session::note(ports, session_id, &self.assurance, lifetimes).await
    }

    pub(crate) async fn deny(
        &self,
        ports: &BrowserPorts<'_>,
        sender: &Sender,
        challenge: &str,
        denial: &Denial,
    ) -> Result<String, AuthError> {
        let log = LoginLog::in_browser(ports.platform, ports.storage, sender, self.subject());
        log.denied(denial).await?;
        let error = match denial {
            Denial::AssuranceRequired(_) => AuthorizationError::UNMET,
            _ => AuthorizationError::ACCESS_DENIED,
        };
        reject(ports, challenge, error).await
    }
}

pub(crate) async fn reject(
    ports: &BrowserPorts<'_>,
    challenge: &str,
    error: AuthorizationError,
) -> Result<String, AuthError> {
    let error = error.for_hydra();
    let url = ports
        .hydra
        .reject_consent_request(challenge, &error)
        .await?;
    Ok(url.into())
}
