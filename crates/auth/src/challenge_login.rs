use futures_util::future::{join, join3};
use iam_hydra::LoginRequest;
use iam_model::{ClientId, TenantName};
use iam_security::PasswordHasher;

use crate::{
    AcrValues, Attempt, AuthError, Credentials, Device, Factor, LoginOutcome, LoginPorts, Sender,
    admitted::Admitted,
    continue_login::continue_login,
    login_log::LoginLog,
    password::{proved, rehash, verify},
    progress::{Challenge, Mode, Progress, Subject},
};

/// A user's attempt to log in at a page that Hydra sent their browser to. Through which client, and
/// for what, Hydra knows; third-party clients too, since the page is not theirs.
pub struct ChallengeLogin {
    /// What the page was opened with.
    pub login_challenge: String,
    /// The tenant the user claims to belong to, which must be the client's; `None` for that.
    pub tenant: Option<TenantName>,
    /// The client, if the page knows it.
    pub client_id: Option<ClientId>,
    /// Who they claim to be.
    pub credentials: Credentials,
    /// Whether Hydra is to remember the browser.
    pub remember: bool,
    /// The device it runs on.
    pub device: Device,
}

/// Verifies the password and, if nothing else is missing, has Hydra send the browser on.
pub async fn challenge_login(
    ports: &LoginPorts<'_>,
    hasher: &dyn PasswordHasher,
    sender: &Sender,
    login: &ChallengeLogin,
) -> Result<LoginOutcome, AuthError> {
    let request = ports.hydra.login_request(&login.login_challenge).await?;
    let tenant = tenant(ports, login, &request).await?;
    let credentials = &login.credentials;
    let username = &credentials.username;
    let attempt = Attempt {
        tenant: tenant.clone(),
        account: username.key().to_owned(),
        client_id: request.client_id.clone(),
        ip: sender.origin.ip,
        device: login.device.digest.clone(),
    };
    let principals = ports.storage.principals();
    let (record, admitted) = join(
        principals.find_by_username(&tenant, username, &request.client_id),
        Admitted::new(ports, attempt, Factor::Password),
    )
    .await;
    let (record, admitted) = (record?, admitted?);
    let client = record.client.as_ref().ok_or(AuthError::UnknownClient)?;
    let verdict = verify(hasher, credentials, &record).await?;
    let log = LoginLog::new(ports, sender, &record, &client.id, username);
    let principal = proved(&log, &record, verdict).await?;
    let subject = Subject { principal, client };
    let progress = progress(subject, login, request);
    let (outcome, (), reset) = join3(
        continue_login(ports, sender, subject, progress, &admitted, None),
        rehash(ports, hasher, principal, &credentials.password, verdict),
        admitted.succeeded(ports),
    )
    .await;
    reset.and(outcome)
}

/// The client's tenant. What the page says of client and tenant has to be so.
async fn tenant(
    ports: &LoginPorts<'_>,
    login: &ChallengeLogin,
    request: &LoginRequest,
) -> Result<TenantName, AuthError> {
    let client_id = &request.client_id;
    if login.client_id.as_ref().is_some_and(|id| id != client_id) {
        return Err(AuthError::UnknownClient);
    }
    if let Some(tenant) = &login.tenant {
        // That the client is of this tenant is found with the user.
        return Ok(tenant.clone());
    }
    let found = ports.storage.principals().find_by_client(client_id).await?;
    let (tenant, _) = found.ok_or(AuthError::UnknownClient)?;
    Ok(tenant.name)
}

fn progress(subject: Subject<'_>, login: &ChallengeLogin, request: LoginRequest) -> Progress {
    let mode = Mode::Challenge(Challenge {
        login_challenge: login.login_challenge.clone(),
        remember: login.remember,
    });
    let acr_values = AcrValues::new(request.wishes.acr_values);
    let wishes = (acr_values, login.device.clone());
    Progress::new(subject, request.requested_scope, mode, wishes)
}
