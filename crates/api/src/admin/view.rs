use schemars::JsonSchema;
use serde::Serialize;

/// An object as the API shows it.
pub(crate) trait View: Serialize + JsonSchema {
    /// Its fields.
    const FIELDS: &'static [&'static str];

    /// What it is called in a path, escaped: its id, as a rule.
    fn path_segment(&self) -> String;

    /// What counts its changes, if it can change.
    fn version(&self) -> Option<i64>;
}

/// These as the API shows them.
pub(crate) fn views<T, V: From<T>>(items: Vec<T>) -> Vec<V> {
    items.into_iter().map(V::from).collect()
}

/// An object as the API shows it. A field that is not there is left out.
macro_rules! view {
    (
        $(#[$meta:meta])*
        $name:ident($segment:ident $(, $version:ident)?) {
            $($(#[$field_meta:meta])* $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(schemars::JsonSchema, serde::Serialize)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub(crate) $field: $type,)+
        }

        impl crate::admin::view::View for $name {
            const FIELDS: &'static [&'static str] = &[$(stringify!($field),)+];

            fn path_segment(&self) -> String {
                let text = self.$segment.to_string();
                percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC)
                    .to_string()
                    .replace("%2D", "-")
                    .replace("%2E", ".")
                    .replace("%5F", "_")
            }

            fn version(&self) -> Option<i64> {
                crate::admin::view::optional_version!(self $(, $version)?)
            }
        }
    };
}

macro_rules! optional_version {
    ($self:ident, $version:ident) => {
        Some($self.$version)
    };
    ($self:ident) => {
        None
    };
}

pub(crate) use {optional_version, view};
