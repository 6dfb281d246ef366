//! Many users in one unit of work.
//!
//! Which of them are free shows only in the database, and the round trip is over by then. So the
//! unit first notes those that are free in the table `new_users`, then adds what belongs to the
//! noted ones, table by table, and at last reads and removes the notes. However many users there
//! are, it is some ten statements, each with one JSON array that the database takes apart.
//!
//! A user can also be in the way of another in the same call. Such users go in waves, one after
//! the other: in each, nobody has a name in common with another.

mod wave;

use std::collections::{BTreeMap, BTreeSet};

use iam_model::{TenantId, User, UserId};
use iam_storage_ports::{NewUser, StorageError};

use self::wave::Wave;
use crate::{SqlStorage, SqlTransport};

/// Adds those of `users` that are free, and says of each whether it was added.
pub(crate) async fn run<T: SqlTransport>(
    storage: &SqlStorage<T>,
    tenant: &TenantId,
    users: &[NewUser],
) -> Result<Vec<bool>, StorageError> {
    let waves = waves(users);
    let mut unit = Vec::new();
    let mut notes = Vec::new();
    for places in waves.values() {
        let users = places.iter().filter_map(|place| users.get(*place));
        let wave = Wave::new(storage.dialect(), tenant, users.collect());
        notes.push(wave.add_to(&mut unit)?);
    }
    let mut added = vec![false; users.len()];
    if unit.is_empty() {
        return Ok(added);
    }
    let mut answers = storage.run(&unit).await?;
    for (places, note) in waves.values().zip(notes) {
        let rows = answers.get_mut(note).map(std::mem::take);
        let ids = rows.unwrap_or_default().into_iter();
        let ids = ids.map(|mut row| row.of("new_users").parsed("id"));
        let ids: BTreeSet<UserId> = ids.collect::<Result<_, _>>()?;
        for place in places {
            if let (Some(new), Some(added)) = (users.get(*place), added.get_mut(*place)) {
                *added = ids.contains(&new.user.id);
            }
        }
    }
    Ok(added)
}

/// The places in `users` by the wave they go in: each after all before it with which it has
/// something in common. Who names an address twice is in none.
fn waves(users: &[NewUser]) -> BTreeMap<usize, Vec<usize>> {
    let mut free: BTreeMap<_, usize> = BTreeMap::new();
    let mut waves: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, new) in users.iter().enumerate() {
        let names = names(&new.user);
        let unique: BTreeSet<_> = names.iter().cloned().collect();
        if unique.len() < names.len() {
            continue;
        }
        let wave = names.iter().filter_map(|name| free.get(name)).max();
        let wave = wave.copied().unwrap_or_default();
        free.extend(names.into_iter().map(|name| (name, wave + 1)));
        waves.entry(wave).or_default().push(place);
    }
    waves
}

/// All that only one user can have.
#[derive(Clone, Eq, Ord, PartialEq, PartialOrd)]
enum Name<'a> {
    Email(&'a str),
    ExternalId(&'a str, &'a str),
    Id(UserId),
    Username(&'a str),
}

fn names(user: &User) -> Vec<Name<'_>> {
    let details = &user.details;
    let emails = details.emails.iter();
    let emails = emails.map(|email| Name::Email(email.address.key()));
    let external = details.external_ids.iter();
    let external = external.map(|(system, id)| Name::ExternalId(system, id));
    [Name::Id(user.id), Name::Username(user.username.key())]
        .into_iter()
        .chain(emails)
        .chain(external)
        .collect()
}

#[cfg(test)]
mod tests {
    use iam_model::{
        ActorRef, AuditEvent, AuditEventId, EmailAddress, Outcome, Resource, ResourceKind,
        TenantId, Timestamp, User, UserId,
    };
    use iam_storage_ports::{Change, NewUser};

    use super::waves;

    const NOW: Timestamp = Timestamp::from_millis(1);

    fn new(id: u8, username: &str, emails: &[&str]) -> NewUser {
        let username = username.parse().unwrap();
        let mut user = User::new(UserId::generate(NOW, [id; 10]), username, NOW);
        let email = |text: &&str| EmailAddress {
            address: text.parse().unwrap(),
            verified: false,
        };
        user.details.emails = emails.iter().map(email).collect();
        NewUser {
            user,
            password: None,
            roles: Vec::new(),
            groups: Vec::new(),
            change: Change::new(TenantId::generate(NOW, [0; 10]), event()),
        }
    }

    fn event() -> AuditEvent {
        let nobody = Resource {
            kind: ResourceKind::System,
            id: String::new(),
        };
        AuditEvent {
            id: AuditEventId::generate(NOW, [0; 10]),
            at: NOW,
            action: "user.created".to_owned(),
            outcome: Outcome::Success,
            actor: ActorRef {
                resource: nobody.clone(),
                tenant: None,
            },
            target: nobody,
            origin: None,
            trace_id: String::new(),
            details: serde_json::Map::new(),
        }
    }

    #[test]
    fn users_with_something_in_common_go_one_after_the_other() {
        let users = [
            new(1, "alice", &["a@example.com"]),
            new(2, "bob", &["A@example.com"]),
            new(3, "Bob", &["c@example.com"]),
            new(4, "dora", &["d@example.com"]),
            new(4, "emil", &[]),
        ];
        let waves: Vec<_> = waves(&users).into_values().collect();
        assert_eq!(waves, [vec![0, 3], vec![1, 4], vec![2]]);
    }

    #[test]
    fn who_names_an_address_twice_is_in_nobodys_way() {
        let users = [
            new(1, "alice", &["a@example.com", "A@example.com"]),
            new(2, "alice", &["a@example.com"]),
        ];
        let waves: Vec<_> = waves(&users).into_values().collect();
        assert_eq!(waves, [vec![1]]);
    }
}
