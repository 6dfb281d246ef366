use clap::FromArgMatches as _;

use super::{Cli, LOCAL, Remote, command};

/// The commands that do something, each with its path.
fn leaves(command: &clap::Command, path: &str) -> Vec<(String, clap::Command)> {
    let inner = command.get_subcommands().filter(|c| c.get_name() != "help");
    let inner: Vec<_> = inner
        .flat_map(|inner| leaves(inner, &format!("{path} {}", inner.get_name())))
        .collect();
    if inner.is_empty() {
        vec![(path.to_owned(), command.clone())]
    } else {
        inner
    }
}

/// The words of a shell command, up to a redirection; single quotes hold some together.
fn words(line: &str) -> Vec<String> {
    let line = line.split(" > ").next().unwrap();
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn the_command_line_is_well_formed() {
    command().debug_assert();
}

#[test]
fn every_command_has_an_example_that_works() {
    for (path, leaf) in leaves(&command(), "iam") {
        let help = leaf
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let first = help.lines().next().unwrap_or_default();
        let example = first.strip_prefix("Example: ");
        let example = example.unwrap_or_else(|| panic!("{path} has no example"));
        assert!(example.starts_with(&path), "{path}: {example}");
        let parsed = command().try_get_matches_from(words(example));
        let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
        assert!(parsed.is_ok(), "{example}: {}", parsed.err().unwrap());
    }
}

#[test]
fn only_commands_that_ask_the_api_say_where_it_is() {
    for (path, mut leaf) in leaves(&command(), "iam") {
        let below = path.strip_prefix("iam ").unwrap();
        let mut local = LOCAL.iter();
        let local = local.any(|path| below == *path || below.starts_with(&format!("{path} ")));
        let help = leaf.render_long_help().to_string();
        assert_eq!(help.contains("--profile"), !local, "{path}");
    }
}

#[test]
fn what_says_where_the_api_is_can_stand_anywhere() {
    for line in [
        "iam --url https://a.example --json user list",
        "iam user --json list --url https://a.example",
        "iam user list --json --url https://a.example",
    ] {
        let matches = command().try_get_matches_from(words(line)).unwrap();
        let Cli { remote, .. } = Cli::from_arg_matches(&matches).unwrap();
        assert!(remote.json, "{line}");
        assert_eq!(remote.url.as_deref(), Some("https://a.example"), "{line}");
    }
}

#[test]
fn the_options_that_are_hidden_are_all_of_them() {
    let ids: Vec<_> = command()
        .get_arguments()
        .map(|arg| arg.get_id().to_string())
        .filter(|id| !["help", "version"].contains(&id.as_str()))
        .collect();
    assert_eq!(ids, Remote::IDS);
}
