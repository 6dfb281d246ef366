use std::collections::BTreeSet;

use iam_storage_ports::{Change, IdempotencyRecord, StorageError};

use crate::{
    audit,
    collection::Collection,
    document::id,
    idempotency, message, one_time_code,
    unit::{Query, Unit, exists},
};

/// What has to be known to write what goes with `change`.
pub(crate) fn queries(change: &Change) -> Vec<Query> {
    let log = change.log;
    let key = |record: &IdempotencyRecord| id(log, &record.key);
    let records = change.idempotency.iter().map(key);
    let messages = &change.messages;
    let tenants = messages.iter().map(|message| message.tenant_id);
    let tenants = tenants.chain([log]).map(|tenant| tenant.to_string());
    let addressees = messages.iter().map(|m| id(m.tenant_id, m.user_id));
    let issued = change.issued.iter();
    let users = addressees.chain(issued.clone().map(|code| id(log, code.user_id)));
    let codes = issued.chain(&change.spent);
    let codes = codes.map(|code| id(log, code.digest.as_str()));
    let messages = messages.iter().map(|message| message.id.to_string());
    let asked: [(Collection, BTreeSet<String>); 6] = [
        (Collection::Tenants, tenants.collect()),
        (Collection::AuditEvents, [id(log, change.event.id)].into()),
        (Collection::IdempotencyKeys, records.collect()),
        (Collection::Users, users.collect()),
        (Collection::OneTimeCodes, codes.collect()),
        (Collection::Messages, messages.collect()),
    ];
    let asked = asked.into_iter().filter(|(_, ids)| !ids.is_empty());
    let mut queries: Vec<_> = asked.map(|(of, ids)| Query::with_ids(of, ids)).collect();
    if let Some(spent) = &change.spent {
        let same = one_time_code::same(log, spent.user_id, spent.purpose);
        queries.push(Query::find(Collection::OneTimeCodes, same));
    }
    queries
}

/// Writes what goes with `change`.
pub(crate) fn record(unit: &mut Unit, change: &Change) -> Result<(), StorageError> {
    let log = change.log;
    exists(unit.has(Collection::Tenants, &log.to_string()))?;
    let event = audit::document(log, &change.event)?;
    unit.add(Collection::AuditEvents, event)?;
    if let Some(record) = &change.idempotency {
        unit.add(
            Collection::IdempotencyKeys,
            idempotency::document(log, record),
        )?;
    }
    if let Some(code) = &change.spent {
        one_time_code::spend(unit, log, code)?;
    }
    for code in &change.issued {
        exists(unit.has(Collection::Users, &id(log, code.user_id)))?;
        unit.add(Collection::OneTimeCodes, one_time_code::document(log, code))?;
    }
    for message in &change.messages {
        message::add(unit, message)?;
    }
    Ok(())
}
