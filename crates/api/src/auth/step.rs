use iam_auth::{Step, StepKind};
use serde::Serialize;
use serde_json::json;

use crate::problem::{Code, Problem};

/// A step of a login, as it stands in an answer.
#[derive(Serialize)]
pub(super) struct StepView {
    /// What the login goes on by, once.
    token: String,
    /// Seconds for which it waits.
    expires_in: u64,
    /// What the step can be done with, where there is a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    methods: Vec<&'static str>,
}

impl From<&Step> for StepView {
    fn from(step: &Step) -> Self {
        Self {
            token: step.token.expose().clone(),
            expires_in: step.expires_in.as_secs(),
            methods: step.kind.methods().iter().map(|m| m.as_str()).collect(),
        }
    }
}

/// The answer of a login that is not complete: what its user has to do first.
pub(super) fn pending(step: &Step) -> Problem {
    let code = match step.kind {
        StepKind::Invitation => Code::InvitationPending,
        StepKind::Mfa => Code::MfaRequired,
        StepKind::MfaConfirmation | StepKind::MfaEnrollment => Code::MfaEnrollmentRequired,
        StepKind::PasswordChange => Code::PasswordChangeRequired,
        StepKind::PasswordExpired => Code::PasswordExpired,
    };
    Problem::new(code).step(Some(step))
}

impl Problem {
    /// Says what the login can go on by, if it can.
    pub(crate) fn step(self, step: Option<&Step>) -> Self {
        match step {
            Some(step) => self.member("step", json!(StepView::from(step))),
            None => self,
        }
    }
}
