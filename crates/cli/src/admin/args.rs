use std::{fs, io, io::Read};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Map, Value};

use crate::{
    console::{ask, is_interactive},
    failure::Failure,
};

/// Which one is meant.
#[derive(Args)]
pub(crate) struct Named {
    /// Its name or its id.
    pub(crate) name: String,
}

/// Which one is to be shown, and what of it.
#[derive(Args)]
pub(crate) struct Shown {
    /// Its name or its id.
    pub(crate) name: String,
    /// The fields to show, separated by commas.
    #[arg(long, value_name = "FIELDS")]
    pub(crate) fields: Option<String>,
}

/// How much of a list is wanted.
#[derive(Args)]
pub(crate) struct ListOptions {
    /// The most to list.
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "all", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// List all.
    #[arg(long)]
    pub(crate) all: bool,
    /// The fields to list, separated by commas.
    #[arg(long, value_name = "FIELDS")]
    pub(crate) fields: Option<String>,
}

impl ListOptions {
    /// The most items that are wanted.
    pub(crate) fn most(&self) -> usize {
        if self.all {
            usize::MAX
        } else {
            self.limit.try_into().unwrap_or(usize::MAX)
        }
    }
}

/// Which one is to be removed for good.
#[derive(Args)]
pub(crate) struct Erased {
    /// Its name or its id.
    pub(crate) name: String,
    /// Do not ask whether it is meant.
    #[arg(long)]
    yes: bool,
}

impl Erased {
    /// Makes sure that it is meant.
    pub(crate) fn confirm(&self, noun: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        if !is_interactive() {
            let message = format!("there is no way back: say --yes to erase the {noun}");
            return Err(Failure::usage(message).into());
        }
        let typed = ask(
            "There is no way back. Type the name once more to erase it",
            "--yes",
        )?;
        if typed == self.name {
            Ok(())
        } else {
            Err(Failure::usage("it is another name: nothing was erased").into())
        }
    }
}

/// The fields that have no option of their own.
#[derive(Args)]
pub(crate) struct From {
    /// A file with a JSON object of more fields; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<String>,
}

impl From {
    /// The fields.
    pub(crate) fn read(&self) -> Result<Map<String, Value>> {
        match &self.from {
            Some(file) => read_json(file),
            None => Ok(Map::new()),
        }
    }
}

/// The text in `file`, or on standard input for `-`.
pub(crate) fn read_text(file: &str) -> Result<String> {
    if file != "-" {
        return fs::read_to_string(file).with_context(|| format!("cannot read {file}"));
    }
    let mut text = String::new();
    let read = io::stdin().lock().read_to_string(&mut text);
    read.context("cannot read standard input")?;
    Ok(text)
}

/// The JSON object in `file`, or on standard input for `-`.
pub(crate) fn read_json(file: &str) -> Result<Map<String, Value>> {
    // serde's text could repeat what is in the file.
    serde_json::from_str(&read_text(file)?).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = format!("{file} is not a JSON object: see line {line}, column {column}");
        Failure::usage(message).into()
    })
}

/// A name and a value, as in `department=sales`.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl std::str::FromStr for Pair {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err("expected NAME=VALUE"),
        }
    }
}

impl Pair {
    /// The value as JSON, or else as the text it is; nothing is null, which takes it away.
    pub(crate) fn json(&self) -> Value {
        match self.value.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        }
    }

    /// The value as the text it is; nothing is null, which takes it away.
    pub(crate) fn text(&self) -> Value {
        match self.value.as_str() {
            "" => Value::Null,
            text => text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Pair;

    #[test]
    fn a_value_is_json_or_else_text() {
        let value = |text: &str| text.parse::<Pair>().unwrap().json();
        assert_eq!(value("a=sales"), json!("sales"));
        assert_eq!(value("a=3"), json!(3));
        assert_eq!(value("a=\"3\""), json!("3"));
        assert_eq!(value("a=[1, 2]"), json!([1, 2]));
        assert_eq!(value("a=b=c"), json!("b=c"));
        assert_eq!(value("a="), Value::Null);
        assert!("a".parse::<Pair>().is_err());
        assert!("=a".parse::<Pair>().is_err());
    }
}
