//! `make bench`: figures side by side, measured in one run, and their ratios.

mod argon;
mod bare_hydra;
mod load;
mod ours;
mod stack;
mod stats;

use std::{path::PathBuf, rc::Rc};

use anyhow::Result;
use clap::Parser;
use iam_host_native::NativePlatform;
use iam_platform::Platform;

use crate::{
    argon::Argon,
    bare_hydra::BareHydra,
    ours::App,
    stack::Stack,
    stats::{Times, ratio, timed},
};

/// Measures what the project promises to be fast.
#[derive(Parser)]
struct Options {
    /// How often each single thing is measured.
    #[arg(long, default_value_t = 60)]
    samples: usize,
    /// How many logins are sent with 64 under way at once.
    #[arg(long, default_value_t = 400)]
    logins: usize,
    /// How many logins are sent all at once.
    #[arg(long, default_value_t = 1000)]
    storm: usize,
    /// The program to measure.
    #[arg(long, default_value = "target/release/iam")]
    program: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let dir = std::env::temp_dir().join(format!("iam-bench-{}", std::process::id()));
    let outcome = bench(&options, &dir).await;
    // What is left of a bench is of no use to anybody.
    let _ = std::fs::remove_dir_all(&dir);
    outcome
}

async fn bench(options: &Options, dir: &std::path::Path) -> Result<()> {
    println!("first start, nothing compiled or migrated:");
    println!("  {}", Stack::start(&options.program, dir)?.ready);
    println!("cold starts after that:");
    for _ in 0..3 {
        println!("  {}", Stack::start(&options.program, dir)?.ready);
    }
    let stack = Stack::start(&options.program, dir)?;
    println!("memory of iam, idle: {:.0} MiB", stack.memory("VmRSS")?);

    let platform: Rc<dyn Platform> = Rc::new(NativePlatform::default());
    let app = App::new(&stack)?;
    let bare = BareHydra::start(stack.dir(), Rc::clone(&platform)).await?;
    let argon = Argon::start(dir, platform).await?;
    sequential(options.samples, &argon, &bare, &app).await?;

    println!();
    load::logins(&app, options.logins, 64).await?;
    load::logins(&app, options.storm, options.storm).await?;
    println!(
        "memory of iam, after that: {:.0} MiB, at most {:.0} MiB",
        stack.memory("VmRSS")?,
        stack.memory("VmHWM")?
    );
    Ok(())
}

/// One thing at a time, in turn, so that a noisy moment hits all of them.
async fn sequential(samples: usize, argon: &Argon, bare: &BareHydra, app: &App) -> Result<()> {
    let [
        mut native,
        mut wasm,
        mut flow,
        mut login,
        mut bare_refresh,
        mut refresh,
    ] = <[Times; 6]>::default();
    let mut bare_token = bare.login().await?.refresh_token;
    let mut token = app.login().await?;
    for _ in 0..samples {
        timed(&mut native, argon.native()).await?;
        timed(&mut wasm, argon.component()).await?;
        timed(&mut flow, bare.login()).await?;
        timed(&mut login, app.login()).await?;
        if let Some(old) = bare_token.take() {
            bare_token = timed(&mut bare_refresh, bare.refresh(&old))
                .await?
                .refresh_token;
        }
        token = timed(&mut refresh, app.refresh(&token)).await?;
    }
    println!();
    native.print("Argon2id, native");
    wasm.print("Argon2id, in the component");
    flow.print("Hydra's bare code flow");
    login.print("login");
    bare_refresh.print("Hydra's bare refresh");
    refresh.print("refresh");
    println!();
    println!(
        "Argon2id in the component / native: {:.2}",
        wasm.p50() / native.p50()
    );
    let parts = wasm.p50() + flow.p50();
    ratio(
        "login / (Argon2id in the component + bare code flow)",
        login.p50() / parts,
        1.0,
    );
    ratio(
        "refresh / bare refresh",
        refresh.p50() / bare_refresh.p50(),
        1.25,
    );
    Ok(())
}
