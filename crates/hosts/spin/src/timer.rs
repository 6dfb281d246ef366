use std::{future::poll_fn, task::Poll, time::Duration};

use spin_executor::{CancelOnDropToken, push_waker_and_get_token};
use wasi::clocks::monotonic_clock::{now, subscribe_instant};

/// Waits. WASI 0.2 has no timers but pollables, which the SDK's executor takes.
pub(crate) async fn sleep(duration: Duration) {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let end = now().saturating_add(nanos);
    // The executor polls all futures each time one is ready; a pollable that is not taken back
    // before the next one is registered would stay with it, and so would one after the end.
    let mut registered: Option<CancelOnDropToken> = None;
    poll_fn(|context| {
        drop(registered.take());
        // The clock decides: wasmtime says of a new pollable that it is not ready, even for a
        // moment that is past.
        if now() >= end {
            return Poll::Ready(());
        }
        let token = push_waker_and_get_token(subscribe_instant(end), context.waker().clone());
        registered = Some(token.into());
        Poll::Pending
    })
    .await;
}
