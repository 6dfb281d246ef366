use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

/// Does `work` now and then again each `period`, one after the other. Never returns.
pub(super) async fn every(period: Duration, mut work: impl AsyncFnMut()) {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        work().await;
    }
}
