//! Sessions that their users have ended.

use futures_util::future::join_all;
use iam_model::{EndedSession, User};
use iam_storage_ports::Storage;

use crate::{
    assert::{assert_error, is_known, only_winner},
    fixture::{Here, MANY, NOW, id, user},
};

/// A session has ended once its user says so, in its tenant alone.
pub async fn a_session_is_ended(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    let (alice, bob) = (here.user("alice").await, here.user("bob").await);
    let (first, second, of_bob) = (session(&alice), session(&alice), session(&bob));
    let sessions = here.sessions();
    assert!(!sessions.is_ended(&first.id).await.unwrap());
    for ended in [&first, &second, &of_bob] {
        sessions.end(ended, &here.change()).await.unwrap();
        assert!(sessions.is_ended(&ended.id).await.unwrap());
        assert!(!other.sessions().is_ended(&ended.id).await.unwrap());
    }
    let mut expected = [first, second];
    expected.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(sessions.list(&alice.id).await.unwrap(), expected);
    assert_eq!(sessions.list(&bob.id).await.unwrap(), [of_bob]);
    assert_eq!(other.sessions().list(&alice.id).await.unwrap(), []);
}

/// Only a user of the tenant has sessions that end.
pub async fn a_session_needs_its_user(storage: &dyn Storage) {
    let (here, other) = (Here::new(storage).await, Here::new(storage).await);
    for nobody in [user("nobody"), other.user("bob").await] {
        let session = session(&nobody);
        let ended = here.sessions().end(&session, &here.change()).await;
        assert_error!(ended, NotFound);
        assert!(!here.sessions().is_ended(&session.id).await.unwrap());
    }
}

/// Of many who end one session at once, one does.
pub async fn of_many_who_end_one_session_one_does(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let session = session(&here.user("alice").await);
    let sessions = here.sessions();
    let changes: Vec<_> = (0..MANY).map(|_| here.change()).collect();
    let end = changes.iter().map(|change| sessions.end(&session, change));
    only_winner(join_all(end).await, is_known);
}

/// Whoever is removed has no sessions.
pub async fn who_is_removed_has_no_ended_sessions(storage: &dyn Storage) {
    let here = Here::new(storage).await;
    let alice = here.user("alice").await;
    let session = session(&alice);
    let sessions = here.sessions();
    sessions.end(&session, &here.change()).await.unwrap();
    here.users().remove(&alice, &here.change()).await.unwrap();
    assert!(!sessions.is_ended(&session.id).await.unwrap());
}

fn session(user: &User) -> EndedSession {
    EndedSession {
        id: id(iam_model::UserId::generate).to_string().parse().unwrap(),
        user_id: user.id,
        ended_at: NOW,
    }
}
