use iam_storage_sql::{Row, SqlError, Statement};

use crate::{
    answer::{BatchResult, HranaError},
    error::Failure,
    request::{Batch, Condition, Step, Stmt},
};

/// Conditions see errors only, so a guard is a statement that fails unless the one before it
/// changed the right number of rows.
const GUARD: &str = "select case when changes() = ? then 1 else json('x') end";
const GUARD_FAILED: &str = "malformed JSON";

/// What a step of a batch is there for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Purpose {
    Begin,
    Commit,
    Guard,
    Rollback,
    Work,
}

/// A unit of work as a batch: all of it happens or nothing.
pub(crate) struct Plan<'a> {
    purposes: Vec<Purpose>,
    steps: Vec<Step<'a>>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(unit: &'a [Statement]) -> Self {
        let mut plan = Self {
            purposes: Vec::new(),
            steps: Vec::new(),
        };
        // Immediate: a transaction that reads first and writes then can fail halfway for a lock.
        plan.then(Purpose::Begin, Stmt::plain("begin immediate"));
        for statement in unit {
            plan.then(Purpose::Work, statement.into());
            if let Some(rows) = statement.guard() {
                plan.then(Purpose::Guard, Stmt::with_number(GUARD, rows));
            }
        }
        plan.then(Purpose::Commit, Stmt::plain("commit"));
        let open = Condition::Not {
            cond: Box::new(Condition::IsAutocommit),
        };
        plan.push(Purpose::Rollback, Some(open), Stmt::plain("rollback"));
        plan
    }

    /// Adds a step that runs if the one before it succeeded.
    fn then(&mut self, purpose: Purpose, stmt: Stmt<'a>) {
        let before = self.purposes.len().checked_sub(1);
        let condition = before.map(|step| Condition::Ok { step });
        self.push(purpose, condition, stmt);
    }

    fn push(&mut self, purpose: Purpose, condition: Option<Condition>, stmt: Stmt<'a>) {
        self.purposes.push(purpose);
        self.steps.push(Step { condition, stmt });
    }

    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch { steps: &self.steps }
    }

    /// The rows of each statement of the unit, if it was committed.
    pub(crate) fn read(&self, answer: BatchResult) -> Result<Vec<Vec<Row>>, Failure> {
        let mut errors = self.purposes.iter().zip(answer.step_errors);
        if let Some((purpose, error)) = errors.find_map(|(purpose, e)| Some((*purpose, e?))) {
            return Err(failure(purpose, error));
        }
        let mut rows = Vec::new();
        let mut committed = false;
        for (purpose, result) in self.purposes.iter().zip(answer.step_results) {
            match (purpose, result) {
                (Purpose::Work, Some(result)) => rows.push(result.into_rows()?),
                (Purpose::Commit, Some(_)) => committed = true,
                _ => {}
            }
        }
        committed
            .then_some(rows)
            .ok_or_else(|| Failure::internal("batch neither failed nor committed"))
    }
}

fn failure(purpose: Purpose, error: HranaError) -> Failure {
    if purpose == Purpose::Guard && error.message.contains(GUARD_FAILED) {
        Failure::Sql(SqlError::Guard)
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use iam_storage_sql::{SqlError, Statement};
    use serde_json::{Value, json};

    use super::Plan;
    use crate::{answer::BatchResult, error::Failure};

    fn unit() -> [Statement; 1] {
        [Statement::new("delete from t where id = ?")
            .bind(1)
            .exactly(1)]
    }

    fn answer(results: &Value, errors: &Value) -> BatchResult {
        serde_json::from_value(json!({"step_results": results, "step_errors": errors})).unwrap()
    }

    #[test]
    fn every_step_waits_for_the_one_before_it_and_an_open_transaction_is_rolled_back() {
        let unit = unit();
        let after = |step: usize| json!({"type": "ok", "step": step});
        let plan = serde_json::to_value(Plan::new(&unit).batch()).unwrap();
        let one = json!([{"type": "integer", "value": "1"}]);
        assert_eq!(
            plan["steps"],
            json!([
                {"stmt": {"sql": "begin immediate"}},
                {"condition": after(0), "stmt": {"sql": "delete from t where id = ?", "args": one}},
                {"condition": after(1), "stmt": {"sql": super::GUARD, "args": one}},
                {"condition": after(2), "stmt": {"sql": "commit"}},
                {
                    "condition": {"type": "not", "cond": {"type": "is_autocommit"}},
                    "stmt": {"sql": "rollback"},
                },
            ])
        );
    }

    #[test]
    fn an_error_is_read_by_the_step_it_came_from() {
        let (unit, done) = (unit(), json!({"rows": []}));
        let error = json!({"message": "SQLite error: malformed JSON", "code": "SQLITE_UNKNOWN"});
        let guard = answer(
            &json!([done, done, null, null, done]),
            &json!([null, null, error, null, null]),
        );
        let outcome = Plan::new(&unit).read(guard).map(|rows| rows.len());
        assert_eq!(outcome, Err(Failure::Sql(SqlError::Guard)));
        let work = answer(
            &json!([done, null, null, null, done]),
            &json!([null, error, null, null, null]),
        );
        let outcome = Plan::new(&unit).read(work).map(|rows| rows.len());
        assert!(
            matches!(outcome, Err(Failure::Sql(SqlError::Internal(_)))),
            "{outcome:?}"
        );
    }

    #[test]
    fn without_a_commit_nothing_counts_as_done() {
        let (unit, done) = (unit(), json!({"rows": []}));
        let silent = answer(
            &json!([done, done, done, null, null]),
            &json!([null, null, null, null, null]),
        );
        assert!(Plan::new(&unit).read(silent).is_err());
        let committed = answer(
            &json!([done, done, done, done, null]),
            &json!([null, null, null, null, null]),
        );
        assert_eq!(Plan::new(&unit).read(committed).unwrap().len(), 1);
    }
}
