use anyhow::Result;
use clap::Args;
use iam_model::Secret;
use serde_json::json;

use super::USER;
use crate::{
    console::{ask_new_secret, secret_from_stdin},
    remote::Session,
};

/// The password of a user that is made.
#[derive(Args)]
pub(super) struct NewPassword {
    /// Ask for a password.
    #[arg(long)]
    password: bool,
    /// Take the password from the first line of standard input.
    #[arg(long, conflicts_with = "password")]
    password_stdin: bool,
    /// Have the password changed before the next tokens.
    #[arg(long)]
    pub(super) require_password_change: bool,
}

impl NewPassword {
    /// The password, if there is to be one.
    pub(super) fn read(&self) -> Result<Option<Secret<String>>> {
        Ok(match (self.password, self.password_stdin) {
            (_, true) => Some(secret_from_stdin("password")?),
            (true, false) => Some(ask_new_secret("Password", "--password-stdin")?),
            (false, false) => None,
        })
    }
}

/// A new password for a user.
#[derive(Args)]
pub(crate) struct ResetPassword {
    /// The user's name, e-mail address or id.
    user: String,
    /// Take the password from the first line of standard input; else it is asked for.
    #[arg(long)]
    password_stdin: bool,
    /// Have it changed before the next tokens.
    #[arg(long)]
    require_change: bool,
}

impl ResetPassword {
    pub(super) async fn run(self, session: &Session) -> Result<()> {
        let key = session.key_of(&USER, &self.user).await?;
        let password = self.password()?;
        let body = json!({
            "password": password.expose(),
            "password_change_required": self.require_change,
        });
        let answer = session
            .verb(&USER, &key, "reset-password", Some(&body))
            .await?;
        session.done(&answer, "the password is set, and all sessions are ended")
    }

    fn password(&self) -> Result<Secret<String>> {
        if self.password_stdin {
            secret_from_stdin("password")
        } else {
            ask_new_secret("Password", "--password-stdin")
        }
    }
}
