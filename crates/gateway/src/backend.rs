//! What is behind the gateway, as those see it that need no more than its name: the probe for
//! readiness, and the end.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;

use crate::pool::{Driver, Pool};

/// Something that the gateway is in front of.
#[async_trait]
pub(crate) trait Backend: Send + Sync {
    /// Whether it answers.
    async fn is_well(&self) -> bool;

    /// Closes connections that have been idle for too long.
    async fn sweep(&self);

    /// Closes everything. Nothing is asked of it any more.
    async fn close(&self);
}

/// Each by the name that it is reached by.
pub(crate) type Backends = BTreeMap<String, Arc<dyn Backend>>;

#[async_trait]
impl<D: Driver> Backend for Arc<Pool<D>> {
    async fn is_well(&self) -> bool {
        Pool::is_well(self).await
    }

    async fn sweep(&self) {
        Pool::sweep(self).await;
    }

    async fn close(&self) {
        Pool::close(self).await;
    }
}

/// The pools of one kind of database, by the name of each.
pub(crate) type Pools<D> = BTreeMap<String, Arc<Pool<D>>>;

/// `pools` as what is behind the gateway.
pub(crate) fn backends<D: Driver>(pools: &Pools<D>) -> Backends {
    let backend = |(name, pool): (&String, &Arc<Pool<D>>)| {
        let backend: Arc<dyn Backend> = Arc::new(Arc::clone(pool));
        (name.clone(), backend)
    };
    pools.iter().map(backend).collect()
}
