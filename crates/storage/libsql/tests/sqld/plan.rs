//! What the database does for the statements of the repositories.

mod questions;

use std::cell::RefCell;

use async_trait::async_trait;
use iam_storage_libsql::LibSqlTransport;
use iam_storage_ports::{Page, Storage};
use iam_storage_sql::{Dialect, Row, SqlError, SqlStorage, SqlTransport, Statement, Value};

use self::questions::{Questions, user_filters};
use crate::server::{Sqld, run};

/// Notes down the statements that go through it.
struct Recorder<'a> {
    transport: LibSqlTransport,
    statements: &'a RefCell<Vec<Statement>>,
}

#[async_trait(?Send)]
impl SqlTransport for Recorder<'_> {
    fn dialect(&self) -> Dialect {
        self.transport.dialect()
    }

    async fn execute(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError> {
        self.statements.borrow_mut().extend_from_slice(unit);
        self.transport.execute(unit).await
    }
}

/// What is not a table: what a query made up itself, and what it was given as JSON.
const MADE_UP: [&str; 7] = ["CONSTANT", "a", "h", "json_each", "member", "o", "v"];

/// Tables that have a row for a tenant, or a few in the middle of a unit of work.
const KEPT_BY_TENANT: [&str; 3] = ["audit_heads", "new_users", "policy_activations"];

/// `SQLite` guesses how large a table is. A plan that is right for a guess can read a whole tenant.
#[test]
fn every_statement_reaches_every_table_by_a_key() {
    let server = Sqld::shared();
    run(async {
        let statements = record(&server, async |questions| questions.ask_everything().await).await;
        assert!(statements.len() > 100, "{}", statements.len());
        let mut checked = 0;
        for statement in &statements {
            let sql = statement.sql(Dialect::Sqlite);
            for step in plan(&server, statement).await {
                assert!(is_by_key(&step) || is_of_all(&sql), "{step}\n{sql}");
                checked += usize::from(step.starts_with("SEARCH"));
            }
        }
        assert!(checked > 200, "{checked}");
    });
}

fn is_by_key(step: &str) -> bool {
    if let Some(table) = step.strip_prefix("SCAN ") {
        let table = table.split(' ').next();
        return table.is_some_and(|table| MADE_UP.contains(&table));
    }
    let is_whole = |table: &&str| step.contains(&format!("sqlite_autoindex_{table}_1 "));
    !step.contains("(tenant_id=?)") || KEPT_BY_TENANT.iter().any(is_whole)
}

/// Whether a statement is about all that a tenant has in a table.
fn is_of_all(sql: &str) -> bool {
    let is_of_all = [
        // The end of a tenant. To remove its own row, the database looks for what refers to it.
        "delete from tenants ",
        "update tenant_groups set parent_id = null where tenant_id = ?",
        // The next number, which is read from the end of an index.
        "insert into policies ",
    ];
    let removes_all = sql.starts_with("delete from ") && sql.ends_with(" where tenant_id = ?");
    removes_all || is_of_all.iter().any(|begin| sql.starts_with(begin))
}

/// For each filter of users in turn, how the first table is reached.
#[test]
fn a_list_reads_first_what_narrows_it_most() {
    let server = Sqld::shared();
    run(async {
        for (filter, reached) in user_filters().iter().zip([
            "tenant_id=? AND id>?",
            "tenant_id=? AND status=? AND id>?",
            "tenant_id=? AND username_key>? AND username_key<?",
            "tenant_id=? AND email_key=?",
            "tenant_id=? AND id>?",
            "tenant_id=? AND system_name=? AND external_id=?",
            "tenant_id=? AND group_id=? AND user_id>?",
            "tenant_id=? AND role_id=? AND user_id>?",
            "tenant_id=? AND system_name=? AND external_id=?",
        ]) {
            let ask = async |questions: &Questions<'_>| {
                let users = questions.own.users();
                users.list(filter, &Page::first(10)).await.unwrap();
            };
            let statements = record(&server, ask).await;
            let steps = plan(&server, &statements[0]).await;
            assert!(steps[0].contains(&format!("({reached})")), "{steps:?}");
        }
    });
}

/// The statements that `ask` leads to.
async fn record(server: &Sqld, ask: impl AsyncFnOnce(&Questions<'_>)) -> Vec<Statement> {
    server.storage().migrate().await.unwrap();
    let statements = RefCell::new(Vec::new());
    let storage = SqlStorage::new(Recorder {
        transport: server.transport(),
        statements: &statements,
    });
    ask(&Questions::new(&storage)).await;
    statements.into_inner()
}

/// The steps of a statement.
async fn plan(server: &Sqld, statement: &Statement) -> Vec<String> {
    let sql = statement.sql(Dialect::Sqlite);
    let explain = Statement::new(format!("explain query plan {sql}"));
    let parameters = statement.parameters().iter().cloned();
    let explain = parameters.fold(explain, Statement::bind);
    let plan = server.transport().execute(&[explain]).await.unwrap();
    plan.iter().flatten().map(detail).collect()
}

/// The last column of a row of a plan.
fn detail(row: &Row) -> String {
    match row.values().last() {
        Some(Value::Text(text)) => text.clone(),
        other => panic!("{other:?}"),
    }
}
