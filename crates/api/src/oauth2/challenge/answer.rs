use bytes::Bytes;
use http::{Response, StatusCode};
use iam_auth::{LoginOutcome, PushedRequest, Step, StepKind};
use iam_model::Secret;
use serde::Serialize;

use crate::problem::{Code, json};

/// An authorization code response (§5.2.1).
#[derive(Serialize)]
struct Granted<'a> {
    authorization_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<&'a str>,
}

/// An error response (§5.2.2), with members of ours: `code`, which is that of the same problem at
/// the API for logins, and `required`, the parameters to send next.
#[derive(Serialize)]
pub(super) struct Refused<'a> {
    pub(super) error: &'static str,
    pub(super) error_description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) required: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) auth_session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_uri: Option<&'a str>,
    /// How long the `request_uri` is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_in: Option<u64>,
}

impl Default for Refused<'_> {
    fn default() -> Self {
        Self {
            error: INSUFFICIENT,
            error_description: "",
            code: None,
            required: &[],
            auth_session: None,
            request_uri: None,
            expires_in: None,
        }
    }
}

/// What a client sends first.
pub(super) const CREDENTIALS: &[&str] = &["username", "password"];

const INSUFFICIENT: &str = "insufficient_authorization";

impl Refused<'_> {
    pub(super) fn respond(&self, status: StatusCode) -> Response<Bytes> {
        json(status, "application/json", self)
    }
}

/// What comes of a step.
pub(super) fn answer(outcome: LoginOutcome) -> Response<Bytes> {
    match outcome {
        LoginOutcome::Code(code, device) => granted(&code, device.as_ref()),
        LoginOutcome::Step(step) => next(&step),
        LoginOutcome::Web(request) => web(&request),
        // A login of this endpoint ends with a code.
        LoginOutcome::Redirect(..) | LoginOutcome::Tokens(..) => Refused {
            error: "server_error",
            error_description: Code::Internal.detail(),
            ..Refused::default()
        }
        .respond(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Nobody has said yet who logs in.
pub(super) fn credentials_required() -> Response<Bytes> {
    Refused {
        error_description: "Send the user's name and password.",
        required: CREDENTIALS,
        ..Refused::default()
    }
    .respond(StatusCode::FORBIDDEN)
}

/// What the step needs.
pub(super) const fn required(kind: StepKind) -> &'static [&'static str] {
    match kind {
        StepKind::Invitation | StepKind::PasswordChange | StepKind::PasswordExpired => {
            &["new_password"]
        }
        StepKind::Mfa | StepKind::MfaConfirmation | StepKind::MfaEnrollment => &["otp"],
    }
}

fn granted(code: &Secret<String>, device: Option<&Secret<String>>) -> Response<Bytes> {
    let wire = Granted {
        authorization_code: code.expose(),
        device_token: device.map(|token| token.expose().as_str()),
    };
    json(StatusCode::OK, "application/json", &wire)
}

fn next(step: &Step) -> Response<Bytes> {
    let code = match step.kind {
        StepKind::Invitation => Code::InvitationPending,
        StepKind::Mfa | StepKind::MfaConfirmation => Code::MfaRequired,
        StepKind::MfaEnrollment => Code::MfaEnrollmentRequired,
        StepKind::PasswordChange => Code::PasswordChangeRequired,
        StepKind::PasswordExpired => Code::PasswordExpired,
    };
    Refused {
        error_description: "The user has something to do first: send what is required.",
        code: Some(code.as_str()),
        required: required(step.kind),
        auth_session: Some(step.token.expose()),
        ..Refused::default()
    }
    .respond(StatusCode::FORBIDDEN)
}

/// A second factor is enrolled at a page, which can show a picture (§5.2.2.1).
fn web(request: &PushedRequest) -> Response<Bytes> {
    Refused {
        error: "redirect_to_web",
        error_description: "The user has to enrol a second factor. Go on in a browser.",
        code: Some(Code::MfaEnrollmentRequired.as_str()),
        request_uri: Some(request.request_uri.expose()),
        expires_in: Some(request.expires_in.as_secs()),
        ..Refused::default()
    }
    .respond(StatusCode::FORBIDDEN)
}
