use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use iam_storage_ports::{Storage, Transfer};
use iam_storage_sql::{Row, SqlError, SqlStorage, SqlTransport, Statement};

/// Opens one SQL database once more: what is opened knows nothing of the others.
pub type Open<'a> = &'a dyn Fn() -> Sql;

/// A SQL database, reached in three ways.
pub struct Sql {
    /// By its statements.
    pub transport: Box<dyn SqlTransport>,
    /// By the repositories.
    pub storage: Box<dyn Storage>,
    /// For moving.
    pub transfer: Box<dyn Transfer>,
}

impl Sql {
    /// The database to which `open` opens ways.
    pub fn over<T: SqlTransport + 'static>(open: impl Fn() -> T) -> Self {
        Self {
            transport: Box::new(open()),
            storage: Box::new(SqlStorage::new(open())),
            transfer: Box::new(SqlStorage::new(open())),
        }
    }

    /// The rows of one statement.
    pub(crate) async fn run(&self, statement: Statement) -> Result<Vec<Row>, SqlError> {
        let answers = self.transport.execute(&[statement]).await;
        answers.map(|mut answers| answers.remove(0))
    }
}

/// A table of this case alone, and statements over it, in which `#` is its name.
pub(crate) struct Table(String);

impl Table {
    /// With the rows 1, 2 and 3.
    pub(crate) async fn create(sql: &Sql) -> Self {
        let id = RandomState::new().build_hasher().finish();
        let table = Self(format!("t_{id:016x}"));
        // One by one: some engines commit with a definition.
        for statement in [
            table.statement("create table # (n bigint not null primary key, at bigint)"),
            table
                .statement("insert into # values (1, 0), (2, 0), (3, 0)")
                .exactly(3),
        ] {
            sql.run(statement).await.unwrap();
        }
        table
    }

    pub(crate) fn statement(&self, sql: &str) -> Statement {
        Statement::new(sql.replace('#', &self.0))
    }

    pub(crate) async fn count(&self, sql: &Sql) -> usize {
        sql.run(self.statement("select n from #"))
            .await
            .unwrap()
            .len()
    }
}
