//! `make bench`: figures side by side, measured in one run, and their ratios.

mod argon;
mod bare_hydra;
mod database;
mod engines;
mod gateway;
mod load;
mod ours;
mod scale;
mod stack;
mod stats;

use std::{path::PathBuf, rc::Rc};

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};
use iam_host_native::NativePlatform;
use iam_platform::Platform;
use tokio::runtime::{Builder, Runtime};

use crate::{
    argon::Argon,
    bare_hydra::BareHydra,
    database::ENGINES,
    ours::App,
    stack::Stack,
    stats::{Times, ratio, timed},
};

/// Measures what the project promises to be fast.
#[derive(Parser)]
struct Options {
    /// What to measure; everything, if nothing is named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Measure this engine only, by the scheme of its URLs: libsql, postgres, mysql or mongodb.
    #[arg(long)]
    engine: Option<String>,
    /// How often each single thing is measured.
    #[arg(long, default_value_t = 60)]
    samples: usize,
    /// How many logins are sent with 64 under way at once.
    #[arg(long, default_value_t = 400)]
    logins: usize,
    /// How many logins are sent all at once.
    #[arg(long, default_value_t = 1000)]
    storm: usize,
    /// How many tenants of 100 users the large installation has.
    #[arg(long, default_value_t = 10_000)]
    tenants: u64,
    /// The program to measure.
    #[arg(long, default_value = "target/release/iam")]
    program: PathBuf,
    /// Be a gateway in front of this database.
    #[arg(long, hide = true)]
    gateway: Option<String>,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Part {
    /// `iam up`: starts, logins and refreshes beside what is in them.
    Logins,
    /// Every database engine through our adapter and gateway, and by its own driver.
    Engines,
    /// libSQL and `PostgreSQL` with many tenants, and with few.
    Scale,
}

fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(target) = &options.gateway {
        return Runtime::new()?.block_on(gateway::serve(target));
    }
    let known = |engine: &String| ENGINES.iter().any(|known| known.scheme == engine);
    ensure!(
        options.engine.iter().all(known),
        "no engine has that scheme"
    );
    let dir = std::env::temp_dir().join(format!("iam-bench-{}", std::process::id()));
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(bench(&options, &dir));
    // What is left of a bench is of no use to anybody.
    let _ = std::fs::remove_dir_all(&dir);
    outcome
}

async fn bench(options: &Options, dir: &std::path::Path) -> Result<()> {
    let wanted = |part| options.parts.is_empty() || options.parts.contains(&part);
    if wanted(Part::Logins) {
        logins(options, dir).await?;
    }
    let platform: Rc<dyn Platform> = Rc::new(NativePlatform::default());
    let (only, samples) = (options.engine.as_deref(), 10 * options.samples);
    if wanted(Part::Engines) {
        engines::engines(dir, &platform, only, samples).await?;
    }
    if wanted(Part::Scale) {
        scale::scale(dir, &platform, only, options.tenants, samples).await?;
    }
    Ok(())
}

async fn logins(options: &Options, dir: &std::path::Path) -> Result<()> {
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
