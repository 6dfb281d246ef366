use std::{cell::Cell, rc::Rc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{FutureExt, future::join_all};
use http::{Request, Response};
use iam_config::LimitSettings;
use iam_model::{Secret, Timestamp};
use iam_platform::{FetchError, Platform};
use iam_storage_memory::MemoryEphemeral;
use iam_storage_ports::EphemeralStore;

use super::{Attempt, DeviceDigest, Factor, Limiter};
use crate::AuthError;

/// A host with a clock that is set and randomness that is counted.
#[derive(Default)]
struct Host {
    now: Rc<Cell<Timestamp>>,
    random: Cell<u8>,
}

#[async_trait(?Send)]
impl Platform for Host {
    async fn fetch(&self, _: Request<Bytes>) -> Result<Response<Bytes>, FetchError> {
        Err(FetchError::Timeout)
    }

    fn now(&self) -> Timestamp {
        self.now.get()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.random.set(self.random.get() + 1);
        buffer.fill(self.random.get());
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn log(&self, _: &str) {}
}

/// A limiter, and its time.
struct Limits {
    host: Host,
    store: Box<dyn EphemeralStore>,
    settings: LimitSettings,
}

impl Limits {
    fn new(login: &'static str) -> Self {
        let host = Host::default();
        let clock = Rc::clone(&host.now);
        Self {
            store: Box::new(MemoryEphemeral::new(move || clock.get())),
            host,
            settings: LimitSettings::from_variables(&|name| {
                (name == "login_limits").then(|| login.to_owned())
            })
            .unwrap(),
        }
    }

    fn limiter(&self) -> Limiter<'_> {
        Limiter::new(&*self.store, &self.host, self.settings)
    }

    fn wait(&self, seconds: u64) {
        let now = self.host.now.get();
        self.host.now.set(now.plus(Duration::from_secs(seconds)));
    }

    /// The seconds to wait, 0 for who is admitted.
    fn fail(&self, attempt: &Attempt, factor: Factor) -> u64 {
        match now(self.limiter().admit(attempt, factor)) {
            Ok(_) => 0,
            Err(AuthError::TooManyRequests { retry_after }) => {
                retry_after.as_millis().div_ceil(1000).try_into().unwrap()
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// A whole login; gives the device token if one was asked for.
    fn log_in(&self, attempt: &Attempt, new_device: bool) -> Option<Secret<String>> {
        let limiter = self.limiter();
        let admission = now(limiter.admit(attempt, Factor::Password)).unwrap();
        now(limiter.succeeded(&admission)).unwrap();
        now(limiter.remember(attempt, &admission, new_device)).unwrap()
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().unwrap()
}

fn from(ip: &str) -> Attempt {
    Attempt {
        tenant: "demo".parse().unwrap(),
        account: "alice".to_owned(),
        client_id: "web".parse().unwrap(),
        ip: Some(ip.parse().unwrap()),
        device: None,
    }
}

fn bob(ip: &str) -> Attempt {
    Attempt {
        account: "bob".to_owned(),
        ..from(ip)
    }
}

fn on(device: &Secret<String>, ip: &str) -> Attempt {
    Attempt {
        device: DeviceDigest::of(device),
        ..from(ip)
    }
}

const HOME: &str = "192.0.2.1";
const AWAY: &str = "198.51.100.1";

#[test]
fn the_first_tries_are_free_and_then_each_waits_twice_as_long() {
    let limits = Limits::new("");
    let stranger = from(AWAY);
    for _ in 0..6 {
        assert_eq!(limits.fail(&stranger, Factor::Password), 0);
    }
    for delay in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        assert_eq!(limits.fail(&stranger, Factor::Password), delay);
        limits.wait(delay);
        assert_eq!(limits.fail(&stranger, Factor::Password), 0, "after {delay}");
    }
    limits.wait(24 * 60 * 60);
    for _ in 0..6 {
        assert_eq!(limits.fail(&stranger, Factor::Password), 0);
    }
}

#[test]
fn who_does_not_wait_does_not_make_it_longer() {
    let limits = Limits::new("ip=off account=1/3600");
    let stranger = from(AWAY);
    let waits: Vec<_> = (0..4)
        .map(|_| limits.fail(&stranger, Factor::Password))
        .collect();
    assert_eq!(waits, [0, 0, 1, 1]);
    limits.wait(1);
    assert_eq!(limits.fail(&stranger, Factor::Password), 0);
    assert_eq!(limits.fail(&stranger, Factor::Password), 2);
}

#[test]
fn a_success_sets_the_tries_back() {
    let limits = Limits::new("account=2/3600");
    for _ in 0..3 {
        let waits: Vec<_> = (0..2)
            .map(|_| limits.fail(&from(AWAY), Factor::Password))
            .collect();
        assert_eq!(waits, [0, 0]);
        limits.log_in(&from(AWAY), false);
        limits.wait(60);
    }
}

#[test]
fn of_many_who_try_at_once_the_free_ones_and_one_more_are_let_through() {
    let limits = Limits::new("ip=off");
    let stranger = from(AWAY);
    let limiter = limits.limiter();
    let tries = (0..100).map(|_| limiter.admit(&stranger, Factor::Password));
    let admitted = now(join_all(tries)).into_iter().flatten();
    assert_eq!(admitted.count(), 6);
}

#[test]
fn a_stranger_does_not_lock_out_who_comes_from_a_known_network_or_device() {
    let limits = Limits::new("account=2/3600");
    let device = limits.log_in(&from(HOME), true).unwrap();
    while limits.fail(&from(AWAY), Factor::Password) == 0 {}
    assert_eq!(limits.fail(&from("192.0.2.77"), Factor::Password), 0);
    assert_eq!(limits.fail(&on(&device, AWAY), Factor::Password), 0);
    assert_ne!(limits.fail(&from(AWAY), Factor::Password), 0);
    // Nor does one in the same network lock out the device.
    while limits.fail(&from(HOME), Factor::Password) == 0 {}
    assert_eq!(limits.fail(&on(&device, HOME), Factor::Password), 0);
}

#[test]
fn the_users_logins_give_a_stranger_no_new_tries() {
    let limits = Limits::new("account=2/3600");
    limits.log_in(&from(HOME), false);
    while limits.fail(&from(AWAY), Factor::Password) == 0 {}
    limits.log_in(&from(HOME), false);
    assert_ne!(limits.fail(&from(AWAY), Factor::Password), 0);
}

#[test]
fn a_known_place_is_limited_too() {
    let limits = Limits::new("account=2/3600");
    let device = limits.log_in(&from(HOME), true).unwrap();
    for known in [from(HOME), on(&device, AWAY)] {
        let waits: Vec<_> = (0..4)
            .map(|_| limits.fail(&known, Factor::Password))
            .collect();
        assert_eq!(waits, [0, 0, 0, 1]);
    }
}

#[test]
fn a_device_is_known_to_one_user_by_the_token_that_it_was_given() {
    let limits = Limits::new("account=1/3600");
    let device = limits.log_in(&from(HOME), true).unwrap();
    assert!(limits.log_in(&on(&device, HOME), true).is_none());
    let forged = Secret::new("A".repeat(43));
    let other = Attempt {
        device: DeviceDigest::of(&device),
        ..bob(AWAY)
    };
    for unknown in [on(&forged, AWAY), other] {
        while limits.fail(&unknown, Factor::Password) == 0 {}
        let stranger = Attempt {
            device: None,
            ..unknown
        };
        assert_ne!(limits.fail(&stranger, Factor::Password), 0);
    }
    // It is forgotten when it is not used for long, and what it was asked for is not made known.
    limits.wait(91 * 24 * 60 * 60);
    assert!(limits.log_in(&on(&device, HOME), false).is_none());
    assert!(limits.log_in(&on(&device, HOME), true).is_some());
}

#[test]
fn the_windows_are_for_all_but_those_who_are_known() {
    let limits = Limits::new("account=off ip=3/60 client=5/60 tenant=7/60");
    let settings = Limits::new("account=100/60 ip=3/60 client=5/60 tenant=7/60");
    for limits in [&limits, &settings] {
        for _ in 0..3 {
            assert_eq!(limits.fail(&bob(AWAY), Factor::Password), 0);
        }
        assert_eq!(limits.fail(&bob(AWAY), Factor::Password), 60);
        assert_eq!(limits.fail(&bob("203.0.113.9"), Factor::Password), 0);
        assert_eq!(limits.fail(&bob("203.0.113.9"), Factor::Password), 60);
        limits.wait(60);
    }
    let limits = settings;
    let device = limits.log_in(&from(HOME), true).unwrap();
    for address in 1..10 {
        limits.fail(&bob(&format!("203.0.113.{address}")), Factor::Password);
        limits.fail(&bob(AWAY), Factor::Password);
    }
    assert_eq!(limits.fail(&from(HOME), Factor::Password), 0);
    assert_eq!(limits.fail(&on(&device, AWAY), Factor::Password), 0);
    assert_ne!(limits.fail(&from("203.0.113.77"), Factor::Password), 0);
}

#[test]
fn codes_are_counted_apart_and_come_to_an_end() {
    let limits = Limits::new("account=1/3600");
    while limits.fail(&from(AWAY), Factor::Password) == 0 {}
    let mut guesses = 0;
    let mut waited = 0;
    loop {
        match limits.fail(&from(AWAY), Factor::Otp) {
            0 => guesses += 1,
            wait if wait > 900 => break,
            wait => {
                limits.wait(wait);
                waited += wait;
            }
        }
    }
    assert_eq!(guesses, 5 + 20);
    assert!(waited < 24 * 60 * 60, "{waited}");
    // The user's own code sets it back, wherever they are.
    limits.log_in(&from(HOME), false);
    let limiter = limits.limiter();
    let admission = now(limiter.admit(&from(HOME), Factor::Otp)).unwrap();
    now(limiter.succeeded(&admission)).unwrap();
    assert_eq!(limits.fail(&from(AWAY), Factor::Otp), 0);
}

#[test]
fn a_caller_is_told_of_their_own_address_and_of_what_refuses_them() {
    let limits = Limits::new("account=1/3600 ip=9/60");
    let told = || {
        let limiter = limits.limiter();
        let _ = now(limiter.admit(&from(AWAY), Factor::Password));
        let quotas = limiter.quotas().into_iter();
        let shown = quotas.map(|q| format!("{} {} {:?}", q.name, q.remaining, q.resets_in));
        shown.collect::<Vec<_>>()
    };
    assert_eq!(told(), ["login-ip 8 60s"]);
    assert_eq!(told(), ["login-ip 7 60s"]);
    assert_eq!(told(), ["login-ip 6 60s", "login-account 0 1s"]);
}
