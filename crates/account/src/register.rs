use iam_auth::Factor;
use iam_identity::{IdentityError, Violation};
use iam_model::{
    ClientId, CodePurpose, Email, EmailAddress, MessageKind, Profile, Tenant, TenantName, User,
    UserId, UserStatus, Username,
};
use iam_platform::random;
use iam_storage_ports::StorageError;

use crate::{
    AccountError, AccountPorts,
    log::{asked, own_change},
    notice::{INVITATION, Sent, bringing, telling_at},
    recovery::offering,
};

/// Somebody who wants an account.
pub struct Registration {
    /// At this tenant.
    pub tenant: TenantName,
    /// The app they use, as the limits know it.
    pub client_id: ClientId,
    /// Their login name; `None` for their address.
    pub username: Option<Username>,
    /// Their address.
    pub email: Email,
    /// What they are called, and the like.
    pub profile: Profile,
}

/// Makes a user who is invited to set a password, with a code that is sent to their address. If the
/// address has an account, its user is told instead; who asked is not. A login name that is taken
/// is told: it is no secret, and they have to choose another.
pub async fn register(
    ports: &AccountPorts<'_>,
    registration: Registration,
) -> Result<(), AccountError> {
    let Registration {
        tenant, client_id, ..
    } = &registration;
    let attempt = ports.attempt(tenant, registration.email.key(), client_id);
    ports.limiter.admit(&attempt, Factor::Message).await?;
    let tenant = offering(ports, tenant, |tenant| {
        tenant.settings.self_service.registration
    })
    .await?;
    let store = ports.storage.tenant(tenant.id);
    if let Some(username) = &registration.username
        && store.users().find_by_username(username).await?.is_some()
    {
        return Err(taken());
    }
    let owner = store.users().find_by_email(&registration.email).await?;
    if let Some(owner) = owner {
        return tell_owner(ports, &tenant, &owner, &registration.email).await;
    }
    let user = user_of(ports, registration)?;
    let change = own_change(ports, &tenant, &user.id, "account.registered");
    let to = &user.details.emails[0].address;
    let sent = Sent {
        purpose: CodePurpose::Invitation,
        to,
        expires_in: INVITATION,
    };
    let change = bringing(ports, &tenant, &user, &sent, change);
    match store.users().add(&user, None, &change).await {
        // Somebody was faster, or has this address for a login name: no answer is told of either.
        Ok(()) | Err(StorageError::AlreadyExists) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn taken() -> AccountError {
    let detail = "is taken: choose another";
    IdentityError::Invalid(vec![
        Violation::new("/username", detail).with_code("username_taken"),
    ])
    .into()
}

async fn tell_owner(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    owner: &User,
    email: &Email,
) -> Result<(), AccountError> {
    let change = asked(
        ports,
        tenant,
        Some(&owner.id),
        "account.registration_attempted",
    );
    let change = match owner.status {
        UserStatus::Active => {
            let kind = MessageKind::RegistrationAttempted;
            telling_at(ports, tenant, owner, (kind, email), change)
        }
        // They have registered before, or were invited, and come back for their code.
        UserStatus::Invited => {
            let sent = Sent {
                purpose: CodePurpose::Invitation,
                to: email,
                expires_in: INVITATION,
            };
            bringing(ports, tenant, owner, &sent, change)
        }
        UserStatus::Deleted | UserStatus::Disabled | UserStatus::Locked => change,
    };
    let store = ports.storage.tenant(tenant.id);
    Ok(store.one_time_codes().issue(&change).await?)
}

fn user_of(ports: &AccountPorts<'_>, registration: Registration) -> Result<User, AccountError> {
    let Registration {
        username,
        email,
        profile,
        ..
    } = registration;
    let unfit = |_| IdentityError::invalid("/username", "is required: the address cannot be one");
    let username = match username {
        Some(username) => username,
        None => email.as_str().parse().map_err(unfit)?,
    };
    let now = ports.platform.now();
    let id = UserId::generate(now, random(ports.platform));
    let mut user = User {
        status: UserStatus::Invited,
        ..User::new(id, username, now)
    };
    user.details.profile = profile;
    user.details.emails.push(EmailAddress {
        address: email,
        verified: false,
    });
    Ok(user)
}
