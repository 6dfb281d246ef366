use std::{
    collections::BTreeMap,
    fmt,
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::chunks::Chunk;
use crate::console::harmless;

/// What became of a line.
pub(super) enum Outcome {
    Created,
    Failed(LineFailure),
}

/// Why a user was not made.
#[derive(Deserialize, Serialize)]
pub(super) struct LineFailure {
    /// The line, from 1: in the answer of the request, and then in the file.
    line: u64,
    code: String,
    #[serde(default)]
    detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    errors: Vec<BTreeMap<String, String>>,
}

/// A line of the answer.
#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
enum Told {
    Created {},
    Failed(LineFailure),
    Finished {},
}

/// What the answer to `chunk` says of its lines.
pub(super) fn read(answer: &[u8], chunk: &Chunk) -> Result<Vec<Outcome>> {
    let lines = answer.split(|byte| *byte == b'\n');
    let mut outcomes = Vec::new();
    let mut finished = false;
    for line in lines.filter(|line| !line.trim_ascii().is_empty()) {
        let told = serde_json::from_slice(line).context("the answer cannot be read")?;
        match told {
            Told::Created {} => outcomes.push(Outcome::Created),
            Told::Failed(failure) => outcomes.push(Outcome::Failed(failure.in_file(chunk))),
            Told::Finished {} => finished = true,
        }
    }
    ensure!(
        finished && outcomes.len() == chunk.len(),
        "the answer does not tell of every line"
    );
    Ok(outcomes)
}

impl LineFailure {
    fn in_file(self, chunk: &Chunk) -> Self {
        let line = usize::try_from(self.line).ok();
        let line = line
            .and_then(|line| chunk.number(line))
            .unwrap_or(self.line);
        Self { line, ..self }
    }

    /// Whether the user is there already.
    pub(super) fn is_existing(&self) -> bool {
        self.code == "already_exists"
    }

    /// Whether it is no fault of the line, so that the lines after it would meet with the same.
    pub(super) fn is_of_the_server(&self) -> bool {
        self.code == "internal" || self.code.ends_with("unavailable")
    }
}

impl fmt::Display for LineFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}: {} ({})",
            self.line,
            harmless(&self.detail),
            harmless(&self.code)
        )?;
        for error in &self.errors {
            let part = |name: &str| harmless(error.get(name).map_or("", String::as_str));
            write!(
                f,
                "\n  {}: {}",
                part("pointer").trim_start_matches('/'),
                part("detail")
            )?;
        }
        Ok(())
    }
}

/// How many lines there were of each kind.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Total {
    pub(super) created: u64,
    /// There already, which is as good.
    pub(super) skipped: u64,
    pub(super) failed: u64,
}

impl Total {
    pub(super) const fn lines(&self) -> u64 {
        self.created + self.skipped + self.failed
    }

    pub(super) fn show(&self, as_json: bool) -> String {
        let Self {
            created,
            skipped,
            failed,
        } = self;
        if as_json {
            let total: Value = json!({"created": created, "skipped": skipped, "failed": failed});
            return format!("{total}\n");
        }
        format!("created  {created}\nskipped  {skipped}\nfailed   {failed}\n")
    }
}

/// The file that gets a line for each failure, if one is wanted.
pub(super) struct Failures {
    file: Option<BufWriter<File>>,
    count: usize,
}

impl Failures {
    pub(super) fn create(path: Option<&Path>) -> Result<Self> {
        let open = |path: &Path| {
            // Users are in it.
            let mut options = OpenOptions::new();
            let options = options.write(true).create(true).truncate(true).mode(0o600);
            let file = options.open(path);
            file.with_context(|| format!("cannot write {}", path.display()))
        };
        let file = path.map(open).transpose()?.map(BufWriter::new);
        Ok(Self { file, count: 0 })
    }

    /// Counts a failure, and says whether there is a file that it went to.
    pub(super) fn write(&mut self, failure: &LineFailure) -> Result<bool> {
        self.count += 1;
        let Some(file) = &mut self.file else {
            return Ok(false);
        };
        serde_json::to_writer(&mut *file, failure)?;
        file.write_all(b"\n").context("cannot write the failures")?;
        Ok(true)
    }

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    pub(super) fn finish(&mut self) -> Result<()> {
        match &mut self.file {
            Some(file) => file.flush().context("cannot write the failures"),
            None => Ok(()),
        }
    }
}
