use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use tokio::sync::OwnedSemaphorePermit;

use super::{Driver, Pool, counts::Counted};

/// A connection that is counted as long as it is there.
pub(super) struct Connection<D: Driver> {
    connection: D::Connection,
    counted: Counted,
}

impl<D: Driver> Connection<D> {
    pub(super) const fn new(connection: D::Connection, counted: Counted) -> Self {
        Self {
            connection,
            counted,
        }
    }

    pub(super) const fn get(&mut self) -> &mut D::Connection {
        &mut self.connection
    }

    pub(super) fn into_parts(self) -> (D::Connection, Counted) {
        (self.connection, self.counted)
    }
}

/// A connection that one unit of work has for itself. Unless it is given back by [`Lease::keep`]
/// it is closed.
pub(crate) struct Lease<D: Driver> {
    pool: Arc<Pool<D>>,
    connection: Connection<D>,
    _place: OwnedSemaphorePermit,
}

impl<D: Driver> Lease<D> {
    pub(super) const fn new(
        pool: Arc<Pool<D>>,
        connection: Connection<D>,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            pool,
            connection,
            _place: place,
        }
    }

    /// The connection can be used again: nothing is open on it and nothing is on its way.
    pub(crate) fn keep(self) {
        self.pool.give_back(self.connection);
    }

    /// A new connection in the place of this one.
    pub(crate) async fn renewed(self) -> Result<Self, D::Error> {
        let Self {
            pool,
            connection,
            _place: place,
        } = self;
        let (old, counted) = connection.into_parts();
        pool.driver.close(old).await;
        drop(counted);
        let connection = pool.open().await?;
        Ok(Self::new(pool, connection, place))
    }
}

impl<D: Driver> Deref for Lease<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        &self.connection.connection
    }
}

impl<D: Driver> DerefMut for Lease<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        &mut self.connection.connection
    }
}
