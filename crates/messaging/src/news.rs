use std::time::Duration;

use iam_model::{Channel, Email, MessageKind, Tenant, User};
use iam_storage_ports::Change;

use crate::{Notice, Outbox};

/// How long it is worth telling of what was done.
const NEWS: Duration = Duration::from_hours(24);

impl Notice {
    /// A mail to a user, without a code.
    #[must_use]
    pub fn by_mail(user: &User, kind: MessageKind, to: &Email, expires_in: Duration) -> Self {
        let locale = user.details.profile.locale.as_ref();
        Self {
            user: user.id,
            kind,
            channel: Channel::Email,
            recipient: to.to_string(),
            code: None,
            link: None,
            locale: locale.map(ToString::to_string),
            expires_in,
        }
    }
}

impl Outbox<'_> {
    /// The same change, of which the user is told at their first address, if they have one.
    #[must_use]
    pub fn telling(
        &self,
        tenant: &Tenant,
        user: &User,
        kind: MessageKind,
        change: Change,
    ) -> Change {
        match user.details.emails.first() {
            Some(first) => self.telling_at(tenant, user, (kind, &first.address), change),
            None => change,
        }
    }

    /// The same change, of which the user is told at this address.
    #[must_use]
    pub fn telling_at(
        &self,
        tenant: &Tenant,
        user: &User,
        (kind, to): (MessageKind, &Email),
        mut change: Change,
    ) -> Change {
        let notice = Notice::by_mail(user, kind, to, NEWS);
        change.messages.push(self.message(tenant, notice));
        change
    }
}
