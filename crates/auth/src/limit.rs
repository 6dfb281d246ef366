//! Rate limits and lockout.
//!
//! Every try is counted when it is admitted, before it is known whether it is right: many that are
//! sent at once are many tries. There are two kinds of counters, separate for each [`Factor`].
//!
//! - **Windows** count all that comes from an address, through a client and at a tenant.
//! - **Sources** count the tries at one account. The first few are free; then a delay comes between
//!   two, twice as long each time. Whoever comes from a device or network that the user has logged
//!   in from before is counted apart from all others, and the windows of client and tenant are not
//!   for them, so nobody is locked out by a stranger.
//!
//! A user who does not exist is counted like one who does. All of it is asked for in one round
//! trip; only a delayed try needs more. Without the ephemeral store nobody is admitted.

mod attempt;
mod quota;
mod source;

use std::{cell::RefCell, time::Duration};

pub use attempt::{Attempt, DeviceDigest};
use iam_config::{LimitSettings, Limits};
use iam_model::Secret;
use iam_platform::Platform;
use iam_security::random_token;
use iam_storage_ports::{Entry, EphemeralStore};
pub use quota::Quota;

use self::{
    attempt::Keys,
    quota::Window,
    source::{Decision, Source, SourceKind},
};
use crate::AuthError;

/// How long a device is known after the last login from it.
const DEVICE_KNOWN: Duration = Duration::from_hours(90 * 24);

/// How long a network is known after the last login from it.
const NETWORK_KNOWN: Duration = Duration::from_hours(30 * 24);

/// What is tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Factor {
    /// A password.
    Password,
    /// A code: of an authenticator, for recovery, or one that was sent.
    Otp,
    /// To have a message sent: it costs money, and the patience of who gets it.
    Message,
}

impl Factor {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "login",
            Self::Otp => "otp",
            Self::Message => "message",
        }
    }
}

/// A try that was admitted.
#[derive(Clone, Debug)]
pub struct Admission {
    /// The counters that a success sets back.
    spent: Vec<String>,
    device_is_known: bool,
}

/// Counts and admits tries.
pub struct Limiter<'a> {
    ephemeral: &'a dyn EphemeralStore,
    platform: &'a dyn Platform,
    settings: LimitSettings,
    quotas: RefCell<Vec<Quota>>,
}

impl<'a> Limiter<'a> {
    /// A limiter by `settings` that counts in `ephemeral`.
    #[must_use]
    pub const fn new(
        ephemeral: &'a dyn EphemeralStore,
        platform: &'a dyn Platform,
        settings: LimitSettings,
    ) -> Self {
        Self {
            ephemeral,
            platform,
            settings,
            quotas: RefCell::new(Vec::new()),
        }
    }

    /// Counts `attempt`, and admits it or fails with [`AuthError::TooManyRequests`]. It counts as
    /// failed until [`succeeded`](Self::succeeded) says otherwise.
    pub async fn admit(&self, attempt: &Attempt, factor: Factor) -> Result<Admission, AuthError> {
        let limits = self.limits(factor);
        let keys = Keys::new(attempt, factor.as_str());
        let windows = Window::all(&keys, limits);
        let sources = Source::all(&keys, limits);
        let counters = windows.iter().map(Window::counter);
        let counters = counters.chain(sources.iter().flat_map(Source::counters));
        let counts = self.ephemeral.count(&counters.collect::<Vec<_>>()).await?;
        let mut counts = counts.into_iter();
        let windows: Vec<_> = windows
            .into_iter()
            .map(|window| window.at(counts.next().unwrap_or_default()))
            .collect();
        let sources: Vec<_> = sources
            .into_iter()
            .map(|source| source.at([(); 4].map(|()| counts.next().unwrap_or_default())))
            .collect();
        self.report(&windows);
        let kind = Source::of(&sources).map_or(SourceKind::Anyone, |source| source.kind);
        let exceeded = windows.iter().find(|window| window.refuses(kind));
        if let Some(window) = exceeded {
            return Err(self.refuse(window.quota()));
        }
        self.take_turn(Source::of(&sources), limits).await?;
        Ok(Admission {
            spent: Source::spent(sources, kind, factor),
            device_is_known: kind == SourceKind::Device,
        })
    }

    /// What was tried was right: its counters start again.
    pub async fn succeeded(&self, admission: &Admission) -> Result<(), AuthError> {
        Ok(self.ephemeral.replace(&admission.spent, &[]).await?)
    }

    /// The login of `attempt`, which was `admitted`, is complete, with all its factors: from now on
    /// its network is known, and its device stays known. If it is not and `new_device` asks for it,
    /// it becomes known by the token that is given, of which only the digest is kept.
    pub async fn remember(
        &self,
        attempt: &Attempt,
        admitted: &Admission,
        new_device: bool,
    ) -> Result<Option<Secret<String>>, AuthError> {
        let keys = Keys::new(attempt, Factor::Password.as_str());
        let known = |key, ttl| Entry {
            key,
            value: "1".to_owned(),
            ttl,
        };
        let network = keys.known_network().map(|key| known(key, NETWORK_KNOWN));
        let token = Some(admitted)
            .filter(|admitted| new_device && !admitted.device_is_known)
            .map(|_| random_token(self.platform));
        let device = match &token {
            Some(token) => DeviceDigest::of(token),
            None => attempt.device.clone().filter(|_| admitted.device_is_known),
        };
        let device = device.map(|device| known(keys.known_device(&device), DEVICE_KNOWN));
        let kept: Vec<_> = network.into_iter().chain(device).collect();
        self.ephemeral.replace(&[], &kept).await?;
        Ok(token)
    }

    /// What the caller may still do, of the tries that were counted here.
    #[must_use]
    pub fn quotas(&self) -> Vec<Quota> {
        self.quotas.borrow().clone()
    }

    const fn limits(&self, factor: Factor) -> &Limits {
        match factor {
            Factor::Password => &self.settings.login,
            Factor::Otp => &self.settings.otp,
            Factor::Message => &self.settings.message,
        }
    }

    /// Lets a try at an account through, or says how long it has to wait.
    async fn take_turn(&self, source: Option<&Source>, limits: &Limits) -> Result<(), AuthError> {
        let Some(source) = source else { return Ok(()) };
        match source.decide(limits) {
            Decision::Admit => Ok(()),
            Decision::Refuse(wait) => Err(self.refuse(source.quota(wait))),
            Decision::TakeTurn(delay) => {
                // Of many who come when the delay is over, one gets the turn.
                if !self.ephemeral.add(&source.delay, "1", delay).await? {
                    return Err(self.refuse(source.quota(delay)));
                }
                let delayed = self.ephemeral.increment(&source.delayed, source::DAY);
                delayed.await.map(drop).map_err(Into::into)
            }
        }
    }

    /// The address's own window is the caller's to know; those of client and tenant say what
    /// others do, and are told of only when they refuse.
    fn report(&self, windows: &[Window]) {
        let own = windows.iter().filter(|window| window.is_own());
        self.quotas.borrow_mut().extend(own.map(Window::quota));
    }

    fn refuse(&self, quota: Quota) -> AuthError {
        let retry_after = quota.resets_in;
        let mut quotas = self.quotas.borrow_mut();
        quotas.retain(|other| other.name != quota.name);
        quotas.push(quota);
        AuthError::TooManyRequests { retry_after }
    }
}

#[cfg(test)]
mod tests;
