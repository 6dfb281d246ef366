//! What is counted, as Prometheus reads it. Labels are names from the settings, kinds, routes and
//! statuses: nothing that a client sends becomes one.

use std::time::Duration;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::pool::{Counted, Counts, seconds};

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Requests,
    pools: Pools,
}

/// What is counted of requests.
struct Requests {
    done: Family<RequestLabels, Counter>,
    running: Gauge,
    seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
}

/// How a request was answered.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct RequestLabels {
    route: &'static str,
    status: u16,
}

/// Which route a figure is about.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct RouteLabels {
    route: &'static str,
}

/// Which pool a figure is about.
#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct PoolLabels {
    target: String,
    kind: &'static str,
}

/// [`Counts`] of all pools.
struct Pools {
    open: Family<PoolLabels, Gauge>,
    idle: Family<PoolLabels, Gauge>,
    waiting: Family<PoolLabels, Gauge>,
    opened: Family<PoolLabels, Counter>,
    open_failed: Family<PoolLabels, Counter>,
    refused: Family<PoolLabels, Counter>,
    timed_out: Family<PoolLabels, Counter>,
    seconds: Family<PoolLabels, Histogram, fn() -> Histogram>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("iam_gateway");
        let requests = Requests::register(&mut registry);
        let pools = Pools::register(&mut registry);
        Self {
            registry,
            requests,
            pools,
        }
    }

    /// A request that begins; it runs until what is returned is dropped.
    pub(crate) fn request(&self) -> Counted {
        Counted::new(&self.requests.running)
    }

    /// A request on `route` was answered with `status`, after `time`.
    pub(crate) fn answered(&self, route: &'static str, status: u16, time: Duration) {
        let labels = RequestLabels { route, status };
        self.requests.done.get_or_create(&labels).inc();
        let seconds = self.requests.seconds.get_or_create(&RouteLabels { route });
        seconds.observe(time.as_secs_f64());
    }

    /// What is counted of the pool of `target`, a database of this `kind`.
    pub(crate) fn pool(&self, kind: &'static str, target: &str) -> Counts {
        let target = target.to_owned();
        let labels = PoolLabels { target, kind };
        let all = &self.pools;
        Counts {
            open: all.open.get_or_create_owned(&labels),
            idle: all.idle.get_or_create_owned(&labels),
            waiting: all.waiting.get_or_create_owned(&labels),
            opened: all.opened.get_or_create_owned(&labels),
            open_failed: all.open_failed.get_or_create_owned(&labels),
            refused: all.refused.get_or_create_owned(&labels),
            timed_out: all.timed_out.get_or_create_owned(&labels),
            seconds: all.seconds.get_or_create_owned(&labels),
        }
    }

    /// All figures, in the text format of `OpenMetrics` 1.0.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // A `String` takes whatever is written to it.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Requests {
    fn register(registry: &mut Registry) -> Self {
        let all = Self {
            done: Family::default(),
            running: Gauge::default(),
            seconds: Family::new_with_constructor(seconds),
        };
        registry.register("requests", "Requests answered", all.done.clone());
        let help = "Requests being worked on";
        registry.register("requests_running", help, all.running.clone());
        let help = "How long requests took";
        registry.register("request_duration_seconds", help, all.seconds.clone());
        all
    }
}

impl Pools {
    fn register(registry: &mut Registry) -> Self {
        let all = Self {
            open: Family::default(),
            idle: Family::default(),
            waiting: Family::default(),
            opened: Family::default(),
            open_failed: Family::default(),
            refused: Family::default(),
            timed_out: Family::default(),
            seconds: Family::new_with_constructor(seconds),
        };
        let gauges = [
            ("connections_open", "Open connections", &all.open),
            ("connections_idle", "Connections nobody uses", &all.idle),
            ("units_waiting", "Units of work waiting", &all.waiting),
        ];
        for (name, help, family) in gauges {
            registry.register(name, help, family.clone());
        }
        let counters = [
            ("connections_opened", "Connections opened", &all.opened),
            (
                "connections_failed",
                "Connections that could not be opened",
                &all.open_failed,
            ),
            (
                "units_refused",
                "Units of work that got no connection",
                &all.refused,
            ),
            (
                "units_timed_out",
                "Units of work that took too long",
                &all.timed_out,
            ),
        ];
        for (name, help, family) in counters {
            registry.register(name, help, family.clone());
        }
        let help = "How long units of work took in the database";
        registry.register("unit_duration_seconds", help, all.seconds.clone());
        all
    }
}
