use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use iam_storage_ports::Page;
use url::form_urlencoded;

use crate::problem::{Code, FieldError, Problem};

/// How many items a page has if nobody says.
const DEFAULT_LIMIT: u16 = 50;

/// Reads the parameters of a query and collects what is wrong with them.
pub(crate) struct Query {
    parameters: BTreeMap<String, String>,
    errors: Vec<FieldError>,
}

impl Query {
    pub(crate) fn new(query: Option<&str>) -> Self {
        let mut parameters = BTreeMap::new();
        let mut errors = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let name: String = name.chars().take(64).collect();
            if parameters
                .insert(name.clone(), value.into_owned())
                .is_some()
            {
                errors.push(FieldError::of(name, "is given more than once"));
            }
        }
        Self { parameters, errors }
    }

    /// A parameter that, if it is there, must parse as `T`.
    pub(crate) fn optional<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        let parsed = text.parse().map_err(|error: T::Err| error.to_string());
        parsed.map_err(|detail| self.error(name, detail)).ok()
    }

    /// A parameter as it is.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.parameters.remove(name)
    }

    /// The parameters whose names begin with `prefix`, as in `attributes.department`, without it.
    pub(crate) fn starting_with(&mut self, prefix: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        self.parameters.retain(|name, value| {
            let Some(rest) = name.strip_prefix(prefix) else {
                return true;
            };
            found.push((rest.to_owned(), value.clone()));
            false
        });
        found
    }

    /// `limit` and `cursor`.
    pub(crate) fn page(&mut self) -> Page {
        let limit = match self.optional::<u16>("limit") {
            Some(limit @ 1..=Page::MAX) => limit,
            Some(_) => {
                self.error("limit", format!("must be from 1 to {}", Page::MAX));
                DEFAULT_LIMIT
            }
            None => DEFAULT_LIMIT,
        };
        let after = self.cursor();
        Page { after, limit }
    }

    /// `cursor`: the key of the item after which to go on.
    pub(crate) fn cursor(&mut self) -> Option<String> {
        let after = decode_cursor(&self.text("cursor")?);
        if after.is_none() {
            self.error("cursor", "is not one that this API gave out");
        }
        after
    }

    pub(crate) fn error(&mut self, name: &str, detail: impl Into<String>) {
        self.errors.push(FieldError::of(name, detail));
    }

    /// Ends the reading: the problem if anything was wrong, or if something is left.
    pub(crate) fn finish(&mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.parameters).into_keys() {
            self.error(&name, "is not a parameter of this resource");
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(Problem::new(Code::InvalidRequest).errors(std::mem::take(&mut self.errors)))
    }
}

/// The key of a list as a cursor: opaque to who gets it.
pub(crate) fn encode_cursor(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn decode_cursor(cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let key = String::from_utf8(bytes).ok()?;
    (key.len() <= 256).then_some(key)
}

#[cfg(test)]
mod tests {
    use iam_model::UserStatus;

    use super::{Query, encode_cursor};

    #[test]
    fn a_page_is_asked_for_by_limit_and_cursor() {
        let query = format!("limit=7&cursor={}", encode_cursor("a/ü"));
        let mut query = Query::new(Some(&query));
        let page = query.page();
        assert_eq!((page.limit, page.after.as_deref()), (7, Some("a/ü")));
        assert!(query.finish().is_ok());
    }

    #[test]
    fn one_answer_names_every_parameter_that_is_wrong() {
        for query in [
            "limit=0",
            "limit=1001",
            "limit=x",
            "cursor=%21",
            "status=x",
            "x=1",
            "limit=1&limit=2",
        ] {
            let mut asked = Query::new(Some(query));
            asked.page();
            asked.optional::<UserStatus>("status");
            assert!(asked.finish().is_err(), "{query}");
        }
    }
}
