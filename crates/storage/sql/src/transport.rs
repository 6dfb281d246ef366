use async_trait::async_trait;

use crate::{Dialect, Row, SqlError, Statement};

/// A way to a SQL database.
#[async_trait(?Send)]
pub trait SqlTransport {
    /// What is at the other end.
    fn dialect(&self) -> Dialect;

    /// Runs the statements of `unit` in order and gives the rows of each, in one round trip if the
    /// protocol can. It is atomic: if a statement fails or a guard does not hold, none was run.
    /// Units that run at once come out as if one had run after the other. A statement alone and
    /// without a guard needs no transaction around it.
    async fn execute(&self, unit: &[Statement]) -> Result<Vec<Vec<Row>>, SqlError>;
}
