//! One database, and the transactions that are open in it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as SyncMutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{sync::Mutex, time::sleep};

use super::{
    answer::Answer,
    driver::MySql,
    error::{MySqlError, VitessError},
    session::{Session, TransactionId},
    statement::Kind,
};
use crate::{
    backend::Backend,
    pool::{Lease, Pool},
};

/// How long a transaction lives without a statement.
const IDLE_LIMIT: Duration = Duration::from_secs(10);

/// A database.
pub(crate) struct Database {
    pool: Arc<Pool<MySql>>,
    open: SyncMutex<HashMap<TransactionId, Arc<Slot>>>,
}

/// Where a transaction is while no statement of it runs. Whoever runs one takes it out: if they go
/// away in the middle it is dropped, which ends its connection and rolls it back.
type Slot = Mutex<Parked>;

#[derive(Default)]
struct Parked {
    transaction: Option<Transaction>,
    /// How many statements it had.
    calls: u64,
}

struct Transaction {
    lease: Lease<MySql>,
    /// It may leave something on its connection.
    is_tainted: bool,
}

/// Why a statement has no answer.
pub(crate) enum Failure {
    /// Another statement of the session is running.
    InUse,
    /// The kernel has no randomness.
    NoId,
    MySql(MySqlError),
}

impl<E: Into<MySqlError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::MySql(error.into())
    }
}

impl Database {
    pub(super) fn new(pool: Arc<Pool<MySql>>) -> Arc<Self> {
        Arc::new(Self {
            pool,
            open: SyncMutex::default(),
        })
    }

    /// Runs one statement of `session`, and changes what is to be known of that.
    pub(super) async fn execute(
        self: &Arc<Self>,
        session: &mut Session,
        sql: &str,
    ) -> Result<Answer, Failure> {
        let kind = Kind::of(sql).map_err(MySqlError::from)?;
        if let Some(id) = session.transaction {
            return self.go_on(session, id, kind, sql).await;
        }
        match kind {
            Kind::Isolation(level) => {
                session.isolation = Some(level);
                Ok(Answer::default())
            }
            Kind::Begin => self.begin(session, sql).await,
            // There is nothing to end.
            Kind::End => Ok(Answer::default()),
            Kind::Rows | Kind::Other => {
                let mut lease = self.pool.take().await?;
                let outcome = self.run(&mut lease, sql).await;
                let is_tainted = kind == Kind::Other;
                let transaction = Transaction { lease, is_tainted };
                if is_good(&outcome) {
                    transaction.end();
                }
                Ok(outcome?)
            }
        }
    }

    /// Rolls back what is open in `session`.
    pub(super) fn close_session(&self, session: &mut Session) {
        let id = session.transaction.take();
        let slot = id.and_then(|id| self.open().remove(&id));
        let parked = slot.and_then(|slot| slot.try_lock().ok()?.transaction.take());
        if let Some(transaction) = parked {
            transaction.roll_back();
        }
    }

    async fn run(&self, lease: &mut Lease<MySql>, sql: &str) -> Result<Answer, MySqlError> {
        let limit = self.pool.limits().response_bytes;
        self.pool.timed(lease.run(sql, limit)).await
    }

    async fn begin(self: &Arc<Self>, session: &mut Session, sql: &str) -> Result<Answer, Failure> {
        let id = TransactionId::random().ok_or(Failure::NoId)?;
        let mut lease = self.pool.take().await?;
        if let Some(level) = session.isolation {
            // Of the next transaction only.
            let set = format!("set transaction isolation level {}", level.name());
            self.run(&mut lease, &set).await?;
        }
        let answer = self.run(&mut lease, sql).await?;
        let slot = Arc::<Slot>::default();
        let mut parked = slot.lock().await;
        self.park(&mut parked, id, &slot, lease, false);
        drop(parked);
        self.open().insert(id, slot);
        session.transaction = Some(id);
        Ok(answer)
    }

    async fn go_on(
        self: &Arc<Self>,
        session: &mut Session,
        id: TransactionId,
        kind: Kind,
        sql: &str,
    ) -> Result<Answer, Failure> {
        let slot = self.open().get(&id).cloned();
        let Some(slot) = slot else {
            return Err(expired(session));
        };
        let mut parked = slot.try_lock().map_err(|_| Failure::InUse)?;
        let Some(Transaction {
            mut lease,
            is_tainted,
        }) = parked.transaction.take()
        else {
            self.open().remove(&id);
            return Err(expired(session));
        };
        let outcome = self.run(&mut lease, sql).await;
        let is_tainted = is_tainted || !matches!(kind, Kind::Rows | Kind::Begin | Kind::End);
        if !is_good(&outcome) || (kind == Kind::End && outcome.is_ok()) {
            self.open().remove(&id);
            session.transaction = None;
            if outcome.is_ok() {
                Transaction { lease, is_tainted }.end();
            }
        } else {
            self.park(&mut parked, id, &slot, lease, is_tainted);
        }
        Ok(outcome?)
    }

    /// Lets a transaction wait for its next statement, for some time.
    fn park(
        self: &Arc<Self>,
        parked: &mut Parked,
        id: TransactionId,
        slot: &Arc<Slot>,
        lease: Lease<MySql>,
        is_tainted: bool,
    ) {
        parked.transaction = Some(Transaction { lease, is_tainted });
        parked.calls += 1;
        let calls = parked.calls;
        let (database, slot) = (Arc::clone(self), Arc::clone(slot));
        tokio::spawn(async move {
            sleep(IDLE_LIMIT).await;
            // If it is locked or has gone on, it is looked at again after that.
            let Ok(mut parked) = slot.try_lock() else {
                return;
            };
            if parked.calls == calls {
                database.open().remove(&id);
                if let Some(transaction) = parked.transaction.take() {
                    transaction.roll_back();
                }
            }
        });
    }

    fn open(&self) -> MutexGuard<'_, HashMap<TransactionId, Arc<Slot>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The transaction has ended by itself.
fn expired(session: &mut Session) -> Failure {
    session.transaction = None;
    VitessError::expired().into()
}

/// Whether the connection is good after that.
fn is_good(outcome: &Result<Answer, MySqlError>) -> bool {
    matches!(outcome, Ok(_) | Err(MySqlError::Database(_)))
}

impl Transaction {
    /// Gives the connection back, on which no transaction is open, unless somebody began one where
    /// none is kept.
    fn end(self) {
        if self.is_tainted || self.lease.is_in_transaction() {
            self.roll_back();
        } else {
            self.lease.keep();
        }
    }

    /// Takes from the connection whatever is left on it, which nobody waits for.
    fn roll_back(self) {
        let Self { mut lease, .. } = self;
        tokio::spawn(async move {
            if lease.reset().await.is_ok() {
                lease.keep();
            }
        });
    }
}

#[async_trait]
impl Backend for Arc<Database> {
    async fn is_well(&self) -> bool {
        self.pool.is_well().await
    }

    async fn sweep(&self) {
        self.pool.sweep().await;
    }

    async fn close(&self) {
        // What is open ends with its connection.
        self.open().clear();
        self.pool.close().await;
    }
}
