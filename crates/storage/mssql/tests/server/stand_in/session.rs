//! A session: a login, and then requests.

use std::io;

use rusqlite::types::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::OwnedMutexGuard,
};

use super::{
    DATABASE, PASSWORD, StandIn, USER,
    answer::Answer,
    engine::{self, Engine},
    packet::{self, ANSWER, BATCH, LOGIN, RPC},
    request::{self, Login},
};

/// What a transaction is called on the wire.
const TRANSACTION: [u8; 9] = [8, 1, 0, 0, 0, 0, 0, 0, 0];
const NONE: [u8; 1] = [0];

/// The kinds of ENVCHANGE that are about transactions.
const BEGUN: u8 = 8;
const COMMITTED: u8 = 9;
const ROLLED_BACK: u8 = 10;

struct Session<'a> {
    server: &'a StandIn,
    /// The engine, while a transaction is open.
    transaction: Option<OwnedMutexGuard<Engine>>,
}

pub(crate) async fn run(
    server: &StandIn,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
) -> io::Result<()> {
    let (kind, data) = packet::read(&mut stream).await?;
    assert_eq!(kind, LOGIN);
    let login = Login::read(&data);
    let given = (
        login.user.as_str(),
        login.password.as_str(),
        login.database.as_str(),
    );
    if given != (USER, PASSWORD, DATABASE) {
        let mut answer = Answer::default();
        // Login failed.
        answer.error(18456);
        answer.end_of_batch(true);
        return packet::write(&mut stream, ANSWER, &answer.0).await;
    }
    packet::write(&mut stream, ANSWER, &Answer::welcome(&login.database).0).await?;
    let mut session = Session {
        server,
        transaction: None,
    };
    loop {
        let (kind, data) = packet::read(&mut stream).await?;
        let answer = match kind {
            BATCH => session.batch(&request::batch(&data)).await,
            RPC => {
                let (sql, values) = request::call(&data);
                session.call(&sql, &values).await
            }
            other => panic!("a request of kind {other}"),
        };
        packet::write(&mut stream, ANSWER, &answer.0).await?;
    }
}

impl Session<'_> {
    async fn batch(&mut self, sql: &str) -> Answer {
        let mut answer = Answer::default();
        match sql {
            "begin transaction" => {
                let engine = self.server.engine.clone().lock_owned().await;
                engine.order("begin immediate");
                self.transaction = Some(engine);
                answer.change(BEGUN, &TRANSACTION, &NONE);
            }
            "commit transaction" => {
                self.transaction.take().unwrap().order("commit");
                answer.change(COMMITTED, &NONE, &TRANSACTION);
            }
            "if @@trancount > 0 rollback transaction" => self.roll_back(&mut answer),
            "select 1" => {}
            sql => assert!(sql.starts_with("set "), "{sql}"),
        }
        answer.end_of_batch(false);
        answer
    }

    async fn call(&mut self, sql: &str, values: &[Value]) -> Answer {
        self.server.told.lock().unwrap().push(sql.to_owned());
        let outcome = match self.server.fault() {
            Some(number) => Err(number),
            None => self.work(sql, values).await,
        };
        let mut answer = Answer::default();
        match outcome {
            Ok(result) => answer.result(&result),
            Err(number) => {
                // As `xact_abort` has it.
                self.roll_back(&mut answer);
                answer.failure(number);
            }
        }
        answer
    }

    async fn work(&mut self, sql: &str, values: &[Value]) -> Result<engine::Answer, u32> {
        match &self.transaction {
            Some(engine) => engine.run(sql, values),
            None => self.server.engine.lock().await.run(sql, values),
        }
    }

    fn roll_back(&mut self, answer: &mut Answer) {
        if let Some(engine) = self.transaction.take() {
            engine.order("rollback");
            answer.change(ROLLED_BACK, &NONE, &TRANSACTION);
        }
    }
}

/// A client that goes away in the middle leaves nothing behind.
impl Drop for Session<'_> {
    fn drop(&mut self) {
        if let Some(engine) = self.transaction.take()
            && engine.is_in_transaction()
        {
            engine.order("rollback");
        }
    }
}
