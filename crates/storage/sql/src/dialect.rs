use std::borrow::Cow;

/// What engines disagree on, as far as our statements have to know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    /// `SQLite` and what is made from it, such as libSQL.
    Sqlite,
}

impl Dialect {
    /// `sql`, whose parameters are written `?`, with parameters as the engine writes them.
    pub(crate) fn parameters(self, sql: &str) -> Cow<'_, str> {
        match self {
            Self::Sqlite => Cow::Borrowed(sql),
        }
    }

    /// An aggregate: all values of the text expression `value` as one JSON array.
    pub(crate) fn json_array(self, value: &str) -> String {
        match self {
            Self::Sqlite => format!("json_group_array({value})"),
        }
    }

    /// An expression: the time now in milliseconds since the Unix epoch.
    pub(crate) const fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "unixepoch() * 1000",
        }
    }
}
