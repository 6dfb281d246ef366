//! What the database does for the statements of the repositories.

use std::cell::RefCell;

use async_trait::async_trait;
use iam_model::{ClientId, RoleId, TenantId, Timestamp, UserId};
use iam_storage_libsql::LibSqlTransport;
use iam_storage_ports::Storage;
use iam_storage_sql::{Dialect, Row, SqlError, SqlStorage, SqlTransport, Statement, Value};

use crate::server::{Sqld, run};

/// Notes down the queries that go through it.
struct Recorder<'a> {
    transport: LibSqlTransport,
    queries: &'a RefCell<Vec<Statement>>,
}

#[async_trait(?Send)]
impl SqlTransport for Recorder<'_> {
    fn dialect(&self) -> Dialect {
        self.transport.dialect()
    }

    async fn execute(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError> {
        self.queries.borrow_mut().extend_from_slice(unit);
        self.transport.execute(unit).await
    }
}

/// `SQLite` guesses how large a table is. A plan that is right for a guess can read a whole tenant.
#[test]
fn every_query_reaches_every_table_by_a_whole_key() {
    let server = Sqld::shared();
    run(async {
        server.storage().migrate().await.unwrap();
        let queries = RefCell::new(Vec::new());
        let storage = SqlStorage::new(Recorder {
            transport: server.transport(),
            queries: &queries,
        });
        ask_everything(&storage).await;
        let queries = queries.into_inner();
        assert_eq!(queries.len(), 10);
        for query in queries {
            check_plan(&server, query).await;
        }
    });
}

async fn ask_everything(storage: &dyn Storage) {
    let (now, random) = (Timestamp::default(), [0; 10]);
    let (tenant, role) = (
        TenantId::generate(now, random),
        RoleId::generate(now, random),
    );
    let user = UserId::generate(now, random);
    let (name, username) = ("no-such-tenant".parse().unwrap(), "alice".parse().unwrap());
    let client: ClientId = "no-such-client".parse().unwrap();
    let principals = storage.principals();
    let login = principals.find_by_username(&name, &username, &client);
    login.await.unwrap();
    principals.lookup(&name, &user).await.unwrap();
    storage.clients().lookup(&client).await.unwrap();
    storage.tenants().lookup(&tenant).await.unwrap();
    storage.tenants().find_by_name(&name).await.unwrap();
    let tenant = storage.tenant(tenant);
    tenant.users().lookup(&user).await.unwrap();
    tenant.users().find_by_username(&username).await.unwrap();
    tenant.credentials().find_by_user(&user).await.unwrap();
    let admin = "admin".parse().unwrap();
    tenant.roles().find_by_name(&admin).await.unwrap();
    tenant.roles().unassign(&role, &user).await.unwrap();
}

async fn check_plan(server: &Sqld, query: Statement) {
    let sql = query.sql(Dialect::Sqlite).into_owned();
    let explain = Statement::new(format!("explain query plan {sql}"));
    let parameters = query.parameters().iter().cloned();
    let explain = parameters.fold(explain, Statement::bind);
    let plan = server.transport().execute(&[explain]).await.unwrap();
    let steps: Vec<_> = plan.iter().flatten().map(detail).collect();
    assert!(steps.iter().any(|step| step.starts_with("SEARCH")), "{sql}");
    for step in steps {
        let whole = !step.starts_with("SCAN") && !step.contains("(tenant_id=?)");
        assert!(whole, "{step}\n{sql}");
    }
}

/// The last column of a row of a plan.
fn detail(row: &Row) -> String {
    match row.values().last() {
        Some(Value::Text(text)) => text.clone(),
        other => panic!("{other:?}"),
    }
}
