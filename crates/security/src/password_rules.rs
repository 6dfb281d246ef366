//! What a password must be like (NIST SP 800-63B-4 §3.1.1.2): long enough and not one that others
//! would guess. There are no composition rules.
//!
//! Whoever lets somebody set a password calls [`check_password`]; there is no other rule anywhere.

mod breach;
mod common;
mod context;
mod pattern;

use iam_config::ConfigError;
use iam_model::{PasswordCredential, PasswordPolicy, Secret, Timestamp};
use iam_platform::Platform;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::password::prepared;
pub use context::PasswordOwner;

/// The most characters of a password: NIST SP 800-63B-4 §3.1.1.2 asks for 64 at least.
const MAX_LENGTH: usize = 1024;

/// The fewest characters beside those that others know: the least that any tenant can ask for.
const MIN_SECRET: usize = 8;

/// What is wrong with a password. The text says what to do.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum PasswordWeakness {
    /// It was found in a breach.
    #[error("was found in a breach of another service, so it is known to others: take another")]
    Breached,
    /// It is one of those that are tried first.
    #[error("is one of the passwords that are guessed first: take another")]
    Common,
    /// Little is left of it without the names of its user and of the tenant.
    #[error(
        "is made of names that others know: take at least {MIN_SECRET} characters beside the username, the address and the names of the user and the tenant"
    )]
    Names,
    /// It is one thing over and over.
    #[error("repeats itself, and a repetition adds nothing: at least {0} characters without it")]
    Repeats(u8),
    /// It is a few rows of keys.
    #[error("is a sequence, as `abcd` or `1234` or keys side by side are: take another")]
    Sequence,
    /// It has too many characters.
    #[error("is too long: at most {MAX_LENGTH} characters")]
    TooLong,
    /// It has too few characters.
    #[error("is too short: at least {0} characters")]
    TooShort(u8),
}

impl PasswordWeakness {
    /// The name of the rule, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Breached => "password_breached",
            Self::Common => "password_common",
            Self::Names => "password_names",
            Self::Repeats(_) => "password_repeats",
            Self::Sequence => "password_sequence",
            Self::TooLong => "password_too_long",
            Self::TooShort(_) => "password_too_short",
        }
    }
}

/// Why a password was not found good.
#[derive(Clone, Debug, Error)]
pub enum PasswordRefusal {
    /// The rules cannot be applied as they are set up.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It is weak.
    #[error(transparent)]
    Weak(#[from] PasswordWeakness),
}

/// Refuses a password that `owner` should not have. If the variable `breach_check` says so, others
/// are asked too, without being told which password it is.
pub async fn check_password(
    platform: &dyn Platform,
    owner: &PasswordOwner<'_>,
    password: &Secret<String>,
) -> Result<(), PasswordRefusal> {
    if let Some(weakness) = weakness(owner, password.expose()) {
        return Err(weakness.into());
    }
    match iam_config::breach_check(&|name| platform.variable(name))? {
        Some(api) if breach::is_breached(platform, &api, password).await => {
            Err(PasswordWeakness::Breached.into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether a password is older than the tenant lets passwords become.
#[must_use]
pub fn password_expired(
    password: &PasswordCredential,
    policy: &PasswordPolicy,
    now: Timestamp,
) -> bool {
    let Some(days) = policy.max_age_days else {
        return false;
    };
    let age = now
        .as_millis()
        .saturating_sub(password.updated_at.as_millis());
    age >= i64::from(days) * MILLIS_PER_DAY
}

const MILLIS_PER_DAY: i64 = 24 * 60 * 60 * 1000;

fn weakness(owner: &PasswordOwner<'_>, password: &str) -> Option<PasswordWeakness> {
    let least = owner.tenant.settings.password.min_length;
    let count = password.chars().count();
    if count < usize::from(least) {
        return Some(PasswordWeakness::TooShort(least));
    }
    if count > MAX_LENGTH {
        return Some(PasswordWeakness::TooLong);
    }
    let folded = folded(password);
    let rest = owner.without_words(&folded);
    if common::is_common(&folded) || common::is_common(&rest) {
        return Some(PasswordWeakness::Common);
    }
    if rest.chars().count() < MIN_SECRET {
        return Some(PasswordWeakness::Names);
    }
    if pattern::is_sequence(&folded) {
        return Some(PasswordWeakness::Sequence);
    }
    let repeated = pattern::repeated(&folded)?;
    (repeated < usize::from(least)).then_some(PasswordWeakness::Repeats(least))
}

/// The form in which passwords are compared with words: as they are hashed (RFC 8265 §4.2), and
/// without what tells apart only letters of one kind.
fn folded(text: &str) -> String {
    prepared(text)
        .trim()
        .nfkc()
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests;
