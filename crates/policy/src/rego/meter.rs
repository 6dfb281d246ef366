use std::{cell::RefCell, hint::black_box, num::NonZeroU32, sync::Once, time::Duration};

use regorus::{
    Engine,
    utils::limits::{ExecutionTimerConfig, TimeSource, set_time_source},
};
use thiserror::Error;

/// What an evaluation may use. It is counted, not timed, so that a policy gets through or does not
/// get through on every machine alike.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Steps of the interpreter: a million are roughly 60 ms of native code.
    pub work: u64,
    /// Bytes by which the memory of the instance may grow. Only on wasm: elsewhere nothing tells.
    pub memory: usize,
    /// Bytes of stack.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            work: 100_000,
            memory: 16 << 20,
            stack: 192 << 10,
        }
    }
}

/// Which limit an evaluation met.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum Exceeded {
    /// [`Limits::work`].
    #[error("takes too many steps")]
    Work,
    /// [`Limits::memory`].
    #[error("takes too much memory")]
    Memory,
    /// [`Limits::stack`].
    #[error("is nested too deep")]
    Stack,
}

/// What the evaluation that runs on this thread has used.
struct Usage {
    limits: Limits,
    work: u64,
    memory: usize,
    stack: usize,
    exceeded: Option<Exceeded>,
    /// What regorus takes for the time: it stands still until a limit is met, then it races.
    clock: Duration,
}

thread_local! {
    static USAGE: RefCell<Option<Usage>> = const { RefCell::new(None) };
}

/// Runs `evaluation` within `limits` and says how many steps it took. What it gives is void if a
/// limit was met: the interpreter takes the error for "undefined" in places.
pub(super) fn metered<T>(
    limits: Limits,
    evaluation: impl FnOnce() -> T,
) -> (Result<T, Exceeded>, u64) {
    let usage = Usage {
        limits,
        work: 0,
        memory: memory(),
        stack: stack(),
        exceeded: None,
        clock: Duration::ZERO,
    };
    let outer = USAGE.replace(Some(usage));
    let result = evaluation();
    let usage = USAGE.replace(outer);
    let (exceeded, work) = usage.map_or((None, 0), |u| (u.exceeded, u.work));
    (exceeded.map_or(Ok(result), Err), work)
}

/// Counts `work` steps of a builtin of ours; `false` if that is too many.
pub(super) fn charge(work: usize) -> bool {
    USAGE.with_borrow_mut(|usage| {
        let Some(usage) = usage else { return true };
        usage.charge(u64::try_from(work).unwrap_or(u64::MAX));
        usage.exceeded.is_none()
    })
}

impl Usage {
    fn charge(&mut self, work: u64) {
        self.work = self.work.saturating_add(work);
        let limits = self.limits;
        let exceeded = if self.work > limits.work {
            Some(Exceeded::Work)
        } else if memory().saturating_sub(self.memory) > limits.memory {
            Some(Exceeded::Memory)
        } else if self.stack.saturating_sub(stack()) > limits.stack {
            Some(Exceeded::Stack)
        } else {
            None
        };
        // The first one stays: it is the reason for what comes after.
        self.exceeded = self.exceeded.or(exceeded);
    }
}

/// The clock of regorus, which it asks at every step if told so. That makes it a counter of steps:
/// a real clock is a port here, and one that Workers stop while a request computes.
struct Meter;

impl TimeSource for Meter {
    fn now(&self) -> Option<Duration> {
        Some(USAGE.with_borrow_mut(|usage| {
            let Some(usage) = usage else {
                return Duration::ZERO;
            };
            usage.charge(1);
            if usage.exceeded.is_some() {
                usage.clock += Duration::from_secs(1);
            }
            usage.clock
        }))
    }
}

/// Makes `engine` count its steps.
pub(super) fn install(engine: &mut Engine) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // It fails if there is one already, and nobody else sets one.
        let _ = set_time_source(&Meter);
    });
    engine.set_execution_timer_config(ExecutionTimerConfig {
        limit: Duration::ZERO,
        check_interval: NonZeroU32::MIN,
    });
}

/// The bytes of memory that this instance has.
fn memory() -> usize {
    #[cfg(target_arch = "wasm32")]
    {
        core::arch::wasm32::memory_size::<0>() << 16
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        0
    }
}

/// Where the stack ends, roughly; it grows downwards on all targets there are.
#[inline(never)]
fn stack() -> usize {
    let here = 0_u8;
    black_box(&raw const here).addr()
}
