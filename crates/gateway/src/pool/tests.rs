use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::{advance, sleep};

use super::{Counts, Driver, Pool, PoolError};
use crate::Limits;

/// A database that opens connections with numbers.
#[derive(Default)]
struct Numbers {
    next: AtomicUsize,
    closed: AtomicUsize,
    is_away: AtomicBool,
    is_silent: AtomicBool,
}

#[derive(Debug, Eq, PartialEq)]
enum Failure {
    Away,
    Pool(PoolError),
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        Self::Pool(error)
    }
}

/// The number, and whether the database has closed it.
struct Number(usize, bool);

impl Driver for Numbers {
    type Connection = Number;
    type Error = Failure;

    async fn open(&self) -> Result<Number, Failure> {
        if self.is_silent.load(Ordering::SeqCst) {
            std::future::pending::<Infallible>().await;
        }
        if self.is_away.load(Ordering::SeqCst) {
            return Err(Failure::Away);
        }
        Ok(Number(self.next.fetch_add(1, Ordering::SeqCst), false))
    }

    async fn is_quiet(&self, connection: &mut Number) -> bool {
        !connection.1
    }

    async fn ping(&self, _: &mut Number) -> Result<(), Failure> {
        Ok(())
    }

    async fn close(&self, _: Number) {
        self.closed.fetch_add(1, Ordering::SeqCst);
    }
}

fn pool(connections: usize, waiting: usize) -> (Arc<Pool<Numbers>>, Counts) {
    let limits = Limits {
        connections,
        waiting,
        ..Limits::default()
    };
    let counts = Counts::default();
    (
        Pool::new(Numbers::default(), limits, counts.clone()),
        counts,
    )
}

fn gauges(counts: &Counts) -> (i64, i64, i64) {
    (counts.open.get(), counts.idle.get(), counts.waiting.get())
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_kept_is_used_again_and_one_that_was_not_is_gone() {
    let (pool, counts) = pool(2, 0);
    let lease = pool.take().await.unwrap();
    assert_eq!((lease.0, gauges(&counts)), (0, (1, 0, 0)));
    lease.keep();
    assert_eq!(gauges(&counts), (1, 1, 0));
    let lease = pool.take().await.unwrap();
    assert_eq!((lease.0, gauges(&counts)), (0, (1, 0, 0)));
    drop(lease);
    assert_eq!(gauges(&counts), (0, 0, 0));
    assert_eq!(pool.take().await.unwrap().0, 1);
    assert_eq!(counts.opened.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_that_the_database_has_closed_is_not_used_again() {
    let (pool, counts) = pool(2, 0);
    let mut lease = pool.take().await.unwrap();
    lease.1 = true;
    lease.keep();
    let lease = pool.take().await.unwrap();
    assert_eq!((lease.0, gauges(&counts)), (1, (1, 0, 0)));
}

#[tokio::test(start_paused = true)]
async fn who_finds_all_at_work_waits_and_only_so_many_and_so_long() {
    let (pool, counts) = pool(1, 1);
    let lease = pool.take().await.unwrap();
    let waiter = tokio::spawn({
        let pool = Arc::clone(&pool);
        async move { pool.take().await.map(|lease| lease.0) }
    });
    tokio::task::yield_now().await;
    assert_eq!(gauges(&counts), (1, 0, 1));
    let one_too_many = pool.take().await.map(|lease| lease.0);
    assert_eq!(one_too_many, Err(Failure::Pool(PoolError::Busy)));
    lease.keep();
    assert_eq!(waiter.await.unwrap(), Ok(0));
    let _lease = pool.take().await.unwrap();
    let too_long = pool.take().await.map(|lease| lease.0);
    assert_eq!(too_long, Err(Failure::Pool(PoolError::Busy)));
    assert_eq!((counts.refused.get(), counts.waiting.get()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_away_or_silent_leaves_no_place_taken() {
    let (pool, counts) = pool(1, 0);
    pool.driver.is_away.store(true, Ordering::SeqCst);
    assert_eq!(pool.take().await.map(|lease| lease.0), Err(Failure::Away));
    pool.driver.is_away.store(false, Ordering::SeqCst);
    pool.driver.is_silent.store(true, Ordering::SeqCst);
    let silent = pool.take().await.map(|lease| lease.0);
    assert_eq!(silent, Err(Failure::Pool(PoolError::Unreachable)));
    assert!(!pool.is_well().await);
    pool.driver.is_silent.store(false, Ordering::SeqCst);
    assert!(pool.is_well().await);
    assert_eq!((counts.open_failed.get(), gauges(&counts)), (3, (1, 1, 0)));
}

#[tokio::test(start_paused = true)]
async fn work_that_takes_too_long_is_given_up_and_counted() {
    let (pool, counts) = pool(1, 0);
    let quick = pool.timed(async { Ok(1) }).await;
    assert_eq!(quick, Ok(1));
    let slow = pool.timed(async {
        sleep(Duration::from_hours(1)).await;
        Ok(1)
    });
    assert_eq!(slow.await, Err(Failure::Pool(PoolError::TooSlow)));
    assert_eq!(counts.timed_out.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_idle_for_too_long_is_closed() {
    let (pool, counts) = pool(2, 0);
    let (first, second) = (pool.take().await.unwrap(), pool.take().await.unwrap());
    first.keep();
    advance(Duration::from_mins(4)).await;
    second.keep();
    advance(Duration::from_mins(1)).await;
    pool.sweep().await;
    assert_eq!(gauges(&counts), (1, 1, 0));
    assert_eq!(pool.driver.closed.load(Ordering::SeqCst), 1);
    advance(Duration::from_mins(4)).await;
    assert_eq!(pool.take().await.unwrap().0, 2, "too old, swept or not");
}

#[tokio::test(start_paused = true)]
async fn a_closed_pool_gives_nothing_and_keeps_nothing() {
    let (pool, counts) = pool(2, 5);
    let (idle, busy) = (pool.take().await.unwrap(), pool.take().await.unwrap());
    idle.keep();
    pool.close().await;
    assert_eq!(pool.driver.closed.load(Ordering::SeqCst), 1);
    let late = pool.take().await.map(|lease| lease.0);
    assert_eq!(late, Err(Failure::Pool(PoolError::Busy)));
    busy.keep();
    assert_eq!(gauges(&counts), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_renewed_lease_has_another_connection_in_the_same_place() {
    let (pool, counts) = pool(1, 0);
    let lease = pool.take().await.unwrap().renewed().await.unwrap();
    assert_eq!((lease.0, gauges(&counts)), (1, (1, 0, 0)));
    lease.keep();
    assert_eq!(pool.take().await.unwrap().0, 1);
}
