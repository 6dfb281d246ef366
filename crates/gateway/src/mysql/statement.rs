//! What a statement is, as far as a connection has to know before it runs it.

/// A statement by what it does to its session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Begins a transaction.
    Begin,
    /// Ends it, either way.
    End,
    /// Sets the isolation of what comes.
    Isolation(Isolation),
    /// Reads or changes rows.
    Rows,
    /// Everything else, and what reads or changes rows and may leave something on the connection: a
    /// variable or a lock.
    Other,
}

/// How much a transaction sees of others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Isolation {
    ReadUncommitted,
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

/// Why a statement is not run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refused {
    /// There is another one behind it.
    Several,
    /// It is for the connection, which is not the client's alone.
    Setting,
}

impl Isolation {
    const ALL: [(Self, &'static str); 4] = [
        (Self::ReadUncommitted, "read uncommitted"),
        (Self::ReadCommitted, "read committed"),
        (Self::RepeatableRead, "repeatable read"),
        (Self::Serializable, "serializable"),
    ];

    pub(crate) fn name(self) -> &'static str {
        let this = Self::ALL.iter().find(|(level, _)| *level == self);
        this.map_or("serializable", |(_, name)| name)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(_, known)| *known == name);
        known.map(|(level, _)| *level)
    }
}

impl Kind {
    /// What `sql` is.
    pub(crate) fn of(sql: &str) -> Result<Self, Refused> {
        let bare = bare(sql)?;
        let words: Vec<_> = bare.split_ascii_whitespace().collect();
        Ok(match words.as_slice() {
            ["begin"] | ["start", "transaction", ..] => Self::Begin,
            ["commit" | "rollback"] => Self::End,
            [
                "set",
                "session",
                "transaction",
                "isolation",
                "level",
                level @ ..,
            ] => Self::Isolation(Isolation::named(&level.join(" ")).ok_or(Refused::Setting)?),
            ["set" | "use" | "lock" | "unlock" | "reset" | "change", ..] => {
                return Err(Refused::Setting);
            }
            [
                "select" | "with" | "insert" | "update" | "delete" | "replace",
                ..,
            ] if !bare.contains('@') && !bare.contains("_lock") => Self::Rows,
            _ => Self::Other,
        })
    }
}

/// The statement in small letters, without what stands in quotes and comments, if it is one. A
/// comment that a server reads is kept. The SQL mode is the gateway's own (`driver.rs`): a backslash
/// escapes, and double quotes are for texts.
fn bare(sql: &str) -> Result<String, Refused> {
    let mut bare = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(next) = rest.chars().next() {
        let skipped = match next {
            '\'' | '"' | '`' => quoted(rest, next),
            '#' => line(rest),
            '-' if is_comment(rest) => line(rest),
            '/' if rest.starts_with("/*")
                && !rest.starts_with("/*!")
                && !rest.starts_with("/*M!") =>
            {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            }
            ';' if bare_end(&rest[1..]) => break,
            ';' => return Err(Refused::Several),
            _ => {
                bare.push(next.to_ascii_lowercase());
                rest = &rest[next.len_utf8()..];
                continue;
            }
        };
        bare.push(' ');
        rest = &rest[skipped..];
    }
    Ok(bare)
}

/// Whether nothing comes any more, to be cautious not even a comment.
fn bare_end(rest: &str) -> bool {
    rest.trim_ascii().is_empty()
}

/// Two hyphens and a space.
fn is_comment(rest: &str) -> bool {
    let after = rest.strip_prefix("--");
    after.is_some_and(|after| {
        after
            .chars()
            .next()
            .is_none_or(|c| c.is_ascii_whitespace() || c.is_control())
    })
}

/// How long a comment is that ends with its line.
fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// How long what stands in quotes is, with them. Two quotes in it are one; here they are two texts.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = quote != '`',
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Isolation, Kind, Refused};

    #[test]
    fn a_statement_is_known_by_its_first_words() {
        for (sql, kind) in [
            ("BEGIN", Kind::Begin),
            ("start transaction read only", Kind::Begin),
            ("Commit;", Kind::End),
            ("rollback ; ", Kind::End),
            (
                "set session transaction isolation level repeatable read",
                Kind::Isolation(Isolation::RepeatableRead),
            ),
            ("-- all\nselect 1", Kind::Rows),
            ("select '@', \"get_lock\", `;` from t", Kind::Rows),
            ("select @a := 1", Kind::Other),
            ("select get_lock('a', 1)", Kind::Other),
            ("select /*! get_lock('a', 1) */", Kind::Other),
            ("create table t (n int)", Kind::Other),
            ("begin work", Kind::Other),
            ("", Kind::Other),
        ] {
            assert_eq!(Kind::of(sql), Ok(kind), "{sql}");
        }
    }

    #[test]
    fn two_statements_are_refused_however_they_hide() {
        for sql in [
            "select 1; drop table t",
            "select 'a'';'; drop table t",
            "select 'a\\'; drop table t' ; drop table t",
            "select 1 -- '\n; drop table t",
            "select 1 --\u{1}; \n; drop table t",
            "select 1 # '\n; drop table t",
            "select 1 /* ' */; drop table t",
            "select 1 /*! ; drop table t */",
            "select 1 /*M! ; drop table t */",
            "select `\\`; drop table t",
            "select 1--2; drop table t",
            "select 1; -- more",
        ] {
            assert_eq!(Kind::of(sql), Err(Refused::Several), "{sql}");
        }
        for sql in [
            "select ';', \";\", `;` -- ;\n/* ; */ # ;",
            "select 1;",
            "select 'a\\';'",
        ] {
            assert_eq!(Kind::of(sql), Ok(Kind::Rows), "{sql}");
        }
    }

    #[test]
    fn what_is_for_the_connection_is_refused() {
        for sql in [
            "set @a = 1",
            "SET GLOBAL max_connections = 1",
            "use mysql",
            "lock tables t read",
            "set session transaction isolation level serializable, read only",
        ] {
            assert_eq!(Kind::of(sql), Err(Refused::Setting), "{sql}");
        }
    }
}
