use anyhow::{Context, Result};
use async_trait::async_trait;
use iam_storage_sql::{Dialect, Value};
use mysql_async::{Conn, Opts, Row, Value as Raw, prelude::Queryable as _};

use super::{Native, Pool, Question, sql_of};

/// `mysql_async`; each connection keeps what it has prepared.
pub(super) struct MySql(Pool<Conn>);

impl MySql {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let options = Opts::from_url(url)?;
        let connect = async || Ok(Conn::new(options.clone()).await?);
        Ok(Self(Pool::open(connect).await?))
    }
}

#[async_trait(?Send)]
impl Native for MySql {
    fn dialect(&self) -> Option<Dialect> {
        Some(Dialect::MySql)
    }

    async fn ask(&self, question: &Question) -> Result<usize> {
        let (sql, parameters) = sql_of(question)?;
        let parameters: Vec<Raw> = parameters.iter().map(raw).collect();
        let mut connection = self.0.take().await?;
        let rows: Vec<Row> = connection.get()?.exec(sql, parameters).await?;
        let mut read = 0;
        for row in &rows {
            for column in 0..row.len() {
                std::hint::black_box(row.as_ref(column).context("a value")?);
                read += 1;
            }
        }
        Ok(read)
    }
}

fn raw(value: &Value) -> Raw {
    match value {
        Value::Integer(number) => Raw::Int(*number),
        Value::Text(text) => Raw::Bytes(text.clone().into_bytes()),
        Value::Null => Raw::NULL,
    }
}
