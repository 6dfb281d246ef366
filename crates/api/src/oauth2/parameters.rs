use url::form_urlencoded;

use super::refusal::{ErrorCode, Refusal};
use crate::call::Call;

/// Those that may be there more than once: RFC 8707 §2, RFC 8693 §2.1.
const REPEATABLE: [&str; 2] = ["resource", "audience"];

/// The parameters of a form. They can hold secrets, so there is no `Debug`.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Those in the body of `call`.
    pub(super) fn of(call: &Call) -> Result<Self, Refusal> {
        let invalid = |_| Refusal::new(ErrorCode::InvalidRequest);
        Self::read(&call.body.form(&call.headers).map_err(invalid)?)
    }

    /// RFC 6749 §3.2: one without a value is as good as omitted, and none may be repeated.
    fn read(form: &[u8]) -> Result<Self, Refusal> {
        let all: Vec<_> = form_urlencoded::parse(form).into_owned().collect();
        let mut names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let repeated = names.windows(2).find(|pair| pair[0] == pair[1]);
        if repeated.is_some_and(|pair| !REPEATABLE.contains(&pair[0])) {
            return Err(Refusal::new(ErrorCode::InvalidRequest));
        }
        let given = all.into_iter().filter(|(_, value)| !value.is_empty());
        Ok(Self(given.collect()))
    }

    /// The value of a parameter that is there.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let named = self.0.iter().find(|(own, _)| own == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .ok_or_else(|| Refusal::new(ErrorCode::InvalidRequest))
    }

    /// All values of a parameter that may be repeated.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(own, _)| own == name);
        named.map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    #[test]
    fn only_resources_may_be_repeated() {
        let read = Parameters::read(b"a=1&resource=x&resource=y&empty=")
            .ok()
            .unwrap();
        assert_eq!(read.get("a"), Some("1"));
        assert_eq!(read.get("empty"), None);
        assert_eq!(read.all("resource").collect::<Vec<_>>(), ["x", "y"]);
        for repeated in ["a=1&a=1", "a=1&a=", "client_id=a&b=1&client_id=c"] {
            assert!(Parameters::read(repeated.as_bytes()).is_err(), "{repeated}");
        }
    }
}
