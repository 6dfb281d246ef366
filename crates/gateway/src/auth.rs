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
    let given = bearer(header.as_bytes()).ok_or(Refusal::Invalid)?;
    // The time it takes says how long the token is, which is no secret, and nothing else.
    if given.ct_eq(token.expose().as_bytes()).into() {
        Ok(())
    } else {
        Err(Refusal::Invalid)
    }
}

/// The credentials of a `Bearer` header; the scheme's case does not matter (RFC 9110 §11.1).
fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = header.split_at_checked("Bearer".len())?;
    let credentials = rest.strip_prefix(b" ")?;
    scheme
        .eq_ignore_ascii_case(b"Bearer")
        .then(|| credentials.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, header};
    use iam_model::Secret;

    use super::{Refusal, admit};

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
}
