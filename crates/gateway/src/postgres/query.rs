use std::{io, sync::Arc};

use bytes::BufMut as _;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::{
    IsNull,
    message::{
        backend::{DataRowBody, Message, RowDescriptionBody},
        frontend,
    },
};

use super::{
    connection::Connection,
    error::{DatabaseError, PostgresError, broken},
    statements::Field,
};

/// A statement with its parameters, as texts.
pub(crate) struct Query {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Option<String>>,
}

/// What a statement gave.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) fields: Arc<[Field]>,
    pub(crate) rows: Vec<Vec<Option<String>>>,
    /// What was done, such as `INSERT 0 1`.
    pub(crate) tag: String,
}

/// A statement on its way.
struct Sent<'a> {
    query: &'a Query,
    /// The columns, if it was prepared before.
    known: Option<Arc<[Field]>>,
    name: String,
}

impl Connection {
    /// Runs `queries` one after the other until one fails, between `begin`, which starts a
    /// transaction, and its end; without `begin`, each is one of its own. One round trip, and
    /// another if a transaction has to be rolled back.
    pub(crate) async fn run(
        &mut self,
        begin: Option<&str>,
        queries: &[Query],
    ) -> Result<Vec<Answer>, PostgresError> {
        if let Some(begin) = begin {
            self.send_plain(begin)?;
        }
        let sent = self.send_all(queries)?;
        if begin.is_some() {
            self.send_plain("commit")?;
        }
        frontend::sync(self.output());
        self.flush().await?;
        let outcome = self.receive_all(begin.is_some(), &sent).await;
        // Also after an error: it is the database that says when it is ready again.
        if let Err(PostgresError::Connection(_) | PostgresError::TooLarge) = outcome {
            return outcome;
        }
        if self.ready().await? != b'I' {
            self.roll_back().await?;
        }
        outcome
    }

    /// A statement that is not worth preparing.
    fn send_plain(&mut self, sql: &str) -> io::Result<()> {
        frontend::parse("", sql, [], self.output())?;
        bind("", &[], self.output())?;
        frontend::execute("", 0, self.output())
    }

    fn send_all<'a>(&mut self, queries: &'a [Query]) -> io::Result<Vec<Sent<'a>>> {
        let mut all: Vec<Sent<'a>> = Vec::with_capacity(queries.len());
        for query in queries {
            let prepared = self.statements.find(&query.sql);
            let again = || all.iter().find(|sent| sent.query.sql == query.sql);
            let (name, known) = match (prepared, again()) {
                (Some(prepared), _) => (prepared.name, Some(prepared.fields)),
                // It is prepared a moment before in the same unit.
                (None, Some(earlier)) => (earlier.name.clone(), None),
                (None, None) => {
                    let name = self.statements.next_name();
                    frontend::parse(&name, &query.sql, [], self.output())?;
                    (name, None)
                }
            };
            if known.is_none() {
                frontend::describe(b'S', &name, self.output())?;
            }
            bind(&name, &query.parameters, self.output())?;
            frontend::execute("", 0, self.output())?;
            all.push(Sent { query, known, name });
        }
        Ok(all)
    }

    async fn receive_all(
        &mut self,
        transaction: bool,
        sent: &[Sent<'_>],
    ) -> Result<Vec<Answer>, PostgresError> {
        if transaction {
            self.receive_answer(None).await?;
        }
        let (mut answers, mut left) = (Vec::with_capacity(sent.len()), self.response_bytes);
        for sent in sent {
            let (answer, bytes) = self.receive_answer(sent.known.clone()).await?;
            left = left.checked_sub(bytes).ok_or(PostgresError::TooLarge)?;
            if sent.known.is_none() {
                self.keep(sent, &answer.fields)?;
            }
            answers.push(answer);
        }
        if transaction {
            self.receive_answer(None).await?;
        }
        Ok(answers)
    }

    /// Keeps what was prepared, and drops what has to make room for it.
    fn keep(&mut self, sent: &Sent<'_>, fields: &Arc<[Field]>) -> io::Result<()> {
        let (sql, name) = (sent.query.sql.clone(), sent.name.clone());
        match self.statements.keep(sql, name.clone(), Arc::clone(fields)) {
            // The same one, that was described twice in one unit.
            Some(replaced) if replaced == name => Ok(()),
            Some(replaced) => frontend::close(b'S', &replaced, self.output()),
            None => Ok(()),
        }
    }

    /// What one statement gives, and the bytes of its values.
    async fn receive_answer(
        &mut self,
        known: Option<Arc<[Field]>>,
    ) -> Result<(Answer, usize), PostgresError> {
        let mut fields = known.unwrap_or_default();
        let (mut rows, mut bytes) = (Vec::new(), 0);
        loop {
            match self.receive().await? {
                Message::ParseComplete
                | Message::BindComplete
                | Message::CloseComplete
                | Message::ParameterDescription(_)
                | Message::NoData => {}
                Message::RowDescription(body) => fields = read_fields(&body)?,
                Message::DataRow(body) => {
                    bytes += body.buffer().len();
                    if bytes > self.response_bytes {
                        return Err(PostgresError::TooLarge);
                    }
                    rows.push(read_row(&body)?);
                }
                Message::CommandComplete(body) => {
                    let tag = body.tag()?.to_owned();
                    return Ok((Answer { fields, rows, tag }, bytes));
                }
                Message::EmptyQueryResponse => {
                    let tag = String::new();
                    return Ok((Answer { fields, rows, tag }, bytes));
                }
                Message::ErrorResponse(body) => {
                    let error = DatabaseError::read(&body)?;
                    return Err(PostgresError::Database(Box::new(error)));
                }
                _ => return Err(broken("an answer to something else").into()),
            }
        }
    }

    /// Reads on until the database is ready; gives the state of the transaction.
    async fn ready(&mut self) -> io::Result<u8> {
        loop {
            if let Message::ReadyForQuery(body) = self.receive().await? {
                return Ok(body.status());
            }
        }
    }

    /// Asks for a sign of life.
    pub(crate) async fn ping(&mut self) -> Result<(), PostgresError> {
        frontend::sync(self.output());
        self.flush().await?;
        self.ready().await?;
        Ok(())
    }

    async fn roll_back(&mut self) -> Result<(), PostgresError> {
        self.send_plain("rollback")?;
        frontend::sync(self.output());
        self.flush().await?;
        self.receive_answer(None).await?;
        self.ready().await?;
        Ok(())
    }
}

/// Parameters and answers are texts: no formats are named.
fn bind(
    statement: &str,
    parameters: &[Option<String>],
    output: &mut bytes::BytesMut,
) -> io::Result<()> {
    let write = |value: &Option<String>, output: &mut bytes::BytesMut| {
        Ok(match value {
            Some(text) => {
                output.put_slice(text.as_bytes());
                IsNull::No
            }
            None => IsNull::Yes,
        })
    };
    frontend::bind("", statement, [], parameters, write, [], output)
        .map_err(|_| broken("more parameters than fit"))
}

fn read_fields(body: &RowDescriptionBody) -> io::Result<Arc<[Field]>> {
    let fields = body.fields().map(|field| {
        Ok(Field {
            name: field.name().to_owned(),
            data_type_id: field.type_oid(),
            table_id: field.table_oid(),
            column_id: field.column_id(),
            data_type_size: field.type_size(),
            data_type_modifier: field.type_modifier(),
            format: "text",
        })
    });
    Ok(fields.collect::<Vec<_>>()?.into())
}

fn read_row(body: &DataRowBody) -> io::Result<Vec<Option<String>>> {
    let text = |range: Option<std::ops::Range<usize>>| match range {
        Some(range) => {
            let bytes = body
                .buffer()
                .get(range)
                .ok_or_else(|| broken("a row without its end"))?;
            let text =
                std::str::from_utf8(bytes).map_err(|_| broken("a text that is not UTF-8"))?;
            Ok(Some(text.to_owned()))
        }
        None => Ok(None),
    };
    body.ranges().map(text).collect()
}
