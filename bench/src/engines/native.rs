//! Each engine's own driver.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use anyhow::{Context, Result, bail, ensure};
use iam_storage_sql::{Dialect, Value};
use rusqlite::{Connection, OpenFlags};
use tokio_postgres::{Client, NoTls, Statement, types::ToSql};

use super::question::Question;

/// How many connections a driver has: as many as our gateway.
const CONNECTIONS: usize = 20;

/// A driver with its connections.
pub(super) enum Native {
    /// SQLite in this process: there is no server in between that one could ask without HTTP.
    Sqlite(Connection),
    Postgres(Postgres),
}

/// `tokio-postgres`, each connection with what it has prepared.
pub(super) struct Postgres {
    connections: Vec<(Client, RefCell<HashMap<String, Statement>>)>,
    next: Cell<usize>,
}

impl Native {
    /// The driver for the engine with this scheme, connected to `target`.
    pub(super) async fn open(scheme: &str, target: &str) -> Result<Self> {
        match scheme {
            "libsql" => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
                Ok(Self::Sqlite(Connection::open_with_flags(target, flags)?))
            }
            "postgres" => Ok(Self::Postgres(Postgres::open(target).await?)),
            _ => bail!("no driver for {scheme}"),
        }
    }

    pub(super) const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Whether there is a server between it and the data.
    pub(super) const fn has_server(&self) -> bool {
        !matches!(self, Self::Sqlite(_))
    }

    /// Asks, and reads every value of the answer.
    pub(super) async fn ask(&self, question: &Question) -> Result<()> {
        let values = match self {
            Self::Sqlite(connection) => sqlite(connection, question)?,
            Self::Postgres(postgres) => postgres.ask(question).await?,
        };
        ensure!(values > 0, "no answer");
        Ok(())
    }
}

fn sqlite(connection: &Connection, question: &Question) -> Result<usize> {
    let mut statement = connection.prepare_cached(&question.sql)?;
    let columns = statement.column_count();
    for (at, value) in question.parameters.iter().enumerate() {
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

impl Postgres {
    async fn open(target: &str) -> Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            let (client, connection) = tokio_postgres::connect(target, NoTls).await?;
            tokio::spawn(connection);
            connections.push((client, RefCell::default()));
        }
        Ok(Self {
            connections,
            next: Cell::new(0),
        })
    }

    async fn ask(&self, question: &Question) -> Result<usize> {
        let at = self.next.get();
        self.next.set((at + 1) % CONNECTIONS);
        let (client, prepared) = &self.connections[at];
        let known = prepared.borrow().get(&question.sql).cloned();
        let statement = if let Some(statement) = known {
            statement
        } else {
            let statement = client.prepare(&question.sql).await?;
            let sql = question.sql.clone();
            prepared.borrow_mut().insert(sql, statement.clone());
            statement
        };
        let parameters: Vec<&(dyn ToSql + Sync)> = question
            .parameters
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
