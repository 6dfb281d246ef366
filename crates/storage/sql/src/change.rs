use iam_storage_ports::{Change, IdempotencyRecord};

use crate::{Dialect, SqlError, Statement, audit, message, one_time_code};

const RECOGNISE: &str = "\
    insert into idempotency_keys (tenant_id, key_digest, fingerprint, target, created_at) \
    values (?, ?, ?, ?, ?)";

/// What is written together with a change, in its unit of work.
pub(crate) fn record(
    dialect: Dialect,
    change: &Change,
) -> Result<impl Iterator<Item = Statement>, SqlError> {
    let event = audit::add(dialect, [(&change.log, &change.event)])?;
    let recognise = |record: &IdempotencyRecord| {
        Statement::new(RECOGNISE)
            .bind(&change.log)
            .bind(record.key.as_str())
            .bind(record.fingerprint.as_str())
            .bind(record.target.as_str())
            .bind(record.created_at)
    };
    let recognised = change.idempotency.as_ref().map(recognise);
    let tenant = &change.log;
    let spent = change.spent.as_ref();
    let spent = spent.map(|code| one_time_code::spend(tenant, code));
    let issued = change.issued.iter();
    Ok(std::iter::once(event)
        .chain(recognised)
        .chain(spent.into_iter().flatten())
        .chain(issued.map(|code| one_time_code::add(tenant, code)))
        .chain(change.messages.iter().map(message::add)))
}
