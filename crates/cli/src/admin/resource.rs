use serde_json::Value;

use crate::remote::segment;

/// Where the admin API is.
const ADMIN: &str = "/admin/v1";

/// What is known of a kind of thing.
pub(crate) struct Resource {
    /// What one of them is called.
    pub(crate) noun: &'static str,
    /// Where they are, below [`ADMIN`].
    pub(crate) path: &'static str,
    /// The field by which a path names one.
    pub(crate) key: &'static str,
    /// By what else people name one, the likeliest first; nothing if the key is what they say.
    pub(crate) names: &'static [Name],
    /// The columns of a list.
    pub(crate) columns: &'static [&'static str],
    /// Whether one that is deleted can still be seen, and restored.
    pub(crate) outlives_deletion: bool,
}

/// A field by which people name a thing.
pub(crate) struct Name {
    /// The field.
    pub(crate) field: &'static str,
    /// The parameter of the list that finds those that may be meant; all are looked at without one.
    pub(crate) parameter: Option<&'static str>,
    /// Whether a text can be such a name at all.
    pub(crate) may_be: fn(&str) -> bool,
    /// Whether what is in the field is what was said.
    pub(crate) is: fn(&Value, &str) -> bool,
}

impl Name {
    /// The field `name`, for which a list has a parameter that says how it begins.
    pub(crate) const NAME: Self = Self {
        field: "name",
        parameter: Some("name"),
        may_be: |_| true,
        is: |value, said| value.as_str() == Some(said),
    };
}

impl Resource {
    /// Where they are.
    pub(crate) fn all(&self) -> String {
        format!("{ADMIN}/{}", self.path)
    }

    /// Where the one with this key is.
    pub(crate) fn one(&self, key: &str) -> String {
        format!("{ADMIN}/{}/{}", self.path, segment(key))
    }
}
