//! Logins that wait for their next step.

use iam_model::{Secret, hex};
use iam_security::random_token;
use iam_storage_ports::LoginRecord;
use sha2::{Digest, Sha256};

use crate::{
    AuthError, Entrance, Factor, LoginPorts, Sender, Step, StepKind,
    admitted::Admitted,
    progress::{Progress, Subject},
    step::{MAX_ATTEMPTS, STEP_TTL},
};

/// Where a step is done. A token is good at one of these only; at another it is unknown, and stays
/// as good as it was.
#[derive(Clone, Copy)]
pub(crate) enum Desk {
    Confirmation,
    Enrollment,
    Password,
    Verification,
}

impl Desk {
    /// The key of a login that waits here. The store knows the token's digest alone: who reads the
    /// store cannot go on with a login.
    fn key(self, entrance: Entrance<'_>, token: &Secret<String>) -> String {
        let desk = match self {
            Self::Confirmation => "confirm",
            Self::Enrollment => "enroll",
            Self::Password => "password",
            Self::Verification => "verify",
        };
        let mut digest = Sha256::new_with_prefix(token.expose());
        let entrance = match entrance {
            Entrance::Auth => "login-step",
            Entrance::Challenge(client) => {
                digest.update(client.as_str());
                "auth-session"
            }
        };
        format!("{entrance}:{desk}:{}", hex(&digest.finalize()))
    }
}

impl From<StepKind> for Desk {
    fn from(kind: StepKind) -> Self {
        match kind {
            StepKind::Invitation | StepKind::PasswordChange | StepKind::PasswordExpired => {
                Self::Password
            }
            StepKind::Mfa => Self::Verification,
            StepKind::MfaConfirmation => Self::Confirmation,
            StepKind::MfaEnrollment => Self::Enrollment,
        }
    }
}

/// Puts a login aside until its user has done what `kind` says.
pub(crate) async fn suspend(
    ports: &LoginPorts<'_>,
    kind: StepKind,
    progress: &Progress,
) -> Result<Step, AuthError> {
    let token = random_token(ports.platform);
    wait(ports, kind.into(), &token, progress).await?;
    Ok(Step {
        kind,
        token,
        expires_in: STEP_TTL,
    })
}

/// Has a login wait for `token` at `desk`.
async fn wait(
    ports: &LoginPorts<'_>,
    desk: Desk,
    token: &Secret<String>,
    progress: &Progress,
) -> Result<(), AuthError> {
    let value = serde_json::to_string(progress).map_err(|e| AuthError::Internal(e.into()))?;
    let key = desk.key(ports.entrance, token);
    Ok(ports.ephemeral.put(&key, &value, STEP_TTL).await?)
}

/// [`suspend`] after a step that was done wrong; `None` if it was the last time.
pub(crate) async fn try_again(
    ports: &LoginPorts<'_>,
    kind: StepKind,
    mut progress: Progress,
) -> Result<Option<Step>, AuthError> {
    progress.attempts += 1;
    if progress.attempts >= MAX_ATTEMPTS {
        return Ok(None);
    }
    suspend(ports, kind, &progress).await.map(Some)
}

/// A login that goes on.
pub(crate) struct Resumed {
    pub(crate) progress: Progress,
    record: LoginRecord,
}

/// Takes the login that waits for `token` at `desk`: of many who ask at once, one gets it. Who and
/// what it is about is read afresh; if the user, their password or the client has gone meanwhile,
/// so has the login.
pub(crate) async fn resume(
    ports: &LoginPorts<'_>,
    desk: Desk,
    token: &Secret<String>,
) -> Result<Resumed, AuthError> {
    let value = ports
        .ephemeral
        .take(&desk.key(ports.entrance, token))
        .await?;
    let value = value.ok_or(AuthError::InvalidStep)?;
    let progress = serde_json::from_str(&value).map_err(|e| AuthError::Internal(e.into()))?;
    Resumed::read(ports, progress).await
}

/// [`resume`] for a step at which something can be guessed. If the limits do not let it be tried,
/// the login waits on for the same token.
pub(crate) async fn resume_to_try(
    ports: &LoginPorts<'_>,
    sender: &Sender,
    (desk, factor): (Desk, Factor),
    token: &Secret<String>,
) -> Result<(Resumed, Admitted), AuthError> {
    let resumed = resume(ports, desk, token).await?;
    let (subject, progress) = (resumed.subject()?, &resumed.progress);
    match Admitted::to_go_on(ports, sender, subject, progress, factor).await {
        Ok(admitted) => Ok((resumed, admitted)),
        Err(error) => {
            wait(ports, desk, token, progress).await?;
            Err(error)
        }
    }
}

impl Resumed {
    /// `progress`, with what the database now says of it.
    pub(crate) async fn read(
        ports: &LoginPorts<'_>,
        progress: Progress,
    ) -> Result<Self, AuthError> {
        let principals = ports.storage.principals();
        let (tenant, client) = (&progress.tenant, &progress.client_id);
        let record = principals.lookup(tenant, &progress.user, client).await?;
        let resumed = Self { progress, record };
        resumed.subject()?;
        Ok(resumed)
    }

    pub(crate) fn subject(&self) -> Result<Subject<'_>, AuthError> {
        let principal = self.record.principal.as_ref();
        let principal = principal.filter(|principal| self.progress.is_of(principal));
        Ok(Subject {
            principal: principal.ok_or(AuthError::InvalidStep)?,
            client: self.record.client.as_ref().ok_or(AuthError::InvalidStep)?,
        })
    }
}

#[cfg(test)]
mod tests;
