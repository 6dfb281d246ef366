use anyhow::{Result, bail};
use rusqlite::Connection;
use tokio_postgres::NoTls;

/// How many users each tenant has.
pub(super) const USERS_PER_TENANT: u64 = 100;

/// The names that [`SEED`] gives, as this program asks for them.
pub(super) fn tenant_id(tenant: u64) -> String {
    format!("01990000-0000-7000-8000-{tenant:012x}")
}

pub(super) fn user_id(tenant: u64, user: u64) -> String {
    format!("01990000-0001-7000-{user:04x}-{tenant:012x}")
}

pub(super) fn tenant_name(tenant: u64) -> String {
    format!("tenant-{tenant}")
}

pub(super) fn client_id(tenant: u64) -> String {
    format!("client-{tenant}")
}

pub(super) fn email(tenant: u64, user: u64) -> String {
    format!("user-{user}@tenant-{tenant}.example")
}

/// One role with two permissions per tenant; each user has it, a password and an address. The ids
/// are written as functions, of which each engine has an own spelling.
const SEED: &str = "
insert into tenants (id, name, display_name, status, version, created_at, updated_at)
    select tenant_id(), 'tenant-' || i, 'Tenant', 'active', 1, 0, 0
    from n;
insert into clients
    (id, tenant_id, first_party, scope, created_at, redirect_uris, version, updated_at)
    select 'client-' || i, tenant_id(), 1, 'openid', 0, '[\"https://app.example/\"]', 1, 0
    from n;
insert into roles (tenant_id, id, name, created_at)
    select tenant_id(), role_id(), 'clerk', 0
    from n;
insert into role_permissions (tenant_id, role_id, permission)
    select tenant_id(), role_id(), p.permission
    from n, (select 'order.read' permission union all select 'order.write') p;
insert into users
    (tenant_id, id, username, username_key, status, version, created_at, updated_at, details)
    select tenant_id(), user_id(), 'user-' || j, 'user-' || j, 'active', 1, 0, 0,
        '{\"profile\":{},\"emails\":[{\"address\":\"user-' || j || '@tenant-' || i
            || '.example\",\"verified\":true}]}'
    from n, m;
insert into user_emails (tenant_id, email_key, user_id)
    select tenant_id(), 'user-' || j || '@tenant-' || i || '.example', user_id()
    from n, m;
insert into credentials (tenant_id, id, user_id, kind, hash, updated_at)
    select tenant_id(), credential_id(), user_id(), 'password',
        '$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHQ$c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g', 0
    from n, m;
insert into user_roles (tenant_id, user_id, role_id)
    select tenant_id(), user_id(), role_id()
    from n, m;
";

/// Whether [`seed`] can fill this engine.
pub(super) fn fills(scheme: &str) -> bool {
    matches!(scheme, "libsql" | "postgres")
}

/// Fills a database whose schema is current, past the gateway: what is measured is reading it.
pub(super) async fn seed(scheme: &str, target: &str, tenants: u64) -> Result<()> {
    match scheme {
        "libsql" => sqlite(target, tenants),
        "postgres" => postgres(target, tenants).await,
        _ => bail!("no way to fill {scheme}"),
    }
}

fn sqlite(file: &str, tenants: u64) -> Result<()> {
    let seed = script(tenants, |column, digits| {
        format!("printf('%0{digits}x', {column})")
    });
    Ok(Connection::open(file)?.execute_batch(&format!("begin; {seed} commit;"))?)
}

/// Without looking up what each row refers to. The statistics are there that autovacuum would make
/// in the next minutes.
async fn postgres(target: &str, tenants: u64) -> Result<()> {
    let seed = script(tenants, |column, digits| {
        format!("lpad(to_hex({column}), {digits}, '0')")
    });
    let (client, connection) = tokio_postgres::connect(target, NoTls).await?;
    let connection = tokio::spawn(connection);
    let unit = format!("begin; set local session_replication_role = replica; {seed} commit;");
    client.batch_execute(&unit).await?;
    client.batch_execute("vacuum analyze").await?;
    client.batch_execute("checkpoint").await?;
    drop(client);
    Ok(connection.await??)
}

/// [`SEED`] for so many tenants, with what the engine says for a column in so many hexadecimal
/// digits.
fn script(tenants: u64, hexadecimal: impl Fn(&str, u8) -> String) -> String {
    let series = |name: &str, column: &str, last: u64| {
        format!(
            "create temp table {name} as with recursive s({column}) as \
             (select 1 union all select {column} + 1 from s where {column} < {last}) \
             select {column} from s;"
        )
    };
    let (n, m) = (
        series("n", "i", tenants),
        series("m", "j", USERS_PER_TENANT),
    );
    let (i, j) = (hexadecimal("i", 12), hexadecimal("j", 4));
    let seed = SEED
        .replace("tenant_id()", &format!("'01990000-0000-7000-8000-' || {i}"))
        .replace("role_id()", &format!("'01990000-0002-7000-8000-' || {i}"))
        .replace(
            "user_id()",
            &format!("'01990000-0001-7000-' || {j} || '-' || {i}"),
        )
        .replace(
            "credential_id()",
            &format!("'01990000-0003-7000-' || {j} || '-' || {i}"),
        );
    format!("{n}{m}{seed} drop table n; drop table m;")
}
