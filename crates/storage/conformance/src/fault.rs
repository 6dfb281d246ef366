//! Connections that are lost in the middle of a unit of work.
//!
//! Whoever asked does not know then whether it was done: it is done once or not at all, never half,
//! and asking again with the same ids brings it to once. What they are told is
//! [`Unavailable`](StorageError::Unavailable), and the connections after it are good.

mod panics;
mod proxy;
mod unit;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use iam_storage_ports::{Storage, StorageError};

pub use self::proxy::{Direction, Place, Proxy};
use self::unit::{ChangePassword, Import};
pub(crate) use self::{
    panics::panics,
    unit::{AddUser, Unit},
};
use crate::{ephemeral::Wait, fixture::Here};

/// One database, and two ways to it.
pub struct Wires<'a> {
    /// The way that is always whole.
    pub whole: &'a dyn Storage,
    /// The way over `proxy`.
    pub fragile: &'a dyn Storage,
    /// What cuts it.
    pub proxy: &'a Proxy,
    /// Lets time pass.
    pub wait: &'a Wait,
    /// How much is asked of it.
    pub effort: Effort,
}

/// How much is asked of a database.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Between how many places each direction is cut, beside its ends, and how many answers are
    /// lost.
    pub places: usize,
    /// How many ask at once at the end: more than a gateway has connections to one database.
    pub crowd: usize,
}

impl Effort {
    /// Of one that answers in a moment.
    pub const FULL: Self = Self {
        places: 6,
        crowd: 50,
    };
    /// Of one that has no gateway, whose connections could all be bad: many writers at once keep a
    /// sqld busy with waiting.
    pub const DIRECT: Self = Self {
        places: 6,
        crowd: 10,
    };
    /// Of one that takes a second for a unit.
    pub const LITTLE: Self = Self {
        places: 2,
        crowd: 21,
    };
}

/// How long a unit may take whose connection was cut.
const SOON: Duration = Duration::from_secs(8);

/// How long a unit may take whose connection fell silent: a little longer than a fetch.
const LATE: Duration = Duration::from_secs(20);

/// A user is added with their password, addresses, ids in other systems, event and idempotency
/// record, or nothing is.
pub async fn a_user_is_added_whole_or_not_at_all(wires: &Wires<'_>) {
    cut_everywhere::<AddUser>(wires).await;
}

/// A password is changed together with its user, its event and the code that allowed it, or nothing
/// is.
pub async fn a_password_is_changed_whole_or_not_at_all(wires: &Wires<'_>) {
    cut_everywhere::<ChangePassword>(wires).await;
}

/// Many users are imported with all that they are given, or nobody is.
pub async fn an_import_is_done_whole_or_not_at_all(wires: &Wires<'_>) {
    cut_everywhere::<Import>(wires).await;
}

/// A connection that falls silent is given up: what went over it is told to be unavailable, is
/// whole, and holds nobody up.
pub async fn a_silent_connection_is_given_up(wires: &Wires<'_>) {
    let here = Here::new(wires.whole).await;
    for direction in [Direction::Up, Direction::Down] {
        let unit = AddUser::new(&here).await;
        wires.fragile.ping().await.unwrap();
        wires.proxy.reset();
        wires.proxy.silence(Place::After(direction, 100));
        let first = run(wires, &here, &unit, LATE).await;
        assert!(wires.proxy.reset() && first.is_err(), "{direction:?}");
        is_done_once(wires, &here, &unit, first, "silence").await;
    }
    is_healthy(wires, &here).await;
}

/// Cuts the connection at many places of the unit, as it was used before and as it is new.
async fn cut_everywhere<U: Unit>(wires: &Wires<'_>) {
    let before = panics();
    let here = Here::new(wires.whole).await;
    // Of those whose answer was lost: how many were done all the same, and how many were not.
    let [mut done, mut undone] = [0, 0];
    for place in places::<U>(wires, &here).await {
        for used in [true, false] {
            let was_done = cut_at::<U>(wires, &here, place, used).await;
            done += usize::from(was_done == Some(true));
            undone += usize::from(was_done == Some(false));
        }
    }
    assert!(done > 0 && undone > 2, "{done} done, {undone} not");
    is_healthy(wires, &here).await;
    assert_eq!(panics(), before, "something panicked");
}

/// The places of a unit: the ends and some between of each direction, and its last answers, among
/// which is the one to its end.
async fn places<U: Unit>(wires: &Wires<'_>, here: &Here<'_>) -> Vec<Place> {
    let unit = prepare::<U>(wires, here, true).await;
    let first = run(wires, here, &unit, SOON).await;
    let answers = wires.proxy.answers();
    let lengths = [Direction::Up, Direction::Down].map(|way| (way, wires.proxy.passed(way)));
    is_done_once(wires, here, &unit, first, "nothing").await;
    let wanted = wires.effort.places;
    let mut places: Vec<_> = (0..answers).rev().take(wanted).map(Place::Answer).collect();
    for (direction, length) in lengths {
        assert!(length > 2 * wanted, "nothing went over the proxy");
        let between = (1..wanted).map(|n| length * n / wanted);
        let all = [0, 1, length - 2, length - 1].into_iter().chain(between);
        places.extend(all.map(|after| Place::After(direction, after)));
    }
    places
}

/// Whether a unit was done whose connection was cut here, if its answer was lost.
async fn cut_at<U: Unit>(
    wires: &Wires<'_>,
    here: &Here<'_>,
    place: Place,
    used: bool,
) -> Option<bool> {
    let unit = prepare::<U>(wires, here, used).await;
    wires.proxy.cut(place);
    let first = run(wires, here, &unit, SOON).await;
    wires.proxy.reset();
    let lost = first.is_err();
    let place = format!("{place:?}, used: {used}");
    let was_done = is_done_once(wires, here, &unit, first, &place).await;
    lost.then_some(was_done)
}

/// A unit to be done over a connection that was used before, or over one that is gone, and then a
/// new one.
async fn prepare<U: Unit>(wires: &Wires<'_>, here: &Here<'_>, used: bool) -> U {
    let unit = U::new(here).await;
    if used {
        wires.fragile.ping().await.unwrap();
    } else {
        wires.proxy.hang_up();
    }
    wires.proxy.reset();
    unit
}

/// Does a unit over the fragile way; it takes no longer than `limit`.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a test waits is real time"
)]
async fn run<U: Unit>(
    wires: &Wires<'_>,
    here: &Here<'_>,
    unit: &U,
    limit: Duration,
) -> Result<bool, StorageError> {
    let started = Instant::now();
    let outcome = unit.run(&here.through(wires.fragile)).await;
    let taken = started.elapsed();
    assert!(taken < limit, "it took {taken:?} to say {outcome:?}");
    outcome
}

/// Asserts that a unit with this outcome was done or not, and is done once it was asked for again.
/// Says which of the two it was.
async fn is_done_once<U: Unit>(
    wires: &Wires<'_>,
    here: &Here<'_>,
    unit: &U,
    first: Result<bool, StorageError>,
    place: &str,
) -> bool {
    let done = is_done(here, unit, wires.wait).await;
    match first {
        Ok(true) => assert!(done, "done but not there, {place}"),
        Err(StorageError::Unavailable(_)) => {}
        other => panic!("{other:?}, {place}"),
    }
    match unit.run(&here.through(wires.fragile)).await {
        Ok(again) => assert!(!(done && again), "done twice, {place}"),
        error => panic!("{error:?} when asked again, {place}"),
    }
    let parts = unit.parts(here).await;
    assert!(parts.iter().all(|part| *part), "{parts:?}, {place}");
    let third = unit.run(here).await;
    assert!(matches!(third, Ok(false)), "{third:?} at last, {place}");
    done
}

/// Whether a unit was done: all of it or nothing. What the server is still at may show in some of
/// our questions and not in others, but not for long.
pub(crate) async fn is_done<U: Unit>(here: &Here<'_>, unit: &U, wait: &Wait) -> bool {
    let mut parts = Vec::new();
    for _ in 0..50 {
        parts = unit.parts(here).await;
        if parts.iter().all(|part| *part == parts[0]) {
            return parts[0];
        }
        wait(Duration::from_millis(20)).await;
    }
    panic!("done by half: {parts:?}");
}

/// Asserts that all connections are good: more ask at once than there are.
async fn is_healthy(wires: &Wires<'_>, here: &Here<'_>) {
    let there = here.through(wires.fragile);
    let units = join_all((0..wires.effort.crowd).map(|_| AddUser::new(here))).await;
    for outcome in join_all(units.iter().map(|unit| unit.run(&there))).await {
        assert!(outcome.unwrap());
    }
    for unit in &units {
        assert!(unit.parts(here).await.iter().all(|part| *part));
    }
}
