//! `iam gateway`: the sidecar that serves databases over HTTP.

mod limits;
mod options;
mod targets;

use anyhow::{Result, bail};
use iam_gateway::{Drained, Gateway};
use tokio::{runtime, select};

pub(crate) use self::options::Options;
use crate::shutdown::StopSignals;

pub(crate) fn run(options: Options) -> Result<()> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(options))
}

async fn serve(options: Options) -> Result<()> {
    let mut stop = StopSignals::listen()?;
    let settings = options.settings()?;
    let served = options::served(&settings);
    let patience = settings.limits.drain_timeout;
    let gateway = Gateway::bind(settings).await?;
    println!(
        "iam gateway {} listens on http://{}",
        env!("CARGO_PKG_VERSION"),
        gateway.local_addr()
    );
    for (name, what) in served {
        println!("  {name:<12} {what}");
    }
    let (quit, quitting) = tokio::sync::oneshot::channel::<()>();
    let serving = gateway.serve(async { drop(quitting.await) });
    tokio::pin!(serving);
    select! {
        drained = &mut serving => return finish(drained),
        () = stop.recv() => {}
    }
    println!("stopping: what runs has {} s to finish", patience.as_secs());
    drop(quit);
    select! {
        drained = serving => finish(drained),
        // Whoever asks twice means now.
        () = stop.recv() => bail!("stopped before all requests were answered"),
    }
}

fn finish(drained: Drained) -> Result<()> {
    match drained {
        Drained::All => Ok(()),
        Drained::TimedOut => bail!("some requests were not answered in time and were cut off"),
    }
}
