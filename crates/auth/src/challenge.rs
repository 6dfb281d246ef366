//! Logins at the authorization challenge endpoint (draft-ietf-oauth-first-party-apps): an app of
//! the same owner asks for a code without a browser, step by step.

use std::str::FromStr;

use iam_model::Secret;
use iam_security::{Keyring, PasswordHasher};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::form_urlencoded;

use crate::{
    AuthError, BrowserPorts, Login, LoginOutcome, LoginPorts, PushedRequest, Sender,
    authorize::hold,
    change_password, login,
    progress::{Mode, Progress, Subject},
    verify_code,
};

/// What a client sends.
pub enum ChallengeRequest {
    /// Its first request. It says itself which code it wants: one for its
    /// [`code_challenge`](Login::code_challenge).
    Login(Box<Login>),
    /// A code of the user's second factor, in the session of this token.
    OneTimeCode(Secret<String>, Secret<String>),
    /// A new password, in the session of this token.
    NewPassword(Secret<String>, Secret<String>),
}

/// What [`challenge`] needs.
pub struct ChallengePorts<'a> {
    /// What every step needs.
    pub login: LoginPorts<'a>,
    /// The password hasher.
    pub hasher: &'a dyn PasswordHasher,
    /// The keys that second factors are encrypted with.
    pub keyring: &'a Keyring,
}

/// Goes on with the login of a client that has proved who it is, with the steps there are at the API
/// for logins. The session is the token of a step: it is good once, for five minutes, for its
/// client.
pub async fn challenge(
    ports: &ChallengePorts<'_>,
    sender: &Sender,
    request: &ChallengeRequest,
) -> Result<LoginOutcome, AuthError> {
    let steps = &ports.login;
    match request {
        ChallengeRequest::Login(request) => login(steps, ports.hasher, sender, request).await,
        ChallengeRequest::OneTimeCode(session, code) => {
            verify_code(steps, ports.keyring, sender, session, (code, None)).await
        }
        ChallengeRequest::NewPassword(session, password) => {
            change_password(
                steps,
                (ports.hasher, ports.keyring),
                sender,
                session,
                password,
            )
            .await
        }
    }
}

/// The request with which the client can go on in a browser (RFC 9126 §2.2): that of its code, with
/// the assurance it asked for.
pub(crate) async fn web_request(
    ports: &LoginPorts<'_>,
    subject: Subject<'_>,
    progress: &Progress,
) -> Result<PushedRequest, AuthError> {
    let redirect_uri = subject.client.redirect_uris.first();
    let redirect_uri = redirect_uri.ok_or(AuthError::NotFirstParty)?;
    let mut request = form_urlencoded::Serializer::new(String::new());
    request
        .append_pair("client_id", progress.client_id.as_str())
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("scope", &progress.scope.to_string())
        .append_pair("acr_values", &progress.acr_values.text());
    if let Mode::Code(code_challenge) = &progress.mode {
        request
            .append_pair("code_challenge", code_challenge.as_str())
            .append_pair("code_challenge_method", "S256");
    }
    let browsers = BrowserPorts {
        platform: ports.platform,
        storage: ports.storage,
        ephemeral: ports.ephemeral,
        hydra: ports.hydra,
        issuer: ports.audience,
    };
    hold(&browsers, &progress.client_id, request.finish()).await
}

/// The digest of a code verifier, which only the app's own instance knows (RFC 7636 §4.2, `S256`).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

/// The text is not a SHA-256 digest in base64url.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not a SHA-256 digest in base64url")]
pub struct InvalidCodeChallenge;

impl CodeChallenge {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CodeChallenge {
    type Err = InvalidCodeChallenge;

    fn from_str(text: &str) -> Result<Self, InvalidCodeChallenge> {
        let url_safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if text.len() == 43 && text.bytes().all(url_safe) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCodeChallenge)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CodeChallenge;

    #[test]
    fn a_code_challenge_is_a_digest() {
        // RFC 7636 appendix B.
        let good = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(good.parse::<CodeChallenge>().is_ok());
        for bad in [
            "",
            &good[1..],
            &format!("{}=", &good[1..]),
            &good.replace('-', "+"),
        ] {
            assert!(bad.parse::<CodeChallenge>().is_err(), "{bad}");
        }
    }
}
