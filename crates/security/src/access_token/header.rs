use serde::{Deserialize, de::IgnoredAny};

use super::InvalidToken;

/// As much of the header of a JWS (RFC 7515 §4) as is looked at.
#[derive(Deserialize)]
pub(super) struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

impl Header {
    /// The key the token is signed with, if it may be an access token.
    pub(super) fn check(&self) -> Result<&str, InvalidToken> {
        // RFC 7515 §4.1.11: no extension is understood here.
        if self.crit.is_some() {
            return Err(InvalidToken::Critical);
        }
        // RFC 8725 §3.1: one algorithm, which is neither `none` nor one with a shared secret.
        if self.alg != "ES256" {
            return Err(InvalidToken::Algorithm);
        }
        let typ = self.typ.as_deref().ok_or(InvalidToken::Type)?;
        // RFC 9068 §2.1 has `at+jwt`; Hydra 2.3 writes `JWT` in access tokens and ID tokens alike,
        // which their claims then tell apart. The name of a media type has no case.
        let types = ["at+jwt", "application/at+jwt", "JWT"];
        if !types.iter().any(|known| typ.eq_ignore_ascii_case(known)) {
            return Err(InvalidToken::Type);
        }
        self.kid.as_deref().ok_or(InvalidToken::UnknownKey)
    }
}
