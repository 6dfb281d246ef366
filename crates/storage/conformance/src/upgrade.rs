//! What becomes of the data of the first version of a SQL database.

use iam_model::{ClientDetails, RedirectUri, TenantSettings, Timestamp, UserDetails};
use iam_storage_ports::{Cell, Page, TABLES};
use iam_storage_sql::{Dialect, Statement};
use serde_json::{Value as Json, json};

use crate::sql::{Open, Sql};

/// The checksum of the first migration as it is in databases: it may never change.
const FIRST_CHECKSUM: &str = "1ebfd3dfa8ac62c8321e6763606e80ef690966e8c5c4ea7ad50f9e79ce5adb27";

const VERSIONS: &str = "create table schema_migrations (version bigint not null primary key, \
    name varchar(64) not null, checksum varchar(64) not null, applied_at bigint not null)";

const TENANT: &str = "01890000-0000-7000-8000-000000000001";
const USER: &str = "01890000-0000-7000-8000-000000000002";

/// The one parameter of the rows: a question mark in a literal would be taken for another.
const URI: &str = "https://app.example/done?x=\"1\"";

const ROWS: [&str; 10] = [
    "insert into tenants values ('01890000-0000-7000-8000-000000000001', 'acme', 'Acme', \
     'active', 3, 10, 20)",
    "insert into clients values ('app', '01890000-0000-7000-8000-000000000001', 1, \
     ?, 'openid', 'https://app.example/login', 11)",
    "insert into clients values ('cli', '01890000-0000-7000-8000-000000000001', 0, \
     'http://127.0.0.1/', 'openid', null, 12)",
    "insert into users values ('01890000-0000-7000-8000-000000000001', \
     '01890000-0000-7000-8000-000000000002', 'Alice', 'alice', 'active', 2, 13, 14)",
    "insert into credentials values ('01890000-0000-7000-8000-000000000001', \
     '01890000-0000-7000-8000-000000000003', '01890000-0000-7000-8000-000000000002', \
     'password', 'hash', 15)",
    "insert into roles values ('01890000-0000-7000-8000-000000000001', \
     '01890000-0000-7000-8000-000000000004', 'admin', 16)",
    "insert into roles values ('01890000-0000-7000-8000-000000000001', \
     '01890000-0000-7000-8000-000000000005', 'reader', 17)",
    "insert into role_permissions select tenant_id, id, 'order.read' from roles",
    "insert into role_permissions select tenant_id, id, 'dc.*' from roles where name = 'admin'",
    "insert into user_roles select tenant_id, '01890000-0000-7000-8000-000000000002', id \
     from roles where name = 'admin'",
];

/// A database of version 1 that is in use, brought up to date.
async fn upgraded(open: Open<'_>) -> Sql {
    let sql = open();
    let first = sql.storage.migrations().await.unwrap().remove(0);
    assert_eq!((first.version, first.applied_at), (1, None));
    assert_eq!(first.checksum, FIRST_CHECKSUM);
    let version = Statement::new("insert into schema_migrations values (1, 'identity', ?, 0)");
    let mut all = vec![versions(&sql), version.bind(FIRST_CHECKSUM)];
    all.extend(first.statements.into_iter().map(Statement::new));
    let row = |sql: &'static str| {
        let uri = sql.contains('?').then_some(URI);
        uri.into_iter().fold(Statement::new(sql), Statement::bind)
    };
    all.extend(ROWS.map(row));
    for statement in all {
        sql.run(statement).await.unwrap();
    }
    sql.storage.migrate().await.unwrap();
    sql.storage.ping().await.unwrap();
    sql
}

fn versions(sql: &Sql) -> Statement {
    match sql.transport.dialect() {
        Dialect::SqlServer => Statement::new(VERSIONS.replace("varchar", "nvarchar")),
        _ => Statement::new(VERSIONS),
    }
}

/// The steps are listed before and after they were taken, each with what it does and when it was
/// done.
pub async fn the_steps_that_were_taken_are_known(open: Open<'_>) {
    let before = open().storage.migrations().await.unwrap();
    assert!(before.iter().all(|step| step.applied_at.is_none()));
    assert!(before.iter().all(|step| !step.statements.is_empty()));
    let sql = upgraded(open).await;
    let after = sql.storage.migrations().await.unwrap();
    assert_eq!(after[0].applied_at, Some(Timestamp::from_millis(0)));
    let recent = Timestamp::from_millis(1_700_000_000_000);
    assert!(after[1..].iter().all(|step| step.applied_at > Some(recent)));
    for (number, (before, after)) in before.into_iter().zip(after).enumerate() {
        assert_eq!(after.version, i64::try_from(number).unwrap() + 1);
        assert_eq!(
            (before.checksum, before.statements),
            (after.checksum, after.statements)
        );
    }
}

/// Whoever could log in before an upgrade can log in after it.
pub async fn who_could_log_in_before_an_upgrade_can_log_in_after_it(open: Open<'_>) {
    let sql = upgraded(open).await;
    let (tenant, user) = ("acme".parse().unwrap(), "ALICE".parse().unwrap());
    let client = "app".parse().unwrap();
    let principals = sql.storage.principals();
    let login = principals.find_by_username(&tenant, &user, &client);
    let login = login.await.unwrap();
    let client = login.client.unwrap();
    let uris: Vec<_> = client
        .redirect_uris
        .iter()
        .map(RedirectUri::as_str)
        .collect();
    assert_eq!(uris, [r#"https://app.example/done?x="1""#]);
    let login_uri = Some("https://app.example/login".parse().unwrap());
    let details = ClientDetails {
        login_uri,
        ..ClientDetails::default()
    };
    assert_eq!(client.details, details);
    let found = login.principal.unwrap();
    assert_eq!(found.tenant.settings, TenantSettings::default());
    assert_eq!((found.tenant.version, found.user.version), (3, 2));
    assert_eq!(found.user.id.to_string(), USER);
    assert_eq!(found.user.details, UserDetails::default());
    assert_eq!(found.password.unwrap().hash.expose(), "hash");
    let roles: Vec<_> = found.roles.iter().map(ToString::to_string).collect();
    assert_eq!(roles, ["admin"]);
    let allowed: Vec<_> = found.permissions.iter().map(ToString::to_string).collect();
    assert_eq!(allowed, ["dc.*", "order.read"]);
}

/// What roles are made of is in the catalogue after an upgrade, and roles and clients can be
/// changed.
pub async fn what_there_was_can_be_changed_after_an_upgrade(open: Open<'_>) {
    let sql = upgraded(open).await;
    let own = sql.storage.tenant(TENANT.parse().unwrap());
    let entries = own.permissions().list(None, &Page::first(10)).await;
    let entries = entries.unwrap().items;
    let listed = entries.iter().map(|entry| entry.permission.as_str());
    assert_eq!(listed.collect::<Vec<_>>(), ["order.read"]);
    assert_eq!(entries[0].created_at, Timestamp::from_millis(16));
    let admin = own.roles().find_by_name(&"admin".parse().unwrap()).await;
    let admin = admin.unwrap().unwrap();
    assert_eq!((admin.version, admin.updated_at), (1, admin.created_at));
    let client = own.clients().lookup(&"cli".parse().unwrap()).await;
    let client = client.unwrap().unwrap();
    assert_eq!(client.details, ClientDetails::default());
    assert_eq!((client.version, client.updated_at), (1, client.created_at));
}

/// An upgraded database is exported as every other engine exports it, but for the spaces in
/// documents, and has what a new one has: its export goes into one.
pub async fn an_upgraded_database_is_exported_as_one_of_this_version(open: Open<'_>) {
    let sql = upgraded(open).await;
    let mut all = Vec::new();
    for table in TABLES {
        let rows = sql.transfer.export(table, None, 100).await.unwrap();
        sql.transfer.import(table, &rows).await.unwrap();
        let cells = rows
            .iter()
            .map(|row| row.cells().iter().map(shown).collect::<Vec<_>>());
        all.extend(cells.map(|cells| json!([table.name, cells])));
    }
    let id = |number: u8| format!("01890000-0000-7000-8000-{number:012}");
    let (tenant, user, admin, reader) = (id(1), id(2), id(4), id(5));
    assert_eq!(
        Json::from(all),
        json!([
            ["tenants", [tenant, "acme", "Acme", "active", null, 3, 10, 20]],
            ["clients", ["app", tenant, 1, ["https://app.example/done?x=\"1\""], "openid",
                {"login_uri": "https://app.example/login"}, 1, 11, 11]],
            ["clients", ["cli", tenant, 0, ["http://127.0.0.1/"], "openid", null, 1, 12, 12]],
            ["users", [tenant, user, "Alice", "alice", "active", null, 2, 13, 14]],
            ["credentials", [tenant, id(3), user, "password", "hash", null, null, 15]],
            ["roles", [tenant, admin, "admin", "", 1, 16, 16]],
            ["roles", [tenant, reader, "reader", "", 1, 17, 17]],
            ["role_permissions", [tenant, admin, "dc.*"]],
            ["role_permissions", [tenant, admin, "order.read"]],
            ["role_permissions", [tenant, reader, "order.read"]],
            ["user_roles", [tenant, user, admin]],
            ["permissions", [tenant, "order.read", "", 1, 16, 16]],
        ])
    );
}

/// A cell; a document as what it says.
fn shown(cell: &Cell) -> Json {
    match cell {
        Cell::Integer(number) => json!(number),
        Cell::Null => Json::Null,
        Cell::Text(text) if text.starts_with(['{', '[']) => serde_json::from_str(text).unwrap(),
        Cell::Text(text) => json!(text),
    }
}
