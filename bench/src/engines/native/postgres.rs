use std::collections::HashMap;

use anyhow::{Context, Result};
use async_trait::async_trait;
use iam_storage_sql::{Dialect, Value};
use tokio_postgres::{Client, NoTls, Statement, types::ToSql};

use super::{Native, Pool, Question, sql_of};

/// `tokio-postgres`, each connection with what it has prepared.
pub(super) struct Postgres(Pool<(Client, HashMap<String, Statement>)>);

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let connect = async || {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            Ok((client, HashMap::new()))
        };
        Ok(Self(Pool::open(connect).await?))
    }
}

#[async_trait(?Send)]
impl Native for Postgres {
    fn dialect(&self) -> Option<Dialect> {
        Some(Dialect::Postgres)
    }

    async fn ask(&self, question: &Question) -> Result<usize> {
        let (sql, parameters) = sql_of(question)?;
        let mut connection = self.0.take().await?;
        let (client, prepared) = connection.get()?;
        let statement = if let Some(statement) = prepared.get(sql) {
            statement.clone()
        } else {
            let statement = client.prepare(sql).await?;
            prepared.insert(sql.to_owned(), statement.clone());
            statement
        };
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters
            .iter()
            .map(|value| -> &(dyn ToSql + Sync) {
                match value {
                    Value::Integer(number) => number,
                    Value::Text(text) => text,
                    Value::Null => &None::<&str>,
                }
            })
            .collect();
        let rows = client.query(&statement, &parameters).await?;
        let mut read = 0;
        for row in &rows {
            for column in 0..row.len() {
                std::hint::black_box(row.try_get::<_, Raw<'_>>(column).context("a value")?);
                read += 1;
            }
        }
        Ok(read)
    }
}

/// A value as it came.
struct Raw<'a>(#[expect(dead_code, reason = "it is read, and that is all")] Option<&'a [u8]>);

impl<'a> tokio_postgres::types::FromSql<'a> for Raw<'a> {
    fn from_sql(
        _: &tokio_postgres::types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(
        _: &tokio_postgres::types::Type,
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &tokio_postgres::types::Type) -> bool {
        true
    }
}
