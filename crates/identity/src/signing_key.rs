use iam_config::SigningKeySettings;
use iam_hydra::{Advance, SigningKeyStatus};
use iam_model::{AuditEvent, Outcome, Resource, ResourceKind};
use iam_storage_ports::{Listing, Page};

use crate::{Admin, IdentityError};

/// The keys that tokens are signed with, in the order in which they come to sign.
pub async fn signing_keys(
    admin: &Admin<'_>,
    page: &Page,
) -> Result<Listing<SigningKeyStatus>, IdentityError> {
    let keys = admin.ports.hydra.signing_key_statuses().await?;
    let place = |kid: &String| keys.iter().position(|key| key.kid == *kid);
    // A key that has been removed since the page before was the first.
    let from = page.after.as_ref().and_then(place).map_or(0, |at| at + 1);
    let limit = usize::from(page.limit);
    let more = keys.len() > from.saturating_add(limit);
    let items: Vec<_> = keys.into_iter().skip(from).take(limit).collect();
    let next = items.last().map(|key| key.kid.clone()).filter(|_| more);
    Ok(Listing { items, next })
}

/// Starts a rotation: the next key is made and published, and signs in time. One at a time: if
/// there is a next key, it is that.
pub async fn rotate_signing_key(
    admin: &Admin<'_>,
    settings: &SigningKeySettings,
) -> Result<SigningKeyStatus, IdentityError> {
    let rotation = admin.ports.hydra.rotate_signing_key(settings).await?;
    if rotation.made {
        record(admin, &[created(admin, &rotation.kid, "command")]).await?;
    }
    status(admin, &rotation.kid).await
}

/// Replaces all keys at once, for when one has leaked. No token that was issued before verifies with
/// the published keys from then on.
pub async fn replace_signing_keys(admin: &Admin<'_>) -> Result<SigningKeyStatus, IdentityError> {
    let (rotation, done) = admin.ports.hydra.replace_signing_keys().await?;
    let mut events = vec![created(admin, &rotation.kid, "emergency")];
    events.extend(events_of(admin, &done));
    record(admin, &events).await?;
    status(admin, &rotation.kid).await
}

/// Does whatever is due with the keys. It can be called at any time, by any number of programs.
pub async fn advance_signing_keys(
    admin: &Admin<'_>,
    settings: &SigningKeySettings,
) -> Result<Advance, IdentityError> {
    let done = admin.ports.hydra.advance_signing_keys(settings).await?;
    record(admin, &events_of(admin, &done)).await?;
    Ok(done)
}

async fn status(admin: &Admin<'_>, kid: &str) -> Result<SigningKeyStatus, IdentityError> {
    let keys = admin.ports.hydra.signing_key_statuses().await?;
    let found = keys.into_iter().find(|key| key.kid == kid);
    // An emergency has come between.
    found.ok_or(IdentityError::Stale)
}

fn events_of(admin: &Admin<'_>, done: &Advance) -> Vec<AuditEvent> {
    let created = done.created.iter().map(|kid| created(admin, kid, "age"));
    let activated = done.activated.iter();
    let activated = activated.map(|kid| event(admin, "signing_key.activated", kid));
    let removed = done.removed.iter();
    let removed = removed.map(|kid| event(admin, "signing_key.removed", kid));
    created.chain(activated).chain(removed).collect()
}

fn created(admin: &Admin<'_>, kid: &str, reason: &str) -> AuditEvent {
    let mut event = event(admin, "signing_key.created", kid);
    event.details.insert("reason".to_owned(), reason.into());
    event
}

fn event(admin: &Admin<'_>, action: &str, kid: &str) -> AuditEvent {
    let target = Resource {
        kind: ResourceKind::SigningKey,
        id: kid.to_owned(),
    };
    admin.event(action, Outcome::Success, target)
}

/// The keys are in Hydra, so their events cannot be in one unit of work with them.
async fn record(admin: &Admin<'_>, events: &[AuditEvent]) -> Result<(), IdentityError> {
    if events.is_empty() {
        return Ok(());
    }
    Ok(admin.store().audit().add(events).await?)
}
