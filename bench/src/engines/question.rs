use std::{cell::RefCell, rc::Rc};

use anyhow::Result;
use async_trait::async_trait;
use iam_storage_ports::Storage as _;
use iam_storage_sql::{Dialect, Row, SqlError, SqlStorage, SqlTransport, Statement, Value};

use super::seed::Person;

/// What another driver is to ask.
pub(super) enum Question {
    /// What our adapter sends, for a database that is asked in SQL.
    Sql { sql: String, parameters: Vec<Value> },
    /// What a login of this person has to know.
    Login(Person),
    /// Whether the database answers.
    Ping,
}

impl Question {
    /// What is asked at the login of `person`.
    pub(super) async fn login(dialect: Option<Dialect>, person: &Person) -> Result<Self> {
        let Some(dialect) = dialect else {
            return Ok(Self::Login(person.clone()));
        };
        let recorder = Recorder::new(dialect);
        let storage = SqlStorage::new(recorder.clone());
        // Nobody is found: what matters is what was asked.
        let _ = person.log_in(&storage).await;
        recorder.question()
    }

    /// What is asked to know whether the database answers.
    pub(super) async fn ping(dialect: Option<Dialect>) -> Result<Self> {
        let Some(dialect) = dialect else {
            return Ok(Self::Ping);
        };
        let recorder = Recorder::new(dialect);
        let _ = SqlStorage::new(recorder.clone()).ping().await;
        recorder.question()
    }
}

/// A transport that keeps what it is given and answers nothing.
#[derive(Clone)]
struct Recorder {
    dialect: Dialect,
    sent: Rc<RefCell<Vec<Statement>>>,
}

impl Recorder {
    fn new(dialect: Dialect) -> Self {
        let sent = Rc::default();
        Self { dialect, sent }
    }

    fn question(&self) -> Result<Question> {
        let sent = self.sent.borrow();
        let [statement] = sent.as_slice() else {
            anyhow::bail!("{} statements instead of one", sent.len());
        };
        Ok(Question::Sql {
            sql: statement.sql(self.dialect).into_owned(),
            parameters: statement.parameters().to_vec(),
        })
    }
}

#[async_trait(?Send)]
impl SqlTransport for Recorder {
    fn dialect(&self) -> Dialect {
        self.dialect
    }

    async fn execute(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError> {
        self.sent.borrow_mut().extend_from_slice(unit);
        Ok(unit.iter().map(|_| Vec::new()).collect())
    }
}
