use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::mpsc::Sender;

use super::{
    super::{
        baton::{Baton, StreamId},
        error::{PipelineError, ProtocolError},
    },
    Call,
};

/// How many streams that have expired are remembered, to say so to who still comes.
const REMEMBERED: usize = 1024;

/// Which streams there are, and which request each waits for.
#[derive(Default)]
pub(super) struct Table(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    by_id: HashMap<StreamId, Entry>,
    /// The expired ones, oldest first.
    expired: VecDeque<StreamId>,
}

enum Entry {
    Expired,
    Open(Open),
}

struct Open {
    /// Of the request that may come.
    number: u64,
    /// A request is being served.
    busy: bool,
    calls: Sender<Call>,
}

impl Table {
    /// Adds a stream, and gives the number of its first request.
    pub(super) fn insert(&self, id: StreamId, calls: Sender<Call>) -> u64 {
        let open = Open {
            number: 0,
            busy: false,
            calls,
        };
        self.lock().by_id.insert(id, Entry::Open(open));
        0
    }

    /// Lets the request with `baton` in, and no other until it has left.
    pub(super) fn enter(&self, baton: &Baton) -> Result<Sender<Call>, PipelineError> {
        match self.lock().by_id.get_mut(&baton.id) {
            None => Err(ProtocolError::BatonInvalid.into()),
            Some(Entry::Expired) => Err(PipelineError::Expired),
            Some(Entry::Open(open)) if open.busy || open.number != baton.number => {
                Err(ProtocolError::BatonReused.into())
            }
            Some(Entry::Open(open)) => {
                open.busy = true;
                Ok(open.calls.clone())
            }
        }
    }

    /// The request has been served; gives the number of the next, or `None` if there is none
    /// because the table was cleared.
    pub(super) fn leave(&self, id: StreamId) -> Option<u64> {
        let mut entries = self.lock();
        let open = entries.open(id)?;
        open.busy = false;
        open.number += 1;
        Some(open.number)
    }

    /// The request was turned away; it may come again.
    pub(super) fn leave_unserved(&self, id: StreamId) {
        if let Some(open) = self.lock().open(id) {
            open.busy = false;
        }
    }

    /// Closes the stream to requests, unless one has just entered.
    pub(super) fn expire(&self, id: StreamId) -> bool {
        let mut entries = self.lock();
        if entries.open(id).is_some_and(|open| open.busy) {
            return false;
        }
        entries.by_id.insert(id, Entry::Expired);
        entries.expired.push_back(id);
        if entries.expired.len() > REMEMBERED
            && let Some(oldest) = entries.expired.pop_front()
        {
            entries.by_id.remove(&oldest);
        }
        true
    }

    pub(super) fn remove(&self, id: StreamId) {
        self.lock().by_id.remove(&id);
    }

    /// Forgets all streams, whose tasks end with this.
    pub(super) fn clear(&self) {
        self.lock().by_id.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn open(&mut self, id: StreamId) -> Option<&mut Open> {
        match self.by_id.get_mut(&id) {
            Some(Entry::Open(open)) => Some(open),
            _ => None,
        }
    }
}
