//! A server that dies and comes back while it is at work.

use std::{cell::Cell, time::Duration};

use futures_util::future::join_all;
use iam_storage_ports::{Storage, StorageError};

use crate::{
    ephemeral::Wait,
    fault::{AddUser, Unit, is_done, panics},
    fixture::Here,
};

/// A database whose server can be killed.
pub struct Mortal<'a> {
    /// The database.
    pub storage: &'a dyn Storage,
    /// Ends the server as a crash does: it has no time for anything.
    pub kill: &'a dyn Fn(),
    /// Starts it again over what is on the disk; does not wait until it answers.
    pub revive: &'a dyn Fn(),
    /// Lets time pass.
    pub wait: &'a Wait,
}

/// How many work at once.
const WORKERS: usize = 8;

/// How many units each has done before the server dies, and after it is back.
const EACH: usize = 5;

/// How often a worker asks before it gives up: for half a minute.
const PATIENCE: usize = 300;

/// What was said to be done is there when the server is back; all else is whole or absent, and who
/// asked was told that the database is unavailable. Nobody has to be started again for it.
pub async fn what_was_done_is_there_after_a_crash(mortal: &Mortal<'_>) {
    let before = panics();
    let here = Here::new(mortal.storage).await;
    let ready = Cell::new(0);
    let work = join_all((0..WORKERS).map(|_| work(mortal, &here, &ready)));
    for (unit, done) in work.await.into_iter().flatten() {
        let is_there = is_done(&here, &unit, mortal.wait).await;
        assert!(is_there || !done, "a unit that was done is gone");
        assert_eq!(unit.run(&here).await.unwrap(), !is_there);
    }
    assert_eq!(panics(), before, "something panicked");
}

/// Does units until the server has died and come back; gives each with whether it was done.
async fn work(mortal: &Mortal<'_>, here: &Here<'_>, ready: &Cell<usize>) -> Vec<(AddUser, bool)> {
    let mut units = Vec::new();
    while done(&units) < EACH {
        units.push(attempt(mortal, here).await);
    }
    ready.set(ready.get() + 1);
    if ready.get() == WORKERS {
        // The others are in the middle of something.
        (mortal.kill)();
        (mortal.wait)(Duration::from_millis(200)).await;
        (mortal.revive)();
        ready.set(WORKERS + 1);
    }
    while ready.get() <= WORKERS {
        units.push(attempt(mortal, here).await);
    }
    let at_crash = done(&units);
    for _ in 0..PATIENCE {
        if done(&units) >= at_crash + EACH {
            return units;
        }
        units.push(attempt(mortal, here).await);
    }
    panic!("the database does not come back");
}

async fn attempt(mortal: &Mortal<'_>, here: &Here<'_>) -> (AddUser, bool) {
    let unit = AddUser::new(here).await;
    match unit.run(here).await {
        Ok(done) => {
            assert!(done);
            (unit, true)
        }
        Err(StorageError::Unavailable(_)) => {
            (mortal.wait)(Duration::from_millis(100)).await;
            (unit, false)
        }
        Err(error) => panic!("{error:?}"),
    }
}

fn done(units: &[(AddUser, bool)]) -> usize {
    units.iter().filter(|(_, done)| *done).count()
}
