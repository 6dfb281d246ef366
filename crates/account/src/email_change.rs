use iam_auth::Factor;
use iam_identity::IdentityError;
use iam_model::{CodePurpose, Email};

use crate::{
    AccountError, AccountPorts, Caller, Proof,
    log::own_change,
    notice::{Sent, VERIFICATION, bringing},
};

/// Sends a code to a new address, which takes the place of the first one when the code comes back.
/// It takes the password: who has the address can get a new one.
pub async fn change_email(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    proof: &Proof,
    address: &Email,
) -> Result<(), AccountError> {
    proof.ensure(ports, caller).await?;
    send(ports, caller, address, "account.email_change_asked").await
}

/// Sends a code to an address of the caller's: the first, unless they name another.
pub async fn verify_email(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    address: Option<&Email>,
) -> Result<(), AccountError> {
    let emails = &caller.user().details.emails;
    let own = match address {
        Some(address) => emails.iter().find(|own| own.address.key() == address.key()),
        None => emails.first(),
    };
    let own =
        own.ok_or_else(|| IdentityError::invalid("/address", "is not an address of yours"))?;
    send(
        ports,
        caller,
        &own.address,
        "account.email_verification_asked",
    )
    .await
}

async fn send(
    ports: &AccountPorts<'_>,
    caller: &Caller,
    address: &Email,
    action: &str,
) -> Result<(), AccountError> {
    let (tenant, user) = (caller.tenant(), caller.user());
    let attempt = ports.attempt(&tenant.name, user.username.key(), &caller.client.id);
    ports.limiter.admit(&attempt, Factor::Message).await?;
    let sent = Sent {
        purpose: CodePurpose::EmailVerification,
        to: address,
        expires_in: VERIFICATION,
    };
    let change = own_change(ports, tenant, &user.id, action);
    let change = bringing(ports, tenant, user, &sent, change);
    Ok(caller.store(ports).one_time_codes().issue(&change).await?)
}
