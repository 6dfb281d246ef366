use std::time::Duration;

use iam_messaging::{IssuedCode, Notice, Outbox, link};
use iam_model::{Channel, CodePurpose, Email, MessageKind, ResourceKind, User, UserStatus};
use iam_storage_ports::Change;

use super::{ensure_may_act_on, status::invited};
use crate::{Admin, IdentityError, admin::WithDetails};

/// How long an invitation works, so that one sent on Friday can be taken up on Monday.
pub const INVITATION_TIME: Duration = Duration::from_hours(7 * 24);

/// Has a user who has nothing to log in with set a password themselves. Who has an e-mail address
/// is sent a code for that, and once more each time they are invited again.
pub async fn invite_user(
    admin: &Admin<'_>,
    outbox: &Outbox<'_>,
    user: User,
) -> Result<User, IdentityError> {
    let is_new = invited(admin, &user).await?;
    let address = user.details.emails.first().map(|own| own.address.clone());
    if !is_new && address.is_none() {
        return Ok(user);
    }
    ensure_may_act_on(admin, &user).await?;
    let change = admin.change("user.invited", ResourceKind::User, user.id);
    let change = match &address {
        Some(address) => inviting(admin, outbox, &user, address, change),
        None => change,
    };
    if !is_new {
        admin.store().one_time_codes().issue(&change).await?;
        return Ok(user);
    }
    let change = change.with("fields", vec!["status"]);
    let change = change.with("status", UserStatus::Invited.as_str());
    let user = User {
        status: UserStatus::Invited,
        updated_at: admin.now(),
        ..user
    };
    Ok(admin.store().users().change(user, &change).await?)
}

/// The same change, with a code for the user and the message that brings it.
fn inviting(
    admin: &Admin<'_>,
    outbox: &Outbox<'_>,
    user: &User,
    address: &Email,
    mut change: Change,
) -> Change {
    let issued = IssuedCode::new(
        admin.ports.platform,
        user.id,
        CodePurpose::Invitation,
        Some(address.to_string()),
        INVITATION_TIME,
    );
    let page = admin.tenant.settings.pages.invitation_uri.as_ref();
    let locale = user.details.profile.locale.as_ref();
    let notice = Notice {
        user: user.id,
        kind: MessageKind::Invitation,
        channel: Channel::Email,
        recipient: address.to_string(),
        link: page.and_then(|page| link(page, &issued.code)),
        code: Some(issued.code),
        locale: locale.map(ToString::to_string),
        expires_in: INVITATION_TIME,
    };
    change.messages.push(outbox.message(admin.tenant, notice));
    change.issued.push(issued.record);
    change
}

#[cfg(test)]
mod tests {
    use iam_messaging::Outbox;
    use iam_model::{CodePurpose, EmailAddress, ResourceKind, User, UserStatus};
    use iam_security::Keyring;
    use iam_storage_ports::Storage;

    use super::invite_user;
    use crate::{
        IdentityError,
        testing::{Bench, now},
    };

    fn invite(bench: &Bench, user: User) -> Result<User, IdentityError> {
        let keyring: Keyring = format!("k1:{}", "A".repeat(43)).parse().unwrap();
        let outbox = Outbox {
            platform: &*bench.world,
            storage: &bench.storage,
            keyring: &keyring,
        };
        now(invite_user(&bench.admin(), &outbox, user))
    }

    /// How many messages wait, and how many codes the user has.
    fn sent(bench: &Bench, user: &User) -> (u64, u64) {
        let admin = bench.admin();
        let messages = now(bench.storage.messages().count(admin.now())).unwrap();
        let store = admin.store();
        let codes = store.one_time_codes();
        let since = iam_model::Timestamp::default();
        let codes = codes.count(&user.id, CodePurpose::Invitation, since);
        (messages, now(codes).unwrap())
    }

    fn with_address(bench: &Bench, user: User) -> User {
        let mut user = user;
        user.details.emails = vec![EmailAddress {
            address: "alice@example.com".parse().unwrap(),
            verified: false,
        }];
        let admin = bench.admin();
        let change = admin.change("user.changed", ResourceKind::User, user.id);
        now(admin.store().users().change(user, &change)).unwrap()
    }

    #[test]
    fn who_has_an_address_is_sent_a_code_each_time() {
        let bench = Bench::new();
        let alice = with_address(&bench, bench.user("alice", &[]));
        let alice = invite(&bench, alice).unwrap();
        assert_eq!(alice.status, UserStatus::Invited);
        assert_eq!(sent(&bench, &alice), (1, 1));
        let again = invite(&bench, alice.clone()).unwrap();
        assert_eq!(again, alice);
        assert_eq!(sent(&bench, &alice), (2, 2));
        let actions: Vec<_> = bench.events().into_iter().map(|e| e.action).collect();
        let invited = actions.iter().filter(|action| *action == "user.invited");
        assert_eq!(invited.count(), 2);
    }

    #[test]
    fn who_has_no_address_is_invited_without_a_message() {
        let bench = Bench::new();
        let alice = bench.user("alice", &[]);
        let alice = invite(&bench, alice).unwrap();
        assert_eq!(alice.status, UserStatus::Invited);
        assert_eq!(sent(&bench, &alice), (0, 0));
        assert_eq!(invite(&bench, alice.clone()).unwrap(), alice);
    }

    #[test]
    fn what_was_not_done_is_told_nobody() {
        let bench = Bench::new();
        let alice = with_address(&bench, bench.user("alice", &[]));
        let stale = User {
            version: 99,
            ..alice.clone()
        };
        assert!(matches!(invite(&bench, stale), Err(IdentityError::Stale)));
        let deleted = User {
            status: UserStatus::Locked,
            ..alice.clone()
        };
        assert!(matches!(
            invite(&bench, deleted),
            Err(IdentityError::State(_))
        ));
        assert_eq!(sent(&bench, &alice), (0, 0));
    }
}
