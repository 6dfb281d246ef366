use std::time::Duration;

use iam_config::{Limits, Rate};
use iam_storage_ports::{Count, Counter};

use super::{Factor, attempt::Keys, quota::Quota};

/// How long delayed tries are remembered.
pub(super) const DAY: Duration = Duration::from_hours(24);

/// Where tries at an account come from, the less trusted first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum SourceKind {
    /// Anywhere.
    Anyone,
    /// A network that the user has logged in from.
    Network,
    /// A device that the user has logged in from.
    Device,
}

/// What becomes of a try.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Decision {
    Admit,
    Refuse(Duration),
    /// One is let through, and the next after this delay.
    TakeTurn(Duration),
}

/// The counters of tries at one account from one source.
pub(super) struct Source {
    pub(super) kind: SourceKind,
    name: String,
    rate: Rate,
    /// What is there if the source is known.
    known: Option<String>,
    /// Tries, refused ones too.
    tries: String,
    /// There while nobody gets a turn.
    pub(super) delay: String,
    /// Tries that were let through after a delay.
    pub(super) delayed: String,
    counts: [Count; 4],
}

impl Source {
    /// The sources that an attempt may be counted at, the less trusted first.
    pub(super) fn all(keys: &Keys<'_>, limits: &Limits) -> Vec<Self> {
        let Some(rate) = limits.account else {
            return Vec::new();
        };
        let source = |kind, id: &str, known| {
            let account = keys.account(id);
            Self {
                kind,
                name: format!("{}-account", keys.factor()),
                rate,
                known,
                tries: format!("{account}:tries"),
                delay: format!("{account}:delay"),
                delayed: format!("{account}:delayed"),
                counts: [Count::default(); 4],
            }
        };
        let anyone = source(SourceKind::Anyone, "anyone", None);
        let network = keys
            .network()
            .map(|id| source(SourceKind::Network, id, keys.known_network()));
        let device = keys.device().map(|device| {
            let known = Some(keys.known_device(device));
            source(SourceKind::Device, device.as_str(), known)
        });
        [Some(anyone), network, device]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The one that an attempt is counted at: the most trusted that is known.
    pub(super) fn of(sources: &[Self]) -> Option<&Self> {
        sources.iter().rev().find(|source| source.is_known())
    }

    /// What a success sets back. Whoever is counted apart leaves what was counted of others, or
    /// each login of the user would give a stranger new tries; but nobody else has codes.
    pub(super) fn spent(sources: Vec<Self>, kind: SourceKind, factor: Factor) -> Vec<String> {
        let all = factor == Factor::Otp || kind == SourceKind::Anyone;
        sources
            .into_iter()
            .filter(|source| all || source.kind == kind)
            .flat_map(|source| [source.tries, source.delay, source.delayed])
            .collect()
    }

    /// All are counted on at once, before it is known which of them counts: that others than the
    /// right one have counted too ends at most their free tries.
    pub(super) fn counters(&self) -> [Counter; 4] {
        let read = |key: &str| Counter {
            key: key.to_owned(),
            count: None,
        };
        [
            Counter {
                key: self.tries.clone(),
                count: Some(self.rate.window),
            },
            read(&self.delay),
            read(&self.delayed),
            read(self.known.as_ref().unwrap_or(&self.tries)),
        ]
    }

    pub(super) fn at(self, counts: [Count; 4]) -> Self {
        Self { counts, ..self }
    }

    fn is_known(&self) -> bool {
        let [.., known] = self.counts;
        self.known.is_none() || known.value > 0
    }

    /// Free at first; then one try after each delay of 1, 2, 4, … seconds, as many as there may be.
    pub(super) fn decide(&self, limits: &Limits) -> Decision {
        let [tries, delay, delayed, _] = self.counts;
        if delayed.value == 0 && tries.value <= i64::from(self.rate.limit) {
            return Decision::Admit;
        }
        let used_up = limits
            .delayed
            .is_some_and(|most| delayed.value >= i64::from(most));
        if used_up {
            return Decision::Refuse(delayed.expires_in);
        }
        if delay.value > 0 {
            return Decision::Refuse(delay.expires_in);
        }
        let doublings = u32::try_from(delayed.value).unwrap_or(u32::MAX);
        let seconds = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        Decision::TakeTurn(Duration::from_secs(seconds).min(limits.delay))
    }

    /// What is told to who has to wait.
    pub(super) fn quota(&self, wait: Duration) -> Quota {
        Quota {
            name: self.name.clone(),
            limit: self.rate.limit,
            window: self.rate.window,
            remaining: 0,
            resets_in: wait,
        }
    }
}
