use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use iam_model::{
    ApiKey, ApiKeyId, AuditEventId, CatalogueEntry, Client, ClientId, CredentialId, EndedSession,
    Group, GroupId, Message, MessageId, OneTimeCode, OneTimeCodeDigest, PasswordCredential,
    Permission, Policy, PolicyActivation, PolicyId, RecoveryCodes, Role, RoleId, SessionId, Tenant,
    TenantId, TotpCredential, User, UserId,
};
use iam_storage_ports::{Change, IdempotencyRecord, SealedEvent, StorageError};

use crate::table;

/// All that is stored. A copy shares what it does not change.
#[derive(Clone, Default)]
pub(crate) struct Tables {
    pub(crate) tenants: BTreeMap<TenantId, Tenant>,
    pub(crate) messages: BTreeMap<MessageId, Message>,
    pub(crate) owned: BTreeMap<TenantId, Rc<TenantTables>>,
}

/// What belongs to one tenant.
#[derive(Clone, Default)]
pub(crate) struct TenantTables {
    pub(crate) activation: PolicyActivation,
    pub(crate) api_keys: BTreeMap<ApiKeyId, ApiKey>,
    pub(crate) clients: BTreeMap<ClientId, Client>,
    pub(crate) ended_sessions: BTreeMap<SessionId, EndedSession>,
    pub(crate) events: BTreeMap<AuditEventId, SealedEvent>,
    pub(crate) group_roles: BTreeSet<(GroupId, RoleId)>,
    pub(crate) groups: BTreeMap<GroupId, Group>,
    pub(crate) idempotency: BTreeMap<String, IdempotencyRecord>,
    pub(crate) members: BTreeSet<(GroupId, UserId)>,
    pub(crate) one_time_codes: BTreeMap<OneTimeCodeDigest, OneTimeCode>,
    pub(crate) passwords: BTreeMap<CredentialId, PasswordCredential>,
    pub(crate) permissions: BTreeMap<Permission, CatalogueEntry>,
    pub(crate) policies: BTreeMap<PolicyId, Policy>,
    pub(crate) recovery_codes: BTreeMap<UserId, RecoveryCodes>,
    pub(crate) roles: BTreeMap<RoleId, Role>,
    pub(crate) totps: BTreeMap<UserId, TotpCredential>,
    pub(crate) user_roles: BTreeSet<(UserId, RoleId)>,
    pub(crate) users: BTreeMap<UserId, User>,
}

impl Tables {
    /// What the tenant has; nothing if there is no such tenant.
    pub(crate) fn of(&self, tenant: TenantId) -> Rc<TenantTables> {
        self.owned.get(&tenant).cloned().unwrap_or_default()
    }

    /// Changes what the tenant has. A tenant that does not exist has nothing that could be changed
    /// or removed, and gets nothing: [`StorageError::NotFound`].
    pub(crate) fn write<T>(
        &mut self,
        tenant: TenantId,
        work: impl FnOnce(&mut TenantTables) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut owned = self.of(tenant);
        let value = work(Rc::make_mut(&mut owned))?;
        if !self.tenants.contains_key(&tenant) {
            return Err(StorageError::NotFound);
        }
        self.owned.insert(tenant, owned);
        Ok(value)
    }

    /// Writes what goes with a change.
    pub(crate) fn record(&mut self, change: &Change) -> Result<(), StorageError> {
        self.write(change.log, |log| {
            log.add_event(&change.event)?;
            if let Some(record) = &change.idempotency {
                table::add(&mut log.idempotency, record.key.clone(), record)?;
            }
            if let Some(code) = &change.spent {
                log.spend(code)?;
            }
            change.issued.iter().try_for_each(|code| log.issue(code))
        })?;
        let mut messages = change.messages.iter();
        messages.try_for_each(|message| self.add_message(message))
    }
}
