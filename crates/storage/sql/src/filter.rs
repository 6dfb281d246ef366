use iam_model::TenantId;
use iam_storage_ports::Page;

use crate::{Statement, Value};

/// A query for a page of a list: the conditions that are asked for, and then the order.
///
/// `SQLite` has no statistics, and takes an index that has the order over one that finds the few
/// rows that are wanted. So a list says which of the two it is to be.
pub(crate) struct Filter {
    from: String,
    alias: &'static str,
    /// What the list is ordered by.
    key: String,
    conditions: String,
    parameters: Vec<Value>,
}

impl Filter {
    /// All rows of `table`, called `alias`, in the order of their `key`.
    pub(crate) fn new(table: &str, alias: &'static str, key: &str) -> Self {
        Self {
            from: format!("{table} {alias}"),
            alias,
            key: format!("{alias}.{key}"),
            conditions: String::new(),
            parameters: Vec::new(),
        }
    }

    /// Only those of one tenant.
    pub(crate) fn of(self, tenant: &TenantId) -> Self {
        let condition = format!("{}.tenant_id = ?", self.alias);
        self.and(&condition, [tenant.into()])
    }

    /// Only those for whom `condition` holds, which has these parameters.
    pub(crate) fn and(
        mut self,
        condition: &str,
        parameters: impl IntoIterator<Item = Value>,
    ) -> Self {
        let word = if self.conditions.is_empty() {
            " where "
        } else {
            " and "
        };
        self.conditions.extend([word, condition]);
        self.parameters.extend(parameters);
        self
    }

    /// [`and`](Self::and), if there is something to compare with.
    pub(crate) fn and_if(self, condition: &str, parameter: Option<impl Into<Value>>) -> Self {
        match parameter {
            Some(parameter) => self.and(condition, [parameter.into()]),
            None => self,
        }
    }

    /// Only those whose `column` begins with `prefix`, whatever characters are in it: a range,
    /// which unlike a pattern can be read from an index.
    pub(crate) fn begins(self, column: &str, prefix: Option<&str>) -> Self {
        let Some(prefix) = prefix else {
            return self;
        };
        let filter = self.and(&format!("{column} >= ?"), [prefix.into()]);
        filter.below(column, prefix)
    }

    /// Only those whose `column` does not begin with `prefix`.
    pub(crate) fn begins_otherwise(self, column: &str, prefix: &str) -> Self {
        let end = end_of_prefix(prefix).as_deref().map(Value::from);
        // With null, which is what has no end, the second half is never true.
        let condition = format!("({column} < ? or {column} >= ?)");
        self.and(&condition, [prefix.into(), end.into()])
    }

    /// [`begins`](Self::begins) for a column with an index, which is read by that and then sorted.
    pub(crate) fn begins_indexed(self, column: &str, prefix: Option<&str>) -> Self {
        self.begins(column, prefix).sorted_if(prefix.is_some())
    }

    /// Lets the rows be found by another index than that of the key, and then sorted.
    pub(crate) fn sorted_if(mut self, sorted: bool) -> Self {
        if sorted {
            // An expression has no index. It has the same value, for no key is null.
            self.key = format!("coalesce({}, '')", self.key);
        }
        self
    }

    /// Only those whose id is the `member` of a row of `table` for which `condition` holds, which
    /// has these parameters and speaks of `x`. That table is read first, and has to have the order.
    pub(crate) fn through(
        self,
        (table, member): (&str, &str),
        condition: &str,
        parameters: impl IntoIterator<Item = Value>,
    ) -> Self {
        let alias = self.alias;
        let mut filter = self.and(condition, parameters).and(
            &format!("{alias}.tenant_id = x.tenant_id and {alias}.id = x.{member}"),
            [],
        );
        filter.from = format!("{table} x cross join {}", filter.from);
        filter.key = format!("x.{member}");
        filter
    }

    /// The query for these columns of the page.
    pub(crate) fn page(self, columns: &str, page: &Page) -> Statement {
        // The same statement for the first page and for the others: no key is empty.
        let after = page.after.as_deref().unwrap_or_default();
        let condition = format!("{} > ?", self.key);
        self.and(&condition, [after.into()]).select(columns, page)
    }

    /// [`page`](Self::page) of those whose key begins with `prefix`: with two lower bounds an
    /// engine could begin with the weaker one.
    pub(crate) fn page_of_prefix(
        self,
        columns: &str,
        prefix: Option<&str>,
        page: &Page,
    ) -> Statement {
        let (key, prefix) = (self.key.clone(), prefix.unwrap_or_default());
        let filter = match page.after.as_deref() {
            Some(after) if after >= prefix => self.and(&format!("{key} > ?"), [after.into()]),
            _ => self.and(&format!("{key} >= ?"), [prefix.into()]),
        };
        filter.below(&key, prefix).select(columns, page)
    }

    fn below(self, column: &str, prefix: &str) -> Self {
        let end = end_of_prefix(prefix);
        self.and_if(&format!("{column} < ?"), end.as_deref())
    }

    fn select(self, columns: &str, page: &Page) -> Statement {
        let Self {
            from,
            key,
            conditions,
            parameters,
            ..
        } = self;
        let statement = Statement::new(format!(
            "select {columns} from {from}{conditions} order by {key} limit ?"
        ));
        let statement = parameters.into_iter().fold(statement, Statement::bind);
        statement.bind(i64::from(page.limit) + 1)
    }
}

/// The least text that is greater than all that begin with `prefix`; `None` if there is none.
/// Texts are compared byte by byte, which in UTF-8 is character by character.
pub(crate) fn end_of_prefix(prefix: &str) -> Option<String> {
    let (at, last) = prefix
        .char_indices()
        .rfind(|(_, character)| *character != char::MAX)?;
    let mut end = prefix.get(..at)?.to_owned();
    // A range of characters leaves out what is none, between U+D7FF and U+E000.
    end.extend((last..=char::MAX).nth(1));
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::end_of_prefix;

    #[test]
    fn the_end_of_a_prefix_is_just_after_all_that_begin_with_it() {
        for (prefix, end) in [
            ("ab", Some("ac")),
            ("a%", Some("a&")),
            ("ü", Some("ý")),
            ("a\u{d7ff}", Some("a\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
            ("", None),
        ] {
            assert_eq!(end_of_prefix(prefix).as_deref(), end, "{prefix}");
            if let Some(end) = end {
                assert!(format!("{prefix}\u{10ffff}").as_str() < end, "{prefix}");
            }
        }
    }
}
