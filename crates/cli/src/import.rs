//! `iam import`: many users, or a whole installation, from a file of lines of JSON.

mod chunks;
mod outcome;

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use self::{
    chunks::{Chunk, Chunks, MAX_LINES},
    outcome::{Failures, LineFailure, Outcome, Total},
};
use crate::{
    console::print,
    failure::Failure,
    moving::ImportOptions,
    progress::Progress,
    remote::{Call, Remote, Session},
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make users: one JSON object a line, as `iam user create --from` takes it.
    #[command(
        after_help = "Example: iam import users users.ndjson --failures failures.ndjson\n\nRunning it once more is safe: who is there already is not made again."
    )]
    Users(Users),
    /// Fill an empty database with an installation that was exported, from any engine.
    #[command(
        after_help = "Example: iam import installation iam.ndjson --database-url mysql://iam:secret@db.example.com/iam\n\nIt verifies all rows at its end. What broke off is gone on with by --resume."
    )]
    Installation(ImportOptions),
}

#[derive(Args)]
pub(crate) struct Users {
    /// The file; `-` for standard input.
    file: String,
    /// How many lines are sent at once.
    #[arg(long, value_name = "LINES", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=MAX_LINES))]
    chunk: u32,
    /// A file that gets a line for each user that was not made: which line it was, and why.
    #[arg(long, value_name = "FILE")]
    failures: Option<PathBuf>,
    /// Do not count it as a failure that a user is there already.
    #[arg(long)]
    skip_existing: bool,
}

pub(crate) async fn run(command: Command, remote: &Remote) -> Result<()> {
    match command {
        Command::Users(users) => users.run(remote).await,
        Command::Installation(options) => options.run().await,
    }
}

impl Users {
    async fn run(self, remote: &Remote) -> Result<()> {
        let mut session = Session::open(remote).await?;
        let (input, bytes) = self.open()?;
        let mut failures = Failures::create(self.failures.as_deref())?;
        let mut progress = Progress::new(bytes);
        let mut total = Total::default();
        for chunk in Chunks::new(input, self.chunk) {
            let chunk = chunk?;
            // A long import outlives an access token.
            if session.is_ending() {
                session = Session::open(remote).await?;
            }
            let sent = self.send(&session, &chunk).await;
            let outcomes = sent.map_err(|error| stopped(error, chunk.first_line()))?;
            for failure in self.count(outcomes, &mut total) {
                failures.tell(&failure, &progress)?;
            }
            let message = format!("{} lines, {} failed", total.lines(), total.failed);
            progress.advance(message, chunk.bytes(), session.api.now());
        }
        progress.finish();
        failures.finish()?;
        print(&total.show(session.json))?;
        if total.failed > 0 {
            bail!("{} of {} users were not made", total.failed, total.lines());
        }
        Ok(())
    }

    fn open(&self) -> Result<(Box<dyn BufRead>, Option<u64>)> {
        if self.file == "-" {
            return Ok((Box::new(BufReader::new(io::stdin())), None));
        }
        let file = File::open(&self.file);
        let file = file.with_context(|| format!("cannot read {}", self.file))?;
        let bytes = file.metadata().ok().map(|metadata| metadata.len());
        Ok((Box::new(BufReader::new(file)), bytes))
    }

    /// Has the users of a chunk made, and gives what became of each.
    async fn send(&self, session: &Session, chunk: &Chunk) -> Result<Vec<Outcome>> {
        let call = Call::post("/admin/v1/users:import");
        let call = call.body("application/x-ndjson", chunk.body());
        let answer = session.api.send(&call).await?;
        let outcomes = outcome::read(answer.body(), chunk)?;
        for outcome in &outcomes {
            if let Outcome::Failed(failure) = outcome
                && failure.is_of_the_server()
            {
                return Err(Failure::Unreachable(failure.to_string()).into());
            }
        }
        Ok(outcomes)
    }

    /// Adds to `total` what became of some lines, and gives the failures.
    fn count(&self, outcomes: Vec<Outcome>, total: &mut Total) -> Vec<LineFailure> {
        let mut failures = Vec::new();
        for outcome in outcomes {
            match outcome {
                Outcome::Created => total.created += 1,
                Outcome::Failed(failure) if self.skip_existing && failure.is_existing() => {
                    total.skipped += 1;
                }
                Outcome::Failed(failure) => failures.push(failure),
            }
        }
        total.failed += failures.len() as u64;
        failures
    }
}

/// Says where the import broke off, and how it can be gone on with if that was no fault of it.
fn stopped(error: anyhow::Error, line: u64) -> anyhow::Error {
    let advice = match error.downcast_ref() {
        Some(Failure::Unreachable(_)) => ": run it again with --skip-existing to go on",
        _ => "",
    };
    error.context(format!("stopped at line {line}{advice}"))
}

/// The most failures that are told one by one without a file for them.
const TOLD: usize = 20;

impl Failures {
    /// Tells of a user that was not made.
    fn tell(&mut self, failure: &LineFailure, progress: &Progress) -> Result<()> {
        if self.write(failure)? {
            return Ok(());
        }
        match self.count() {
            ..=TOLD => progress.say(failure),
            count if count == TOLD + 1 => progress.say("… see --failures for the rest"),
            _ => {}
        }
        Ok(())
    }
}
