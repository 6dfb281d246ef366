use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// A request to the API.
pub(crate) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Option<(&'static str, Bytes)>,
    pub(super) if_match: Option<String>,
    create: bool,
}

/// What stands for itself in a path (RFC 3986 §2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `name` as one segment of a path.
pub(crate) fn segment(name: &str) -> String {
    utf8_percent_encode(name, ESCAPED).to_string()
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Vec::new(),
            body: None,
            if_match: None,
            create: false,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// A request that makes something: it has a key of its own, by which the API knows it again if
    /// it comes twice.
    pub(crate) fn create(path: impl Into<String>) -> Self {
        Self {
            create: true,
            ..Self::post(path)
        }
    }

    pub(crate) fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(crate) fn patch(path: impl Into<String>) -> Self {
        Self::new(Method::PATCH, path)
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// A parameter of the query, if there is a value for it.
    pub(crate) fn query(mut self, name: &str, value: Option<&str>) -> Self {
        self.query
            .extend(value.map(|value| (name.to_owned(), value.to_owned())));
        self
    }

    /// Parameters of the query.
    pub(crate) fn queries(mut self, parameters: &[(String, String)]) -> Self {
        self.query.extend_from_slice(parameters);
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        let media_type = match self.method {
            Method::PATCH => "application/merge-patch+json",
            _ => "application/json",
        };
        self.body(media_type, body.to_string())
    }

    pub(crate) fn body(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.body = Some((media_type, body.into()));
        self
    }

    /// The version that the request is about.
    pub(crate) fn if_match(mut self, tag: Option<&str>) -> Self {
        self.if_match = tag.map(str::to_owned);
        self
    }

    pub(super) const fn is_create(&self) -> bool {
        self.create
    }

    pub(super) fn is_administrative(&self) -> bool {
        self.path.starts_with("/admin/")
    }

    /// Whether the same request can be sent again without harm.
    pub(super) fn is_repeatable(&self) -> bool {
        self.create || matches!(self.method, Method::GET | Method::PUT)
    }
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn a_name_is_one_segment_whatever_is_in_it() {
        assert_eq!(segment("order.read"), "order.read");
        assert_eq!(
            segment("a/../b?c=d#e:f %"),
            "a%2F..%2Fb%3Fc%3Dd%23e%3Af%20%25"
        );
        assert_eq!(segment("é"), "%C3%A9");
    }
}
