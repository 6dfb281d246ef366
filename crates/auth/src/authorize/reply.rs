use iam_model::RedirectUri;
use url::{Url, form_urlencoded};

use super::{AuthorizationError, Onward, Parameters};

/// How a client is answered (RFC 6749 §4.1.2): at a redirect URI of its own, always with the
/// `iss` of RFC 9207, which tells it that the answer is ours.
pub(crate) struct Reply<'a> {
    redirect_uri: &'a RedirectUri,
    state: Option<String>,
    issuer: &'a str,
}

impl<'a> Reply<'a> {
    pub(crate) fn new(
        redirect_uri: &'a RedirectUri,
        parameters: &Parameters,
        issuer: &'a str,
    ) -> Self {
        Self {
            redirect_uri,
            state: parameters.state().map(str::to_owned),
            issuer,
        }
    }

    /// RFC 6749 §4.1.2.
    pub(crate) fn code(&self, code: &str) -> Onward {
        self.with(&[("code", code)])
    }

    /// RFC 6749 §4.1.2.1.
    pub(crate) fn error(&self, error: AuthorizationError) -> Onward {
        self.with(&[
            ("error", error.code),
            ("error_description", error.description),
        ])
    }

    /// Whether `url` is another's than this answer's.
    pub(crate) fn is_not_to(&self, url: &Url) -> bool {
        let own = Url::parse(self.redirect_uri.as_str());
        own.is_ok_and(|own| own.path() != url.path() || own.origin() != url.origin())
    }

    fn with(&self, parameters: &[(&str, &str)]) -> Onward {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        query.extend_pairs(self.state.as_ref().map(|state| ("state", state)));
        query.append_pair("iss", self.issuer);
        Onward {
            url: with_query(self.redirect_uri.as_str(), &query.finish()),
            cookies: Vec::new(),
        }
    }
}

/// `uri` with more parameters behind those it has (RFC 6749 §3.1.2). It is left as it is otherwise:
/// clients compare it as a text.
pub(crate) fn with_query(uri: &str, query: &str) -> String {
    let separator = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{uri}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::{Reply, with_query};
    use crate::authorize::{AuthorizationError, Parameters};

    #[test]
    fn an_answer_keeps_the_redirect_uri_and_names_us() {
        let uri = "com.example.app:/done?a=1".parse().unwrap();
        let parameters = Parameters::parse(b"state=a%26b");
        let reply = Reply::new(&uri, &parameters, "https://id.example");
        assert_eq!(
            reply.code("c").url,
            "com.example.app:/done?a=1&code=c&state=a%26b&iss=https%3A%2F%2Fid.example"
        );
        let reply = Reply::new(&uri, &Parameters::default(), "https://id.example");
        let error = reply.error(AuthorizationError::LOGIN_REQUIRED).url;
        assert!(error.starts_with("com.example.app:/done?a=1&error=login_required&"));
        assert!(!error.contains("state"));
    }

    #[test]
    fn a_query_goes_behind_what_is_there() {
        assert_eq!(with_query("https://a", "x=1"), "https://a?x=1");
        assert_eq!(with_query("https://a?", "x=1"), "https://a?x=1");
        assert_eq!(with_query("https://a?y", "x=1"), "https://a?y&x=1");
    }
}
