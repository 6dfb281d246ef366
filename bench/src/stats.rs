use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

/// Times of one thing, repeated.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// The time that `percent` of them do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort();
        let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted
            .get(index)
            .map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
    }

    pub(crate) fn p50(&self) -> f64 {
        self.percentile(50)
    }

    pub(crate) fn print(&self, what: &str) {
        println!(
            "{what:<46} {:>8.1} ms p50 {:>8.1} ms p95  n={}",
            self.p50(),
            self.percentile(95),
            self.0.len()
        );
    }
}

/// Runs `work` and adds its time to `times`.
pub(crate) async fn timed<T>(times: &mut Times, work: impl Future<Output = T>) -> T {
    let started = clock();
    let outcome = work.await;
    times.add(started.elapsed());
    outcome
}

/// The clock of a benchmark is the real one.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn clock() -> Instant {
    Instant::now()
}

/// Prints `name = value`, and the goal it is held to.
pub(crate) fn ratio(name: &str, value: f64, goal: f64) {
    let verdict = if value <= goal { "met" } else { "MISSED" };
    println!("{name:<60} {value:>6.2}  goal <= {goal:.2}: {verdict}");
}

/// A figure of `/proc/<pid>/status` in MiB, such as `VmRSS`.
pub(crate) fn memory(pid: u32, name: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let digits = line.and_then(|l| l.trim_start_matches(':').split_whitespace().next());
    let kib: f64 = digits.context("no such figure")?.parse()?;
    Ok(kib / 1024.0)
}
