use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;

/// The claims of an access token of Hydra's, as they are written, and after them one of ours that
/// holds what Hydra knows the token by: its own header and signature, with the content detached
/// (RFC 7515 appendix F). `None` if it is no JWT of claims.
///
/// It is a claim and no header parameter: all may ignore both, but there are libraries that refuse
/// a parameter they do not know.
pub(super) fn enclose(token: &str) -> Option<String> {
    let (header, payload, signature) = parts(token)?;
    let claims = decode(payload)?;
    // All that is not ours stays as it is, to the byte: Hydra's signature is of it.
    let open = claims.strip_suffix('}')?;
    let _: serde::de::IgnoredAny = serde_json::from_str(&claims).ok()?;
    let comma = if open == "{" { "" } else { "," };
    Some(format!("{open}{comma}{}", enclosed(header, signature)))
}

/// The end of the claims of a token that we signed.
fn enclosed(header: &str, signature: &str) -> String {
    format!(r#""orig_jws":"{header}..{signature}"}}"#)
}

#[derive(Deserialize)]
struct Claims {
    orig_jws: String,
}

/// The token that Hydra issued and knows, for one that we signed; any other token as it is.
///
/// Hydra finds an access token by its signature and verifies it with its own key, so whatever asks
/// Hydra about a token has to ask about this one.
pub(crate) fn original(token: &str) -> Cow<'_, str> {
    disclosed(token).map_or(Cow::Borrowed(token), Cow::Owned)
}

fn disclosed(token: &str) -> Option<String> {
    let (_, payload, _) = parts(token)?;
    let claims = decode(payload)?;
    let own: Claims = serde_json::from_str(&claims).ok()?;
    let (header, signature) = own.orig_jws.split_once("..")?;
    let open = claims.strip_suffix(&enclosed(header, signature))?;
    let open = open.strip_suffix(',').unwrap_or(open);
    let payload = BASE64_URL_SAFE_NO_PAD.encode(format!("{open}}}"));
    Some(format!("{header}.{payload}.{signature}"))
}

fn parts(token: &str) -> Option<(&str, &str, &str)> {
    let mut parts = token.split('.');
    let three = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(three)
}

fn decode(payload: &str) -> Option<String> {
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::{enclose, original};

    fn token(claims: &str) -> String {
        format!("aA.{}.cC", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn what_was_enclosed_is_disclosed_to_the_byte() {
        for claims in [
            r#"{"sub":"a", "n" : 1.10}"#,
            "{}",
            r#"{"a":{"orig_jws":"x"}}"#,
        ] {
            let hydras = token(claims);
            let signed = token(&enclose(&hydras).unwrap());
            assert_eq!(original(&signed), hydras, "{claims}");
        }
    }

    #[test]
    fn any_other_token_stays_as_it_is() {
        for token in [
            "",
            "ory_rt_a.b",
            "a.b.c",
            "é.é.é",
            "e30.e30.x",
            &token(r#"{"orig_jws":"no dots"}"#),
            &token(r#"{"orig_jws":"a..b","sub":"x"}"#),
            &token(r#"{"orig_jws":7}"#),
        ] {
            assert_eq!(original(token), token);
        }
        for token in ["ory_at_a.b", "a.b.c.d", "a.W10.c", "a.!.c"] {
            assert_eq!(enclose(token), None, "{token}");
        }
    }
}
