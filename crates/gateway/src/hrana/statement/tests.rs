use tempfile::{TempDir, tempdir};

use super::{Budget, NamedArg, Query, StatementError, StatementResult, Value, describe, sequence};
use crate::database::{Connection, Database};

struct Fixture {
    connection: Connection,
    _dir: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempdir().unwrap();
        let database = Database::open(&dir.path().join("test.db")).unwrap();
        let connection = database.take().unwrap();
        sequence(
            &connection,
            "create table t (id integer primary key, s text)",
        )
        .unwrap();
        Self {
            connection,
            _dir: dir,
        }
    }

    fn run(&self, query: &Query<'_>) -> Result<StatementResult, StatementError> {
        query.execute(&self.connection, &mut Budget::new())
    }

    fn plain(&self, sql: &str) -> Result<StatementResult, StatementError> {
        self.run(&Query {
            want_rows: true,
            ..Query::plain(sql)
        })
    }

    #[track_caller]
    fn check_error(&self, sql: &str, code: &str) {
        let error = self.plain(sql).err().unwrap();
        assert_eq!(error.code(), code, "{sql}: {error}");
    }
}

fn integer(value: i64) -> Value {
    Value::Integer { value }
}

#[test]
fn a_statement_is_one_and_whole() {
    let fixture = Fixture::new();
    fixture.check_error("", "SQL_NO_STATEMENT");
    fixture.check_error("-- nothing", "SQL_NO_STATEMENT");
    fixture.check_error("select 1; select 2", "SQL_MANY_STATEMENTS");
    fixture.check_error("select 1; nonsense", "SQL_MANY_STATEMENTS");
    fixture.check_error("select 1\0; drop table t", "SQL_PARSE_ERROR");
    fixture.check_error("select", "SQL_PARSE_ERROR");
    fixture.check_error("select 'x", "SQL_PARSE_ERROR");
    for one in [
        "select 1;",
        "select 1; -- two; three",
        "select ';'",
        "select 1;;",
    ] {
        assert_eq!(fixture.plain(one).unwrap().rows.len(), 1, "{one}");
    }
    let trigger = "create trigger g after insert on t begin select 1; select 2; end";
    assert!(fixture.plain(trigger).is_ok());
}

#[test]
fn arguments_go_to_their_parameters_and_none_is_left() {
    let fixture = Fixture::new();
    let args = [integer(1), integer(2), integer(3)];
    let by_place = Query {
        args: &args,
        want_rows: true,
        ..Query::plain("select ?3, ?1, ?2")
    };
    let rows = fixture.run(&by_place).unwrap().rows;
    assert_eq!(rows, [[integer(3), integer(1), integer(2)]]);
    let too_many = Query {
        args: &args,
        ..Query::plain("select ?, ?")
    };
    assert_eq!(fixture.run(&too_many).err().unwrap().code(), "ARGS_INVALID");
    let named = |name: &str, value| NamedArg {
        name: name.to_owned(),
        value: integer(value),
    };
    let named_args = [named("a", 1), named("@b", 2)];
    let by_name = Query {
        named_args: &named_args,
        want_rows: true,
        ..Query::plain("select :a, @b, :a")
    };
    let rows = fixture.run(&by_name).unwrap().rows;
    assert_eq!(rows, [[integer(1), integer(2), integer(1)]]);
    let too_few = Query {
        named_args: &named_args,
        ..Query::plain("select :a, @b, $c")
    };
    let error = fixture.run(&too_few).err().unwrap();
    assert!(
        error
            .to_string()
            .ends_with("value for parameter $c not found"),
        "{error}"
    );
}

#[test]
fn only_insertions_updates_and_deletions_count_rows() {
    let fixture = Fixture::new();
    let counts = |sql: &str| {
        let result = fixture.plain(sql).unwrap();
        (result.affected_row_count, result.last_insert_rowid)
    };
    let seven = || Some("7".to_owned());
    assert_eq!(
        counts("insert into t values (6, 'x'), (7, 'y')"),
        (2, seven())
    );
    assert_eq!(counts("select * from t"), (0, None));
    assert_eq!(counts("create table other (a)"), (0, None));
    assert_eq!(counts("update t set s = 'z'"), (2, None));
    assert_eq!(counts("delete from t where id = 9"), (0, None));
    assert_eq!(
        counts("with x as (select 7 as id) replace into t select id, 'w' from x"),
        (1, seven())
    );
}

#[test]
fn rows_that_are_not_wanted_are_not_given_but_what_they_change_is_changed() {
    let fixture = Fixture::new();
    let result = fixture
        .run(&Query::plain("insert into t values (1, 'x') returning id"))
        .unwrap();
    assert_eq!((result.rows.len(), result.cols.len()), (0, 1));
    assert_eq!(fixture.plain("select * from t").unwrap().rows.len(), 1);
}

#[test]
fn a_pragma_has_its_effect_each_time() {
    let fixture = Fixture::new();
    let state = || fixture.plain("pragma foreign_keys").unwrap().rows;
    for _ in 0..2 {
        fixture.plain("pragma foreign_keys = off").unwrap();
        assert_eq!(state(), [[integer(0)]]);
        fixture.plain("pragma foreign_keys = on").unwrap();
        assert_eq!(state(), [[integer(1)]]);
    }
    // To look at a batch beforehand is not to run it.
    Query::plain("pragma foreign_keys = off")
        .check(&fixture.connection)
        .unwrap();
    assert_eq!(state(), [[integer(1)]]);
}

#[test]
fn a_statement_that_is_kept_sees_the_schema_as_it_is_now() {
    let fixture = Fixture::new();
    fixture.plain("insert into t values (1, 'x')").unwrap();
    assert_eq!(fixture.plain("select * from t").unwrap().cols.len(), 2);
    fixture
        .plain("alter table t add column n integer default 5")
        .unwrap();
    let result = fixture.plain("select * from t").unwrap();
    assert_eq!(result.cols.len(), 3);
    assert_eq!(result.rows[0][2], integer(5));
}

#[test]
fn a_text_that_is_not_utf_8_is_an_error() {
    let fixture = Fixture::new();
    fixture.check_error("select cast(x'ff' as text)", "SQLITE_MISMATCH");
    assert!(fixture.plain("select 1").is_ok());
}

#[test]
fn a_description_says_what_goes_in_and_comes_out_and_runs_nothing() {
    let fixture = Fixture::new();
    let sql = "insert into t values (:id, ?) returning id as made";
    let description = describe(&fixture.connection, sql).unwrap();
    let names: Vec<_> = description
        .params
        .iter()
        .map(|p| p.name.as_deref())
        .collect();
    assert_eq!(names, [Some(":id"), None]);
    assert_eq!(description.cols[0].name, "made");
    assert_eq!(description.cols[0].decltype.as_deref(), Some("INTEGER"));
    assert!(!description.is_readonly && !description.is_explain);
    assert!(fixture.plain("select * from t").unwrap().rows.is_empty());
}
