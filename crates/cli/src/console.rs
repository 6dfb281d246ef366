//! The terminal: data goes to standard output, and all that is said to a person to standard error.

use std::{
    fmt::Display,
    io::{self, IsTerminal, Read, Write},
};

use anyhow::{Context, Result};
use iam_model::Secret;

use crate::failure::Failure;

/// The longest secret that is read, in bytes.
const MAX_SECRET: u64 = 64 * 1024;

/// Writes data.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says something to whoever runs the program.
pub(crate) fn say(message: impl Display) {
    // With standard error closed there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// Whether somebody is there to be asked.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for what `flag` was not given for.
pub(crate) fn ask(question: &str, flag: &str) -> Result<String> {
    if !is_interactive() {
        return Err(missing(flag).into());
    }
    let mut err = io::stderr().lock();
    write!(err, "{question}: ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    match answer.trim() {
        "" => Err(missing(flag).into()),
        answer => Ok(answer.to_owned()),
    }
}

/// Asks for a secret, which is not shown while it is typed.
pub(crate) fn ask_secret(question: &str, flag: &str) -> Result<Secret<String>> {
    if !is_interactive() {
        return Err(missing(flag).into());
    }
    let typed = rpassword::prompt_password(format!("{question}: "));
    not_empty(
        typed
            .map(Secret::new)
            .context("cannot read from the terminal")?,
        question,
    )
}

/// Asks for a new secret, twice.
pub(crate) fn ask_new_secret(question: &str, flag: &str) -> Result<Secret<String>> {
    let secret = ask_secret(question, flag)?;
    let again = ask_secret(&format!("{question}, once more"), flag)?;
    if secret.expose() == again.expose() {
        Ok(secret)
    } else {
        Err(Failure::usage("the two are not the same").into())
    }
}

/// The secret on the first line of standard input.
pub(crate) fn secret_from_stdin(what: &str) -> Result<Secret<String>> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(MAX_SECRET)
        .read_to_end(&mut bytes)?;
    let text = Secret::new(String::from_utf8(bytes).ok().unwrap_or_default());
    let line = text.expose().lines().next().unwrap_or_default();
    not_empty(Secret::new(line.to_owned()), what)
}

fn not_empty(secret: Secret<String>, what: &str) -> Result<Secret<String>> {
    if secret.expose().is_empty() {
        return Err(Failure::usage(format!("{what}: there is none")).into());
    }
    Ok(secret)
}

fn missing(flag: &str) -> Failure {
    Failure::usage(format!("say {flag}: there is no terminal to ask at"))
}

/// `text` on one line and without what a terminal would act on.
pub(crate) fn harmless(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_others_wrote_does_not_steer_the_terminal() {
        assert_eq!(
            harmless("a\u{1b}[2Jb\nc\u{9b}"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}"
        );
        assert_eq!(harmless("Käthe 🎉"), "Käthe 🎉");
    }
}
