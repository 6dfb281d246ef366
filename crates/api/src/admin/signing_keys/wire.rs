use iam_hydra::{KeyState, SigningKeyStatus};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    admin::{moment::Moment, view::view},
    fields::body,
};

body! {
    /// How to rotate.
    RotateBody {
        /// Whether to replace all keys at once, for when one has leaked; `false` if left out.
        emergency: Option<bool>,
    }
}

/// What a key does now.
#[derive(Clone, Copy, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::admin) enum State {
    /// It is published and does not sign yet.
    Next,
    /// It signs.
    Active,
    /// It does not sign any more, and is published until no token of it is left.
    Retired,
}

view! {
    /// A key that tokens are signed with; not the key itself.
    SigningKeyView(kid) {
        /// What tokens call it.
        kid: String,
        /// The algorithm.
        alg: &'static str,
        /// What it does now.
        state: State,
        /// When it was made.
        created_at: Moment,
        /// Since when it signs, or when it is going to.
        signs_from: Moment,
        /// When the next takes its place, or took it.
        #[serde(skip_serializing_if = "Option::is_none")]
        retires_at: Option<Moment>,
        /// From when on it is of no use to anybody and may be removed.
        #[serde(skip_serializing_if = "Option::is_none")]
        removable_at: Option<Moment>,
    }
}

impl From<SigningKeyStatus> for SigningKeyView {
    fn from(key: SigningKeyStatus) -> Self {
        Self {
            kid: key.kid,
            alg: "ES256",
            state: match key.state {
                KeyState::Next => State::Next,
                KeyState::Active => State::Active,
                KeyState::Retired => State::Retired,
            },
            created_at: Moment(key.created_at),
            signs_from: Moment(key.signs_from),
            retires_at: key.retires_at.map(Moment),
            removable_at: key.removable_at.map(Moment),
        }
    }
}

pub(super) const EXAMPLE: &str = r#"{
    "kid": "p1790000000123-1790003900123-9f86d081",
    "alg": "ES256",
    "state": "next",
    "created_at": "2026-09-21T14:13:20.123Z",
    "signs_from": "2026-09-21T15:18:20.123Z"
}"#;
