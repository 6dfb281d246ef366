use futures_util::future::join;
use iam_hydra::{AuthorizationRequest, CodeFlow, Grant, Hydra, Tokens};
use iam_model::{Client, ClientId, Principal, Scope, Secret, TenantName, Username};
use iam_platform::Platform;
use iam_policy::{Assurance, Claims, decide};
use iam_security::{PasswordHasher, Verdict};
use iam_storage_ports::{Storage, StorageError};

use crate::AuthError;

/// A user's attempt to log in through a first-party client.
pub struct Login {
    /// The tenant the user claims to belong to.
    pub tenant: TenantName,
    /// Who they claim to be.
    pub username: Username,
    /// What they prove it with.
    pub password: Secret<String>,
    /// The client they log in through.
    pub client_id: ClientId,
    /// What the client asks for; `None` for all it may ask for.
    pub scope: Option<Scope>,
}

/// What [`login`] needs.
pub struct LoginPorts<'a> {
    /// The clock.
    pub platform: &'a dyn Platform,
    /// The database.
    pub storage: &'a dyn Storage,
    /// The OAuth2 server.
    pub hydra: &'a Hydra,
    /// The password hasher.
    pub hasher: &'a dyn PasswordHasher,
    /// The audience of the access token (RFC 9068 §3: a default where no resource is named).
    pub audience: &'a str,
}

/// Verifies the password and runs Hydra's code flow.
///
/// The database is read in one round trip. Then the password is verified while Hydra's first hop
/// runs, for an unknown user too: neither the answer nor its time tells who exists.
pub async fn login(ports: &LoginPorts<'_>, login: &Login) -> Result<Tokens, AuthError> {
    let principals = ports.storage.principals();
    let record = principals
        .find_by_username(&login.tenant, &login.username, &login.client_id)
        .await?;
    let client = record.client.ok_or(AuthError::UnknownClient)?;
    let scope = granted_scope(&client, login.scope.as_ref())?;
    let request = AuthorizationRequest {
        client_id: client.id.as_str(),
        redirect_uri: &client.redirect_uri,
        scope: &scope,
    };
    let credential = record.principal.as_ref().and_then(|p| p.password.as_ref());
    let (verdict, flow) = join(
        ports
            .hasher
            .verify(&login.password, credential.map(|c| &c.hash)),
        ports.hydra.begin(request),
    )
    .await;
    let verdict = verdict?;
    let Some(principal) = record.principal.filter(|_| verdict != Verdict::Invalid) else {
        return Err(AuthError::InvalidCredentials);
    };
    let assurance = Assurance::password();
    let claims = decide(&principal, &assurance, &scope).map_err(AuthError::Denied)?;
    let tokens = finish(ports, flow?, &principal, &claims);
    if verdict == Verdict::Outdated {
        return join(tokens, rehash(ports, &principal, &login.password))
            .await
            .0;
    }
    tokens.await
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

async fn finish(
    ports: &LoginPorts<'_>,
    flow: CodeFlow<'_>,
    principal: &Principal,
    claims: &Claims,
) -> Result<Tokens, AuthError> {
    let methods = claims.access_token.amr.iter();
    let amr: Vec<_> = methods.map(|method| method.as_str()).collect();
    let grant = Grant {
        subject: principal.user.id,
        acr: claims.access_token.acr.as_str(),
        amr: &amr,
        audience: &[ports.audience],
        claims,
    };
    Ok(flow.finish(&grant).await?)
}

/// Replaces a hash that has old parameters. Whatever goes wrong is no reason to refuse the login.
async fn rehash(ports: &LoginPorts<'_>, principal: &Principal, password: &Secret<String>) {
    let Some(credential) = &principal.password else {
        return;
    };
    let hash = match ports.hasher.hash(password).await {
        Ok(hash) => hash,
        Err(error) => {
            return ports
                .platform
                .log(&format!("password not rehashed: {error}"));
        }
    };
    let tenant = ports.storage.tenant(principal.tenant.id);
    let credentials = tenant.credentials();
    match credentials
        .rehash(credential, &hash, ports.platform.now())
        .await
    {
        // Stale: the password was changed meanwhile, and that is what should stay.
        Ok(()) | Err(StorageError::Stale) => {}
        Err(error) => ports
            .platform
            .log(&format!("password not rehashed: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use iam_model::{Client, Scope, TenantId, Timestamp};

    use super::granted_scope;
    use crate::AuthError;

    fn client(first_party: bool) -> Client {
        let now = Timestamp::from_millis(0);
        Client {
            id: "web".parse().unwrap(),
            tenant_id: TenantId::generate(now, [0; 10]),
            first_party,
            redirect_uri: "https://app.example/".parse().unwrap(),
            scope: "openid profile".parse().unwrap(),
            login_uri: None,
            created_at: now,
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
