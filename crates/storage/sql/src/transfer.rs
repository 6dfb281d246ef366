use std::iter;

use async_trait::async_trait;
use iam_storage_ports::{Cell, Record, StorageError, Table, Transfer};
use serde_json::{Map, Value as Json};

use crate::{Row, SqlError, SqlStorage, SqlTransport, Statement, Value};

#[async_trait(?Send)]
impl<T: SqlTransport> Transfer for SqlStorage<T> {
    /// What comes after a key has its first columns and a later last one, or fewer of its columns
    /// and so on. Each is a range of an index on every engine; all of them at once are not.
    async fn export(
        &self,
        table: &'static Table,
        after: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<Record>, StorageError> {
        let mut rows = Vec::new();
        let after = after.unwrap_or_default();
        for same in (0..=after.len().saturating_sub(1)).rev() {
            let left = i64::from(limit) - i64::try_from(rows.len()).unwrap_or(i64::MAX);
            if left <= 0 {
                break;
            }
            let query = page(table, after, same).bind(left);
            rows.extend(self.all(query, |row| record(table, row)).await?);
        }
        Ok(rows)
    }

    async fn import(&self, table: &'static Table, rows: &[Record]) -> Result<(), StorageError> {
        if rows.is_empty() {
            return Ok(());
        }
        if table.parent.is_none() {
            let unit = [self.add(table, rows.iter())?];
            match self.run(&unit).await {
                // Some are there already: it is looked which.
                Err(SqlError::Unique) => {}
                outcome => return Ok(outcome.map(drop)?),
            }
        }
        let unit = self.missing(table, rows).await?;
        Ok(self.run(&unit).await.map(drop)?)
    }

    async fn count(&self, table: &'static Table) -> Result<u64, StorageError> {
        let query = Statement::new(format!("select count(*) from {}", table.name));
        self.count_of(table.name, &[query]).await
    }
}

/// The rows whose key has the first `same` columns of `after`, and a later one after them.
fn page(table: &Table, after: &[String], same: usize) -> Statement {
    let key = names(table).take(table.key).collect::<Vec<_>>();
    let compared = key.iter().zip(after).take(same + 1);
    let operators = iter::repeat_n("=", same).chain([">"]);
    let conditions: Vec<_> = compared
        .clone()
        .zip(operators)
        .map(|((name, _), operator)| format!("{name} {operator} ?"))
        .collect();
    let conditions = match conditions.as_slice() {
        [] => String::new(),
        all => format!(" where {}", all.join(" and ")),
    };
    let sql = format!(
        "select {} from {}{conditions} order by {} limit ?",
        columns(table, ""),
        table.name,
        key.join(", ")
    );
    let values = compared.map(|(_, value)| value.as_str());
    values.fold(Statement::new(sql), Statement::bind)
}

impl<T: SqlTransport> SqlStorage<T> {
    /// Adds rows of which none is there.
    fn add<'a>(
        &self,
        table: &Table,
        rows: impl Iterator<Item = &'a Record>,
    ) -> Result<Statement, SqlError> {
        let members: Vec<_> = names(table).collect();
        let sql = format!(
            "insert into {} ({}) select {} from {} v",
            table.name,
            columns(table, ""),
            columns(table, "v."),
            self.dialect().syntax().json_rows(&members)
        );
        let rows: Vec<_> = rows.map(|row| object(table, row)).collect();
        Statement::new(sql).bind_json(&rows)
    }

    /// What has to be done so that all of `rows` are there as they are.
    async fn missing(
        &self,
        table: &'static Table,
        rows: &[Record],
    ) -> Result<Vec<Statement>, StorageError> {
        let known = self.known(table, rows).await?;
        let known = |key: &[String]| known.iter().find(|row| row.key(table) == key);
        let (mut new, mut unit) = (Vec::new(), Vec::new());
        for row in rows {
            let parent = parent(table, row);
            let has_parent = parent.as_ref().is_none_or(|key| known(key).is_some());
            let orphan = row.without_parent(table);
            match known(&row.key(table)) {
                Some(there) if there == row => {}
                Some(there) if *there != orphan => return Err(StorageError::AlreadyExists),
                Some(_) if has_parent => unit.push(adopt(table, row)),
                Some(_) => {}
                None if has_parent => new.push(row.clone()),
                None => new.push(orphan),
            }
        }
        if !new.is_empty() {
            unit.insert(0, self.add(table, new.iter())?);
        }
        Ok(unit)
    }

    /// Those of `rows`, and of the rows that they are under, that are there.
    async fn known(
        &self,
        table: &'static Table,
        rows: &[Record],
    ) -> Result<Vec<Record>, StorageError> {
        let key: Vec<_> = names(table).take(table.key).collect();
        let own = rows.iter().map(|row| row.key(table));
        let parents = rows.iter().filter_map(|row| parent(table, row));
        let mut keys: Vec<_> = own.chain(parents).collect();
        keys.sort_unstable();
        keys.dedup();
        let member = |(name, text): (&&str, String)| ((*name).to_owned(), Json::from(text));
        let keys = keys.into_iter().map(|texts| key.iter().zip(texts));
        let keys: Vec<Map<_, _>> = keys.map(|pairs| pairs.map(member).collect()).collect();
        let same: Vec<_> = key
            .iter()
            .map(|name| format!("t.{name} = v.{name}"))
            .collect();
        let sql = format!(
            "select {} from {} v cross join {} t where {}",
            columns(table, "t."),
            self.dialect().syntax().json_rows(&key),
            table.name,
            same.join(" and ")
        );
        let query = Statement::new(sql).bind_json(&keys)?;
        self.all(query, |row| record(table, row)).await
    }
}

/// Puts a row that is there under the one it belongs to.
fn adopt(table: &Table, row: &Record) -> Statement {
    let key: Vec<_> = names(table).take(table.key).collect();
    let parent = table.parent.and_then(|at| table.columns.get(at));
    let parent = parent.map_or("", |column| column.name);
    let sql = format!(
        "update {} set {parent} = ? where {} = ? and {parent} is null",
        table.name,
        key.join(" = ? and ")
    );
    let value = table.parent.and_then(|at| row.cells().get(at));
    let statement = Statement::new(sql).bind(value.map_or(Value::Null, Value::from));
    let key = row.key(table);
    let key = key.iter().map(String::as_str);
    key.fold(statement, Statement::bind).exactly(1)
}

/// The key of the row that this one is under.
fn parent(table: &Table, row: &Record) -> Option<Vec<String>> {
    let Cell::Text(id) = row.cells().get(table.parent?)? else {
        return None;
    };
    let mut key = row.key(table);
    key.last_mut()?.clone_from(id);
    Some(key)
}

fn names(table: &Table) -> impl Iterator<Item = &'static str> {
    table.columns.iter().map(|column| column.name)
}

/// The names of all columns, each with `prefix` in front.
fn columns(table: &Table, prefix: &str) -> String {
    let names: Vec<_> = names(table).map(|name| format!("{prefix}{name}")).collect();
    names.join(", ")
}

fn object(table: &Table, row: &Record) -> Map<String, Json> {
    let json = |cell: &Cell| match cell {
        Cell::Integer(number) => Json::from(*number),
        Cell::Null => Json::Null,
        Cell::Text(text) => Json::from(text.as_str()),
    };
    let cells = names(table).zip(row.cells());
    cells
        .map(|(name, cell)| (name.to_owned(), json(cell)))
        .collect()
}

fn record(table: &'static Table, row: &Row) -> Result<Record, StorageError> {
    let cells = row.values().iter().map(|value| match value {
        Value::Integer(number) => Cell::Integer(*number),
        Value::Null => Cell::Null,
        Value::Text(text) => Cell::Text(text.clone()),
    });
    let cells: Vec<_> = cells.collect();
    let wrong = table
        .columns
        .iter()
        .zip(&cells)
        .find(|(column, cell)| !column.holds(cell));
    let column = wrong.map_or("*", |(column, _)| column.name);
    let corrupt = StorageError::Corrupt {
        table: table.name,
        column,
    };
    Record::new(table, cells).ok_or(corrupt)
}

impl From<&Cell> for Value {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::Integer(number) => Self::Integer(*number),
            Cell::Null => Self::Null,
            Cell::Text(text) => Self::Text(text.clone()),
        }
    }
}
