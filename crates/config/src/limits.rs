use std::{str::FromStr, time::Duration};

use crate::{ConfigError, Lookup, optional};

/// How often something may be done in a window of time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// How often.
    pub limit: u32,
    /// In how long.
    pub window: Duration,
}

impl Rate {
    const fn new(limit: u32, seconds: u64) -> Self {
        let window = Duration::from_secs(seconds);
        Self { limit, window }
    }
}

impl FromStr for Rate {
    type Err = ();

    /// `60/3600`: sixty times in an hour.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (limit, seconds) = text.split_once('/').ok_or(())?;
        let (limit, seconds) = (limit.parse(), seconds.parse());
        match (limit, seconds) {
            (Ok(limit @ 1..), Ok(seconds @ 1..=MAX_SECONDS)) => Ok(Self::new(limit, seconds)),
            _ => Err(()),
        }
    }
}

/// The longest that anything is counted: 30 days.
const MAX_SECONDS: u64 = 30 * 24 * 60 * 60;

/// How often one thing that can be guessed, or that costs us something, may be tried. `None` is no
/// limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// By one address.
    pub ip: Option<Rate>,
    /// Through one client.
    pub client: Option<Rate>,
    /// At one tenant.
    pub tenant: Option<Rate>,
    /// At one account, before a delay comes between two tries.
    pub account: Option<Rate>,
    /// The longest delay.
    pub delay: Duration,
    /// How many delayed tries at one account there may be in a day.
    pub delayed: Option<u32>,
}

/// All limits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LimitSettings {
    /// Tries of passwords.
    pub login: Limits,
    /// Tries of one-time codes.
    pub otp: Limits,
    /// Messages that are sent because somebody asked for one.
    pub message: Limits,
}

impl LimitSettings {
    /// Reads `login_limits`, `otp_limits` and `message_limits` through `lookup`.
    pub fn from_variables(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            login: Limits::login(lookup)?,
            otp: Limits::otp(lookup)?,
            message: Limits::message(lookup)?,
        })
    }
}

impl Limits {
    fn login(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let default = Self {
            account: Some(Rate::new(5, 60 * 60)),
            delayed: None,
            ..Self::STRICT
        };
        default.changed(lookup, "login_limits")
    }

    fn otp(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        Self::STRICT.changed(lookup, "otp_limits")
    }

    fn message(lookup: Lookup<'_>) -> Result<Self, ConfigError> {
        let default = Self {
            ip: Some(Rate::new(20, 10 * 60)),
            client: Some(Rate::new(600, 60)),
            tenant: Some(Rate::new(600, 60)),
            account: Some(Rate::new(3, 60 * 60)),
            ..Self::STRICT
        };
        default.changed(lookup, "message_limits")
    }

    const STRICT: Self = Self {
        ip: Some(Rate::new(60, 60)),
        client: Some(Rate::new(6000, 60)),
        tenant: Some(Rate::new(6000, 60)),
        account: Some(Rate::new(5, 24 * 60 * 60)),
        delay: Duration::from_mins(15),
        delayed: Some(20),
    };

    /// With what the variable `name` says of it: `ip=60/60 account=off`, in any order.
    fn changed(mut self, lookup: Lookup<'_>, name: &'static str) -> Result<Self, ConfigError> {
        let text = optional(lookup, name).unwrap_or_default();
        for word in text.split_ascii_whitespace() {
            let changed = word
                .split_once('=')
                .map(|(key, value)| self.set(key, value));
            let wants = WANTS;
            changed
                .and_then(Result::ok)
                .ok_or(ConfigError::Invalid { name, wants })?;
        }
        Ok(self)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), ()> {
        match key {
            "ip" => self.ip = or_off(value)?,
            "client" => self.client = or_off(value)?,
            "tenant" => self.tenant = or_off(value)?,
            "account" => self.account = or_off(value)?,
            "delay" => match value.parse() {
                Ok(seconds @ 1..=MAX_SECONDS) => self.delay = Duration::from_secs(seconds),
                _ => return Err(()),
            },
            "delayed" => self.delayed = or_off(value)?,
            _ => return Err(()),
        }
        Ok(())
    }
}

fn or_off<T: FromStr>(value: &str) -> Result<Option<T>, ()> {
    match value {
        "off" => Ok(None),
        value => value.parse().map(Some).map_err(drop),
    }
}

const WANTS: &str = "words such as ip=60/60 client=off tenant=6000/60 account=5/3600 delay=900 \
    delayed=20: times in seconds, or off";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limits, Rate};

    fn otp(text: &str) -> Option<Limits> {
        Limits::otp(&|name| (name == "otp_limits").then(|| text.to_owned())).ok()
    }

    #[test]
    fn what_a_variable_does_not_name_keeps_its_default() {
        assert_eq!(otp(""), Some(Limits::STRICT));
        let changed = Limits {
            ip: None,
            client: Some(Rate::new(7, 2)),
            delay: Duration::from_secs(30),
            delayed: None,
            ..Limits::STRICT
        };
        assert_eq!(
            otp("ip=off  delay=30 client=7/2 delayed=off"),
            Some(changed)
        );
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for bad in [
            "ip",
            "ip=",
            "ip=0/60",
            "ip=60/0",
            "ip=60",
            "ip=-1/60",
            "ip=60/99999999",
            "users=1/1",
            "delay=off",
            "delay=0",
            "delayed=x",
            "ip=60/60,client=off",
        ] {
            assert_eq!(otp(bad), None, "{bad}");
        }
    }
}
