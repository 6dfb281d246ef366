use async_trait::async_trait;
use iam_model::{Policy, PolicyActivation, PolicyId};

use crate::{Change, Listing, Page, StorageError};

/// One tenant's policy in all its versions, of which one at most is active.
#[async_trait(?Send)]
pub trait PolicyRepository {
    /// The version with this id.
    async fn lookup(&self, id: &PolicyId) -> Result<Option<Policy>, StorageError>;

    /// The versions, by id, which is the order they were uploaded in.
    async fn list(&self, page: &Page) -> Result<Listing<Policy>, StorageError>;

    /// Adds a version and returns it with the number it got: one more than the highest there is,
    /// whatever `policy.number` says; of many at once each gets another. The tenant must exist,
    /// else [`StorageError::NotFound`].
    async fn add(&self, policy: Policy, change: &Change) -> Result<Policy, StorageError>;

    /// Which version is active.
    async fn activation(&self) -> Result<PolicyActivation, StorageError>;

    /// Makes `to`, or none, the active version and the one that was active the previous one, and
    /// returns that. [`StorageError::Stale`] if another was activated since `from` was read;
    /// [`StorageError::NotFound`] if there is no such version.
    async fn activate(
        &self,
        from: PolicyActivation,
        to: Option<PolicyId>,
        change: &Change,
    ) -> Result<PolicyActivation, StorageError>;

    /// Removes a version; [`StorageError::InUse`] if it is the active or the previous one,
    /// [`StorageError::NotFound`] if it is gone.
    async fn remove(&self, id: &PolicyId, change: &Change) -> Result<(), StorageError>;
}
