#[cfg(test)]
mod rules;

mod stepwise;

use iam_model::{Timestamp, hex};
use iam_storage_ports::{Migration as Step, StorageError};
use sha2::{Digest, Sha256};

pub(crate) use self::stepwise::SessionLock;
use crate::{Dialect, Row, SqlError, SqlTransport, Statement};

/// A step from one version of the schema to the next.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// All migrations: the one at index 0 leads to version 1.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "identity",
        sql: include_str!("../migrations/0001_identity.sql"),
    },
    Migration {
        name: "administration",
        sql: include_str!("../migrations/0002_administration.sql"),
    },
    Migration {
        name: "second_factors",
        sql: include_str!("../migrations/0003_second_factors.sql"),
    },
    Migration {
        name: "messages",
        sql: include_str!("../migrations/0004_messages.sql"),
    },
    Migration {
        name: "ended_sessions",
        sql: include_str!("../migrations/0005_ended_sessions.sql"),
    },
];

const CREATE_TABLE: &str = "\
    create table if not exists schema_migrations (\
    version bigint not null primary key, \
    name varchar(64) not null, \
    checksum varchar(64) not null, \
    applied_at bigint not null)";

const APPLIED: &str =
    "select version, checksum, applied_at from schema_migrations order by version";

/// A migration that was applied, as the database keeps it.
struct Applied {
    version: i64,
    checksum: String,
    at: Timestamp,
}

fn record(dialect: Dialect, version: i64, migration: &Migration) -> Statement {
    let sql = format!(
        "insert into schema_migrations (version, name, checksum, applied_at) \
         values (?, ?, ?, {})",
        dialect.syntax().now()
    );
    Statement::new(sql)
        .bind(version)
        .bind(migration.name)
        .bind(migration.checksum().as_str())
}

/// Applies what is missing.
pub(crate) async fn run(transport: &dyn SqlTransport) -> Result<(), StorageError> {
    let create = transport.dialect().syntax().definition(CREATE_TABLE);
    transport.execute(&[Statement::new(create)]).await?;
    for (version, migration) in pending(&applied(transport).await?)? {
        let unit = migration.unit(version, transport.dialect());
        let lock = transport.dialect().syntax().session_lock();
        let outcome = match (lock, unit.as_slice()) {
            (Some(lock), [record, steps @ ..]) => {
                stepwise::run(transport, &lock, version, steps, record).await
            }
            _ => transport.execute(&unit).await.map(drop),
        };
        match outcome {
            // Unique: another runner was faster, and its record is our lock.
            Ok(()) | Err(SqlError::Unique) => {}
            Err(error) => return Err(error.into()),
        }
    }
    check(transport).await
}

/// Succeeds if all migrations are applied, and no others.
pub(crate) async fn check(transport: &dyn SqlTransport) -> Result<(), StorageError> {
    match pending(&applied(transport).await?)?.next() {
        None => Ok(()),
        Some(_) => Err(StorageError::Schema),
    }
}

/// All migrations, with when they were applied.
pub(crate) async fn list(transport: &dyn SqlTransport) -> Result<Vec<Step>, StorageError> {
    let applied = match applied(transport).await {
        // There is no table of them: none was.
        Err(StorageError::Schema) => Vec::new(),
        outcome => outcome?,
    };
    drop(pending(&applied)?);
    let at = applied.iter().map(|applied| Some(applied.at));
    let known = (1..).zip(MIGRATIONS).zip(at.chain(std::iter::repeat(None)));
    let step = |((version, migration), applied_at): ((i64, &Migration), _)| Step {
        version,
        name: migration.name.to_owned(),
        checksum: migration.checksum(),
        applied_at,
        statements: migration.definitions(transport.dialect()).collect(),
    };
    Ok(known.map(step).collect())
}

/// The applied migrations, by version.
async fn applied(transport: &dyn SqlTransport) -> Result<Vec<Applied>, StorageError> {
    let answers = transport.execute(&[Statement::new(APPLIED)]).await?;
    let read = |mut row: Row| {
        let mut row = row.of("schema_migrations");
        Ok(Applied {
            version: row.integer("version")?,
            checksum: row.text("checksum")?,
            at: row.time("applied_at")?,
        })
    };
    answers.into_iter().flatten().map(read).collect()
}

/// The migrations that come after the `applied` ones, with the versions they lead to.
fn pending(
    applied: &[Applied],
) -> Result<impl Iterator<Item = (i64, &'static Migration)>, StorageError> {
    let mut known = (1..).zip(MIGRATIONS);
    for applied in applied {
        let (_, migration) = known
            .next()
            .filter(|(ours, _)| *ours == applied.version)
            .ok_or(StorageError::Schema)?;
        if applied.checksum != migration.checksum() {
            return Err(StorageError::Corrupt {
                table: "schema_migrations",
                column: "checksum",
            });
        }
    }
    Ok(known)
}

impl Migration {
    /// The SHA-256 of its text, in hexadecimal.
    fn checksum(&self) -> String {
        hex(&Sha256::digest(self.sql))
    }

    fn statements(&self) -> impl Iterator<Item = &'static str> {
        self.sql
            .split(";\n")
            .map(str::trim)
            .filter(|sql| !sql.is_empty())
    }

    /// Its statements as the engine is told.
    fn definitions(&self, dialect: Dialect) -> impl Iterator<Item = String> {
        self.statements().map(move |sql| {
            dialect
                .syntax()
                .definition(sql.trim_end_matches(';'))
                .into_owned()
        })
    }

    /// The record comes first: where two runners meet, the second fails on it and changes nothing.
    fn unit(&self, version: i64, dialect: Dialect) -> Vec<Statement> {
        let definitions = self.definitions(dialect).map(Statement::new);
        let record = record(dialect, version, self);
        std::iter::once(record).chain(definitions).collect()
    }
}

#[cfg(test)]
mod tests {
    use iam_model::Timestamp;
    use iam_storage_ports::StorageError;

    use super::{Applied, MIGRATIONS, pending};

    fn applied(version: i64, checksum: impl Into<String>) -> Applied {
        Applied {
            version,
            checksum: checksum.into(),
            at: Timestamp::default(),
        }
    }

    fn all() -> Vec<Applied> {
        (1..)
            .zip(MIGRATIONS)
            .map(|(version, migration)| applied(version, migration.checksum()))
            .collect()
    }

    #[test]
    fn what_is_not_applied_is_pending() {
        assert_eq!(pending(&[]).unwrap().count(), MIGRATIONS.len());
        assert_eq!(pending(&all()).unwrap().count(), 0);
    }

    #[test]
    fn a_schema_from_the_future_or_with_a_gap_is_refused() {
        let mut newer = all();
        newer.push(applied(i64::try_from(newer.len()).unwrap() + 1, "?"));
        assert!(matches!(pending(&newer), Err(StorageError::Schema)));
        let gap = [applied(2, MIGRATIONS[0].checksum())];
        assert!(matches!(pending(&gap), Err(StorageError::Schema)));
    }

    #[test]
    fn a_migration_that_was_edited_is_refused() {
        let mut edited = all();
        edited[0].checksum.replace_range(..1, "x");
        let refused = pending(&edited).map(drop);
        assert!(
            matches!(
                refused,
                Err(StorageError::Corrupt {
                    column: "checksum",
                    ..
                })
            ),
            "{refused:?}"
        );
    }

    #[test]
    fn a_migration_splits_into_single_statements() {
        for sql in MIGRATIONS.iter().flat_map(super::Migration::statements) {
            assert!(!sql.trim_end_matches(';').contains(';'), "{sql}");
        }
    }
}
