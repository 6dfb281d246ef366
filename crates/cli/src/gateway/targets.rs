use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use iam_gateway::Target;

use crate::failure::Failure;

/// The databases of `text`: `NAME=URL`, by spaces or lines; a line that begins with `#` says
/// nothing. `source` is where it stands. No text of it is repeated, since it has passwords.
pub(super) fn parse(
    targets: &mut BTreeMap<String, Target>,
    text: &str,
    source: &str,
) -> Result<(), Failure> {
    let lines = text.lines().filter(|line| !line.trim().starts_with('#'));
    for (index, word) in lines.flat_map(str::split_whitespace).enumerate() {
        let invalid =
            |why: String| Failure::usage(format!("{source}, target {}: {why}", index + 1));
        let (name, url) = word
            .split_once('=')
            .ok_or_else(|| invalid("it is not written NAME=URL".to_owned()))?;
        if !is_name(name) {
            return Err(invalid(
                "its name is not made of a-z, 0-9 and -, as the name of a host is".to_owned(),
            ));
        }
        let target: Target = url
            .parse()
            .map_err(|error| invalid(format!("{name} {error}")))?;
        if targets.insert(name.to_owned(), target).is_some() {
            return Err(invalid(format!("{name} is there twice")));
        }
    }
    Ok(())
}

/// The databases that the file at `path` names.
pub(super) fn read(targets: &mut BTreeMap<String, Target>, path: &Path) -> Result<()> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read --targets-file {}", path.display()))?;
    Ok(parse(targets, &text, "--targets-file")?)
}

/// Whether clients can give `name` as the host of a connection string.
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&name.len())
        && name.chars().all(inner)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::parse;

    fn shown(text: &str) -> Result<Vec<String>, String> {
        let mut targets = BTreeMap::new();
        let parsed = parse(&mut targets, text, "--target");
        parsed.map_err(|error| error.to_string())?;
        let shown = |(name, target)| format!("{name} {target}");
        Ok(targets.iter().map(shown).collect())
    }

    #[test]
    fn targets_are_names_with_urls() {
        let text = "# ours\nmain=postgres://u:p@127.0.0.1/iam other-2=postgres://u@db/x\n";
        let expected = [
            "main postgres://127.0.0.1:5432/iam",
            "other-2 postgres://db:5432/x",
        ];
        assert_eq!(shown(text).unwrap(), expected);
        assert!(shown("\n# nothing\n").unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_without_what_was_given() {
        for (bad, why) in [
            ("hunter2", "not written NAME=URL"),
            ("Main=postgres://u:hunter2@h/d", "its name"),
            ("a.b=postgres://u:hunter2@h/d", "its name"),
            ("127=postgres://u:hunter2@h/d", "its name"),
            ("main=oracle://u:hunter2@h/d", "main is not the URL"),
            ("main=postgres://u:hunter2@", "main is not the URL"),
            ("a=postgres://u@h/d a=postgres://u:hunter2@h/d", "twice"),
        ] {
            let error = shown(bad).unwrap_err();
            assert!(error.contains(why), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
