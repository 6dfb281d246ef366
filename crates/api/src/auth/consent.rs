//! `/auth/consent`: what a consent page asks its user, and the user's answer.
//!
//! `GET ?consent_challenge=` gives the question. `POST` takes `consent_challenge`, `grant`, and
//! where it is granted `scope` (a part of what was asked for) and `remember`; it gives
//! `redirect_to`, where the browser goes on.
//!
//! Permissions: none; the challenge is the permission, and Hydra takes the answer only from the
//! browser that began.
//! Errors: `invalid_challenge`, `invalid_json`, `invalid_request`, `invalid_scope`,
//! `payload_too_large`, `unsupported_media_type`, and 503 for what is out of reach.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use iam_auth::{ConsentDecision, ConsentQuestion, answer_consent, consent_question};
use iam_model::{Scope, ScopeToken};
use serde::Serialize;

use crate::{
    Access, Route,
    call::Call,
    fields::Fields,
    oauth2::browser::{Browsing, challenge, sender},
    problem::{Problem, json},
};

/// The route of the question.
pub const GET: Route = Route {
    method: Method::GET,
    path: PATH,
    access: Access::Open,
    handler: |call| Box::pin(ask(call)),
};

/// The route of the answer.
pub const POST: Route = Route {
    method: Method::POST,
    path: PATH,
    access: Access::Open,
    handler: |call| Box::pin(answer(call)),
};

const PATH: &str = "/auth/consent";

#[derive(Serialize)]
struct Question<'a> {
    client: Client<'a>,
    user: User<'a>,
    scopes: Vec<&'a str>,
    resources: &'a [String],
    ui_locales: &'a [String],
}

#[derive(Serialize)]
struct Client<'a> {
    client_id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct User<'a> {
    id: String,
    username: &'a str,
}

#[derive(Serialize)]
struct Onward<'a> {
    redirect_to: &'a str,
}

async fn ask(call: Call) -> Result<Response<Bytes>, Problem> {
    let challenge = challenge(&call, "consent_challenge")?;
    let browsing = Browsing::of(&call)?;
    let question = consent_question(&browsing.ports(), &challenge).await?;
    Ok(json(
        StatusCode::OK,
        "application/json",
        &Question::of(&question),
    ))
}

impl<'a> Question<'a> {
    fn of(question: &'a ConsentQuestion) -> Self {
        Self {
            client: Client {
                client_id: question.client_id.as_str(),
                name: question.client_name.as_str(),
            },
            user: User {
                id: question.subject.to_string(),
                username: question.username.as_str(),
            },
            scopes: question.scope.tokens().map(ScopeToken::as_str).collect(),
            resources: &question.resources,
            ui_locales: &question.ui_locales,
        }
    }
}

async fn answer(call: Call) -> Result<Response<Bytes>, Problem> {
    let mut fields = Fields::new(call.body.json(&call.headers)?);
    let challenge = fields.secret("consent_challenge");
    let grant = fields.take::<bool>("grant");
    let scope = fields.optional::<Scope>("scope");
    let remember = fields.take::<Option<bool>>("remember");
    let proof = fields.finish()?;
    let (challenge, grant) = (challenge.open(&proof)?, grant.open(&proof)?);
    let decision = if grant {
        let remember = remember.open(&proof)?.unwrap_or_default();
        ConsentDecision::Grant { scope, remember }
    } else {
        ConsentDecision::Refuse
    };
    let browsing = Browsing::of(&call)?;
    let (ports, sender) = (browsing.ports(), sender(&call));
    let url = answer_consent(&ports, &sender, challenge.expose(), &decision).await?;
    let onward = Onward { redirect_to: &url };
    Ok(json(StatusCode::OK, "application/json", &onward))
}
