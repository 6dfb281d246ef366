//! Messages that wait to be sent.
//!
//! Whoever claims takes what is due of all tenants. So each case has a span of time of its own:
//! before it nothing of the case is due, and after it all is expired. And whoever purges removes
//! what expired before, so that the case that does it lies before all others.

use std::time::Duration;

use futures_util::future::join_all;
use iam_model::{Channel, Message, MessageId, MessageKind, Sealed, Timestamp, User, UserId};
use iam_storage_ports::{MessageRepository, Storage};

use crate::{
    assert::{assert_error, is_stale, only_winner},
    fixture::{Here, id, random, sorted, user},
};

/// How long the span of a case is.
const SPAN: i64 = 1000;

/// How many claim at once.
const CLAIMANTS: usize = 100;

/// A claimed message is as it was added, but for the attempt and its time; and so it is when it is
/// claimed once more.
pub async fn a_message_is_kept_as_it_is(storage: &dyn Storage) {
    let (here, at) = (Here::new(storage).await, span());
    let alice = here.user("alice").await;
    let messages = storage.messages();
    for (kind, channel) in MessageKind::ALL
        .iter()
        .zip([Channel::Email, Channel::Sms].iter().cycle())
    {
        let added = Message {
            kind: *kind,
            channel: *channel,
            content: Sealed::new("v1.'; drop table messages; --\u{1f511}".to_owned()),
            attempts: 7,
            created_at: at.plus(Duration::from_millis(1)),
            ..message(&here, &alice, at)
        };
        messages.add(&added).await.unwrap();
        for attempts in [8, 9] {
            let claimed = messages.claim(at, later(at, 1), 10).await.unwrap();
            let expected = Message {
                attempts,
                due_at: later(at, 1),
                ..added.clone()
            };
            assert_eq!(claimed, [expected]);
            messages.retry(&claimed[0], at).await.unwrap();
        }
        messages.remove(&added.id).await.unwrap();
        messages.remove(&added.id).await.unwrap();
        assert_eq!(messages.count(at).await.unwrap(), 0);
    }
}

/// A message goes to a user who exists, and its id is unique in the installation.
pub async fn a_message_needs_its_user(storage: &dyn Storage) {
    let (here, other, at) = (Here::new(storage).await, Here::new(storage).await, span());
    let (alice, bob) = (here.user("alice").await, other.user("bob").await);
    let messages = storage.messages();
    let absent = Here::absent(storage);
    for (tenant, user) in [(&here, &bob), (&absent, &alice), (&here, &user("carl"))] {
        let added = messages.add(&message(tenant, user, at)).await;
        assert_error!(added, NotFound);
    }
    let first = message(&here, &alice, at);
    messages.add(&first).await.unwrap();
    let same_id = Message {
        id: first.id,
        ..message(&other, &bob, at)
    };
    assert_error!(messages.add(&same_id).await, AlreadyExists);
    assert_eq!(messages.count(at).await.unwrap(), 1);
}

/// Who claims gets what is due and has not expired, longest due first, up to a limit.
pub async fn what_is_due_is_claimed(storage: &dyn Storage) {
    let (here, at) = (Here::new(storage).await, span());
    let alice = here.user("alice").await;
    let messages = storage.messages();
    let mut added = Vec::new();
    for (due, expires) in [(3, 9), (1, 5), (2, 9), (4, 9), (0, 4)] {
        let message = Message {
            due_at: later(at, due),
            expires_at: later(at, expires),
            ..message(&here, &alice, at)
        };
        messages.add(&message).await.unwrap();
        added.push(message.id);
    }
    let now = later(at, 4);
    assert_eq!(messages.count(now).await.unwrap(), 4);
    let claim = async |now, limit| {
        let claimed = messages.claim(now, later(at, 6), limit).await.unwrap();
        ids(&claimed)
    };
    assert_eq!(claim(at, 0).await, []);
    assert_eq!(claim(now, 2).await, [added[1], added[2]]);
    assert_eq!(claim(now, 1000).await, [added[0], added[3]]);
    assert_eq!(claim(now, 1000).await, []);
    assert_eq!(messages.count(now).await.unwrap(), 0);
    // By then one has expired while it was claimed.
    assert_eq!(messages.count(later(at, 6)).await.unwrap(), 3);
}

/// Of many who claim at once, each message goes to one.
pub async fn many_who_claim_at_once_get_each_message_once(storage: &dyn Storage) {
    let (here, at) = (Here::new(storage).await, span());
    let alice = here.user("alice").await;
    let messages = storage.messages();
    let mut added = Vec::new();
    for _ in 0..CLAIMANTS {
        let message = message(&here, &alice, at);
        messages.add(&message).await.unwrap();
        added.push(message.id);
    }
    let claims = (0..CLAIMANTS).map(|_| messages.claim(at, later(at, 1), 3));
    let mut claimed = Vec::new();
    for claim in join_all(claims).await {
        claimed.extend(ids(&claim.unwrap()));
    }
    assert_eq!(sorted(claimed), sorted(added));
}

/// What its claimant has not removed in time is claimed again, and is not the first one's any more.
pub async fn a_claim_ends(storage: &dyn Storage) {
    let (here, at) = (Here::new(storage).await, span());
    let alice = here.user("alice").await;
    let messages = storage.messages();
    messages.add(&message(&here, &alice, at)).await.unwrap();
    let first = claim_one(messages, at, later(at, 5)).await.unwrap();
    assert_eq!(claim_one(messages, later(at, 4), later(at, 9)).await, None);
    let second = claim_one(messages, later(at, 5), later(at, 10)).await;
    let second = second.unwrap();
    assert_eq!((second.id, second.attempts), (first.id, 2));
    assert_error!(messages.retry(&first, later(at, 6)).await, Stale);
    messages.retry(&second, later(at, 7)).await.unwrap();
    assert_eq!(claim_one(messages, later(at, 6), later(at, 9)).await, None);
    let third = claim_one(messages, later(at, 7), later(at, 9)).await;
    messages.remove(&third.as_ref().unwrap().id).await.unwrap();
    let gone = messages.retry(&third.unwrap(), at).await;
    assert_error!(gone, Stale);
}

/// Of many who put one claimed message back at once, one succeeds.
pub async fn of_many_who_retry_one_message_one_succeeds(storage: &dyn Storage) {
    let (here, at) = (Here::new(storage).await, span());
    let alice = here.user("alice").await;
    let messages = storage.messages();
    messages.add(&message(&here, &alice, at)).await.unwrap();
    let claimed = claim_one(messages, at, later(at, 1)).await.unwrap();
    let retries = (0..20).map(|_| messages.retry(&claimed, later(at, 2)));
    only_winner(join_all(retries).await, is_stale);
    assert_eq!(messages.count(later(at, 2)).await.unwrap(), 1);
}

/// The expired are purged, and no others.
pub async fn expired_messages_are_purged(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let messages = storage.messages();
    // All other cases are later than the Unix epoch.
    let at = Timestamp::from_millis(i64::MIN / 2);
    for expires in [0, 1, 2, 3] {
        let message = Message {
            expires_at: later(at, expires),
            ..message(&here, &alice, at)
        };
        messages.add(&message).await.unwrap();
    }
    assert_eq!(messages.purge(later(at, 1)).await.unwrap(), 2);
    assert_eq!(messages.purge(later(at, 1)).await.unwrap(), 0);
    let left = Timestamp::from_millis(at.as_millis() - 1);
    let claimed = messages.claim(left, left, 10).await.unwrap();
    assert!(claimed.is_empty(), "not due");
    assert_eq!(messages.count(later(at, 1)).await.unwrap(), 2);
    assert_eq!(messages.purge(later(at, 3)).await.unwrap(), 2);
}

/// A message that goes with a change is there if the change was made, else not.
pub async fn a_message_goes_with_its_change(storage: &dyn Storage) {
    let (here, at) = (Here::new(storage).await, span());
    let alice = user("alice");
    let change = || {
        let mut change = here.change();
        change.messages = vec![message(&here, &alice, at), message(&here, &alice, at)];
        change
    };
    here.users().add(&alice, None, &change()).await.unwrap();
    assert_eq!(storage.messages().count(at).await.unwrap(), 2);
    let again = here.users().add(&alice, None, &change()).await;
    assert_error!(again, AlreadyExists);
    let mut to_nobody = change();
    to_nobody.messages[1].user_id = id(UserId::generate);
    let invited = here.users().change(alice.clone(), &to_nobody).await;
    assert_error!(invited, NotFound);
    assert_eq!(here.users().lookup(&alice.id).await.unwrap(), Some(alice));
    assert_eq!(storage.messages().count(at).await.unwrap(), 2);
}

/// Who is removed gets no message any more: not a user, and no user of a tenant.
pub async fn who_is_removed_gets_no_message(storage: &dyn Storage) {
    let (here, other, at) = (Here::new(storage).await, Here::new(storage).await, span());
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let carl = other.add_user(alice.clone()).await;
    let messages = storage.messages();
    for (tenant, user) in [(&here, &alice), (&here, &bob), (&other, &carl)] {
        messages.add(&message(tenant, user, at)).await.unwrap();
    }
    here.users().remove(&alice, &here.change()).await.unwrap();
    assert_eq!(messages.count(at).await.unwrap(), 2);
    let tenants = storage.tenants();
    tenants.remove(&here.tenant, &other.change()).await.unwrap();
    let left = messages.claim(at, at, 9).await.unwrap();
    let left: Vec<_> = left.iter().map(|m| (m.tenant_id, m.user_id)).collect();
    assert_eq!(left, [(other.tenant.id, carl.id)]);
}

/// The begin of a span of time that no other case has.
fn span() -> Timestamp {
    let spans = random() % (1 << 50);
    Timestamp::from_millis(i64::try_from(spans).unwrap() * SPAN)
}

fn later(at: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(at.as_millis() + millis)
}

/// A message of a span that no case asks for.
pub(crate) fn pending(here: &Here<'_>, user: &User) -> Message {
    message(here, user, span())
}

/// A message that is due at `at`, and not expired for the rest of the span.
fn message(here: &Here<'_>, user: &User, at: Timestamp) -> Message {
    Message {
        id: id(MessageId::generate),
        tenant_id: here.tenant.id,
        user_id: user.id,
        kind: MessageKind::Invitation,
        channel: Channel::Email,
        content: Sealed::new("v1.k.x".to_owned()),
        attempts: 0,
        due_at: at,
        expires_at: later(at, SPAN - 1),
        created_at: at,
    }
}

async fn claim_one(
    messages: &dyn MessageRepository,
    now: Timestamp,
    until: Timestamp,
) -> Option<Message> {
    messages.claim(now, until, 1).await.unwrap().pop()
}

fn ids(messages: &[Message]) -> Vec<MessageId> {
    messages.iter().map(|message| message.id).collect()
}
