use std::time::Duration;

use prometheus_client::metrics::{counter::Counter, gauge::Gauge, histogram::Histogram};

/// What is counted of one pool. Copies count together.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    /// Connections that are open.
    pub(crate) open: Gauge,
    /// Those of them that nobody uses.
    pub(crate) idle: Gauge,
    /// Units of work that wait for a connection.
    pub(crate) waiting: Gauge,
    /// Connections that were opened, ever.
    pub(crate) opened: Counter,
    /// Connections that could not be opened.
    pub(crate) open_failed: Counter,
    /// Units of work that got no connection.
    pub(crate) refused: Counter,
    /// Units of work that took too long.
    pub(crate) timed_out: Counter,
    /// How many seconds units of work took.
    pub(crate) seconds: Histogram,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            open: Gauge::default(),
            idle: Gauge::default(),
            waiting: Gauge::default(),
            opened: Counter::default(),
            open_failed: Counter::default(),
            refused: Counter::default(),
            timed_out: Counter::default(),
            seconds: seconds(),
        }
    }
}

/// From half a millisecond, which a database next door needs, to a minute.
pub(crate) fn seconds() -> Histogram {
    Histogram::new([
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
        60.0,
    ])
}

/// Stands for one that is counted in a gauge, until it is dropped.
pub(crate) struct Counted(Gauge);

impl Counted {
    pub(crate) fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Counts {
    /// One more who waits, unless there are `most` already.
    pub(super) fn wait(&self, most: usize) -> Option<Counted> {
        let before = self.waiting.inc();
        let waiting = Counted(self.waiting.clone());
        usize::try_from(before)
            .is_ok_and(|before| before < most)
            .then_some(waiting)
    }

    pub(super) fn opened(&self) -> Counted {
        self.opened.inc();
        Counted::new(&self.open)
    }

    pub(super) fn open_failed(&self) {
        self.open_failed.inc();
    }

    pub(super) fn refused(&self) {
        self.refused.inc();
    }

    pub(super) fn timed_out(&self) {
        self.timed_out.inc();
    }

    pub(super) fn worked(&self, time: Duration) {
        self.seconds.observe(time.as_secs_f64());
    }

    pub(super) fn idle_more(&self) {
        self.idle.inc();
    }

    pub(super) fn idle_fewer(&self) {
        self.idle.dec();
    }
}
