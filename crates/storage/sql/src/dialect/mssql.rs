//! T-SQL, for SQL Server 2017 and later, and Azure SQL.
//!
//! Texts are `nvarchar` of a binary collation, so that an index serves a parameter as it comes, and
//! upper and lower case differ. A length counts UTF-16 units there, of which a character has two
//! at most. Whatever is text and no column says its collation, or SQL Server refuses to compare it.

mod definition;
mod recursion;

use std::{borrow::Cow, fmt::Write as _};

use super::{Syntax, is_number};
use crate::Value;

/// The order of bytes; the order that `SQLite` and `PostgreSQL` have too, but above U+FFFF.
const COLLATE: &str = "collate Latin1_General_100_BIN2";

pub(super) struct SqlServer;

impl Syntax for SqlServer {
    fn statement<'a>(&self, sql: &'a str, values: &[Value]) -> Cow<'a, str> {
        let sql = exact(sql);
        let mut written = String::with_capacity(sql.len() + 8 * values.len());
        let mut parts = sql.split('?').peekable();
        let mut at = 0;
        while let Some(part) = parts.next() {
            let value = values.get(at);
            at += 1;
            if parts.peek().is_some() {
                bind(&mut written, part, at, value);
            } else {
                written.push_str(part);
            }
        }
        Cow::Owned(recursion::unroll(written))
    }

    fn definition<'a>(&self, sql: &'a str) -> Cow<'a, str> {
        Cow::Owned(definition::rewrite(sql))
    }

    /// The result of `string_agg` is as long as its first value may be: 8000 bytes, unless that is
    /// a `max`.
    fn json_array(&self, value: &str) -> String {
        let value = if value.starts_with(TUPLE) {
            value.to_owned()
        } else {
            json_text(value)
        };
        format!("coalesce(N'[' + string_agg({value}, N',') + N']', N'[]')")
    }

    fn json_tuple(&self, values: &str) -> String {
        let value = |value: &str| {
            let member = value.rsplit('.').next().unwrap_or(value);
            if is_number(member) || member == "direct" {
                format!("coalesce(cast({value} as nvarchar(20)), N'null')")
            } else {
                format!("coalesce({}, N'null')", json_text(value))
            }
        };
        let values: Vec<_> = values.split(", ").map(value).collect();
        format!("{TUPLE}{}, N']')", values.join(", N',', "))
    }

    fn json_texts(&self) -> &'static str {
        "(select value collate Latin1_General_100_BIN2 as value from openjson(?))"
    }

    fn json_rows(&self, members: &[&str]) -> String {
        let read = |member: &&str| {
            let kind = if is_number(member) {
                "bigint"
            } else {
                "nvarchar(max)"
            };
            format!("{member} {kind} '$.{member}'")
        };
        let column = |member: &&str| {
            if is_number(member) {
                (*member).to_owned()
            } else {
                format!("{member} {COLLATE} as {member}")
            }
        };
        let columns: Vec<_> = members.iter().map(column).collect();
        let read: Vec<_> = members.iter().map(read).collect();
        format!(
            "(select {} from openjson(?) with ({}))",
            columns.join(", "),
            read.join(", ")
        )
    }

    /// `openjson` gives strings, numbers and truth values as they are written, as types 1 to 3.
    /// With a letter after each, spaces at the end count.
    fn json_member(
        &self,
        (document, object): (&str, &str),
        name: &str,
        text: &str,
    ) -> (String, Vec<Value>) {
        let sql = format!(
            "exists (select 1 from openjson({document}, '$.{object}') member \
             where member.[key] {COLLATE} + N'.' = ? + N'.' \
             and member.type in (1, 2, 3) and member.value {COLLATE} + N'.' = ? + N'.')"
        );
        (sql, vec![name.into(), text.into()])
    }

    fn now(&self) -> &'static str {
        "datediff_big(millisecond, '1970-01-01', sysutcdatetime())"
    }
}

/// How a tuple begins, by which an array of them is known.
const TUPLE: &str = "concat(N'[', ";

/// An expression: a text as JSON, and null if it is null.
fn json_text(value: &str) -> String {
    format!("N'\"' + string_escape(cast({value} as nvarchar(max)), 'json') + N'\"'")
}

/// Texts are compared as if the shorter one had spaces at its end. Of what is compared exactly,
/// only external ids can end with a space; the table's key has the same expression.
fn exact(sql: &str) -> Cow<'_, str> {
    if !sql.contains("external_id") {
        return Cow::Borrowed(sql);
    }
    let sql = sql
        .replace("external_id = ?", "external_id + N'.' = ? + N'.'")
        .replace("external_id > ?", "external_id + N'.' > ? + N'.'")
        .replace(
            "e.external_id = v.external_id",
            "e.external_id + N'.' = v.external_id + N'.'",
        )
        .replace(
            "order by tenant_id, system_name, external_id",
            "order by tenant_id, system_name, external_id + N'.'",
        );
    Cow::Owned(sql)
}

/// Writes `part` and the parameter after it, the one with this number.
fn bind(written: &mut String, part: &str, number: usize, value: Option<&Value>) {
    // Writing to a string cannot fail. The driver declares the parameters with a large `P`, and
    // where the database tells large from small that matters.
    if let Some(part) = part.strip_suffix(" limit ") {
        let _ = write!(
            written,
            "{part} offset 0 rows fetch next @P{number} rows only"
        );
        return;
    }
    let _ = write!(written, "{part}@P{number}");
    // All that begins with `a ` is longer than `a`, to which it would be equal.
    if let (Some(head), Some(Value::Text(text))) = (part.strip_suffix(" >= "), value)
        && text.ends_with(' ')
    {
        let column = head.rsplit([' ', '(']).next().unwrap_or(head);
        let _ = write!(
            written,
            " and datalength({column}) >= datalength(@P{number})"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{SqlServer, Syntax as _};
    use crate::Value;

    #[track_caller]
    fn check(sql: &str, values: &[Value], expected: &str) {
        assert_eq!(SqlServer.statement(sql, values), expected);
    }

    #[test]
    fn parameters_are_numbered_and_a_page_is_fetched() {
        check(
            "select a from t where b = ? and c > ? order by a limit ?",
            &["x".into(), 1.into(), 2.into()],
            "select a from t where b = @P1 and c > @P2 \
             order by a offset 0 rows fetch next @P3 rows only",
        );
    }

    #[test]
    fn spaces_at_the_end_count() {
        check(
            "select 1 from t g where g.name >= ? and g.name < ?",
            &["a ".into(), "a!".into()],
            "select 1 from t g where g.name >= @P1 and datalength(g.name) >= datalength(@P1) \
             and g.name < @P2",
        );
        check(
            "select 1 from external_ids x where x.external_id = ?",
            &["a".into()],
            "select 1 from external_ids x where x.external_id + N'.' = @P1 + N'.'",
        );
    }

    #[test]
    fn what_is_recursive_is_filled_until_nothing_is_new() {
        check(
            "update t set n = ? where not exists (with recursive a(id) as (select id from t \
             where id = ? union select t.up from a x cross join t where t.id = x.id) \
             select 1 from a a where a.id = ?)",
            &[1.into(), "x".into(), "y".into()],
            "set nocount on; declare @a table (id nvarchar(72) collate Latin1_General_100_BIN2 \
             not null, primary key (id)); \
             insert into @a (id) select id from t where id = @P2 except select id from @a; \
             while @@rowcount > 0 insert into @a (id) select t.up from @a x cross join t \
             where t.id = x.id except select id from @a; \
             set nocount off; update t set n = @P1 where not exists (\
             select 1 from @a a where a.id = @P3)",
        );
    }

    #[test]
    fn arrays_of_arrays_are_built_from_text() {
        assert_eq!(
            SqlServer.json_array(&SqlServer.json_tuple("g.id, a.direct")),
            "coalesce(N'[' + string_agg(concat(N'[', coalesce(N'\"' + string_escape(\
             cast(g.id as nvarchar(max)), 'json') + N'\"', N'null'), N',', \
             coalesce(cast(a.direct as nvarchar(20)), N'null'), N']'), N',') + N']', N'[]')"
        );
    }

    #[test]
    fn definitions_are_written_anew() {
        for (sql, expected) in [
            (
                "-- A default note.\nalter table t add column n bigint not null default 1",
                "alter table t add n bigint not null constraint t_n_default default 1",
            ),
            (
                "alter table t drop column n",
                "alter table t drop constraint if exists t_n_default; alter table t drop column n",
            ),
            (
                "create table if not exists t (\n    a varchar(512) not null,\n    b text,\n    \
                 primary key (a))",
                "if object_id(N't', N'U') is null create table t (\n    \
                 a nvarchar(1024) collate Latin1_General_100_BIN2 not null,\n    \
                 b nvarchar(max) collate Latin1_General_100_BIN2,\n    \
                 primary key nonclustered (a))",
            ),
            (
                "update t set a = json_array(b), c = json_object('d', e)",
                "update t set a = N'[' + N'\"' + string_escape(cast(b as nvarchar(max)), 'json') \
                 + N'\"' + N']', c = N'{\"d\":' + N'\"' + string_escape(\
                 cast(e as nvarchar(max)), 'json') + N'\"' + N'}'",
            ),
        ] {
            assert_eq!(SqlServer.definition(sql), expected);
        }
    }
}
