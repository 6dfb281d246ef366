use anyhow::Result;
use async_trait::async_trait;
use iam_storage_sql::{Dialect, Value};
use rusqlite::{Connection, OpenFlags};

use super::{Native, Question, sql_of};

/// SQLite in this process: there is no server in between that one could ask without HTTP.
pub(super) struct Sqlite(Connection);

impl Sqlite {
    pub(super) fn open(file: &str) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Ok(Self(Connection::open_with_flags(file, flags)?))
    }
}

#[async_trait(?Send)]
impl Native for Sqlite {
    fn dialect(&self) -> Option<Dialect> {
        Some(Dialect::Sqlite)
    }

    fn has_server(&self) -> bool {
        false
    }

    async fn ask(&self, question: &Question) -> Result<usize> {
        let (sql, parameters) = sql_of(question)?;
        let mut statement = self.0.prepare_cached(sql)?;
        let columns = statement.column_count();
        for (at, value) in parameters.iter().enumerate() {
            match value {
                Value::Integer(number) => statement.raw_bind_parameter(at + 1, number)?,
                Value::Text(text) => statement.raw_bind_parameter(at + 1, text)?,
                Value::Null => statement.raw_bind_parameter(at + 1, None::<i64>)?,
            }
        }
        let mut rows = statement.raw_query();
        let mut read = 0;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                std::hint::black_box(row.get::<_, rusqlite::types::Value>(column)?);
                read += 1;
            }
        }
        Ok(read)
    }
}
