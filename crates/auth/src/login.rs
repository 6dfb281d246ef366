use futures_util::future::{join, join3};
use iam_hydra::AuthorizationRequest;
use iam_model::{Client, ClientId, Scope, TenantName};
use iam_security::PasswordHasher;

use crate::{
    AcrValues, Attempt, AuthError, CodeChallenge, Credentials, Device, Factor, LoginOutcome,
    LoginPorts, Sender,
    admitted::Admitted,
    continue_login::{Begun, continue_login},
    login_log::LoginLog,
    password::{proved, rehash, verify},
    progress::{Mode, Progress, Subject},
};

/// A user's attempt to log in through a first-party client, which wants tokens or a code.
pub struct Login {
    /// The tenant the user claims to belong to.
    pub tenant: TenantName,
    /// Who they claim to be.
    pub credentials: Credentials,
    /// The client they log in through.
    pub client_id: ClientId,
    /// What the client asks for; `None` for all it may ask for.
    pub scope: Option<Scope>,
    /// The assurance levels it asks for.
    pub acr_values: AcrValues,
    /// The device it runs on.
    pub device: Device,
    /// If the client wants a code to redeem itself instead of tokens: what it keeps the verifier of.
    pub code_challenge: Option<CodeChallenge>,
}

/// Verifies the password and, if nothing else is missing, runs Hydra's code flow.
///
/// The database is read in one round trip, and tries are counted in one beside it. Then the password
/// is verified while Hydra's first hop runs, which is of no use only if there is another step to do.
pub async fn login(
    ports: &LoginPorts<'_>,
    hasher: &dyn PasswordHasher,
    sender: &Sender,
    login: &Login,
) -> Result<LoginOutcome, AuthError> {
    let credentials = &login.credentials;
    let (tenant, username) = (&login.tenant, &credentials.username);
    let principals = ports.storage.principals();
    let (record, admitted) = join(
        principals.find_by_username(tenant, username, &login.client_id),
        Admitted::new(ports, attempt(sender, login), Factor::Password),
    )
    .await;
    let (record, admitted) = (record?, admitted?);
    let client = record.client.as_ref().ok_or(AuthError::UnknownClient)?;
    let scope = granted_scope(client, login.scope.as_ref())?;
    let redirect_uri = client.redirect_uris.first();
    let request = AuthorizationRequest {
        client_id: client.id.as_str(),
        redirect_uri: redirect_uri.ok_or(AuthError::NotFirstParty)?,
        scope: &scope,
    };
    let verdict = verify(hasher, credentials, &record);
    let mode = login
        .code_challenge
        .clone()
        .map_or(Mode::Direct, Mode::Code);
    let (verdict, flow) = join(verdict, Begun::begin(ports.hydra, request, &mode)).await;
    let verdict = verdict?;
    let log = LoginLog::new(ports, sender, &record, &client.id, username);
    let principal = proved(&log, &record, verdict).await?;
    let subject = Subject { principal, client };
    let wishes = (login.acr_values.clone(), login.device.clone());
    let progress = Progress::new(subject, scope.clone(), mode, wishes);
    let (outcome, (), reset) = join3(
        continue_login(ports, sender, subject, progress, &admitted, Some(flow)),
        rehash(ports, hasher, principal, &credentials.password, verdict),
        admitted.succeeded(ports),
    )
    .await;
    reset.and(outcome)
}

fn attempt(sender: &Sender, login: &Login) -> Attempt {
    Attempt {
        tenant: login.tenant.clone(),
        account: login.credentials.username.key().to_owned(),
        client_id: login.client_id.clone(),
        ip: sender.origin.ip,
        device: login.device.digest.clone(),
    }
}

/// What the client gets of what it asks for (RFC 6749 §3.3).
fn granted_scope(client: &Client, asked: Option<&Scope>) -> Result<Scope, AuthError> {
    if !client.first_party {
        return Err(AuthError::NotFirstParty);
    }
    let scope = asked.unwrap_or(&client.scope);
    let beyond: Vec<_> = scope.beyond(&client.scope).cloned().collect();
    if beyond.is_empty() {
        Ok(scope.clone())
    } else {
        Err(AuthError::InvalidScope(beyond))
    }
}

#[cfg(test)]
mod tests {
    use iam_model::{Client, ClientDetails, Scope, TenantId, Timestamp};

    use super::granted_scope;
    use crate::AuthError;

    fn client(first_party: bool) -> Client {
        let now = Timestamp::from_millis(0);
        Client {
            id: "web".parse().unwrap(),
            tenant_id: TenantId::generate(now, [0; 10]),
            first_party,
            redirect_uris: vec!["https://app.example/".parse().unwrap()],
            scope: "openid profile".parse().unwrap(),
            details: ClientDetails::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn a_client_gets_what_it_asks_for_within_what_it_may_ask_for() {
        let scope = |text: &str| text.parse::<Scope>().unwrap();
        assert_eq!(
            granted_scope(&client(true), None).unwrap(),
            scope("openid profile")
        );
        let asked = scope("openid");
        assert_eq!(granted_scope(&client(true), Some(&asked)).unwrap(), asked);
        let Err(AuthError::InvalidScope(beyond)) =
            granted_scope(&client(true), Some(&scope("openid admin")))
        else {
            panic!("granted too much");
        };
        assert_eq!(beyond, ["admin".parse().unwrap()]);
    }

    #[test]
    fn a_third_party_client_may_not_send_passwords() {
        let answer = granted_scope(&client(false), None);
        assert!(matches!(answer, Err(AuthError::NotFirstParty)));
    }
}
