use anyhow::Result;
use clap::{Args, Subcommand};

mod credentials;
mod fields;
mod list;
mod password;

use credentials::{Credential, Credentials};
use fields::{Change, Create};
use list::List;
use password::{NewPassword, ResetPassword};

use super::{
    args::{Erased, Named, Shown},
    resource::{Name, Resource},
    role::ROLE,
};
use crate::remote::Session;

pub(super) const USER: Resource = Resource {
    noun: "user",
    path: "users",
    key: "id",
    names: &[
        Name {
            field: "username",
            parameter: Some("username"),
            may_be: |_| true,
            // The API compares without case.
            is: |value, said| {
                let name = value.as_str().unwrap_or_default();
                name.to_lowercase() == said.to_lowercase()
            },
        },
        Name {
            field: "emails",
            parameter: Some("email"),
            may_be: |said| said.contains('@'),
            // The API finds no others than those that have the address.
            is: |_, _| true,
        },
    ],
    columns: &["id", "username", "status", "emails", "created_at"],
    outlives_deletion: true,
};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a user: active with a password, else invited.
    #[command(
        after_help = "Example: iam user create bob --email bob@example.com --role clerk --password"
    )]
    Create(Box<Create>),
    /// List users.
    #[command(after_help = "Example: iam user list --role clerk --attribute department=sales")]
    List(List),
    /// Show a user.
    #[command(after_help = "Example: iam user show bob@example.com")]
    Show(Shown),
    /// Change a user.
    #[command(
        after_help = "Example: iam user change bob --full-name 'Bob Miller' --attribute department=sales"
    )]
    Change(Box<Change>),
    /// Delete a user; it can be restored for a while.
    #[command(after_help = "Example: iam user delete bob")]
    Delete(Named),
    /// Shut a user out for now.
    #[command(after_help = "Example: iam user lock bob")]
    Lock(Named),
    /// Let a locked user in again.
    #[command(after_help = "Example: iam user unlock bob")]
    Unlock(Named),
    /// Switch a user off.
    #[command(after_help = "Example: iam user disable bob")]
    Disable(Named),
    /// Switch a disabled user on.
    #[command(after_help = "Example: iam user enable bob")]
    Enable(Named),
    /// Have a user set a password themselves.
    #[command(after_help = "Example: iam user invite bob")]
    Invite(Named),
    /// Bring a deleted user back, disabled.
    #[command(after_help = "Example: iam user restore bob")]
    Restore(Named),
    /// Give a user a password, and end the user's sessions.
    #[command(after_help = "Example: iam user reset-password bob")]
    ResetPassword(ResetPassword),
    /// Have a user change the password before the next tokens.
    #[command(after_help = "Example: iam user require-password-change bob")]
    RequirePasswordChange(Named),
    /// End a user's sessions.
    #[command(after_help = "Example: iam user revoke-sessions bob")]
    RevokeSessions(Named),
    /// Remove a user with all that is known of it, for good.
    #[command(after_help = "Example: iam user erase bob --yes")]
    Erase(Erased),
    /// Print all that is known of a user, as one JSON document.
    #[command(after_help = "Example: iam user export bob > bob.json")]
    Export(Named),
    /// Give a user a role.
    #[command(after_help = "Example: iam user add-role bob clerk")]
    AddRole(Granted),
    /// Take a role from a user.
    #[command(after_help = "Example: iam user remove-role bob clerk")]
    RemoveRole(Granted),
    /// List what a user can log in with.
    #[command(after_help = "Example: iam user credentials bob")]
    Credentials(Credentials),
    /// Remove something that a user can log in with.
    #[command(
        after_help = "Example: iam user remove-credential bob 01990a5d-ac96-774b-bcce-b302099a8060"
    )]
    RemoveCredential(Credential),
}

#[derive(Args)]
pub(crate) struct Granted {
    /// The user's name, e-mail address or id.
    user: String,
    /// The role's name or id.
    role: String,
}

impl Granted {
    fn parts(&self) -> ((&Resource, &str), (&str, &Resource, &str)) {
        ((&USER, &self.user), ("roles", &ROLE, &self.role))
    }
}

impl Command {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        let act = async |named: Named, verb| session.act(&USER, &named.name, verb).await;
        match self {
            Self::Create(create) => create.run(session).await,
            Self::List(list) => list.run(session).await,
            Self::Show(shown) => session.show(&USER, &shown).await,
            Self::Change(change) => change.run(session).await,
            Self::Delete(named) => session.delete(&USER, &named.name).await,
            Self::Lock(named) => act(named, ("lock", "is locked")).await,
            Self::Unlock(named) => act(named, ("unlock", "is not locked")).await,
            Self::Disable(named) => act(named, ("disable", "is disabled")).await,
            Self::Enable(named) => act(named, ("enable", "is enabled")).await,
            Self::Invite(named) => act(named, ("invite", "is invited")).await,
            Self::Restore(named) => act(named, ("restore", "is restored, and disabled")).await,
            Self::ResetPassword(reset) => reset.run(session).await,
            Self::RequirePasswordChange(named) => {
                act(
                    named,
                    ("require-password-change", "has to change the password"),
                )
                .await
            }
            Self::RevokeSessions(named) => {
                act(named, ("revoke-sessions", "has no sessions any more")).await
            }
            Self::Erase(erased) => session.erase(&USER, &erased).await,
            Self::Export(named) => session.export(&USER, &named.name).await,
            Self::AddRole(granted) => {
                let (user, role) = granted.parts();
                session.put_into(user, role).await
            }
            Self::RemoveRole(granted) => {
                let (user, role) = granted.parts();
                session.take_out_of(user, role).await
            }
            Self::Credentials(credentials) => credentials.run(session).await,
            Self::RemoveCredential(credential) => credential.run(session).await,
        }
    }
}
