use iam_hydra::has_secret;
use iam_model::{
    Client, ClientDetails, ClientId, GrantType, RedirectUri, ResourceKind, Scope, Secret,
    TokenEndpointAuth, UserId, hex,
};
use iam_platform::random;
use iam_storage_ports::{Change, Listing, Page, StorageError};

use crate::{Admin, IdentityError, admin::WithDetails, permission::sorted};

mod check;
mod jwks;
mod registration;

use registration::{add, new_secret, put};

/// How many clients are told to Hydra anew between two reads of the database.
const BATCH: u16 = 100;

/// What an operator says of a client.
pub struct ClientSpec {
    /// Whether it may send a password itself.
    pub first_party: bool,
    /// Where Hydra sends the code.
    pub redirect_uris: Vec<RedirectUri>,
    /// The most it may ask for.
    pub scope: Scope,
    /// What is known of it beside.
    pub details: ClientDetails,
}

/// A client as it now is at Hydra too.
pub struct RegisteredClient {
    /// The client.
    pub client: Client,
    /// Its secret, if it was made by this. Hydra keeps a digest of it, and we nothing.
    pub secret: Option<Secret<String>>,
}

/// Makes a client, with us and at Hydra. Ours comes first: it decides whose the id is, so Hydra
/// never has a client that no tenant owns. If Hydra cannot be reached then, the same request once
/// more does what is left to do.
pub async fn create_client(
    admin: &Admin<'_>,
    id: Option<ClientId>,
    spec: ClientSpec,
) -> Result<RegisteredClient, IdentityError> {
    check::ensure_valid(admin.tenant, &spec)?;
    ensure_may_grant(admin, &spec)?;
    let id = match id {
        // RFC 9068 §5: the `sub` of a client's own tokens must not be taken for a user's.
        Some(id) if id.as_str().parse::<UserId>().is_ok() => {
            return Err(IdentityError::invalid("/id", "looks like the id of a user"));
        }
        Some(id) => id,
        None => random_id(admin)?,
    };
    let client = spec.onto(new(admin, id));
    let change = admin.creation("client.created", ResourceKind::Client, &client.id);
    let change = described(change, &client);
    match admin.store().clients().add(&client, &change).await {
        Ok(()) => {}
        Err(StorageError::AlreadyExists) => return resume(admin, &client).await,
        Err(error) => return Err(error.into()),
    }
    match register_client(admin, client.clone()).await {
        // A no of Hydra is final: it has nothing, so nothing is left here.
        Err(error @ IdentityError::Invalid(_)) => {
            let change = admin.change("client.removed", ResourceKind::Client, &client.id);
            admin.store().clients().remove(&client, &change).await?;
            Err(error)
        }
        registered => registered,
    }
}

/// Registers a client of ours at Hydra, as it is. It gets a secret only if Hydra did not have it:
/// whoever was told the one there goes on using it.
pub async fn register_client(
    admin: &Admin<'_>,
    client: Client,
) -> Result<RegisteredClient, IdentityError> {
    let mut secret = new_secret(admin, &client);
    if !add(admin, &client, secret.as_ref()).await? {
        secret = None;
        put(admin, &client, None).await?;
    }
    Ok(RegisteredClient { client, secret })
}

/// Replaces what is said of a client. One that gets a secret by this is told it. If Hydra cannot be
/// reached after ours was changed, the same change once more tells Hydra.
pub async fn change_client(
    admin: &Admin<'_>,
    client: Client,
    spec: ClientSpec,
) -> Result<RegisteredClient, IdentityError> {
    check::ensure_valid(admin.tenant, &spec)?;
    ensure_may_grant(admin, &spec)?;
    let before = client.clone();
    let mut client = spec.onto(client);
    client.updated_at = admin.now();
    let client = write(admin, client, "client.changed").await?;
    let had_one = has_secret(before.details.token_endpoint_auth_method);
    let secret = new_secret(admin, &client).filter(|_| !had_one);
    match put(admin, &client, secret.as_ref()).await {
        Ok(()) => Ok(RegisteredClient { client, secret }),
        // Hydra goes on with what it has: so do we.
        Err(error @ IdentityError::Invalid(_)) => {
            let version = client.version;
            write(admin, Client { version, ..before }, "client.changed").await?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// Gives a client a new secret; the one it had stops working.
pub async fn rotate_client_secret(
    admin: &Admin<'_>,
    client: Client,
) -> Result<RegisteredClient, IdentityError> {
    let secret = new_secret(admin, &client);
    let secret = secret.ok_or(IdentityError::State("a client that has no secret"))?;
    let updated_at = admin.now();
    let client = Client {
        updated_at,
        ..client
    };
    let client = write(admin, client, "client.secret_rotated").await?;
    put(admin, &client, Some(&secret)).await?;
    Ok(RegisteredClient {
        client,
        secret: Some(secret),
    })
}

/// Removes a client, and with it all tokens it was issued but the access tokens that are out.
pub async fn remove_client(admin: &Admin<'_>, client: &Client) -> Result<(), IdentityError> {
    // Hydra first: a client there must not outlive the record of whose it is.
    admin.ports.hydra.remove_client(&client.id).await?;
    let change = admin.change("client.removed", ResourceKind::Client, &client.id);
    let change = described(change, client);
    admin.store().clients().remove(client, &change).await?;
    // And once more, if somebody has repaired it at Hydra between the two.
    Ok(admin.ports.hydra.remove_client(&client.id).await?)
}

/// The client with this id, if it is the tenant's.
pub async fn client(admin: &Admin<'_>, id: &ClientId) -> Result<Client, IdentityError> {
    let found = admin.store().clients().lookup(id).await?;
    found.ok_or(IdentityError::NotFound)
}

/// The clients whose id begins with `prefix`.
pub async fn clients(
    admin: &Admin<'_>,
    prefix: Option<&str>,
    page: &Page,
) -> Result<Listing<Client>, IdentityError> {
    Ok(admin.store().clients().list(prefix, page).await?)
}

/// Tells Hydra all of the tenant's clients anew: after its token lifetimes have changed, or if
/// Hydra has lost what it had. Done once more it does no harm.
pub async fn resync_clients(admin: &Admin<'_>) -> Result<(), IdentityError> {
    let mut page = Page::first(BATCH);
    loop {
        let listing = admin.store().clients().list(None, &page).await?;
        for client in &listing.items {
            match put(admin, client, None).await {
                // Removed in this moment.
                Ok(()) | Err(IdentityError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        if listing.next.is_none() {
            return Ok(());
        }
        page.after = listing.next;
    }
}

/// What is left to do of a create that broke off between us and Hydra. If nothing is, there is
/// such a client already, be it this tenant's or another's.
async fn resume(admin: &Admin<'_>, asked: &Client) -> Result<RegisteredClient, IdentityError> {
    let known = admin.store().clients().lookup(&asked.id).await?;
    let known = known.filter(|known| says_the_same(known, asked));
    let known = known.ok_or(IdentityError::AlreadyExists)?;
    let secret = new_secret(admin, &known);
    if !add(admin, &known, secret.as_ref()).await? {
        return Err(IdentityError::AlreadyExists);
    }
    Ok(RegisteredClient {
        client: known,
        secret,
    })
}

/// A client that asks for itself holds the permissions that its scope names, so nobody makes one
/// that holds what they do not.
fn ensure_may_grant(admin: &Admin<'_>, spec: &ClientSpec) -> Result<(), IdentityError> {
    let grants = &spec.details.grant_types;
    if !grants.contains(&GrantType::ClientCredentials) {
        return Ok(());
    }
    let named = spec.scope.tokens();
    let permissions: Vec<_> = named.filter_map(|t| t.as_str().parse().ok()).collect();
    admin.actor.ensure_may_grant(&permissions)
}

fn says_the_same(known: &Client, asked: &Client) -> bool {
    known.first_party == asked.first_party
        && known.redirect_uris == asked.redirect_uris
        && known.scope == asked.scope
        && known.details == asked.details
}

async fn write(admin: &Admin<'_>, client: Client, action: &str) -> Result<Client, IdentityError> {
    let change = admin.change(action, ResourceKind::Client, &client.id);
    let change = described(change, &client);
    Ok(admin.store().clients().change(client, &change).await?)
}

fn described(change: Change, client: &Client) -> Change {
    let change = change.with("name", client.details.name.as_str());
    change.with("scope", client.scope.to_string())
}

fn random_id(admin: &Admin<'_>) -> Result<ClientId, IdentityError> {
    let id = hex(&random::<16>(admin.ports.platform));
    id.parse()
        .map_err(|error: iam_model::InvalidName| IdentityError::Internal(error.into()))
}

fn new(admin: &Admin<'_>, id: ClientId) -> Client {
    let now = admin.now();
    Client {
        id,
        tenant_id: admin.tenant.id,
        first_party: false,
        redirect_uris: Vec::new(),
        scope: Scope::default(),
        details: ClientDetails::default(),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

impl ClientSpec {
    fn onto(self, client: Client) -> Client {
        let details = ClientDetails {
            grant_types: sorted(self.details.grant_types),
            ..self.details
        };
        Client {
            first_party: self.first_party,
            redirect_uris: self.redirect_uris,
            scope: self.scope,
            details,
            ..client
        }
    }

    /// Whether it can keep a secret, or a key.
    fn is_confidential(&self) -> bool {
        self.details.token_endpoint_auth_method != TokenEndpointAuth::None
    }
}

#[cfg(test)]
mod tests;
