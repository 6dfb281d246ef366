//! Streams that outlive a request. Each is a task that owns it and waits: for the next request,
//! for too long without one, or for another writer who wants the turn.

mod table;

use std::{sync::Arc, time::Duration};

use tokio::{
    select,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    task::spawn_blocking,
    time::{Instant, sleep_until},
};

use self::table::Table;
use super::{
    baton::{Baton, StreamId},
    error::{PipelineError, ProtocolError},
    protocol::{Request, Version},
    stream::Stream,
};

/// How many streams may be open. Each has a connection.
pub(super) const MAX_STREAMS: usize = 64;

/// How long a stream lives without a request.
const IDLE_LIMIT: Duration = Duration::from_secs(10);

/// The next baton, if the stream stays open, and the results as JSON.
type Answer = Result<(Option<String>, Vec<u8>), PipelineError>;

/// A pipeline for a stream.
struct Call {
    version: Version,
    requests: Vec<Request>,
    answer: oneshot::Sender<Answer>,
}

/// All open streams.
pub(crate) struct Streams {
    places: Arc<Semaphore>,
    table: Arc<Table>,
}

/// The right to open a stream.
pub(crate) type Place = OwnedSemaphorePermit;

impl Streams {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MAX_STREAMS)),
            table: Arc::default(),
        }
    }

    pub(crate) fn place(&self) -> Result<Place, PipelineError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_| PipelineError::Overloaded)
    }

    /// Keeps `stream` open, and gives the baton for its next request.
    pub(crate) fn open(&self, stream: Stream, place: Place) -> Result<String, PipelineError> {
        let id = StreamId::random().ok_or(PipelineError::Internal)?;
        let (calls, incoming) = mpsc::channel(1);
        let number = self.table.insert(id, calls);
        let table = Arc::clone(&self.table);
        let task = Task {
            id,
            table,
            incoming,
            _place: place,
        };
        tokio::spawn(task.live(stream));
        Ok(Baton { id, number }.encode())
    }

    /// Runs `requests` on the stream of `baton`.
    pub(crate) async fn call(
        &self,
        baton: &str,
        version: Version,
        requests: Vec<Request>,
    ) -> Answer {
        let baton = Baton::decode(baton).ok_or(ProtocolError::BatonInvalid)?;
        let calls = self.table.enter(&baton)?;
        let (answer, answered) = oneshot::channel();
        let call = Call {
            version,
            requests,
            answer,
        };
        // There is room: one request at a time is let in.
        calls
            .try_send(call)
            .map_err(|_| ProtocolError::BatonInvalid)?;
        answered.await.map_err(|_| PipelineError::Internal)?
    }

    /// Ends all streams and waits until they are gone.
    pub(crate) async fn close(&self) {
        self.places.close();
        self.table.clear();
        while self.places.available_permits() < MAX_STREAMS {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// The life of a stream.
struct Task {
    id: StreamId,
    table: Arc<Table>,
    incoming: mpsc::Receiver<Call>,
    _place: Place,
}

impl Task {
    async fn live(mut self, mut stream: Stream) {
        let mut used = Instant::now();
        loop {
            select! {
                call = self.incoming.recv() => {
                    let Some(call) = call else { break };
                    match self.serve(stream, call).await {
                        Some(open) => stream = open,
                        None => return,
                    }
                    used = Instant::now();
                }
                () = sleep_until(used + IDLE_LIMIT) => {
                    if self.table.expire(self.id) {
                        break;
                    }
                    // A request was let in just now: it comes next.
                    used = Instant::now();
                }
                () = stream.outstayed() => match stream.roll_back().await {
                    Ok(open) => stream = open,
                    Err(_) => return self.table.remove(self.id),
                },
            }
        }
        // Its rollback blocks. If the runtime stops before, the drop is done where it is.
        let _ = spawn_blocking(move || drop(stream)).await;
    }

    /// Runs a pipeline; `None` if that was the end of the stream.
    async fn serve(&self, mut stream: Stream, call: Call) -> Option<Stream> {
        let permit = match stream.permit(&call.requests).await {
            Ok(permit) => permit,
            Err(error) => {
                // Nothing was done: the client may show its baton again.
                self.table.leave_unserved(self.id);
                let _ = call.answer.send(Err(error));
                return Some(stream);
            }
        };
        let (open, answer) = match stream.run(permit, call.version, call.requests).await {
            Ok((stream, results)) if stream.is_closed() => (None, Ok((None, results))),
            Ok((stream, results)) => {
                let number = self.table.leave(self.id);
                let baton = number.map(|number| {
                    Baton {
                        id: self.id,
                        number,
                    }
                    .encode()
                });
                (Some(stream), Ok((baton, results)))
            }
            Err(error) => (None, Err(error)),
        };
        if open.is_none() {
            self.table.remove(self.id);
        }
        // A client that is gone does not get its baton, and the stream expires.
        let _ = call.answer.send(answer);
        open
    }
}
