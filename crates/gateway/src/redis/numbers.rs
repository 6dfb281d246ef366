use tokio::time::Instant;

use super::{error::RedisError, reply::Reply, store::Keys};

/// Reads an integer as Redis does: decimal, with no sign but `-`, no spaces, no leading zeros.
pub(super) fn integer(word: &str) -> Result<i64, RedisError> {
    let number: i64 = word.parse().map_err(|_| RedisError::NotInteger)?;
    if number.to_string() == word {
        Ok(number)
    } else {
        Err(RedisError::NotInteger)
    }
}

/// Adds to a counter. A key that is absent counts from 0; one that expires keeps its time.
pub(super) fn add(keys: &mut Keys, name: &str, by: i64, now: Instant) -> Result<Reply, RedisError> {
    let entry = keys.find(name, now);
    let expires = entry.and_then(|entry| entry.expires);
    let number = entry.map_or(Ok(0), |entry| integer(&entry.value))?;
    let number = number.checked_add(by).ok_or(RedisError::Overflow)?;
    keys.put(name, number.to_string().into(), expires, now)?;
    Ok(Reply::Integer(number))
}
