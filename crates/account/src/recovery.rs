use iam_auth::Factor;
use iam_model::{
    ClientId, CodePurpose, Email, Tenant, TenantName, TenantStatus, Timestamp, User, UserId,
    UserStatus, Username,
};
use iam_platform::random;

use crate::{
    AccountError, AccountPorts,
    log::asked,
    notice::{INVITATION, RECOVERY, Sent, bringing},
};

/// How many codes one user is sent in an hour, whatever names are used to ask for them.
const MOST_CODES: u64 = 5;
const HOUR_MS: i64 = 60 * 60 * 1000;

/// Who has forgotten the password, as they say.
#[derive(Debug)]
pub enum Who {
    /// By one of their addresses.
    Email(Email),
    /// By their login name.
    Username(Username),
}

impl Who {
    fn key(&self) -> &str {
        match self {
            Self::Email(email) => email.key(),
            Self::Username(username) => username.key(),
        }
    }
}

/// Sends a code to who has forgotten the password. Whether there is such a user is not told: the
/// answer is the same, after the same work. Only the tenant's log knows.
pub async fn recover(
    ports: &AccountPorts<'_>,
    tenant: &TenantName,
    client_id: &ClientId,
    who: &Who,
) -> Result<(), AccountError> {
    let attempt = ports.attempt(tenant, who.key(), client_id);
    ports.limiter.admit(&attempt, Factor::Message).await?;
    let tenant = offering(ports, tenant, |tenant| {
        tenant.settings.self_service.recovery
    })
    .await?;
    let store = ports.storage.tenant(tenant.id);
    let found = match who {
        Who::Email(email) => store.users().find_by_email(email).await?,
        Who::Username(username) => store.users().find_by_username(username).await?,
    };
    // Asked for nobody too, so that an address that is known takes no longer.
    let nobody = || UserId::generate(ports.platform.now(), random(ports.platform));
    let id = found.as_ref().map_or_else(nobody, |user| user.id);
    let since = Timestamp::from_millis(ports.platform.now().as_millis() - HOUR_MS);
    let sent = found.as_ref().and_then(|user| sent(user, who));
    let codes = store.one_time_codes();
    let purpose = sent
        .as_ref()
        .map_or(CodePurpose::PasswordRecovery, |sent| sent.purpose);
    let recent = codes.count(&id, purpose, since).await?;
    let sent = sent.filter(|_| recent < MOST_CODES);
    let change = asked(
        ports,
        &tenant,
        found.as_ref().map(|u| &u.id),
        "account.recovery_asked",
    );
    let change = match (&found, &sent) {
        (Some(user), Some(sent)) => bringing(ports, &tenant, user, sent, change),
        _ => change,
    };
    Ok(codes.issue(&change).await?)
}

/// What is sent to this user, if anything: whoever never had a password gets their invitation again.
fn sent<'a>(user: &'a User, who: &'a Who) -> Option<Sent<'a>> {
    let (purpose, expires_in) = match user.status {
        UserStatus::Active => (CodePurpose::PasswordRecovery, RECOVERY),
        UserStatus::Invited => (CodePurpose::Invitation, INVITATION),
        UserStatus::Deleted | UserStatus::Disabled | UserStatus::Locked => return None,
    };
    let emails = &user.details.emails;
    let to = match who {
        // As it is kept, not as it was typed.
        Who::Email(typed) => emails.iter().find(|own| own.address.key() == typed.key()),
        Who::Username(_) => emails.first(),
    };
    Some(Sent {
        purpose,
        to: &to?.address,
        expires_in,
    })
}

/// The tenant of this name, if it lets its users do what `offers` says.
pub(crate) async fn offering(
    ports: &AccountPorts<'_>,
    name: &TenantName,
    offers: impl Fn(&Tenant) -> bool,
) -> Result<Tenant, AccountError> {
    let tenant = ports.storage.tenants().find_by_name(name).await?;
    let offering = tenant.filter(|t| t.status == TenantStatus::Active && offers(t));
    offering.ok_or(AccountError::NotOffered)
}
