use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask a program to stop.
pub(crate) struct StopSignals([Signal; 3]);

impl StopSignals {
    pub(crate) fn listen() -> Result<Self> {
        Ok(Self([
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    /// Waits for one of them.
    pub(crate) async fn recv(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}
