use std::time::Duration;

use iam_config::{Limits, Rate};
use iam_storage_ports::{Count, Counter};

use super::{attempt::Keys, source::SourceKind};

/// What somebody may still do before they have to wait.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quota {
    /// What is counted, and how: `login-ip`.
    pub name: String,
    /// How often it may be done.
    pub limit: u32,
    /// In how long.
    pub window: Duration,
    /// How often it may still be done.
    pub remaining: u32,
    /// When it may be done as often as at first, or, if nothing remains, again.
    pub resets_in: Duration,
}

/// Whom a window is for.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Party {
    Ip,
    Client,
    Tenant,
}

/// A fixed window: it begins with the first that is counted. A sliding one would need a script in
/// the store; this one lets up to twice the limit through around its end.
pub(super) struct Window {
    party: Party,
    name: String,
    key: String,
    rate: Rate,
    count: Count,
}

impl Window {
    /// The windows that an attempt is counted in.
    pub(super) fn all(keys: &Keys<'_>, limits: &Limits) -> Vec<Self> {
        let parties = [
            (Party::Ip, "ip", keys.ip(), limits.ip),
            (Party::Client, "client", keys.client(), limits.client),
            (Party::Tenant, "tenant", keys.tenant(), limits.tenant),
        ];
        let window = |(party, name, key, rate): (_, &str, _, Option<Rate>)| {
            Some(Self {
                party,
                name: format!("{}-{name}", keys.factor()),
                key,
                rate: rate?,
                count: Count::default(),
            })
        };
        parties.into_iter().filter_map(window).collect()
    }

    pub(super) fn counter(&self) -> Counter {
        Counter {
            key: self.key.clone(),
            count: Some(self.rate.window),
        }
    }

    pub(super) fn at(self, count: Count) -> Self {
        Self { count, ..self }
    }

    pub(super) fn is_own(&self) -> bool {
        self.party == Party::Ip
    }

    /// Whether it is exceeded for who comes from such a source. A known device is let through
    /// whatever others at its address do, and a known network whatever others do elsewhere.
    pub(super) fn refuses(&self, source: SourceKind) -> bool {
        let applies = match source {
            SourceKind::Anyone => true,
            SourceKind::Network => self.is_own(),
            SourceKind::Device => false,
        };
        applies && self.count.value > i64::from(self.rate.limit)
    }

    pub(super) fn quota(&self) -> Quota {
        let left = i64::from(self.rate.limit).saturating_sub(self.count.value);
        Quota {
            name: self.name.clone(),
            limit: self.rate.limit,
            window: self.rate.window,
            remaining: u32::try_from(left).unwrap_or(0),
            resets_in: self.count.expires_in,
        }
    }
}
