use async_trait::async_trait;
use iam_model::{ActivePolicy, Policy, PolicyActivation, PolicyId};
use iam_storage_ports::{Change, Listing, Page, PolicyRepository, StorageError};

use crate::{storage::MemoryTenant, table, tables::TenantTables};

#[async_trait(?Send)]
impl PolicyRepository for MemoryTenant<'_> {
    async fn lookup(&self, id: &PolicyId) -> Result<Option<Policy>, StorageError> {
        Ok(self.read().policies.get(id).cloned())
    }

    async fn list(&self, page: &Page) -> Result<Listing<Policy>, StorageError> {
        let policies = &self.read().policies;
        Ok(table::page(
            policies,
            page,
            |_| true,
            |policy| policy.id.to_string(),
        ))
    }

    async fn add(&self, policy: Policy, change: &Change) -> Result<Policy, StorageError> {
        self.write(change, |own| {
            let numbers = own.policies.values().map(|policy| policy.number);
            let policy = Policy {
                number: numbers.max().unwrap_or(0) + 1,
                ..policy
            };
            table::add(&mut own.policies, policy.id, &policy)?;
            Ok(policy)
        })
    }

    async fn activation(&self) -> Result<PolicyActivation, StorageError> {
        Ok(self.read().activation)
    }

    async fn activate(
        &self,
        from: PolicyActivation,
        to: Option<PolicyId>,
        change: &Change,
    ) -> Result<PolicyActivation, StorageError> {
        self.write(change, |own| {
            let before = own.activation;
            if before.version != from.version {
                return Err(StorageError::Stale);
            }
            table::exists(to.is_none_or(|id| own.policies.contains_key(&id)))?;
            own.activation = PolicyActivation {
                active: to,
                previous: before.active,
                version: before.version + 1,
            };
            Ok(own.activation)
        })
    }

    async fn remove(&self, id: &PolicyId, change: &Change) -> Result<(), StorageError> {
        self.write(change, |own| {
            let PolicyActivation {
                active, previous, ..
            } = own.activation;
            table::unused([active, previous].contains(&Some(*id)))?;
            table::exists(own.policies.remove(id).is_some())
        })
    }
}

impl TenantTables {
    pub(crate) fn active_policy(&self) -> Option<ActivePolicy> {
        let policy = self.policies.get(&self.activation.active?)?;
        Some(ActivePolicy {
            id: policy.id,
            number: policy.number,
            source: policy.source.clone(),
        })
    }
}
