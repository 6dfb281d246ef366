//! What users are told by mail.

use std::time::Duration;

use iam_messaging::{IssuedCode, Notice, link};
use iam_model::{CodePurpose, Email, MessageKind, RedirectUri, Tenant, User};
use iam_storage_ports::Change;

use crate::AccountPorts;

/// How long a code to set a new password with works.
pub(crate) const RECOVERY: Duration = Duration::from_mins(15);

/// How long a code that proves an address works.
pub(crate) const VERIFICATION: Duration = Duration::from_mins(30);

/// How long an invitation works, so that one sent on Friday can be taken up on Monday.
pub(crate) const INVITATION: Duration = Duration::from_hours(7 * 24);

/// The same change, of which the user is told at their first address, if they have one.
pub(crate) fn telling(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    user: &User,
    kind: MessageKind,
    change: Change,
) -> Change {
    ports.outbox().telling(tenant, user, kind, change)
}

/// The same change, of which the user is told at this address.
pub(crate) fn telling_at(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    user: &User,
    told: (MessageKind, &Email),
    change: Change,
) -> Change {
    ports.outbox().telling_at(tenant, user, told, change)
}

/// A code on its way to an address.
pub(crate) struct Sent<'a> {
    pub(crate) purpose: CodePurpose,
    pub(crate) to: &'a Email,
    pub(crate) expires_in: Duration,
}

/// The same change, with a code for the user.
pub(crate) fn bringing(
    ports: &AccountPorts<'_>,
    tenant: &Tenant,
    user: &User,
    sent: &Sent<'_>,
    mut change: Change,
) -> Change {
    let address = Some(sent.to.to_string());
    let issued = IssuedCode::new(
        ports.platform,
        user.id,
        sent.purpose,
        address,
        sent.expires_in,
    );
    let (kind, page) = of_purpose(sent.purpose, tenant);
    let notice = Notice {
        link: page.and_then(|page| link(page, &issued.code)),
        code: Some(issued.code),
        ..Notice::by_mail(user, kind, sent.to, sent.expires_in)
    };
    change.messages.push(ports.outbox().message(tenant, notice));
    change.issued.push(issued.record);
    change
}

const fn of_purpose(purpose: CodePurpose, tenant: &Tenant) -> (MessageKind, Option<&RedirectUri>) {
    let pages = &tenant.settings.pages;
    match purpose {
        CodePurpose::EmailVerification => (
            MessageKind::EmailVerification,
            pages.verification_uri.as_ref(),
        ),
        CodePurpose::Invitation => (MessageKind::Invitation, pages.invitation_uri.as_ref()),
        CodePurpose::PasswordRecovery => {
            (MessageKind::PasswordRecovery, pages.recovery_uri.as_ref())
        }
    }
}
