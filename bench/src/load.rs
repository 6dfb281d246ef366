use anyhow::Result;
use futures_util::{StreamExt, stream};
use http::StatusCode;

use crate::{
    ours::App,
    stats::{Times, clock, timed},
};

/// Sends `count` logins with `at_once` under way, and says what became of each of them.
pub(crate) async fn logins(app: &App, count: usize, at_once: usize) -> Result<()> {
    let started = clock();
    let outcomes: Vec<_> = stream::iter(0..count)
        .map(|_| async {
            let mut times = Times::default();
            let status = timed(&mut times, app.login_status()).await;
            (status, times)
        })
        .buffer_unordered(at_once)
        .collect()
        .await;
    let seconds = started.elapsed().as_secs_f64();
    let answered = |wanted| {
        outcomes
            .iter()
            .filter(|(status, _)| *status == wanted)
            .count()
    };
    let complete = answered(Some(StatusCode::OK));
    let busy = answered(Some(StatusCode::SERVICE_UNAVAILABLE));
    let lost = answered(None);
    let other = count - complete - busy - lost;
    println!(
        "{count} logins, {at_once} at once: {complete} complete, {busy} told to come back, \
         {other} failed, {lost} lost; {:.1} logins/s",
        f64::from(u32::try_from(complete)?) / seconds
    );
    let mut all = Times::default();
    for (_, times) in outcomes
        .iter()
        .filter(|(status, _)| *status == Some(StatusCode::OK))
    {
        all.merge(times);
    }
    all.print("  a complete one took");
    Ok(())
}
