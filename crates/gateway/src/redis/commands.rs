//! The commands there are. To add one, add a row to [`COMMANDS`] and an arm to [`run`].

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    error::RedisError,
    expire::{self, Unit},
    numbers::{self, integer},
    reply::Reply,
    set::set,
    store::Keys,
};

/// A command's name, and how many words come after it, at least and at most.
type Command = (&'static str, usize, usize);

const MANY: usize = usize::MAX;

const COMMANDS: [Command; 13] = [
    ("del", 1, MANY),
    ("exists", 1, MANY),
    ("expire", 2, MANY),
    ("get", 1, 1),
    ("getdel", 1, 1),
    ("incr", 1, 1),
    ("incrby", 2, 2),
    ("mget", 1, MANY),
    ("pexpire", 2, MANY),
    ("ping", 0, 1),
    ("pttl", 1, 1),
    ("set", 2, MANY),
    ("ttl", 1, 1),
];

/// What Redis looks at when it queues a command: whether there is one, with so many words.
pub(super) fn check(words: &[String]) -> Result<(), RedisError> {
    find(words).map(drop)
}

/// Does the command `words`.
pub(super) fn run(keys: &mut Keys, now: Instant, words: &[String]) -> Result<Reply, RedisError> {
    match find(words)? {
        ("del", names) => Ok(count(names, |name| keys.take(name, now).is_some())),
        ("exists", names) => Ok(count(names, |name| keys.find(name, now).is_some())),
        ("expire", [name, time, options @ ..]) => {
            expire::expire(keys, now, name, (Unit::Second, time), options)
        }
        ("get", [name]) => Ok(value(keys, name, now)),
        ("getdel", [name]) => Ok(match keys.take(name, now) {
            None => Reply::Null,
            Some(entry) => Reply::Text(entry.value),
        }),
        ("incr", [name]) => numbers::add(keys, name, 1, now),
        ("incrby", [name, by]) => numbers::add(keys, name, integer(by)?, now),
        ("mget", names) => {
            let values = names.iter().map(|name| value(keys, name, now));
            Ok(Reply::Array(values.collect()))
        }
        ("pexpire", [name, time, options @ ..]) => {
            expire::expire(keys, now, name, (Unit::Millisecond, time), options)
        }
        ("ping", []) => Ok(Reply::Text("PONG".into())),
        ("ping", [word]) => Ok(Reply::Text(word.as_str().into())),
        ("pttl", [name]) => Ok(expire::time_to_live(keys, name, now, Unit::Millisecond)),
        ("set", [name, value, options @ ..]) => set(keys, now, name, value, options),
        ("ttl", [name]) => Ok(expire::time_to_live(keys, name, now, Unit::Second)),
        (name, _) => Err(RedisError::Arity(name)),
    }
}

/// The command's name in lower case, and its words.
fn find(words: &[String]) -> Result<(&'static str, &[String]), RedisError> {
    let (given, words) = words.split_first().ok_or(RedisError::UnknownCommand)?;
    let found = COMMANDS
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(given));
    let (name, least, most) = found.ok_or(RedisError::UnknownCommand)?;
    if (*least..=*most).contains(&words.len()) {
        Ok((name, words))
    } else {
        Err(RedisError::Arity(name))
    }
}

fn value(keys: &Keys, name: &str, now: Instant) -> Reply {
    keys.find(name, now)
        .map_or(Reply::Null, |entry| Reply::Text(Arc::clone(&entry.value)))
}

fn count(names: &[String], mut counts: impl FnMut(&str) -> bool) -> Reply {
    let found = names.iter().filter(|name| counts(name)).count();
    Reply::Integer(i64::try_from(found).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
