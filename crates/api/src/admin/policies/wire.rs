use iam_identity::{Admin, IdentityError, PolicySpec, policy_activation};
use iam_model::{Line, Policy, PolicyActivation, PolicyId};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

/// The version of what never changes.
pub(super) const UNCHANGING: i64 = 1;

body! {
    /// A version of the policy to be uploaded.
    NewPolicy {
        /// What it changes.
        description: Option<Line>,
        /// The Rego module, `package iam.policy`, with its tests; at most 64 KiB.
        source: String,
    }
}

impl From<NewPolicy> for PolicySpec {
    fn from(body: NewPolicy) -> Self {
        Self {
            description: body.description.unwrap_or_default(),
            source: body.source,
        }
    }
}

view! {
    /// A version of the policy.
    PolicyView(id, version) {
        /// Its id.
        id: PolicyId,
        /// Which of the tenant's versions it is, from 1.
        number: i64,
        /// What it changes.
        description: Line,
        /// The Rego module.
        source: String,
        /// Whether it is the one that decides.
        active: bool,
        /// Always 1: a version of the policy never changes.
        version: i64,
        /// When it was uploaded.
        created_at: Moment,
    }
}

impl PolicyView {
    pub(crate) fn new(policy: Policy, activation: &PolicyActivation) -> Self {
        Self {
            active: activation.active == Some(policy.id),
            id: policy.id,
            number: policy.number,
            description: policy.description,
            source: policy.source,
            version: UNCHANGING,
            created_at: Moment(policy.created_at),
        }
    }

    pub(super) async fn of(admin: &Admin<'_>, policy: Policy) -> Result<Self, IdentityError> {
        Ok(Self::new(policy, &policy_activation(admin).await?))
    }
}

/// Which version is active.
#[derive(JsonSchema, Serialize)]
pub(super) struct ActivationView {
    /// The id of the version that decides; null for none.
    active: Option<PolicyId>,
    /// The id of the version that a roll-back returns to; null for none.
    previous: Option<PolicyId>,
}

impl From<PolicyActivation> for ActivationView {
    fn from(activation: PolicyActivation) -> Self {
        Self {
            active: activation.active,
            previous: activation.previous,
        }
    }
}

/// A policy to be uploaded, as examples show it.
pub(super) const NEW: &str = r#"{
    "description": "Contractors log in from the office only",
    "source": "package iam.policy\n\ndefault allow := true\n\ndeny contains \"outside_office\" if {\n\tinput.user.attributes.contractor == true\n\tnot startswith(input.request.ip, \"10.\")\n}\n\ntest_contractor_outside if {\n\tdeny[\"outside_office\"] with input as {\"user\": {\"attributes\": {\"contractor\": true}}, \"request\": {\"ip\": \"192.0.2.1\"}}\n}\n"
}"#;

/// A policy, as examples show it.
pub(super) const EXAMPLE: &str = r#"{
    "id": "01990a5d-ac96-774b-bcce-b302099a8057",
    "number": 1,
    "description": "Contractors log in from the office only",
    "source": "package iam.policy\n\ndefault allow := true\n",
    "active": false,
    "version": 1,
    "created_at": "2026-09-21T14:13:20.123Z"
}"#;

/// An activation, as examples show it.
pub(super) const ACTIVATION: &str = r#"{
    "active": "01990a5d-ac96-774b-bcce-b302099a8057",
    "previous": null
}"#;
