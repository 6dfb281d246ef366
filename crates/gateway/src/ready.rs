//! `GET /readyz`: whether what is behind the gateway answers, and it takes work itself.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use http::StatusCode;
use serde::Serialize;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{
    backend::{Backend, Backends},
    reply::{self, Reply},
};

/// How long an answer holds: who asks in a loop does not reach the databases.
const HOLDS: Duration = Duration::from_secs(2);

/// How long each may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is known of the state of everything behind the gateway.
#[derive(Default)]
pub(crate) struct Readiness {
    is_draining: AtomicBool,
    /// Held while they are asked, so that they are asked once.
    last: Mutex<Option<(Instant, BTreeMap<String, State>)>>,
}

#[derive(Clone, Copy, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Up,
    Down,
}

#[derive(Serialize)]
struct Body {
    status: &'static str,
    targets: BTreeMap<String, State>,
}

impl Readiness {
    /// No new work, please: it ends.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }

    /// Answers `GET /readyz`: names, and whether each answers. Why not is not told here.
    pub(crate) async fn answer(&self, backends: &Backends) -> Reply {
        if self.is_draining.load(Ordering::Relaxed) {
            return answer("draining", BTreeMap::new());
        }
        let targets = self.targets(backends).await;
        let is_ready = targets.values().all(|state| *state == State::Up);
        answer(if is_ready { "ready" } else { "not ready" }, targets)
    }

    async fn targets(&self, backends: &Backends) -> BTreeMap<String, State> {
        let mut last = self.last.lock().await;
        if let Some((at, targets)) = &*last
            && at.elapsed() < HOLDS
        {
            return targets.clone();
        }
        let ask = async |(name, backend): (&String, &std::sync::Arc<dyn Backend>)| {
            let is_well = timeout(PATIENCE, backend.is_well()).await;
            let state = if is_well == Ok(true) {
                State::Up
            } else {
                State::Down
            };
            (name.clone(), state)
        };
        let targets: BTreeMap<_, _> = join_all(backends.iter().map(ask))
            .await
            .into_iter()
            .collect();
        *last = Some((Instant::now(), targets.clone()));
        targets
    }
}

fn answer(status: &'static str, targets: BTreeMap<String, State>) -> Reply {
    let code = match status {
        "ready" => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    reply::json(code, &Body { status, targets })
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    };

    use async_trait::async_trait;
    use tokio::time::advance;

    use super::{HOLDS, Readiness};
    use crate::backend::{Backend, Backends};

    #[derive(Default)]
    struct Probe {
        is_up: AtomicBool,
        asked: AtomicUsize,
    }

    #[async_trait]
    impl Backend for Arc<Probe> {
        async fn is_well(&self) -> bool {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.is_up.load(Ordering::SeqCst)
        }

        async fn sweep(&self) {}

        async fn close(&self) {}
    }

    fn one(probe: &Arc<Probe>) -> Backends {
        let backend: Arc<dyn Backend> = Arc::new(Arc::clone(probe));
        [("main".to_owned(), backend)].into()
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_ready_when_all_answer_and_does_not_ask_them_each_time() {
        let (readiness, probe) = (Readiness::default(), Arc::new(Probe::default()));
        let backends = one(&probe);
        assert_eq!(readiness.answer(&backends).await.status(), 503);
        probe.is_up.store(true, Ordering::SeqCst);
        assert_eq!(readiness.answer(&backends).await.status(), 503, "held");
        assert_eq!(probe.asked.load(Ordering::SeqCst), 1);
        advance(HOLDS).await;
        assert_eq!(readiness.answer(&backends).await.status(), 200);
    }

    #[tokio::test]
    async fn it_is_not_ready_while_it_drains() {
        let (readiness, probe) = (Readiness::default(), Arc::new(Probe::default()));
        probe.is_up.store(true, Ordering::SeqCst);
        readiness.drain();
        assert_eq!(readiness.answer(&one(&probe)).await.status(), 503);
        assert_eq!(probe.asked.load(Ordering::SeqCst), 0);
    }
}
