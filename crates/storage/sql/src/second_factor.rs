//! The statements about keys for codes by the time, and about recovery codes.

use iam_model::{RecoveryCodeDigest, RecoveryCodes, Sealed, TenantId, TotpCredential, UserId};
use iam_storage_ports::{Page, StorageError};

use crate::{Dialect, Row, SqlError, Statement, filter::Filter};

/// The columns that [`read`] reads.
pub(crate) const COLUMNS: &str = "o.id, o.user_id, o.secret, o.last_step, o.updated_at";

/// How many they are.
pub(crate) const WIDTH: usize = 5;

const ADD: &str = "\
    insert into credentials (tenant_id, id, user_id, kind, hash, secret, last_step, updated_at) \
    values (?, ?, ?, 'totp', '', ?, ?, ?)";

// Of those who bring one code at once, the first changes the row.
const ACCEPT_STEP: &str = "\
    update credentials set last_step = ? \
    where tenant_id = ? and id = ? and user_id = ? and kind = 'totp' and last_step < ?";

const RESEAL: &str = "\
    update credentials set secret = ? \
    where tenant_id = ? and id = ? and user_id = ? and kind = 'totp' and secret = ?";

// Only for who has a key: without it there is nothing that the codes would stand in for.
const ADD_CODES: &str = "\
    insert into credentials (tenant_id, id, user_id, kind, hash, updated_at) \
    select o.tenant_id, ?, o.user_id, 'recovery_codes', '', ? from credentials o \
    where o.tenant_id = ? and o.user_id = ? and o.kind = 'totp'";

const TAKE_CODE: &str = "\
    delete from recovery_codes where tenant_id = ? and user_id = ? and digest = ?";

const COUNT_CODES: &str = "\
    select count(*) from recovery_codes where tenant_id = ? and user_id = ?";

const FORGET_CODES: &str = "delete from recovery_codes where tenant_id = ? and user_id = ?";

pub(crate) fn add(tenant: &TenantId, totp: &TotpCredential) -> Statement {
    Statement::new(ADD)
        .bind(tenant)
        .bind(&totp.id)
        .bind(&totp.user_id)
        .bind(totp.secret.as_str())
        .bind(totp.last_step)
        .bind(totp.updated_at)
}

pub(crate) fn accept_step(tenant: &TenantId, totp: &TotpCredential, step: i64) -> Statement {
    Statement::new(ACCEPT_STEP)
        .bind(step)
        .bind(tenant)
        .bind(&totp.id)
        .bind(&totp.user_id)
        .bind(step)
        .exactly(1)
}

pub(crate) fn reseal(tenant: &TenantId, totp: &TotpCredential, secret: &Sealed) -> Statement {
    Statement::new(RESEAL)
        .bind(secret.as_str())
        .bind(tenant)
        .bind(&totp.id)
        .bind(&totp.user_id)
        .bind(totp.secret.as_str())
}

/// The keys whose secret does not begin with `prefix`.
pub(crate) fn sealed_otherwise(tenant: &TenantId, prefix: &str, page: &Page) -> Statement {
    Filter::new("credentials", "o", "id")
        .of(tenant)
        .and("o.kind = 'totp'", [])
        .begins_otherwise("o.secret", prefix)
        .page(COLUMNS, page)
}

/// Adds a set of codes to a user who has a key.
pub(crate) fn add_codes(
    dialect: Dialect,
    tenant: &TenantId,
    codes: &RecoveryCodes,
) -> Result<[Statement; 2], SqlError> {
    let set = Statement::new(ADD_CODES)
        .bind(&codes.id)
        .bind(codes.updated_at)
        .bind(tenant)
        .bind(&codes.user_id)
        .exactly(1);
    let texts = dialect.syntax().json_texts();
    let sql = format!(
        "insert into recovery_codes (tenant_id, user_id, digest) select ?, ?, v.value from {texts} v"
    );
    let digests: Vec<_> = codes.digests.iter().map(|digest| &digest.0).collect();
    let each = Statement::new(sql).bind(tenant).bind(&codes.user_id);
    Ok([set, each.bind_json(&digests)?])
}

pub(crate) fn take_code(tenant: &TenantId, user: &UserId, code: &RecoveryCodeDigest) -> Statement {
    Statement::new(TAKE_CODE)
        .bind(tenant)
        .bind(user)
        .bind(code.0.as_str())
        .exactly(1)
}

pub(crate) fn count_codes(tenant: &TenantId, user: &UserId) -> Statement {
    Statement::new(COUNT_CODES).bind(tenant).bind(user)
}

/// Removes the codes, but not the set that they are.
pub(crate) fn forget_codes(tenant: &TenantId, user: &UserId) -> Statement {
    Statement::new(FORGET_CODES).bind(tenant).bind(user)
}

/// Removes the set of codes that the user has, if any.
pub(crate) fn remove_codes(tenant: &TenantId, user: &UserId) -> Vec<Statement> {
    let set = remove_kind(tenant, user, "recovery_codes");
    vec![forget_codes(tenant, user), set]
}

/// Removes the second factors that the user has, if any.
pub(crate) fn remove_all(tenant: &TenantId, user: &UserId) -> Vec<Statement> {
    let mut unit = remove_codes(tenant, user);
    unit.push(remove_kind(tenant, user, "totp"));
    unit
}

fn remove_kind(tenant: &TenantId, user: &UserId, kind: &str) -> Statement {
    Statement::new("delete from credentials where tenant_id = ? and user_id = ? and kind = ?")
        .bind(tenant)
        .bind(user)
        .bind(kind)
}

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &mut Row) -> Result<TotpCredential, StorageError> {
    let mut row = row.of("credentials");
    Ok(TotpCredential {
        id: row.parsed("id")?,
        user_id: row.parsed("user_id")?,
        secret: Sealed::new(row.text("secret")?),
        last_step: row.integer("last_step")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Reads a count.
pub(crate) fn read_count(row: &mut Row) -> Result<u64, StorageError> {
    let count = row.of("recovery_codes").integer("count")?;
    u64::try_from(count).map_err(|_| StorageError::Corrupt {
        table: "recovery_codes",
        column: "count",
    })
}
