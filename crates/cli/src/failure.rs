//! How a command can fail, and the exit code that says so.

use std::{error::Error, io};

use thiserror::Error;

use crate::remote::Problem;

/// A failure that scripts tell from the others by the exit code. All else is 1.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The API refused.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// Nobody is logged in, or not any more.
    #[error("{0}")]
    Unauthenticated(String),
    /// There was no answer, or none that could be used.
    #[error("{0}")]
    Unreachable(String),
    /// The command line does not say what is needed.
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    const fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::Usage(_) => 2,
            Self::Unreachable(_) => 3,
            Self::Unauthenticated(_) => 4,
        }
    }
}

/// The exit code for `error`.
pub(crate) fn exit_code(error: &anyhow::Error) -> u8 {
    let known = error.chain().find_map(<dyn Error>::downcast_ref::<Failure>);
    known.map_or(1, Failure::exit_code)
}

/// Whether whoever read our output has gone, as `head` does: nobody is left to be told.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error
        .chain()
        .find_map(<dyn Error>::downcast_ref::<io::Error>);
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use std::io;

    use anyhow::{Context, anyhow};

    use super::{Failure, exit_code, is_broken_pipe};

    #[test]
    fn the_exit_code_is_that_of_the_failure_behind_the_context() {
        let failed = |failure: Failure| exit_code(&Err::<(), _>(failure).context("x").unwrap_err());
        assert_eq!(failed(Failure::usage("u")), 2);
        assert_eq!(failed(Failure::Unreachable("u".to_owned())), 3);
        assert_eq!(failed(Failure::Unauthenticated("u".to_owned())), 4);
        assert_eq!(exit_code(&anyhow!("anything else")), 1);
    }

    #[test]
    fn only_a_closed_output_is_a_broken_pipe() {
        let error = |kind: io::ErrorKind| anyhow::Error::from(io::Error::from(kind));
        assert!(is_broken_pipe(&error(io::ErrorKind::BrokenPipe)));
        assert!(!is_broken_pipe(&error(io::ErrorKind::NotFound)));
    }
}
