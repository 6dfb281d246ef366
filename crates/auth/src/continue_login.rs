use futures_util::future::join3;
use iam_hydra::{
    AcceptLogin, AuthorizationRequest, ClientCodeFlow, CodeFlow, Hydra, HydraError, OAuthError,
    Tokens,
};
use iam_model::Secret;
use iam_policy::Claims;
use serde_json::json;
use url::Url;

use crate::{
    AuthError, LoginPorts, PushedRequest, Sender, Step, StepKind,
    admitted::Admitted,
    challenge::web_request,
    login_log::LoginLog,
    next_step::{Next, next_step},
    pending::suspend,
    progress::{Challenge, Mode, Progress, Subject, context},
};

/// What comes of a login, or of one of its steps.
#[derive(Debug)]
pub enum LoginOutcome {
    /// The app gets a code, which it redeems by its verifier. If the device was to be remembered,
    /// this is what it is known by.
    Code(Secret<String>, Option<Secret<String>>),
    /// The browser goes on at this URL, and likewise for the device.
    Redirect(Url, Option<Secret<String>>),
    /// The user has something to do first.
    Step(Step),
    /// The app gets tokens, and likewise for the device.
    Tokens(Box<Tokens>, Option<Secret<String>>),
    /// The app has to go on in a browser, with this request.
    Web(PushedRequest),
}

/// The first hop of a code flow, which may be taken beforehand.
pub(crate) enum Begun<'a> {
    /// For tokens.
    Tokens(CodeFlow<'a>),
    /// For a code that is the client's.
    Code(ClientCodeFlow<'a>),
}

impl<'a> Begun<'a> {
    /// Takes it, for a login that ends as `mode` says.
    pub(crate) async fn begin(
        hydra: &'a Hydra,
        request: AuthorizationRequest<'a>,
        mode: &Mode,
    ) -> Result<Self, HydraError> {
        match mode {
            Mode::Code(challenge) => {
                let flow = hydra.begin_for(request, challenge.as_str()).await?;
                Ok(Self::Code(flow))
            }
            Mode::Challenge(_) | Mode::Direct => hydra.begin(request).await.map(Self::Tokens),
        }
    }
}

/// Goes on with a login whose last step was done: every step ends here. What is still missing is
/// decided from the database as it is now; if it is nothing, the login ends with tokens or with a
/// browser that goes on. That is in the tenant's audit log before it is answered; it is written
/// while Hydra does its part.
pub(crate) async fn continue_login(
    ports: &LoginPorts<'_>,
    sender: &Sender,
    subject: Subject<'_>,
    progress: Progress,
    admitted: &Admitted,
    begun: Option<Result<Begun<'_>, HydraError>>,
) -> Result<LoginOutcome, AuthError> {
    let log = LoginLog::of(ports, sender, subject);
    let context = context(sender, ports.platform.now());
    match next_step(subject, &progress, &context) {
        Next::Complete(claims) => {
            let finished = finish(ports, subject, &progress, &claims, begun);
            let (finished, logged, device) = join3(
                finished,
                log.succeeded(&progress.assurance),
                admitted.remember(ports, progress.device.remember),
            )
            .await;
            logged?;
            match finished? {
                Finished::Code(code) => Ok(LoginOutcome::Code(code, device?)),
                Finished::Redirect(url) => Ok(LoginOutcome::Redirect(url, device?)),
                Finished::Tokens(tokens) => {
                    log.weigh(&tokens.access_token).await?;
                    Ok(LoginOutcome::Tokens(tokens, device?))
                }
            }
        }
        Next::Denied(denial) => {
            log.denied(&denial).await?;
            Err(AuthError::Denied(denial))
        }
        Next::Step(StepKind::MfaEnrollment) if matches!(progress.mode, Mode::Code(_)) => {
            let request = web_request(ports, subject, &progress).await?;
            Ok(LoginOutcome::Web(request))
        }
        Next::Step(kind) => {
            let step = suspend(ports, kind, &progress.at_next_step()).await?;
            Ok(LoginOutcome::Step(step))
        }
        Next::Unavailable => {
            log.assurance_unavailable().await?;
            unavailable(ports, &progress.mode).await
        }
    }
}

/// Tells the client that more is wanted than can be proved here (RFC 9470 §5): by the browser if
/// there is one, which its user cannot help.
pub(crate) async fn unavailable(
    ports: &LoginPorts<'_>,
    mode: &Mode,
) -> Result<LoginOutcome, AuthError> {
    let Mode::Challenge(challenge) = mode else {
        return Err(AuthError::AssuranceUnavailable);
    };
    let error = OAuthError {
        error: "unmet_authentication_requirements".to_owned(),
        error_description: "The user cannot log in as strongly as is asked for.".to_owned(),
    };
    let url = ports
        .hydra
        .reject_login_request(&challenge.login_challenge, &error)
        .await?;
    Ok(LoginOutcome::Redirect(url, None))
}

enum Finished {
    Code(Secret<String>),
    Redirect(Url),
    Tokens(Box<Tokens>),
}

async fn finish(
    ports: &LoginPorts<'_>,
    subject: Subject<'_>,
    progress: &Progress,
    claims: &Claims,
    begun: Option<Result<Begun<'_>, HydraError>>,
) -> Result<Finished, AuthError> {
    match &progress.mode {
        Mode::Challenge(challenge) => {
            let url = accept(ports, subject, progress, challenge).await?;
            Ok(Finished::Redirect(url))
        }
        Mode::Code(_) | Mode::Direct => walk(ports, subject, progress, claims, begun).await,
    }
}

/// Has Hydra send the browser on. What its tokens will say is decided at the consent, from the
/// assurance that goes with it.
async fn accept(
    ports: &LoginPorts<'_>,
    subject: Subject<'_>,
    progress: &Progress,
    challenge: &Challenge,
) -> Result<Url, AuthError> {
    let amr = amr(progress);
    let lifetimes = &subject.principal.tenant.settings.token_lifetimes;
    let accept = AcceptLogin {
        subject: progress.user,
        acr: progress.assurance.acr.as_str(),
        amr: &amr,
        // As long as an app is: as long as a refresh token.
        remember_for: challenge.remember.then_some(lifetimes.refresh_token),
        context: json!(progress.assurance),
    };
    let login_challenge = &challenge.login_challenge;
    Ok(ports
        .hydra
        .accept_login_request(login_challenge, &accept)
        .await?)
}

/// Runs the code flow inside the server, or what is left of it.
async fn walk(
    ports: &LoginPorts<'_>,
    subject: Subject<'_>,
    progress: &Progress,
    claims: &Claims,
    begun: Option<Result<Begun<'_>, HydraError>>,
) -> Result<Finished, AuthError> {
    let amr = amr(progress);
    let notified = subject.client.details.backchannel_logout_uri.is_some();
    let lifetimes = &subject.principal.tenant.settings.token_lifetimes;
    let grant = iam_hydra::Grant {
        subject: progress.user,
        acr: progress.assurance.acr.as_str(),
        amr: &amr,
        audience: &[ports.audience],
        session_for: notified.then_some(lifetimes.refresh_token),
        claims,
    };
    let flow = if let Some(flow) = begun {
        flow?
    } else {
        let redirect_uri = subject.client.redirect_uris.first();
        let request = AuthorizationRequest {
            client_id: progress.client_id.as_str(),
            redirect_uri: redirect_uri.ok_or(AuthError::NotFirstParty)?,
            scope: &progress.scope,
        };
        Begun::begin(ports.hydra, request, &progress.mode).await?
    };
    Ok(match flow {
        Begun::Code(flow) => Finished::Code(flow.code(&grant).await?),
        Begun::Tokens(flow) => Finished::Tokens(Box::new(flow.finish(&grant).await?)),
    })
}

fn amr(progress: &Progress) -> Vec<&'static str> {
    let methods = progress.assurance.amr.iter();
    methods.map(|method| method.as_str()).collect()
}
