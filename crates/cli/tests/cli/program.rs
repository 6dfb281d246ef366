//! Runs of the program, each in a home of its own.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A home and a folder to run the program in.
pub(crate) struct Home {
    dir: TempDir,
    env: Vec<(&'static str, String)>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            dir,
            env: Vec::new(),
        }
    }

    /// A home whose environment has an API key for `url`.
    pub(crate) fn with_key(url: &str) -> Self {
        let mut home = Self::new();
        home.env = vec![
            ("IAM_URL", url.to_owned()),
            ("IAM_API_KEY", "iam_x".to_owned()),
        ];
        home
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let file = self.file(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }

    pub(crate) fn credentials(&self) -> PathBuf {
        self.file("config/iam/credentials.json")
    }

    /// A login by tokens that is saved.
    pub(crate) fn log_in(&self, url: &str, expires_at: u64) {
        let login = json!({"url": url, "client_id": "demo-app", "access_token": "at0",
            "refresh_token": "rt0", "expires_at": expires_at});
        let all = json!({"profiles": {"default": login}});
        self.write("config/iam/credentials.json", &all.to_string());
    }

    /// The login that is saved.
    pub(crate) fn saved(&self) -> Value {
        let text = fs::read(self.credentials()).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()["profiles"]["default"].take()
    }

    pub(crate) fn start(&self, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_iam"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.dir.path())
            .env("XDG_CONFIG_HOME", self.file("config"))
            .envs(self.env.iter().cloned())
            .current_dir(self.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    /// Runs it with `input` on standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut child = self.start(args);
        // It may have ended without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn assert_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{self:?}"))
    }
}
