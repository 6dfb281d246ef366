use std::{fmt::Display, io::IsTerminal, time::Duration};

use iam_model::Timestamp;
use indicatif::{ProgressBar, ProgressStyle};

use crate::console::say;

/// How often a line of progress is written where no bar can be drawn, in milliseconds.
const EVERY: i64 = 5_000;

/// How far something long is, on standard error.
pub(crate) enum Progress {
    /// A bar, or something that turns if nobody knows how long the file is.
    Drawn(ProgressBar),
    /// A line now and then, for a log.
    Written { last: Option<Timestamp> },
}

impl Progress {
    /// The progress of something that has so many parts.
    pub(crate) fn new(parts: Option<u64>) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Written { last: None };
        }
        let (bar, template) = match parts {
            Some(parts) => (ProgressBar::new(parts), "{wide_bar} {percent}% {msg}"),
            None => (ProgressBar::no_length(), "{spinner} {msg}"),
        };
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self::Drawn(bar)
    }

    /// So many parts more are done.
    pub(crate) fn advance(&mut self, message: impl Into<String>, parts: u64, now: Timestamp) {
        let message = message.into();
        match self {
            Self::Drawn(bar) => {
                bar.inc(parts);
                bar.set_message(message);
            }
            Self::Written { last } => {
                let since = last.map_or(EVERY, |last| now.as_millis() - last.as_millis());
                if since >= EVERY {
                    say(message);
                    *last = Some(now);
                }
            }
        }
    }

    /// Says something beside.
    pub(crate) fn say(&self, message: impl Display) {
        match self {
            Self::Drawn(bar) => bar.suspend(|| say(message)),
            Self::Written { .. } => say(message),
        }
    }

    pub(crate) fn finish(&self) {
        if let Self::Drawn(bar) = self {
            bar.finish_and_clear();
        }
    }
}
