//! `POST /admin/v1/policies/{id}:evaluate`: what a version of the policy would say, and why.

use bytes::Bytes;
use http::{Response, StatusCode};
use iam_identity::{Trial, evaluate_policy};
use iam_model::{ClientId, UserId};
use iam_policy::{Explanation, PolicyInput};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    Access, Code,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    fields::body,
    problem::{FieldError, Problem, json},
};

admin_route!(POST "/admin/v1/policies/{id}:evaluate", Access::Tenant("iam.policies.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "evaluatePolicy",
    summary: "Try a version of the policy",
    description: "Either on a `user` who logs in through a `client`, with what is said of the `request`, which takes `iam.users.read` too, or on an `input` that is made up. Nothing is decided by it.",
    kind: Kind::Act,
    query: &[],
    request: Some(Payload::json::<Evaluation>(
        r#"{"input": {"user": {"attributes": {"contractor": true}}, "request": {"ip": "192.0.2.1"}}}"#,
    )),
    response: Some(Payload::json::<ExplanationView>(
        r#"{"allow": false, "reasons": ["outside_office"], "claims": {}, "rules": {"allow": true, "deny": ["outside_office"]}, "evaluated_lines": [3, 5, 6, 7], "skipped_lines": [], "prints": [], "work": 61, "input": {"user": {"attributes": {"contractor": true}}, "request": {"ip": "192.0.2.1"}}}"#,
    )),
    errors: &[],
};

body! {
    /// What a policy is tried on.
    Evaluation {
        /// The id of a user.
        user: Option<UserId>,
        /// The id of a client.
        client: Option<ClientId>,
        /// What is said of the request, over what a login by password has: `{"ip": "192.0.2.1"}`.
        request: Option<Map<String, Value>>,
        /// The whole input, made up.
        input: Option<Map<String, Value>>,
    }
}

/// What a policy says, and why.
#[derive(JsonSchema, Serialize)]
struct ExplanationView {
    /// Whether tokens would be issued; false if the policy failed.
    allow: bool,
    /// Why not, as the policy says.
    reasons: Vec<String>,
    /// The claims it would add to the access token.
    claims: Map<String, Value>,
    /// The assurance level it wants, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The values of its rules, as far as they were asked for; null for undefined.
    rules: Map<String, Value>,
    /// The lines of the source that were evaluated.
    evaluated_lines: Vec<u32>,
    /// The lines that were not.
    skipped_lines: Vec<u32>,
    /// What its `print` calls wrote.
    prints: Vec<String>,
    /// The steps it took; a login allows 100,000.
    work: u64,
    /// What it was tried on.
    input: Value,
}

impl ExplanationView {
    fn new(input: &PolicyInput, explanation: Explanation) -> Self {
        let (decision, error) = match explanation.decision {
            Ok(decision) => (decision, None),
            Err(error) => (
                iam_policy::PolicyDecision::default(),
                Some(error.to_string()),
            ),
        };
        let rules = explanation.rules.into_iter();
        Self {
            allow: decision.allow,
            reasons: decision.reasons.iter().map(ToString::to_string).collect(),
            claims: decision.claims,
            acr: decision.acr.map(|acr| acr.as_str().to_owned()),
            error,
            rules: rules
                .map(|(name, value)| (name.to_owned(), value.unwrap_or_default()))
                .collect(),
            evaluated_lines: explanation.evaluated,
            skipped_lines: explanation.skipped,
            prints: explanation.prints,
            work: explanation.work,
            input: input.as_json().clone(),
        }
    }
}

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let trial = trial(Evaluation::read(call.call.body.json(&call.call.headers)?)?)?;
    let id = call.parameter(0)?;
    let (input, explanation) = evaluate_policy(&call.admin(), &id, trial).await?;
    let view = ExplanationView::new(&input, explanation);
    Ok(json(StatusCode::OK, "application/json", &view))
}

fn trial(body: Evaluation) -> Result<Trial, Problem> {
    match (body.user, body.client, body.input) {
        (Some(user), Some(client), None) => Ok(Trial::Login {
            user,
            client,
            request: body.request.unwrap_or_default(),
        }),
        (None, None, Some(input)) if body.request.is_none() => Ok(Trial::MadeUp(input)),
        _ => {
            let error = FieldError::at("", "takes either `user` and `client`, or `input` alone");
            Err(Problem::new(Code::InvalidRequest).errors(vec![error]))
        }
    }
}
