//! What SQL Server is told, in the spelling of `SQLite`. It is for the statements of our dialect and
//! no others: what it does not know, `SQLite` refuses.

/// What SQL Server writes, and what `SQLite` does. Its order `rtrim` overlooks spaces at the end, as
/// SQL Server does.
const WORDS: [(&str, &str); 14] = [
    ("N'", "'"),
    ("' + ", "' || "),
    (" + '", " || '"),
    ("collate Latin1_General_100_BIN2", "collate rtrim"),
    ("nvarchar(max)", "nvarchar"),
    ("string_agg(", "group_concat("),
    (
        "(select value collate rtrim as value from openjson(",
        "(select value from json_each(",
    ),
    (
        "datediff_big(millisecond, '1970-01-01', sysutcdatetime())",
        "unixepoch() * 1000",
    ),
    ("member.[key]", "member.key"),
    ("member.value", "json_written(member.type, member.atom)"),
    (
        "member.type in (1, 2, 3)",
        "member.type in ('text', 'integer', 'real', 'true', 'false')",
    ),
    ("openjson(u.details, ", "json_each(u.details, "),
    (
        "external_id_exact as external_id || '.' persisted not null",
        "external_id_exact nvarchar as (external_id || '.') stored",
    ),
    ("from @", "from temp.local_"),
];

/// One statement as `SQLite` is told.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// Once.
    Once(String),
    /// Until it changes nothing, if the one before it changed something.
    While(String),
}

/// The statements of a batch.
pub(crate) fn steps(batch: &str) -> Vec<Step> {
    let statements = batch.trim_end_matches(';').split("; ");
    // The second: in `SQLite` a default value goes with its column.
    let known =
        |sql: &&str| !sql.starts_with("set ") && !sql.contains(" drop constraint if exists ");
    let statements = statements.filter(known);
    statements.flat_map(step).collect()
}

fn step(sql: &str) -> Vec<Step> {
    if let Some(table) = sql.strip_prefix("declare @") {
        let name = table.split(' ').next().unwrap();
        let columns = table.split_once(" table ").unwrap().1;
        return vec![
            Step::Once(format!("drop table if exists temp.local_{name}")),
            Step::Once(format!("create temp table local_{name} {}", spell(columns))),
        ];
    }
    if let Some(sql) = sql.strip_prefix("while @@rowcount > 0 ") {
        return vec![Step::While(spell(sql))];
    }
    vec![Step::Once(spell(sql))]
}

fn spell(sql: &str) -> String {
    let sql = WORDS.iter().fold(sql.to_owned(), |sql, (theirs, ours)| {
        sql.replace(theirs, ours)
    });
    let sql = sql
        .replace("join @", "join temp.local_")
        .replace("insert into @", "insert into local_")
        .replace("@P", "?");
    definition(&rows(&limit(&sql)))
}

/// `offset 0 rows fetch next ?1 rows only`.
fn limit(sql: &str) -> String {
    sql.replace(" offset 0 rows fetch next ", " limit ")
        .replace(" rows only", "")
}

/// `from openjson(?1) with (id nvarchar '$.id')`.
fn rows(sql: &str) -> String {
    let Some((head, rest)) = sql.split_once("from openjson(") else {
        return sql.to_owned();
    };
    let (document, rest) = rest.split_once(") with (").unwrap();
    let (columns, rest) = rest.split_once("))").unwrap();
    let column = |column: &str| {
        let mut words = column.split(' ');
        let (name, path) = (words.next().unwrap(), words.next_back().unwrap());
        format!("json_extract(value, {path}) {name}")
    };
    let columns: Vec<_> = columns.split(", ").map(column).collect();
    let columns = columns.join(", ");
    let rest = rows(rest);
    format!("{head}from (select {columns} from json_each({document}))){rest}")
}

fn definition(sql: &str) -> String {
    if let Some((head, rest)) = sql.split_once("if object_id('") {
        let (_, rest) = rest.split_once(" create table ").unwrap();
        return format!("{head}create table if not exists {rest}");
    }
    // A key over an expression is more than `SQLite` has.
    let unique = sql.contains("external_id_exact");
    let key = if unique { "unique (" } else { "primary key (" };
    let sql = sql.replace("primary key nonclustered (", key);
    if sql.contains("alter table ") {
        return sql.replace(" add ", " add column ");
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::{Step, steps};

    #[test]
    fn a_batch_is_its_statements() {
        let batch = "set nocount on; declare @a table (id nvarchar(72) not null, primary key (id)); \
                     insert into @a (id) select @P1 except select id from @a; \
                     while @@rowcount > 0 insert into @a (id) select t.b from @a a cross join t \
                     where t.a = a.id except select id from @a; set nocount off; \
                     select id from @a a order by id offset 0 rows fetch next @P2 rows only";
        let fill = "insert into local_a (id) select ?1 except select id from temp.local_a";
        let more = "insert into local_a (id) select t.b from temp.local_a a cross join t \
                    where t.a = a.id except select id from temp.local_a";
        let table = "create temp table local_a (id nvarchar(72) not null, primary key (id))";
        assert_eq!(
            steps(batch),
            [
                Step::Once("drop table if exists temp.local_a".to_owned()),
                Step::Once(table.to_owned()),
                Step::Once(fill.to_owned()),
                Step::While(more.to_owned()),
                Step::Once("select id from temp.local_a a order by id limit ?2".to_owned()),
            ]
        );
    }
}
