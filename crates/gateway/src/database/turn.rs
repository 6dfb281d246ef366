use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a writer waits for its turn: longer than an idle transaction may keep it.
const PATIENCE: Duration = Duration::from_secs(8);

/// libSQL has one writer at a time. Writers queue here, first come first served and without a
/// thread each, and not at the file's lock, where they would sleep and try again in no order.
pub(crate) struct WriteTurn {
    turn: Arc<Semaphore>,
    waiting: AtomicUsize,
    wanted: Notify,
}

/// The right to write, until it is dropped.
pub(crate) type Turn = OwnedSemaphorePermit;

impl WriteTurn {
    pub(super) fn new() -> Self {
        Self {
            turn: Arc::new(Semaphore::new(1)),
            waiting: AtomicUsize::new(0),
            wanted: Notify::new(),
        }
    }

    /// Waits for the turn; `None` if it did not come in time.
    pub(crate) async fn take(&self) -> Option<Turn> {
        let turn = Arc::clone(&self.turn);
        if let Ok(turn) = Arc::clone(&turn).try_acquire_owned() {
            return Some(turn);
        }
        let _waiting = Waiting::new(&self.waiting);
        self.wanted.notify_waiters();
        timeout(PATIENCE, turn.acquire_owned()).await.ok()?.ok()
    }

    /// Waits until somebody waits for the turn.
    pub(crate) async fn wanted(&self) {
        loop {
            // Before the look, or one who comes between the look and the wait is missed.
            let wanted = self.wanted.notified();
            if self.waiting.load(Ordering::SeqCst) > 0 {
                return;
            }
            wanted.await;
        }
    }
}

/// Counts for as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use tokio::time::timeout;

    use super::WriteTurn;

    #[tokio::test(start_paused = true)]
    async fn the_second_writer_waits_and_is_seen_waiting() {
        let turn = Arc::new(WriteTurn::new());
        let first = turn.take().await.unwrap();
        let nobody = timeout(Duration::from_mins(1), turn.wanted()).await;
        assert!(nobody.is_err(), "nobody waits yet");
        let queue = Arc::clone(&turn);
        let second = tokio::spawn(async move { queue.take().await.is_some() });
        turn.wanted().await;
        drop(first);
        assert!(second.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_forever() {
        let turn = WriteTurn::new();
        let _first = turn.take().await.unwrap();
        assert!(turn.take().await.is_none());
    }
}
