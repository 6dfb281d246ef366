use iam_storage_ports::StorageError;
use sha2::{Digest, Sha256};

use crate::{Dialect, Row, SqlError, SqlTransport, Statement};

/// A step from one version of the schema to the next.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// All migrations: the one at index 0 leads to version 1.
const MIGRATIONS: &[Migration] = &[Migration {
    name: "identity",
    sql: include_str!("../migrations/0001_identity.sql"),
}];

const CREATE_TABLE: &str = "\
    create table if not exists schema_migrations (\
    version bigint not null primary key, \
    name varchar(64) not null, \
    checksum varchar(64) not null, \
    applied_at bigint not null)";

const APPLIED: &str = "select version, checksum from schema_migrations order by version";

fn record(dialect: Dialect) -> String {
    format!(
        "insert into schema_migrations (version, name, checksum, applied_at) \
         values (?, ?, ?, {})",
        dialect.now()
    )
}

/// Applies what is missing.
pub(crate) async fn run(transport: &dyn SqlTransport) -> Result<(), StorageError> {
    transport.execute(&[Statement::new(CREATE_TABLE)]).await?;
    for (version, migration) in pending(&applied(transport).await?)? {
        let unit = migration.unit(version, transport.dialect());
        match transport.execute(&unit).await {
            // Unique: another runner was faster, and its record is our lock.
            Ok(_) | Err(SqlError::Unique) => {}
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

/// The versions and checksums of the applied migrations, by version.
async fn applied(transport: &dyn SqlTransport) -> Result<Vec<(i64, String)>, StorageError> {
    let answers = transport.execute(&[Statement::new(APPLIED)]).await?;
    let read = |mut row: Row| {
        let mut row = row.of("schema_migrations");
        Ok((row.integer("version")?, row.text("checksum")?))
    };
    answers.into_iter().flatten().map(read).collect()
}

/// The migrations that come after the `applied` ones, with the versions they lead to.
fn pending(
    applied: &[(i64, String)],
) -> Result<impl Iterator<Item = (i64, &'static Migration)>, StorageError> {
    let mut known = (1..).zip(MIGRATIONS);
    for (version, checksum) in applied {
        let (_, migration) = known
            .next()
            .filter(|(ours, _)| ours == version)
            .ok_or(StorageError::Schema)?;
        if *checksum != migration.checksum() {
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
        let hex = |text: String, byte: u8| text + &format!("{byte:02x}");
        Sha256::digest(self.sql)
            .into_iter()
            .fold(String::new(), hex)
    }

    fn statements(&self) -> impl Iterator<Item = &'static str> {
        self.sql
            .split(";\n")
            .map(str::trim)
            .filter(|sql| !sql.is_empty())
    }

    /// The record comes first: where two runners meet, the second fails on it and changes nothing.
    fn unit(&self, version: i64, dialect: Dialect) -> Vec<Statement> {
        let record = Statement::new(record(dialect))
            .bind(version)
            .bind(self.name)
            .bind(self.checksum().as_str());
        std::iter::once(record)
            .chain(self.statements().map(Statement::new))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use iam_storage_ports::StorageError;

    use super::{MIGRATIONS, pending};

    fn all() -> Vec<(i64, String)> {
        (1..)
            .zip(MIGRATIONS)
            .map(|(version, migration)| (version, migration.checksum()))
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
        newer.push((i64::try_from(newer.len()).unwrap() + 1, "?".to_owned()));
        assert!(matches!(pending(&newer), Err(StorageError::Schema)));
        let gap = [(2, MIGRATIONS[0].checksum())];
        assert!(matches!(pending(&gap), Err(StorageError::Schema)));
    }

    #[test]
    fn a_migration_that_was_edited_is_refused() {
        let mut edited = all();
        edited[0].1.replace_range(..1, "x");
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
