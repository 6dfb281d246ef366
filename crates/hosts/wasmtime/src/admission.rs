//! Who may run, who waits, and who is sent away.
//!
//! A request of the public takes a place of its component, then one among all public ones: those
//! who wait for a busy component are in nobody else's way. A request of another component takes
//! a place of its component only, and then a spare instance without waiting for it. So a login
//! that waits for the hasher is never waited for by it. As long as a limited component is called
//! either by the public or by other components, and these not in a circle, somebody runs; where
//! not, waiting ends with the patience of those who wait.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How many requests may run and wait. They are served in the order in which they came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limit {
    /// At the same time. At least one.
    pub running: usize,
    /// In the queue. Whoever finds it full is sent away at once.
    pub waiting: usize,
}

/// There is no place left, not even in the queue, or none came free in time.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Overloaded;

/// A place to run. It is free again when this is dropped.
pub(crate) struct Permit {
    _places: Vec<OwnedSemaphorePermit>,
}

/// A [`Limit`] at work.
#[derive(Clone)]
pub(crate) struct Gate {
    /// One for everyone inside, running or waiting.
    tickets: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Gate {
    pub(crate) fn new(limit: Limit) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        let running = limit.running.max(1);
        Self {
            tickets: places(running.saturating_add(limit.waiting)),
            running: places(running),
        }
    }

    async fn enter(&self, places: &mut Vec<OwnedSemaphorePermit>) -> Result<(), Overloaded> {
        let ticket = Arc::clone(&self.tickets).try_acquire_owned();
        places.push(ticket.map_err(|_| Overloaded)?);
        let running = Arc::clone(&self.running).acquire_owned().await;
        places.push(running.map_err(|_| Overloaded)?);
        Ok(())
    }
}

/// The places of the host.
pub(crate) struct Admission {
    public: Gate,
    public_places: u32,
    chained: Arc<Semaphore>,
    patience: Duration,
}

impl Admission {
    pub(crate) fn new(public: Limit, chained: usize, patience: Duration) -> Self {
        Self {
            public: Gate::new(public),
            public_places: u32::try_from(public.running.max(1)).unwrap_or(u32::MAX),
            chained: Arc::new(Semaphore::new(chained.min(Semaphore::MAX_PERMITS))),
            patience,
        }
    }

    /// A place for a request of the public.
    pub(crate) async fn public(&self, component: Option<&Gate>) -> Result<Permit, Overloaded> {
        self.patient(async {
            let mut places = Vec::with_capacity(4);
            if let Some(gate) = component {
                gate.enter(&mut places).await?;
            }
            self.public.enter(&mut places).await?;
            Ok(Permit { _places: places })
        })
        .await
    }

    /// A place for a request of another component.
    pub(crate) async fn chained(&self, component: Option<&Gate>) -> Result<Permit, Overloaded> {
        self.patient(async {
            let mut places = Vec::with_capacity(3);
            if let Some(gate) = component {
                gate.enter(&mut places).await?;
            }
            let spare = Arc::clone(&self.chained).try_acquire_owned();
            places.push(spare.map_err(|_| Overloaded)?);
            Ok(Permit { _places: places })
        })
        .await
    }

    /// Waits until no request of the public runs.
    pub(crate) async fn idle(&self) {
        // An error is a closed semaphore, and nobody closes it.
        drop(self.public.running.acquire_many(self.public_places).await);
    }

    async fn patient(
        &self,
        enter: impl Future<Output = Result<Permit, Overloaded>>,
    ) -> Result<Permit, Overloaded> {
        timeout(self.patience, enter)
            .await
            .unwrap_or(Err(Overloaded))
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use tokio::{sync::mpsc, task::yield_now, time::timeout};

    use super::{Admission, Gate, Limit, Overloaded};

    const SOON: Duration = Duration::from_millis(50);

    fn admission(running: usize, waiting: usize) -> Arc<Admission> {
        Arc::new(Admission::new(Limit { running, waiting }, 1, SOON))
    }

    #[tokio::test]
    async fn whoever_finds_the_queue_full_is_sent_away_at_once() {
        let admission = admission(1, 1);
        let running = admission.public(None).await.unwrap();
        let waiting = tokio::spawn({
            let admission = Arc::clone(&admission);
            async move { admission.public(None).await.map(drop) }
        });
        yield_now().await;
        let at_once = timeout(Duration::ZERO, admission.public(None)).await;
        assert_eq!(
            at_once.map(|outcome| outcome.map(drop)),
            Ok(Err(Overloaded))
        );
        drop(running);
        assert_eq!(waiting.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn whoever_waits_too_long_is_sent_away_and_leaves_nothing_behind() {
        let admission = admission(1, 1);
        let running = admission.public(None).await.unwrap();
        assert!(admission.public(None).await.is_err());
        drop(running);
        assert!(admission.public(None).await.is_ok());
    }

    #[tokio::test]
    async fn the_queue_is_first_in_first_out() {
        let admission = admission(1, 10);
        let running = admission.public(None).await.unwrap();
        let (sender, mut order) = mpsc::unbounded_channel();
        for number in 0..10 {
            let (admission, sender) = (Arc::clone(&admission), sender.clone());
            tokio::spawn(async move {
                let _permit = admission.public(None).await;
                sender.send(number).unwrap();
            });
            yield_now().await;
        }
        drop((running, sender));
        for number in 0..10 {
            assert_eq!(order.recv().await, Some(number));
        }
    }

    #[tokio::test]
    async fn a_chained_request_needs_no_public_place() {
        let admission = admission(1, 0);
        let gate = Gate::new(Limit {
            running: 1,
            waiting: 0,
        });
        let _public = admission.public(None).await.unwrap();
        let chained = admission.chained(Some(&gate)).await.unwrap();
        assert!(
            admission.chained(Some(&gate)).await.is_err(),
            "the component is full"
        );
        assert!(
            admission.chained(None).await.is_err(),
            "no spare instance is left"
        );
        drop(chained);
        assert!(admission.chained(Some(&gate)).await.is_ok());
    }

    #[tokio::test]
    async fn idle_is_when_nobody_runs() {
        let admission = admission(2, 0);
        let running = admission.public(None).await.unwrap();
        assert!(timeout(SOON, admission.idle()).await.is_err());
        drop(running);
        assert!(timeout(SOON, admission.idle()).await.is_ok());
    }
}
