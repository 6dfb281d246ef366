use std::{collections::BTreeSet, str::FromStr, vec};

use iam_model::Timestamp;
use iam_storage_ports::StorageError;
use serde::de::DeserializeOwned;

use crate::Value;

/// One row of an answer. Its values are read in the order of the columns.
#[derive(Clone, Debug)]
pub struct Row(vec::IntoIter<Value>);

impl Row {
    /// A row of these values.
    #[must_use]
    pub fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The values that are not read yet.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        self.0.as_slice()
    }

    /// The next values, which come from `table`.
    pub(crate) const fn of(&mut self, table: &'static str) -> Columns<'_> {
        Columns { row: self, table }
    }

    /// What `read` makes of the next `width` values; `None`, and they are skipped, if the first of
    /// them is null, as all are where an outer join found nothing.
    pub(crate) fn optional<T>(
        &mut self,
        width: usize,
        read: impl FnOnce(&mut Self) -> Result<T, StorageError>,
    ) -> Result<Option<T>, StorageError> {
        if let Some(Value::Null) | None = self.values().first() {
            self.0.by_ref().take(width).for_each(drop);
            return Ok(None);
        }
        read(self).map(Some)
    }
}

/// Reads the columns of one table. A value that cannot be what its column should hold is
/// [`StorageError::Corrupt`].
pub(crate) struct Columns<'a> {
    row: &'a mut Row,
    table: &'static str,
}

impl Columns<'_> {
    pub(crate) fn integer(&mut self, column: &'static str) -> Result<i64, StorageError> {
        match self.row.0.next() {
            Some(Value::Integer(value)) => Ok(value),
            _ => Err(self.corrupt(column)),
        }
    }

    pub(crate) fn boolean(&mut self, column: &'static str) -> Result<bool, StorageError> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.corrupt(column)),
        }
    }

    pub(crate) fn time(&mut self, column: &'static str) -> Result<Timestamp, StorageError> {
        self.integer(column).map(Timestamp::from_millis)
    }

    pub(crate) fn text(&mut self, column: &'static str) -> Result<String, StorageError> {
        match self.row.0.next() {
            Some(Value::Text(value)) => Ok(value),
            _ => Err(self.corrupt(column)),
        }
    }

    pub(crate) fn parsed<T: FromStr>(&mut self, column: &'static str) -> Result<T, StorageError> {
        self.text(column)?.parse().map_err(|_| self.corrupt(column))
    }

    pub(crate) fn parsed_or_null<T: FromStr>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<T>, StorageError> {
        let table = self.table;
        self.row.optional(1, |row| row.of(table).parsed(column))
    }

    pub(crate) fn time_or_null(
        &mut self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StorageError> {
        let table = self.table;
        self.row.optional(1, |row| row.of(table).time(column))
    }

    /// A JSON document.
    pub(crate) fn json<T: DeserializeOwned>(
        &mut self,
        column: &'static str,
    ) -> Result<T, StorageError> {
        let text = self.text(column)?;
        // What the parser says would quote the document.
        serde_json::from_str(&text).map_err(|_| self.corrupt(column))
    }

    /// A JSON document; null counts as the default one.
    pub(crate) fn json_or_default<T: Default + DeserializeOwned>(
        &mut self,
        column: &'static str,
    ) -> Result<T, StorageError> {
        let table = self.table;
        let document = self.row.optional(1, |row| row.of(table).json(column))?;
        Ok(document.unwrap_or_default())
    }

    /// A JSON array of texts, sorted and without repeats; null counts as empty.
    pub(crate) fn set<T: FromStr + Ord>(
        &mut self,
        column: &'static str,
    ) -> Result<Vec<T>, StorageError> {
        let texts: Vec<String> = self.json_or_default(column)?;
        let values: BTreeSet<T> = texts
            .iter()
            .map(|text| text.parse().map_err(|_| self.corrupt(column)))
            .collect::<Result<_, _>>()?;
        Ok(values.into_iter().collect())
    }

    const fn corrupt(&self, column: &'static str) -> StorageError {
        StorageError::Corrupt {
            table: self.table,
            column,
        }
    }
}

#[cfg(test)]
mod tests {
    use iam_model::RoleName;
    use iam_storage_ports::StorageError;

    use super::{Row, Value};

    fn row<const N: usize>(values: [Value; N]) -> Row {
        Row::new(values.into())
    }

    #[test]
    fn a_value_that_does_not_fit_its_column_is_named_not_shown() {
        let is_corrupt = |result: Result<(), StorageError>| {
            matches!(
                result,
                Err(StorageError::Corrupt {
                    table: "users",
                    column: "x"
                })
            )
        };
        let text = || row(["ſecret".into()]);
        assert!(is_corrupt(text().of("users").integer("x").map(drop)));
        assert!(is_corrupt(
            text().of("users").parsed::<RoleName>("x").map(drop)
        ));
        assert!(is_corrupt(
            text().of("users").set::<RoleName>("x").map(drop)
        ));
        assert!(is_corrupt(
            row([2.into()]).of("users").boolean("x").map(drop)
        ));
        assert!(is_corrupt(
            row([Value::Null]).of("users").text("x").map(drop)
        ));
        assert!(is_corrupt(row([]).of("users").text("x").map(drop)));
    }

    #[test]
    fn a_set_is_sorted_and_has_no_repeats() {
        let mut array = row([r#"["b","a","b"]"#.into()]);
        let names: Vec<RoleName> = array.of("roles").set("name").unwrap();
        assert_eq!(names, ["a".parse().unwrap(), "b".parse().unwrap()]);
        let none: Vec<RoleName> = row([Value::Null]).of("roles").set("name").unwrap();
        assert_eq!(none, []);
    }

    #[test]
    fn what_an_outer_join_did_not_find_is_skipped_as_a_whole() {
        let mut joined = row([Value::Null, Value::Null, 7.into()]);
        let absent = joined.optional(2, |row| row.of("users").text("id"));
        assert_eq!(absent.unwrap(), None);
        assert_eq!(joined.of("roles").integer("n").unwrap(), 7);
    }
}
