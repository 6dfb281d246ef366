//! `iam up`: everything on this machine.

mod announce;
mod messages;
mod options;
mod schedule;
mod settings;
mod stack;
mod state;
mod upkeep;

use std::time::Instant;

use anyhow::Result;
use tokio::{join, runtime, select, sync::oneshot};

pub(crate) use options::Options;

use self::stack::Stack;
use crate::shutdown::StopSignals;

/// The start of this program, as near as it can be told.
#[expect(
    clippy::disallowed_methods,
    reason = "a program measures its own start"
)]
pub(crate) fn process_clock() -> Instant {
    Instant::now()
}

pub(crate) fn run(options: &Options, started: Instant) -> Result<()> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(up(options, started))
}

async fn up(options: &Options, started: Instant) -> Result<()> {
    let mut stop = StopSignals::listen()?;
    let stack = select! {
        stack = Stack::start(options, started) => stack?,
        () = stop.recv() => return Ok(()),
    };
    let Stack {
        host,
        listener,
        hook_listener,
        gateway,
        mut hydra,
        upkeep,
    } = stack;
    let (close, closed) = oneshot::channel::<()>();
    let (close_hook, hook_closed) = oneshot::channel::<()>();
    let serving = async {
        let closed = async { drop(closed.await) };
        host.serve(listener, closed).await;
        drop(close_hook);
    };
    // Hydra asks the hook for the last logins too.
    let hook = host.serve(hook_listener, async { drop(hook_closed.await) });
    let waiting = async {
        select! {
            () = stop.recv() => {}
            () = hydra.keep_running() => {}
            () = upkeep.run() => {}
        }
        println!("stopping");
        drop(close);
    };
    join!(serving, hook, waiting);
    // What the last logins still needed goes after them.
    gateway.stop().await;
    hydra.stop().await;
    Ok(())
}
