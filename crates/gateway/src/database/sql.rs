/// What a statement does, as far as its first words tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// `update`, `delete`.
    Change,
    /// Begins or ends a transaction and does not ask for the write lock.
    Control,
    /// There is no statement.
    Empty,
    /// `insert`, `replace`.
    Insert,
    /// All the rest, such as changes of the schema and `begin immediate`.
    Other,
    /// `pragma`. Some take effect when they are prepared and not when they run.
    Pragma,
    /// `select`, `values`, `explain`.
    Read,
}

impl Kind {
    /// What the first statement of `sql` does.
    pub(crate) fn of(sql: &str) -> Self {
        let mut words = Words::new(sql);
        let Some(verb) = words.next() else {
            return Self::Empty;
        };
        match Self::of_verb(verb) {
            Some(kind) => kind,
            None if is(verb, "begin") => match words.next() {
                Some(mode) if is(mode, "immediate") || is(mode, "exclusive") => Self::Other,
                _ => Self::Control,
            },
            // The tables of `with` are in parentheses, so the next verb outside of them decides.
            None if is(verb, "with") => words.find_map(Self::of_verb).unwrap_or(Self::Other),
            None => Self::Other,
        }
    }

    /// Whether it is to wait for its turn to write.
    pub(crate) const fn takes_turn(self) -> bool {
        matches!(
            self,
            Self::Change | Self::Insert | Self::Other | Self::Pragma
        )
    }

    fn of_verb(verb: &str) -> Option<Self> {
        const VERBS: [(&str, Kind); 13] = [
            ("select", Kind::Read),
            ("values", Kind::Read),
            ("explain", Kind::Read),
            ("insert", Kind::Insert),
            ("replace", Kind::Insert),
            ("update", Kind::Change),
            ("delete", Kind::Change),
            ("commit", Kind::Control),
            ("end", Kind::Control),
            ("rollback", Kind::Control),
            ("savepoint", Kind::Control),
            ("release", Kind::Control),
            ("pragma", Kind::Pragma),
        ];
        let found = VERBS.iter().find(|(name, _)| is(verb, name));
        found.map(|(_, kind)| *kind)
    }
}

fn is(word: &str, name: &str) -> bool {
    word.eq_ignore_ascii_case(name)
}

/// The words of a statement that are neither quoted, nor in a comment, nor in parentheses.
struct Words<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Words<'a> {
    const fn new(sql: &'a str) -> Self {
        Self {
            rest: sql,
            depth: 0,
        }
    }

    /// Skips to after `end`, or to the end.
    fn skip_past(&mut self, end: &str) {
        let found = self.rest.find(end).map(|at| at + end.len());
        self.rest = found.and_then(|at| self.rest.get(at..)).unwrap_or_default();
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let first = self.rest.chars().next()?;
            match first {
                '-' if self.rest.starts_with("--") => self.skip_past("\n"),
                '/' if self.rest.starts_with("/*") => {
                    self.skip(2);
                    self.skip_past("*/");
                }
                // A doubled quote within a quoted text reads as two texts, which is as good.
                '\'' | '"' | '`' => {
                    self.skip(1);
                    self.skip_past(first.encode_utf8(&mut [0; 4]));
                }
                '[' => self.skip_past("]"),
                '(' | ')' => {
                    self.skip(1);
                    self.depth = match first {
                        '(' => self.depth + 1,
                        _ => self.depth.saturating_sub(1),
                    };
                }
                _ if is_word(first) => {
                    let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
                    let (word, rest) = self.rest.split_at(end);
                    self.rest = rest;
                    if self.depth == 0 {
                        return Some(word);
                    }
                }
                _ => self.skip(first.len_utf8()),
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[track_caller]
    fn check(kind: Kind, statements: &[&str]) {
        for sql in statements {
            assert_eq!(Kind::of(sql), kind, "{sql}");
        }
    }

    #[test]
    fn nothing_but_space_and_comments_is_no_statement() {
        let nothing = ["", " \n", ";;", "-- select 1", "/* select"];
        check(Kind::Empty, &nothing);
    }

    #[test]
    fn a_read_is_known_by_its_first_word() {
        check(Kind::Read, &["select 1", "  SELECT 1", ";select 1"]);
        check(
            Kind::Read,
            &["values(1)", "explain insert into t values(1)"],
        );
        check(Kind::Read, &["-- a\nselect 1", "/* ' */ select 1"]);
    }

    #[test]
    fn after_with_the_verb_outside_of_its_tables_counts() {
        let reads = [
            "with a as (insert), b(c) as (select ')') select 1",
            "with recursive \"insert\" as (select 1) select 1",
            "with [insert into] as (select 1) select 1",
        ];
        check(Kind::Read, &reads);
        check(
            Kind::Insert,
            &["with a as (select 1) insert into t select 1"],
        );
        check(Kind::Change, &["with a as (select 'x''(') delete from t"]);
        check(Kind::Other, &["with", "with a as (select 1)"]);
    }

    #[test]
    fn changes_are_told_from_insertions() {
        let insertions = ["insert into t values(1)", "Replace into t values(1)"];
        check(Kind::Insert, &insertions);
        check(Kind::Change, &["update t set a = 1", "delete from t"]);
        check(Kind::Other, &["create table t(a)", "é", "selec"]);
    }

    #[test]
    fn only_a_transaction_that_is_to_write_asks_for_the_lock_at_once() {
        let begins = ["begin", "BEGIN deferred", "begin transaction readonly"];
        check(Kind::Control, &begins);
        let ends = ["commit", "end", "rollback", "savepoint a", "release a"];
        check(Kind::Control, &ends);
        check(Kind::Other, &["begin immediate", "begin exclusive"]);
    }

    #[test]
    fn a_pragma_is_one_with_and_without_a_value() {
        check(
            Kind::Pragma,
            &["pragma user_version", "PRAGMA foreign_keys=off"],
        );
    }

    #[test]
    fn what_can_write_takes_its_turn() {
        assert!(Kind::Insert.takes_turn() && Kind::Change.takes_turn() && Kind::Other.takes_turn());
        assert!(
            !Kind::Read.takes_turn() && !Kind::Control.takes_turn() && !Kind::Empty.takes_turn()
        );
    }
}
