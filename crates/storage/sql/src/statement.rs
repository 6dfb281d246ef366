use std::{borrow::Cow, fmt};

use iam_model::{
    ApiKeyDigest, ApiKeyId, AuditEventId, ClientId, CredentialId, GroupId, GroupName, Line,
    MessageId, Outcome, PasswordHash, Permission, PolicyId, RoleId, RoleName, Scope, TenantId,
    TenantName, TenantStatus, Timestamp, UserId, UserStatus,
};
use serde::Serialize;

use crate::{Dialect, SqlError};

/// One SQL statement with its parameters.
#[derive(Clone, Debug)]
pub struct Statement {
    sql: Cow<'static, str>,
    parameters: Vec<Value>,
    guard: Option<u64>,
}

impl Statement {
    /// A statement whose parameters are written `?`.
    #[must_use]
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self {
            sql: sql.into(),
            parameters: Vec::new(),
            guard: None,
        }
    }

    /// Gives the next parameter its value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.parameters.push(value.into());
        self
    }

    /// Gives the next parameter a JSON document as its value.
    pub(crate) fn bind_json(self, document: &impl Serialize) -> Result<Self, SqlError> {
        Ok(self.bind(encode(document)?.as_str()))
    }

    /// Lets the whole unit of work fail with [`SqlError::Guard`](crate::SqlError::Guard) unless
    /// this statement, an insert, update or delete, changes exactly `rows` rows.
    #[must_use]
    pub const fn exactly(mut self, rows: u64) -> Self {
        self.guard = Some(rows);
        self
    }

    /// The text as `dialect` writes it.
    #[must_use]
    pub fn sql(&self, dialect: Dialect) -> Cow<'_, str> {
        dialect.syntax().statement(&self.sql, &self.parameters)
    }

    /// The values of its parameters, in order.
    #[must_use]
    pub fn parameters(&self) -> &[Value] {
        &self.parameters
    }

    /// How many rows it has to change, if that matters.
    #[must_use]
    pub const fn guard(&self) -> Option<u64> {
        self.guard
    }
}

/// The text of a JSON document.
pub(crate) fn encode(document: &impl Serialize) -> Result<String, SqlError> {
    // What the encoder says could quote the document.
    let refused = |_| SqlError::Internal("document is not encodable as JSON".to_owned());
    serde_json::to_string(document).map_err(refused)
}

/// What a parameter or a column can hold.
#[derive(Clone, Eq, PartialEq)]
pub enum Value {
    /// A number, a time in milliseconds, or 0 and 1 for false and true.
    Integer(i64),
    /// Nothing.
    Null,
    /// A text.
    Text(String),
}

/// Says of what kind it is only: the value may be a password hash.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer(_) => "Integer(…)",
            Self::Null => "Null",
            Self::Text(_) => "Text(…)",
        })
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&ApiKeyDigest> for Value {
    fn from(value: &ApiKeyDigest) -> Self {
        value.as_str().into()
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Integer(value.as_millis())
    }
}

impl From<&PasswordHash> for Value {
    fn from(value: &PasswordHash) -> Self {
        value.expose().into()
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! stored_as_text {
    ($($name:ty)+) => {$(
        impl From<&$name> for Value {
            fn from(value: &$name) -> Self {
                Self::Text(value.to_string())
            }
        }
    )+};
}

stored_as_text! {
    ApiKeyId AuditEventId ClientId CredentialId GroupId GroupName Line MessageId Outcome Permission PolicyId
    RoleId RoleName Scope TenantId TenantName TenantStatus UserId UserStatus
}

#[cfg(test)]
mod tests {
    use super::Statement;

    #[test]
    fn debug_output_hides_the_parameters() {
        let statement = Statement::new("select ?").bind("hunter2").bind(4711);
        let shown = format!("{statement:?}");
        assert!(
            !shown.contains("hunter2") && !shown.contains("4711"),
            "{shown}"
        );
    }
}
