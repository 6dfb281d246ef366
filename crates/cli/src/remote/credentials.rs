use std::{collections::BTreeMap, fs, io, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::Tokens;
use crate::secrets::write_private;

/// The logins that are saved, by profile. There is no `Debug`: all of it is secret.
#[derive(Default, Deserialize, Serialize)]
pub(crate) struct Credentials {
    profiles: BTreeMap<String, Login>,
}

/// A login that is saved.
#[derive(Deserialize, Serialize)]
pub(crate) struct Login {
    /// The base URL it is for.
    pub(crate) url: String,
    /// What it consists of.
    #[serde(flatten)]
    pub(crate) held: Held,
}

/// What a login consists of.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Held {
    /// A service account's key.
    ApiKey { api_key: String },
    /// A user's tokens.
    Tokens(Tokens),
}

impl Credentials {
    /// Those in `file`; none if there is no such file.
    pub(crate) fn open(file: &Path) -> Result<Self> {
        let text = match fs::read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            text => text.with_context(|| format!("cannot read {}", file.display()))?,
        };
        // serde's own text could repeat a secret.
        serde_json::from_slice(&text)
            .ok()
            .with_context(|| format!("{} is damaged: remove it and log in again", file.display()))
    }

    /// The login of a profile.
    pub(crate) fn of(&self, profile: &str) -> Option<&Login> {
        self.profiles.get(profile)
    }

    /// Puts a login in the place of the one the profile has.
    pub(crate) fn put(&mut self, profile: &str, login: Login) {
        self.profiles.insert(profile.to_owned(), login);
    }

    /// Takes a profile's login out.
    pub(crate) fn take(&mut self, profile: &str) -> Option<Login> {
        self.profiles.remove(profile)
    }

    /// Replaces `file`, at once, by one that only its owner can read; with no login left there is
    /// no file.
    pub(crate) fn save(&self, file: &Path) -> Result<()> {
        if !self.profiles.is_empty() {
            return write_private(file, &serde_json::to_vec_pretty(self)?);
        }
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", file.display()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::{Credentials, Held, Login};
    use crate::remote::Tokens;

    fn tokens() -> Login {
        Login {
            url: "https://id.example".to_owned(),
            held: Held::Tokens(Tokens {
                client_id: "demo-app".to_owned(),
                access_token: "eyJ".to_owned(),
                refresh_token: Some("ory_rt".to_owned()),
                expires_at: 7,
            }),
        }
    }

    fn key() -> Login {
        Login {
            url: "https://b.example".to_owned(),
            held: Held::ApiKey {
                api_key: "iam_x".to_owned(),
            },
        }
    }

    #[test]
    fn what_is_saved_is_read_again_and_only_the_owner_can() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("credentials.json");
        let mut credentials = Credentials::open(&file).unwrap();
        assert!(credentials.of("default").is_none());
        credentials.put("default", tokens());
        credentials.put("ci", key());
        credentials.save(&file).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let read = Credentials::open(&file).unwrap();
        assert!(
            matches!(&read.of("ci").unwrap().held, Held::ApiKey { api_key } if api_key == "iam_x")
        );
        let Held::Tokens(tokens) = &read.of("default").unwrap().held else {
            panic!("tokens became a key");
        };
        assert_eq!(
            (tokens.client_id.as_str(), tokens.expires_at),
            ("demo-app", 7)
        );
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "something is left behind"
        );
    }

    #[test]
    fn with_the_last_login_the_file_goes() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("credentials.json");
        let mut credentials = Credentials::default();
        credentials.put("default", key());
        credentials.save(&file).unwrap();
        assert!(credentials.take("default").is_some());
        credentials.save(&file).unwrap();
        assert!(!file.exists());
        credentials.save(&file).unwrap();
    }

    #[test]
    fn a_damaged_file_is_named_and_its_secrets_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("credentials.json");
        for text in [
            r#"{"profiles":{"default":{"url":"x","api_key":7,"hunter2":"hunter2"}}}"#,
            "hunter2",
        ] {
            fs::write(&file, text).unwrap();
            let error = format!("{:#}", Credentials::open(&file).err().unwrap());
            assert!(
                error.contains("credentials.json") && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
