//! `SQLite`, with the functions of SQL Server that our statements call, and its errors by the
//! numbers of SQL Server.

use rusqlite::{
    Connection, Error, ffi,
    functions::{Context, FunctionFlags},
    types::{Value, ValueRef},
};

use super::spelling::{Step, steps};

/// The answer to a batch: the rows of its last statement, and how many it changed.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) changed: u64,
}

pub(crate) struct Column {
    pub(crate) name: String,
    /// What the table says that it holds, if it is of one.
    pub(crate) declared: Option<String>,
}

/// A database in memory.
pub(crate) struct Engine(Connection);

impl Engine {
    pub(crate) fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .pragma_update(None, "foreign_keys", true)
            .unwrap();
        let engine = Self(connection);
        engine.add("string_escape", 2, |arguments| {
            let text = arguments.get::<Option<String>>(0)?;
            let escape = |text: String| {
                let quoted = serde_json::to_string(&text).unwrap();
                quoted[1..quoted.len() - 1].replace('/', r"\/")
            };
            Ok(text.map(escape).into())
        });
        engine.add("concat", -1, |arguments| {
            let texts = (0..arguments.len()).map(|at| arguments.get::<Option<String>>(at));
            let texts: Vec<_> = texts.collect::<Result<_, _>>()?;
            Ok(texts.into_iter().flatten().collect::<String>().into())
        });
        engine.add("datalength", 1, |arguments| {
            let text = arguments.get::<Option<String>>(0)?;
            let bytes = |text: String| 2 * i64::try_from(text.encode_utf16().count()).unwrap();
            Ok(text.map(bytes).into())
        });
        engine.add("json_written", 2, |arguments| {
            let kind: String = arguments.get(0)?;
            let written = match (kind.as_str(), arguments.get_raw(1)) {
                ("true" | "false", _) => Some(kind),
                (_, ValueRef::Integer(number)) => Some(number.to_string()),
                (_, ValueRef::Real(number)) => Some(serde_json::json!(number).to_string()),
                (_, ValueRef::Text(text)) => Some(String::from_utf8(text.to_vec()).unwrap()),
                _ => None,
            };
            Ok(written.into())
        });
        engine
    }

    fn add(
        &self,
        name: &str,
        arguments: i32,
        function: impl Fn(&Context<'_>) -> rusqlite::Result<Value>
        + Send
        + std::panic::UnwindSafe
        + 'static,
    ) {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        self.0
            .create_scalar_function(name, arguments, flags, move |context| function(context))
            .unwrap();
    }

    /// Runs a batch; gives the number of the error that SQL Server would give.
    pub(crate) fn run(&self, batch: &str, parameters: &[Value]) -> Result<Answer, u32> {
        let mut answer = Answer::default();
        for step in steps(batch) {
            let run = |sql: &str| {
                self.one(sql, parameters).map_err(|error| {
                    let number = number(&error);
                    if number == SYNTAX {
                        eprintln!("not understood: {error}: {sql}");
                    }
                    number
                })
            };
            match step {
                Step::Once(sql) => answer = run(&sql)?,
                Step::While(sql) => {
                    while answer.changed > 0 {
                        answer = run(&sql)?;
                    }
                }
            }
        }
        Ok(answer)
    }

    fn one(&self, sql: &str, parameters: &[Value]) -> rusqlite::Result<Answer> {
        let mut statement = self.0.prepare_cached(sql)?;
        for at in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(at, &parameters[at - 1])?;
        }
        if statement.column_count() == 0 {
            let changed = statement.raw_execute()?;
            return Ok(Answer {
                changed: changed as u64,
                ..Answer::default()
            });
        }
        let columns = statement.columns().into_iter();
        let columns: Vec<_> = columns
            .map(|column| Column {
                name: column.name().to_owned(),
                declared: column.decl_type().map(str::to_lowercase),
            })
            .collect();
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let values = (0..columns.len()).map(|at| row.get(at));
            rows.push(values.collect::<Result<_, _>>()?);
        }
        Ok(Answer {
            columns,
            rows,
            changed: 0,
        })
    }

    /// Begins, commits or rolls back.
    pub(crate) fn order(&self, sql: &str) {
        self.0.execute_batch(sql).unwrap();
    }

    pub(crate) fn is_in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }
}

/// Incorrect syntax.
const SYNTAX: u32 = 102;

fn number(error: &Error) -> u32 {
    if let Some(error) = error.sqlite_error() {
        match error.extended_code {
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE => return 2627,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return 547,
            ffi::SQLITE_CONSTRAINT_NOTNULL => return 515,
            _ => {}
        }
    }
    let text = error.to_string();
    let known = [
        ("no such table", 208),
        ("no such column", 207),
        ("already exists", 2714),
    ];
    let known = known.into_iter().find(|(part, _)| text.contains(part));
    known.map_or(SYNTAX, |(_, number)| number)
}
