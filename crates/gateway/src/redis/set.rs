use std::sync::Arc;

use tokio::time::Instant;

use super::{error::RedisError, expire::Unit, numbers::integer, reply::Reply, store::Keys};

/// `SET name value [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]`.
pub(super) fn set(
    keys: &mut Keys,
    now: Instant,
    name: &str,
    value: &str,
    options: &[String],
) -> Result<Reply, RedisError> {
    let options = Options::parse(options, now)?;
    let before = keys.find(name, now);
    let expires = match options.lifetime {
        Lifetime::Endless => None,
        Lifetime::Kept => before.and_then(|entry| entry.expires),
        Lifetime::Until(at) => Some(at),
    };
    let old = before.map(|entry| Arc::clone(&entry.value));
    let done = match options.only {
        Only::Always => true,
        Only::IfAbsent => old.is_none(),
        Only::IfPresent => old.is_some(),
    };
    if done {
        keys.put(name, value.into(), expires, now)?;
    }
    Ok(match old {
        Some(old) if options.gets => Reply::Text(old),
        None if options.gets => Reply::Null,
        _ if done => Reply::Ok,
        _ => Reply::Null,
    })
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Only {
    Always,
    IfAbsent,
    IfPresent,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Lifetime {
    Endless,
    Kept,
    Until(Instant),
}

struct Options {
    only: Only,
    lifetime: Lifetime,
    gets: bool,
}

impl Options {
    fn parse(words: &[String], now: Instant) -> Result<Self, RedisError> {
        let mut options = Self {
            only: Only::Always,
            lifetime: Lifetime::Endless,
            gets: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.to_ascii_uppercase().as_str() {
                "GET" => options.gets = true,
                "NX" => options.restrict(Only::IfAbsent)?,
                "XX" => options.restrict(Only::IfPresent)?,
                "KEEPTTL" => options.live(Lifetime::Kept)?,
                "EX" => options.live(until(now, Unit::Second, words.next())?)?,
                "PX" => options.live(until(now, Unit::Millisecond, words.next())?)?,
                _ => return Err(RedisError::Syntax),
            }
        }
        Ok(options)
    }

    fn restrict(&mut self, only: Only) -> Result<(), RedisError> {
        if self.only != Only::Always && self.only != only {
            return Err(RedisError::Syntax);
        }
        self.only = only;
        Ok(())
    }

    fn live(&mut self, lifetime: Lifetime) -> Result<(), RedisError> {
        if self.lifetime != Lifetime::Endless {
            return Err(RedisError::Syntax);
        }
        self.lifetime = lifetime;
        Ok(())
    }
}

fn until(now: Instant, unit: Unit, time: Option<&String>) -> Result<Lifetime, RedisError> {
    let time = integer(time.ok_or(RedisError::Syntax)?)?;
    match unit.duration(time) {
        Some(lifetime) if !lifetime.is_zero() => Ok(Lifetime::Until(now + lifetime)),
        _ => Err(RedisError::ExpireTime("set")),
    }
}
