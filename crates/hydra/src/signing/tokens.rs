use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use iam_security::{Es256Key, access_token_hash};
use serde::Serialize;
use serde_json::value::RawValue;

use super::original::enclose;
use crate::HydraError;

/// A JSON object, each of whose members stays as it is written.
type Members = BTreeMap<String, Box<RawValue>>;

/// Hydra's answer to a token request, with its tokens signed by `key`.
pub(crate) fn sign_answer(answer: &[u8], key: &Es256Key) -> Result<Bytes, HydraError> {
    let unreadable = |_| HydraError::internal("/oauth2/token answered unreadable JSON");
    let mut members: Members = serde_json::from_slice(answer).map_err(unreadable)?;
    let token = text(&members, "access_token")?
        .ok_or_else(|| HydraError::internal("a token response without an access token"))?;
    let access_token = sign_access_token(&token, key)?;
    if let Some(token) = text(&members, "id_token")? {
        let id_token = sign_id_token(&token, &access_token, key)?;
        members.insert("id_token".to_owned(), raw(&id_token)?);
    }
    members.insert("access_token".to_owned(), raw(&access_token)?);
    let answer = serde_json::to_vec(&members);
    Ok(answer.map_err(unwritable)?.into())
}

/// An access token of Hydra's, signed by `key`.
fn sign_access_token(token: &str, key: &Es256Key) -> Result<String, HydraError> {
    let claims = enclose(token)
        .ok_or_else(|| HydraError::internal("an access token that is no JWT of claims"))?;
    // RFC 9068 §2.1.
    Ok(key.sign("at+jwt", claims.as_bytes()))
}

/// An ID token of Hydra's, signed by `key`, that comes with `access_token`.
fn sign_id_token(token: &str, access_token: &str, key: &Es256Key) -> Result<String, HydraError> {
    let unreadable = || HydraError::internal("an ID token with an unreadable payload");
    let payload = token.split('.').nth(1).ok_or_else(unreadable)?;
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload);
    let payload = payload.map_err(|_| unreadable())?;
    let mut claims: Members = serde_json::from_slice(&payload).map_err(|_| unreadable())?;
    // OIDC Core §3.1.3.6: Hydra's is of its own access token.
    let hash = raw(&access_token_hash(access_token))?;
    claims.insert("at_hash".to_owned(), hash);
    let claims = serde_json::to_vec(&claims).map_err(unwritable)?;
    Ok(sign_jwt(&claims, key))
}

/// A JWT (RFC 7519 §3) of these claims.
pub(super) fn sign_jwt(claims: &[u8], key: &Es256Key) -> String {
    key.sign("JWT", claims)
}

/// The text of a member; `None` if there is none of this name.
fn text(members: &Members, name: &str) -> Result<Option<String>, HydraError> {
    let member = members.get(name).map(|raw| serde_json::from_str(raw.get()));
    let not_text = |_| HydraError::internal(format!("a token response with another {name}"));
    member.transpose().map_err(not_text)
}

fn raw(value: &impl Serialize) -> Result<Box<RawValue>, HydraError> {
    serde_json::value::to_raw_value(value).map_err(unwritable)
}

#[expect(clippy::needless_pass_by_value, reason = "a function for `map_err`")]
fn unwritable(error: serde_json::Error) -> HydraError {
    HydraError::internal(error.to_string())
}

#[cfg(test)]
mod tests;
