use std::time::Duration;

use tokio::time::Instant;

use super::{error::RedisError, numbers::integer, reply::Reply, store::Keys};

/// Far enough that nobody sees it, near enough that no clock overflows: a hundred years.
const LONGEST: Duration = Duration::from_hours(100 * 365 * 24);

/// What a time to live is counted in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unit {
    Millisecond,
    Second,
}

impl Unit {
    /// How long `number` of them is; `None` if it is less than nothing or more than Redis can
    /// count.
    pub(super) fn duration(self, number: i64) -> Option<Duration> {
        let millis = match self {
            Self::Millisecond => number,
            Self::Second => number.checked_mul(1000)?,
        };
        Some(Duration::from_millis(millis.try_into().ok()?).min(LONGEST))
    }

    const fn command(self) -> &'static str {
        match self {
            Self::Millisecond => "pexpire",
            Self::Second => "expire",
        }
    }
}

/// `EXPIRE name time [NX | XX | GT | LT]`, or `PEXPIRE`.
pub(super) fn expire(
    keys: &mut Keys,
    now: Instant,
    name: &str,
    (unit, time): (Unit, &str),
    options: &[String],
) -> Result<Reply, RedisError> {
    let time = integer(time)?;
    let options = Options::parse(options)?;
    let lifetime = match unit.duration(time) {
        Some(lifetime) => lifetime,
        // In the past: the key goes at once.
        None if time < 0 => Duration::ZERO,
        None => return Err(RedisError::ExpireTime(unit.command())),
    };
    let at = now + lifetime;
    let entry = keys.find(name, now);
    if !entry.is_some_and(|entry| options.allow(entry.expires, at)) {
        return Ok(Reply::Integer(0));
    }
    if lifetime.is_zero() {
        keys.take(name, now);
    } else {
        keys.expire(name, at);
    }
    Ok(Reply::Integer(1))
}

/// When a new expiry takes effect.
#[derive(Default)]
struct Options {
    no_expiry_before: bool,
    expiry_before: bool,
    order: Option<Order>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Order {
    Earlier,
    Later,
}

impl Options {
    fn parse(words: &[String]) -> Result<Self, RedisError> {
        let mut options = Self::default();
        for word in words {
            match word.to_ascii_uppercase().as_str() {
                "NX" => options.no_expiry_before = true,
                "XX" => options.expiry_before = true,
                "GT" => options.order(Order::Later)?,
                "LT" => options.order(Order::Earlier)?,
                _ => return Err(RedisError::UnsupportedOption),
            }
        }
        if options.no_expiry_before && (options.expiry_before || options.order.is_some()) {
            return Err(RedisError::ExpireOptions);
        }
        Ok(options)
    }

    fn order(&mut self, order: Order) -> Result<(), RedisError> {
        if self.order.is_some_and(|other| other != order) {
            return Err(RedisError::ExpireOrder);
        }
        self.order = Some(order);
        Ok(())
    }

    /// A key without an expiry counts as one that expires after all others.
    fn allow(&self, before: Option<Instant>, at: Instant) -> bool {
        let in_order = match (self.order, before) {
            (None, _) | (Some(Order::Earlier), None) => true,
            (Some(Order::Earlier), Some(before)) => at < before,
            (Some(Order::Later), None) => false,
            (Some(Order::Later), Some(before)) => at > before,
        };
        let unmet =
            (self.no_expiry_before && before.is_some()) || (self.expiry_before && before.is_none());
        in_order && !unmet
    }
}

/// How long `name` has left: -2 if it is absent, -1 if it does not expire.
pub(super) fn time_to_live(keys: &Keys, name: &str, now: Instant, unit: Unit) -> Reply {
    let entry = keys.find(name, now);
    let left = match entry.map(|entry| entry.expires) {
        None => return Reply::Integer(-2),
        Some(None) => return Reply::Integer(-1),
        Some(Some(at)) => at.saturating_duration_since(now).as_millis(),
    };
    let left = match unit {
        Unit::Millisecond => left,
        // As Redis rounds.
        Unit::Second => (left + 500) / 1000,
    };
    Reply::Integer(left.try_into().unwrap_or(i64::MAX))
}
