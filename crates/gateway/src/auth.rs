use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderMap, header};
use iam_model::Secret;
use subtle::ConstantTimeEq as _;

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// No `Authorization` header.
    Absent,
    /// Another scheme, or another token.
    Invalid,
}

/// Lets a request in that brings `token` as a bearer token (RFC 6750 §2.1), or any if there is
/// none.
pub(crate) fn admit(headers: &HeaderMap, token: Option<&Secret<String>>) -> Result<(), Refusal> {
    let Some(token) = token else {
        return Ok(());
    };
    let header = headers.get(header::AUTHORIZATION).ok_or(Refusal::Absent)?;
    let given = credentials(header.as_bytes(), "Bearer").ok_or(Refusal::Invalid)?;
    if is_same(given, token) {
        Ok(())
    } else {
        Err(Refusal::Invalid)
    }
}

/// [`admit`] for a request that brings the token as the password of a user (RFC 7617 §2); gives the
/// user's name.
pub(crate) fn admit_user(
    headers: &HeaderMap,
    token: Option<&Secret<String>>,
) -> Result<String, Refusal> {
    let header = headers.get(header::AUTHORIZATION).ok_or(Refusal::Absent)?;
    let given = credentials(header.as_bytes(), "Basic").ok_or(Refusal::Invalid)?;
    let given = BASE64_STANDARD.decode(given).ok();
    let given = given.and_then(|given| String::from_utf8(given).ok());
    let given = given.ok_or(Refusal::Invalid)?;
    let (user, password) = given.split_once(':').ok_or(Refusal::Invalid)?;
    if token.is_none_or(|token| is_same(password.as_bytes(), token)) {
        Ok(user.to_owned())
    } else {
        Err(Refusal::Invalid)
    }
}

/// The time it takes says how long the token is, which is no secret, and nothing else.
fn is_same(given: &[u8], token: &Secret<String>) -> bool {
    given.ct_eq(token.expose().as_bytes()).into()
}

/// The credentials of a header with this scheme, whose case does not matter (RFC 9110 §11.1).
fn credentials<'a>(header: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    let (scheme, rest) = header.split_at_checked(wanted.len())?;
    let credentials = rest.strip_prefix(b" ")?;
    scheme
        .eq_ignore_ascii_case(wanted.as_bytes())
        .then(|| credentials.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, header};
    use iam_model::Secret;

    use super::{Refusal, admit, admit_user};

    fn check(authorization: Option<&str>) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        if let Some(authorization) = authorization {
            headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        }
        admit(&headers, Some(&Secret::new("s3cret".to_owned())))
    }

    #[test]
    fn only_the_token_itself_gets_in() {
        assert_eq!(check(Some("Bearer s3cret")), Ok(()));
        assert_eq!(check(Some("bearer  s3cret")), Ok(()));
        assert_eq!(check(None), Err(Refusal::Absent));
        for other in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer s3cre",
            "Bearer s3cret2",
            "Bearers3cret",
            "Basic s3cret",
        ] {
            assert_eq!(check(Some(other)), Err(Refusal::Invalid), "{other:?}");
        }
    }

    #[test]
    fn without_a_token_all_get_in() {
        assert_eq!(admit(&HeaderMap::new(), None), Ok(()));
    }

    #[test]
    fn a_user_gets_in_with_the_token_as_password() {
        let token = Secret::new("s3:cret".to_owned());
        let admit = |authorization: &str, token| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
            admit_user(&headers, token)
        };
        // iam:s3:cret, iam:s3:cre, iam, and what is no text.
        let iam = Ok("iam".to_owned());
        assert_eq!(admit("Basic aWFtOnMzOmNyZXQ=", Some(&token)), iam);
        assert_eq!(admit("basic aWFtOnMzOmNyZQ==", None), iam);
        for other in [
            "Basic aWFtOnMzOmNyZQ==",
            "Basic aWFt",
            "Basic /w==",
            "Basic *",
            "Bearer s3:cret",
        ] {
            assert_eq!(admit(other, Some(&token)), Err(Refusal::Invalid), "{other}");
        }
        assert_eq!(admit_user(&HeaderMap::new(), None), Err(Refusal::Absent));
    }
}
