//! `with recursive`, which T-SQL has only with `union all`: a diamond would be walked by each of its
//! ways, and a circle for ever. So each table of it becomes a table variable that is filled until
//! nothing is new. No name in it is of a row outside of it, so it can stand before its statement.

use super::COLLATE;

const KEYWORD: &str = "with recursive ";

/// A table of a `with recursive`.
struct Table<'a> {
    name: &'a str,
    columns: &'a str,
    query: &'a str,
}

/// `sql` as a batch, if there is something recursive in it.
pub(super) fn unroll(sql: String) -> String {
    let Some((head, rest)) = sql.split_once(KEYWORD) else {
        return sql;
    };
    let (tables, rest) = tables(rest);
    let rest = rest.trim_start();
    // Nothing but the statement itself says how many rows it changed.
    let mut batch = "set nocount on; ".to_owned();
    for (at, table) in tables.iter().enumerate() {
        let known = tables.get(..=at).unwrap_or_default();
        batch.push_str(&table.declaration());
        batch.push_str(&table.fill(known));
    }
    let statement = variables(&format!("{head}{rest}"), &tables);
    format!("{batch}set nocount off; {statement}")
}

/// The tables at the beginning of `text`, and what comes after them.
fn tables(mut text: &str) -> (Vec<Table<'_>>, &str) {
    let mut tables = Vec::new();
    while let Some((name, rest)) = text.split_once('(') {
        let (columns, rest) = enclosed(rest);
        let (query, rest) = enclosed(rest.trim_start_matches(" as ("));
        tables.push(Table {
            name,
            columns,
            query,
        });
        match rest.strip_prefix(", ") {
            Some(next) => text = next,
            None => return (tables, rest),
        }
    }
    (tables, text)
}

/// What comes before the parenthesis that ends `text`, and what after.
fn enclosed(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let end = text.char_indices().find(|(_, c)| match c {
        '(' => {
            depth += 1;
            false
        }
        ')' if depth == 0 => true,
        ')' => {
            depth -= 1;
            false
        }
        _ => false,
    });
    let (query, rest) = text.split_at(end.map_or(text.len(), |(at, _)| at));
    (query, rest.strip_prefix(')').unwrap_or(rest))
}

impl Table<'_> {
    fn declaration(&self) -> String {
        let column = |column: &str| match column {
            "direct" => format!("{column} bigint not null"),
            _ => format!("{column} nvarchar(72) {COLLATE} not null"),
        };
        let columns: Vec<_> = self.columns.split(", ").map(column).collect();
        format!(
            "declare @{} table ({}, primary key ({})); ",
            self.name,
            columns.join(", "),
            self.columns
        )
    }

    /// Its first rows, and then what comes from those that it has.
    fn fill(&self, known: &[Table<'_>]) -> String {
        let parts = self.query.split(" union ");
        let (further, first): (Vec<_>, Vec<_>) = parts.partition(|part| self.is_read_by(part));
        let mut sql = self.insert(&first.join(" union "));
        if !further.is_empty() {
            sql.push_str("while @@rowcount > 0 ");
            sql.push_str(&self.insert(&further.join(" union ")));
        }
        variables(&sql, known)
    }

    /// `except` leaves out what is there, and what `query` gives twice.
    fn insert(&self, query: &str) -> String {
        let Self { name, columns, .. } = self;
        format!("insert into @{name} ({columns}) {query} except select {columns} from @{name}; ")
    }

    fn is_read_by(&self, query: &str) -> bool {
        let name = self.name;
        query.contains(&format!("from {name} ")) || query.contains(&format!("join {name} "))
    }
}

/// `sql` with the names of `tables` as variables.
fn variables(sql: &str, tables: &[Table<'_>]) -> String {
    tables.iter().fold(sql.to_owned(), |sql, table| {
        let name = table.name;
        sql.replace(&format!("from {name} "), &format!("from @{name} "))
            .replace(&format!("join {name} "), &format!("join @{name} "))
    })
}
