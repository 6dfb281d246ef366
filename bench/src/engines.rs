//! What our way to a database costs: the same question through adapter and gateway, and by the
//! engine's own driver, on the same server in turn.

mod native;
mod question;
mod seed;

pub(crate) use self::seed::change;

use std::{path::Path, rc::Rc};

use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use iam_platform::Platform;

use self::{
    native::Native,
    question::Question,
    seed::{Person, seed},
};
use crate::{
    database::{Database, ENGINES, Engine},
    stats::{Times, clock, ratio, timed},
};

/// Measures every engine, or the one whose scheme or name is given.
pub(crate) async fn engines(
    dir: &Path,
    platform: &Rc<dyn Platform>,
    only: Option<&str>,
    samples: usize,
) -> Result<()> {
    for engine in &ENGINES {
        if only.is_none_or(|only| only == engine.scheme) {
            let dir = dir.join(format!("engine-{}", engine.name));
            measure(engine, &dir, platform, samples).await?;
        }
    }
    Ok(())
}

async fn measure(
    engine: &Engine,
    dir: &Path,
    platform: &Rc<dyn Platform>,
    samples: usize,
) -> Result<()> {
    println!();
    println!(
        "{}, by our adapter and gateway, and by its own driver:",
        engine.name
    );
    let database = Database::open(engine, dir, platform).await?;
    let people = seed(&*database.storage, &**platform).await?;
    let native = native::open(engine.scheme, &database.target).await?;
    let samples = samples / engine.patience;
    one_at_a_time(&database, &*native, &people, samples).await?;
    many_at_once(&database, &*native, &people, (engine.at_once, samples)).await
}

/// In turn, so that a noisy moment hits both.
async fn one_at_a_time(
    database: &Database,
    native: &dyn Native,
    people: &[Person],
    samples: usize,
) -> Result<()> {
    let [mut login, mut native_login, mut ping, mut native_ping] = <[Times; 4]>::default();
    // The first tenth warms up what every installation that is in use has warm.
    for sample in 0..samples + samples / 10 {
        if sample == samples / 10 {
            [login, native_login, ping, native_ping] = <[Times; 4]>::default();
        }
        let person = &people[sample % people.len()];
        let question = Question::login(native.dialect(), person).await?;
        timed(&mut login, person.log_in(&*database.storage)).await?;
        timed(&mut native_login, asked(native, &question)).await?;
        let question = Question::ping(native.dialect()).await?;
        timed(&mut ping, database.storage.ping()).await?;
        timed(&mut native_ping, asked(native, &question)).await?;
    }
    login.print("login's database part");
    native_login.print("  by the driver");
    ping.print("a query that costs nothing");
    native_ping.print("  by the driver");
    let cost = login.p50() / native_login.p50();
    if native.has_server() {
        ratio("login's database part / by the driver", cost, 1.5);
    } else {
        println!("the driver is in this process and has no server to ask: no goal for {cost:.1}");
    }
    println!(
        "adapter and gateway add {:.2} ms to a query",
        ping.p50() - native_ping.p50()
    );
    Ok(())
}

async fn asked(native: &dyn Native, question: &Question) -> Result<()> {
    ensure!(native.ask(question).await? > 0, "no answer");
    Ok(())
}

/// Logins with many under way, and what the gateway needs for them.
async fn many_at_once(
    database: &Database,
    native: &dyn Native,
    people: &[Person],
    (at_once, samples): (usize, usize),
) -> Result<()> {
    let idle = database.gateway.memory("VmRSS")?;
    let count = at_once * samples / 5;
    let person = |n: usize| &people[n % people.len()];
    let questions: Vec<_> = stream::iter(people)
        .then(|person| Question::login(native.dialect(), person))
        .try_collect()
        .await?;
    let ours = per_second((at_once, count), |n| person(n).log_in(&*database.storage)).await?;
    let theirs = per_second((at_once, count), |n| {
        asked(native, &questions[n % questions.len()])
    })
    .await?;
    println!("{at_once} at once: {ours:.0} logins' database parts/s; by the driver {theirs:.0}");
    println!(
        "memory of the gateway: {idle:.0} MiB before, {:.0} MiB after, at most {:.0} MiB",
        database.gateway.memory("VmRSS")?,
        database.gateway.memory("VmHWM")?
    );
    Ok(())
}

async fn per_second<F: Future<Output = Result<()>>>(
    (at_once, count): (usize, usize),
    ask: impl Fn(usize) -> F,
) -> Result<f64> {
    let started = clock();
    let asked = stream::iter(0..count).map(ask).buffer_unordered(at_once);
    asked
        .try_collect::<()>()
        .await
        .context("one of many at once")?;
    let count = f64::from(u32::try_from(count)?);
    Ok(count / started.elapsed().as_secs_f64())
}
