use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use iam_model::{ClientId, Secret, Timestamp};
use iam_security::random_token;
use serde::Deserialize;
use thiserror::Error;
use url::form_urlencoded;

use crate::{
    Hydra, HydraError, OAuthError,
    http::{FORM, Outgoing},
    signing::original,
};

/// The parameters by which a client proves itself (RFC 6749 §2.3.1, RFC 7521 §4.2).
const PARAMETERS: [&str; 4] = [
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];

/// The request does not say by one method alone, or not readably, which client sent it.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum BadCredentials {
    /// The header, the assertion or the id is not such as a client can have, or there is none.
    #[error("the client's credentials are missing or malformed")]
    Malformed,
    /// RFC 6749 §2.3: a client must not use more than one method in a request.
    #[error("more than one client authentication method, or a parameter that is repeated")]
    Ambiguous,
}

/// What a client proves itself with in a request: `none`, `client_secret_basic`,
/// `client_secret_post` or `private_key_jwt`. Only Hydra, which has the secrets, can tell whether
/// it is right.
#[derive(Clone)]
pub struct ClientCredentials {
    client_id: ClientId,
    authorization: Option<HeaderValue>,
    /// Those of [`PARAMETERS`] that are there.
    form: Secret<String>,
    /// What the assertion says of itself, if there is one.
    assertion: Option<Assertion>,
}

/// The claims of a client assertion (RFC 7523 §3) that are looked at here, unverified.
#[derive(Clone, Deserialize)]
struct Assertion {
    sub: String,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
}

impl Assertion {
    fn read(jwt: &str) -> Option<Self> {
        let payload = BASE64_URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
        serde_json::from_slice(&payload).ok()
    }

    /// Whether it is of now. Hydra answers one that is not as if something were out of order.
    #[expect(clippy::cast_precision_loss, reason = "a NumericDate, as JSON has it")]
    fn is_timely(&self, now: Timestamp) -> bool {
        let now = (now.as_millis() / 1000) as f64;
        let begun = [self.nbf, self.iat]
            .into_iter()
            .flatten()
            .all(|from| from <= now);
        begun && self.exp.is_some_and(|exp| exp > now)
    }
}

impl ClientCredentials {
    /// Reads them from the form and the `Authorization` header of a request.
    pub fn read(form: &[u8], authorization: Option<&HeaderValue>) -> Result<Self, BadCredentials> {
        let given = |name: &str| {
            let mut values = form_urlencoded::parse(form)
                .filter(|(key, value)| key == name && !value.is_empty())
                .map(|(_, value)| value.into_owned());
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(BadCredentials::Ambiguous),
                (value, None) => Ok(value),
            }
        };
        let [id, secret, assertion, kind] = PARAMETERS.map(given);
        let (id, secret, assertion, kind) = (id?, secret?, assertion?, kind?);
        let basic = authorization.map(basic_user).transpose()?;
        let methods = [basic.is_some(), secret.is_some(), assertion.is_some()];
        if methods.into_iter().filter(|used| *used).count() > 1 {
            return Err(BadCredentials::Ambiguous);
        }
        if assertion.is_some() != kind.is_some() {
            return Err(BadCredentials::Malformed);
        }
        let assertion = assertion
            .map(|jwt| Assertion::read(&jwt).ok_or(BadCredentials::Malformed))
            .transpose()?;
        let proven = assertion.as_ref().map(|own| own.sub.clone()).or(basic);
        // RFC 7521 §4.2: a `client_id` beside must name the same client.
        if let (Some(id), Some(proven)) = (&id, &proven)
            && id != proven
        {
            return Err(BadCredentials::Ambiguous);
        }
        let client_id = proven.or(id).ok_or(BadCredentials::Malformed)?;
        let mut own = form_urlencoded::Serializer::new(String::new());
        own.extend_pairs(
            form_urlencoded::parse(form).filter(|(name, _)| PARAMETERS.contains(&name.as_ref())),
        );
        Ok(Self {
            client_id: client_id.parse().map_err(|_| BadCredentials::Malformed)?,
            authorization: authorization.cloned(),
            form: Secret::new(own.finish()),
            assertion,
        })
    }

    /// The client that they are of, if they are right.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Whether they came in the `Authorization` header: RFC 6749 §5.2 wants it answered by a
    /// challenge.
    #[must_use]
    pub const fn are_basic(&self) -> bool {
        self.authorization.is_some()
    }

    /// `parameters` with these, as a form.
    pub(crate) fn form_with(&self, parameters: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(self.form.expose().clone());
        form.extend_pairs(parameters);
        form.finish()
    }
}

/// The user of HTTP Basic, which RFC 6749 §2.3.1 has form-encoded first.
fn basic_user(header: &HeaderValue) -> Result<String, BadCredentials> {
    let decode = || {
        let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
        let (user, _) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        // An id of ours needs no escaping, but a client may well escape it all the same.
        let mut parts = form_urlencoded::parse(user.as_bytes());
        let (user, rest) = parts.next()?;
        (rest.is_empty() && parts.next().is_none()).then(|| user.into_owned())
    };
    decode().ok_or(BadCredentials::Malformed)
}

impl Hydra {
    /// Succeeds if `credentials` are right; [`HydraError::Refused`] if not. A public client has
    /// proved nothing by it but that it exists, and an assertion is used up.
    ///
    /// Hydra has no endpoint that does this and nothing else: the client sends a refresh token that
    /// nobody was ever given. Hydra authenticates the client first, and only then finds the token
    /// unknown, or that the client may not refresh. Any other answer is a no.
    pub async fn authenticate_client(
        &self,
        credentials: &ClientCredentials,
    ) -> Result<(), HydraError> {
        let nobodys = random_token(&*self.platform);
        let parameters = [
            ("grant_type", "refresh_token"),
            ("refresh_token", nobodys.expose().as_str()),
        ];
        let response = self.token_as(credentials, &parameters).await?;
        let (status, body) = (response.status(), response.body());
        match HydraError::from_answer("/oauth2/token", status, body) {
            HydraError::Refused(no) => match no.error.as_str() {
                "invalid_grant" | "unauthorized_client" => Ok(()),
                _ => Err(invalid_client(no.error)),
            },
            error => Err(error),
        }
    }

    /// Revokes `token` as the client that `credentials` are of (RFC 7009 §2.1), and with it all
    /// tokens of its grant. A token that is unknown or already revoked is no error (§2.2).
    pub async fn revoke_as(
        &self,
        credentials: &ClientCredentials,
        token: &Secret<String>,
    ) -> Result<(), HydraError> {
        self.ensure_timely(credentials)?;
        let body = credentials.form_with(&[("token", &original(token.expose()))]);
        let authorization = credentials.authorization.as_ref();
        let authorization = authorization.and_then(|value| value.to_str().ok());
        let headers: Vec<_> = [FORM]
            .into_iter()
            .chain(authorization.map(|value| (header::AUTHORIZATION.as_str(), value)))
            .collect();
        let request = Outgoing::form("/oauth2/revoke", &headers, body.into());
        let response = self.send(&self.settings.public, request).await?;
        let (status, body) = (response.status(), response.body());
        if status != StatusCode::OK {
            return Err(HydraError::from_answer("/oauth2/revoke", status, body));
        }
        // Hydra says so of whatever else went wrong, too, as of an assertion that was used before.
        let left = self.introspect(token).await?;
        match left.filter(|left| left.client_id == credentials.client_id) {
            Some(_) if credentials.assertion.is_some() => Err(invalid_client("not revoked".into())),
            Some(_) => Err(HydraError::Unavailable("the token is not revoked".into())),
            None => Ok(()),
        }
    }

    /// Sends a token request of `parameters` as the client that `credentials` are of, and gives
    /// Hydra's answer as it is.
    pub async fn token_as(
        &self,
        credentials: &ClientCredentials,
        parameters: &[(&str, &str)],
    ) -> Result<Response<Bytes>, HydraError> {
        self.ensure_timely(credentials)?;
        let form = credentials.form_with(parameters).into();
        let authorization = credentials.authorization.as_ref();
        self.forward_token_request(form, authorization).await
    }

    fn ensure_timely(&self, credentials: &ClientCredentials) -> Result<(), HydraError> {
        let assertion = credentials.assertion.as_ref();
        if assertion.is_none_or(|own| own.is_timely(self.platform.now())) {
            return Ok(());
        }
        Err(invalid_client("the assertion is not of now".into()))
    }
}

fn invalid_client(error_description: String) -> HydraError {
    HydraError::Refused(OAuthError {
        error: "invalid_client".to_owned(),
        error_description,
    })
}

#[cfg(test)]
mod tests {
    use base64::{
        Engine,
        prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
    };
    use http::HeaderValue;
    use iam_model::Timestamp;

    use super::{Assertion, BadCredentials, ClientCredentials};

    fn basic(pair: &str) -> HeaderValue {
        let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
        HeaderValue::from_str(&value).unwrap()
    }

    fn assertion(sub: &str) -> String {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{sub}"}}"#));
        format!("client_assertion=x.{payload}.y&client_assertion_type=z")
    }

    #[track_caller]
    fn check(form: &str, header: Option<&HeaderValue>, expected: Result<&str, BadCredentials>) {
        let read = ClientCredentials::read(form.as_bytes(), header);
        let read = read.as_ref().map(|c| c.client_id().as_str());
        assert_eq!(read.map_err(|error| *error), expected, "{form}");
    }

    #[test]
    fn each_method_names_the_client() {
        check("client_id=web&code=1", None, Ok("web"));
        check("client_id=web&client_secret=s", None, Ok("web"));
        check("code=1", Some(&basic("web:s")), Ok("web"));
        // As oauth4webapi and others escape it, RFC 6749 §2.3.1.
        check("code=1", Some(&basic("web%2Dapp:s%5F")), Ok("web-app"));
        check("client_id=web", Some(&basic("web:s")), Ok("web"));
        check(&assertion("web"), None, Ok("web"));
        check(
            &format!("client_id=web&{}", assertion("web")),
            None,
            Ok("web"),
        );
    }

    #[test]
    fn two_methods_or_two_clients_are_refused() {
        let ambiguous = Err(BadCredentials::Ambiguous);
        check("client_id=web&client_id=web", None, ambiguous);
        check("client_secret=s", Some(&basic("web:s")), ambiguous);
        check("client_id=other", Some(&basic("web:s")), ambiguous);
        check(&assertion("web"), Some(&basic("web:s")), ambiguous);
        check(
            &format!("client_id=other&{}", assertion("web")),
            None,
            ambiguous,
        );
    }

    #[test]
    fn what_names_no_client_is_refused() {
        let malformed = Err(BadCredentials::Malformed);
        check("", None, malformed);
        check("client_id=a%20b", None, malformed);
        check(
            "client_id=web",
            Some(&HeaderValue::from_static("Bearer x")),
            malformed,
        );
        check(
            "client_id=web",
            Some(&HeaderValue::from_static("Basic !")),
            malformed,
        );
        check(
            "client_assertion=x.y.z&client_assertion_type=z",
            None,
            malformed,
        );
        check("client_id=web&client_assertion_type=z", None, malformed);
    }

    #[test]
    fn an_assertion_is_of_now() {
        let now = Timestamp::from_millis(1_000_500);
        let check = |claims: &str, expected: bool| {
            let payload = BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"web",{claims}}}"#));
            let assertion = Assertion::read(&format!("x.{payload}.y")).unwrap();
            assert_eq!(assertion.is_timely(now), expected, "{claims}");
        };
        check(r#""exp":1001"#, true);
        check(r#""exp":1001.5,"iat":1000,"nbf":999.9"#, true);
        check(r#""exp":1000"#, false);
        check(r#""exp":1001,"iat":1001"#, false);
        check(r#""exp":1001,"nbf":1001"#, false);
        check(r#""iat":1"#, false);
    }

    #[test]
    fn only_the_credentials_are_passed_on() {
        let read = ClientCredentials::read(b"client_id=web&code=1&client_secret=s", None);
        let form = read.ok().unwrap().form_with(&[("token", "t")]);
        assert_eq!(form, "client_id=web&client_secret=s&token=t");
    }
}
