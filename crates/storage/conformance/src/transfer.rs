//! All rows of a database, out of it and into it.

use iam_model::User;
use iam_storage_ports::{Cell, Record, Storage, TABLES, Table, Transfer};

use crate::{
    assert::assert_error,
    fixture::{Here, furnished},
};

/// The rows of each table come in the order of their keys, byte by byte, however many are asked for
/// at once.
pub async fn rows_are_exported_in_the_order_of_their_keys(
    storage: &dyn Storage,
    transfer: &dyn Transfer,
) {
    let (here, _) = furnished(storage).await;
    for table in TABLES {
        let all = rows_of(transfer, &here, table, 500).await;
        let keys: Vec<_> = all.iter().map(|row| row.key(table)).collect();
        assert!(!keys.is_empty(), "nothing is in {}", table.name);
        assert!(keys.is_sorted(), "{}", table.name);
        for limit in [1, 2, 3] {
            // Others come and go in a table of all tenants.
            if is_of_a_tenant(table) {
                let same = rows_of(transfer, &here, table, limit).await;
                assert!(all == same, "{} by {limit}", table.name);
            }
        }
        let last = keys.last().unwrap();
        let after = transfer.export(table, Some(last), 1).await.unwrap();
        assert!(after.iter().all(|row| row.key(table) > *last));
    }
}

/// A tenant that was exported, removed and imported is what it was, row by row or all at once.
pub async fn what_was_exported_comes_back_as_it_was(
    storage: &dyn Storage,
    transfer: &dyn Transfer,
) {
    let (here, alice) = furnished(storage).await;
    let other = Here::new(storage).await;
    let login = login(&here, &alice).await;
    let before = export(transfer, &here).await;
    for chunk in [1, 100] {
        let tenant = storage.tenants().lookup(&here.tenant.id).await.unwrap();
        let removal = other.change();
        let tenants = storage.tenants();
        tenants.remove(&tenant.unwrap(), &removal).await.unwrap();
        for (table, _) in &before {
            let left = rows_of(transfer, &here, table, 500).await;
            assert!(left.is_empty(), "{}", table.name);
        }
        for (table, rows) in &before {
            for rows in rows.chunks(chunk).chain(second_time(table, rows)) {
                transfer.import(table, rows).await.unwrap();
            }
        }
        assert_same(&before, &export(transfer, &here).await);
        assert_eq!(self::login(&here, &alice).await, login);
    }
}

/// A row that is there already stays, also if others come with it that are not.
pub async fn a_row_that_is_there_stays_as_it_is(storage: &dyn Storage, transfer: &dyn Transfer) {
    let (here, _) = furnished(storage).await;
    let before = export(transfer, &here).await;
    for (table, rows) in &before {
        transfer.import(table, rows).await.unwrap();
        transfer.import(table, &[]).await.unwrap();
    }
    assert_same(&before, &export(transfer, &here).await);
    let table = table("role_permissions");
    let mut rows = rows_of(transfer, &here, table, 500).await;
    rows.push(with(table, &rows[0], "permission", "z.write"));
    transfer.import(table, &rows).await.unwrap();
    rows.sort_by_key(|row| row.key(table));
    assert!(rows_of(transfer, &here, table, 500).await == rows);
}

/// A row whose key or unique name is taken by another is refused, and nothing of what came with it
/// is added.
pub async fn a_row_with_another_content_is_refused_with_all_that_came_with_it(
    storage: &dyn Storage,
    transfer: &dyn Transfer,
) {
    let (here, _) = furnished(storage).await;
    let before = export(transfer, &here).await;
    let entries = table("permissions");
    let entry = rows_of(transfer, &here, entries, 9).await.remove(0);
    let roles = table("roles");
    let role = rows_of(transfer, &here, roles, 9).await.remove(0);
    let other_id = "00000000-0000-7000-8000-000000000000";
    for (table, new, refused) in [
        (
            entries,
            with(entries, &entry, "permission", "z.write"),
            with(entries, &entry, "description", "another"),
        ),
        (
            roles,
            with(roles, &with(roles, &role, "id", other_id), "name", "new"),
            with(roles, &role, "id", &other_id.replace("7000", "7001")),
        ),
    ] {
        for rows in [[new.clone(), refused.clone()], [refused, new]] {
            assert_error!(transfer.import(table, &rows).await, AlreadyExists);
            assert_same(&before, &export(transfer, &here).await);
        }
    }
}

/// All rows are counted; others come and go meanwhile.
pub async fn rows_are_counted(storage: &dyn Storage, transfer: &dyn Transfer) {
    let (here, _) = furnished(storage).await;
    for (table, rows) in export(transfer, &here).await {
        let count = transfer.count(table).await.unwrap();
        assert!(count >= rows.len() as u64, "{}", table.name);
    }
}

type Rows = Vec<(&'static Table, Vec<Record>)>;

/// All rows of a tenant.
async fn export(transfer: &dyn Transfer, here: &Here<'_>) -> Rows {
    let mut all = Vec::new();
    for table in TABLES {
        all.push((table, rows_of(transfer, here, table, 500).await));
    }
    all
}

#[track_caller]
fn assert_same(before: &Rows, after: &Rows) {
    for ((table, before), (_, after)) in before.iter().zip(after) {
        assert_eq!(before.len(), after.len(), "{}", table.name);
        assert!(before == after, "{} is another", table.name);
    }
}

/// The rows of a table that belong to a tenant, read so many at a time.
async fn rows_of(
    transfer: &dyn Transfer,
    here: &Here<'_>,
    table: &'static Table,
    limit: u32,
) -> Vec<Record> {
    let id = Cell::Text(here.tenant.id.to_string());
    let column = if table.name == "tenants" {
        "id"
    } else {
        "tenant_id"
    };
    let column = at(table, column);
    let mut after = is_of_a_tenant(table).then(|| {
        let mut key = vec![here.tenant.id.to_string()];
        key.resize(table.key, String::new());
        key
    });
    let mut found = Vec::new();
    loop {
        let page = transfer.export(table, after.as_deref(), limit).await;
        let page = page.unwrap();
        let count = page.len();
        after = page.last().map(|row| row.key(table)).or(after);
        let own = page.into_iter().filter(|row| row.cells()[column] == id);
        let known = found.len();
        found.extend(own);
        let is_over = is_of_a_tenant(table) && found.len() - known < count;
        if is_over || count < limit as usize {
            return found;
        }
    }
}

/// Whether the rows of a tenant lie together.
fn is_of_a_tenant(table: &Table) -> bool {
    table.key > 1
}

/// What has to come once more.
fn second_time<'a>(table: &Table, rows: &'a [Record]) -> Option<&'a [Record]> {
    table.parent.map(|_| rows)
}

fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).expect(name)
}

fn at(table: &Table, column: &str) -> usize {
    let mut columns = table.columns.iter();
    columns
        .position(|known| known.name == column)
        .expect(column)
}

/// The same row with another text.
fn with(table: &Table, row: &Record, column: &str, text: &str) -> Record {
    let mut cells = row.cells().to_vec();
    cells[at(table, column)] = Cell::Text(text.to_owned());
    Record::new(table, cells).unwrap()
}

async fn login(here: &Here<'_>, user: &User) -> iam_storage_ports::LoginRecord {
    let clients = here
        .clients()
        .list(None, &iam_storage_ports::Page::first(1))
        .await;
    here.login(user, &clients.unwrap().items[0].id).await
}
