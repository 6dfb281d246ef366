use std::fmt;

use iam_model::ClaimName;
use regorus::Value;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::PolicyError;
use iam_model::Acr;

use crate::json::to_json;

/// The most reasons of a denial.
const MAX_REASONS: usize = 32;

/// Why a policy denies: 1 to 64 of `a-z 0-9 _`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct ReasonCode(String);

impl ReasonCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ReasonCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err("is not a reason code: 1 to 64 of a-z 0-9 _")
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a policy decides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyDecision {
    /// Whether the subject gets tokens.
    pub allow: bool,
    /// Why not, sorted; it may be empty for a policy that just does not allow.
    pub reasons: Vec<ReasonCode>,
    /// Claims to add to the access token; none of them is reserved.
    pub claims: Map<String, serde_json::Value>,
    /// How far the login must be relied on; `None` for any.
    pub acr: Option<Acr>,
}

/// Gives the value of a rule; `None` if it is undefined.
pub(super) type Rules<'a> = dyn FnMut(&'static str) -> Result<Option<Value>, PolicyError> + 'a;

impl PolicyDecision {
    /// What the rules `deny`, `allow`, `acr` and `claims` say together. The later ones are not
    /// asked once one before denies.
    pub(super) fn of(rules: &mut Rules<'_>) -> Result<Self, PolicyError> {
        let reasons = reasons(rules("deny")?)?;
        let allow = reasons.is_empty() && allow(rules("allow")?.as_ref())?;
        if !allow {
            return Ok(Self {
                reasons,
                ..Self::default()
            });
        }
        Ok(Self {
            allow,
            reasons,
            acr: acr(rules("acr")?)?,
            claims: claims(rules("claims")?)?,
        })
    }
}

fn wrong(rule: &'static str, problem: impl Into<String>) -> PolicyError {
    PolicyError::Output {
        rule,
        problem: problem.into(),
    }
}

fn reasons(value: Option<Value>) -> Result<Vec<ReasonCode>, PolicyError> {
    let problem = "must be a set of reason codes: each 1 to 64 of a-z 0-9 _";
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let codes = value.as_set().map_err(|_| wrong("deny", problem))?;
    if codes.len() > MAX_REASONS {
        let problem = format!("must give at most {MAX_REASONS} reasons");
        return Err(wrong("deny", problem));
    }
    let code = |value: &Value| {
        let text = value.as_string().ok()?;
        ReasonCode::try_from(text.to_string()).ok()
    };
    // The set is sorted, and by text as the codes are.
    let codes: Option<Vec<_>> = codes.iter().map(code).collect();
    codes.ok_or_else(|| wrong("deny", problem))
}

fn allow(value: Option<&Value>) -> Result<bool, PolicyError> {
    match value {
        None => Ok(false),
        Some(Value::Bool(allow)) => Ok(*allow),
        Some(_) => Err(wrong("allow", "must be true or false")),
    }
}

fn acr(value: Option<Value>) -> Result<Option<Acr>, PolicyError> {
    let Some(value) = value else {
        return Ok(None);
    };
    let all = [Acr::Pwd, Acr::Mfa];
    let text = value.as_string().ok().map(|text| &**text);
    let acr = all.into_iter().find(|acr| Some(acr.as_str()) == text);
    acr.map(Some)
        .ok_or_else(|| wrong("acr", "must be \"pwd\" or \"mfa\""))
}

fn claims(value: Option<Value>) -> Result<Map<String, serde_json::Value>, PolicyError> {
    let Some(value) = value else {
        return Ok(Map::new());
    };
    let Some(json) = to_json(&value) else {
        return Err(wrong("claims", "gives too much"));
    };
    let serde_json::Value::Object(claims) = json else {
        return Err(wrong("claims", "must be an object"));
    };
    for name in claims.keys() {
        match name.parse::<ClaimName>() {
            Ok(claim) if claim.is_reserved() => {
                let problem = format!("must not set `{name}`, which is reserved");
                return Err(wrong("claims", problem));
            }
            Ok(_) => {}
            Err(error) => return Err(wrong("claims", format!("has a key that {error}"))),
        }
    }
    Ok(claims)
}
