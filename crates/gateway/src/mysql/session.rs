use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

use super::statement::Isolation;

const ISOLATION: &str = "transaction_isolation";

/// What a client is told of its session, and shows again. Nothing in it is trusted further than the
/// client is: the isolation is one of four, and the transaction's id cannot be guessed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Session {
    /// The transaction that is open, if any.
    pub(crate) transaction: Option<TransactionId>,
    /// What was asked for, if anything.
    pub(crate) isolation: Option<Isolation>,
}

/// Names a transaction. It is random: who knows it may use it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct TransactionId([u8; 16]);

impl TransactionId {
    /// A new one; `None` if the kernel has no randomness.
    pub(crate) fn random() -> Option<Self> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).ok()?;
        Some(Self(id))
    }
}

/// `psdb.v1alpha1.Session`, as JSON.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Shown {
    #[serde(skip_serializing_if = "String::is_empty")]
    signature: String,
    vitess_session: VitessSession,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct VitessSession {
    autocommit: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    in_transaction: bool,
    target_string: String,
    options: Options,
    #[serde(rename = "DDLStrategy")]
    ddl_strategy: String,
    enable_system_settings: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    system_variables: BTreeMap<String, String>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
struct Options {
    included_fields: String,
    client_found_rows: bool,
}

impl Session {
    /// What is shown of it, for the database `name`.
    pub(super) fn shown(self, name: &str) -> Shown {
        let id = self.transaction.map(|id| BASE64_STANDARD.encode(id.0));
        let isolation = self.isolation.map(Isolation::name);
        let isolation = isolation.map(|name| (ISOLATION.to_owned(), name.to_owned()));
        Shown {
            signature: id.unwrap_or_default(),
            vitess_session: VitessSession {
                autocommit: true,
                in_transaction: self.transaction.is_some(),
                target_string: name.to_owned(),
                options: Options {
                    included_fields: "ALL".to_owned(),
                    client_found_rows: true,
                },
                ddl_strategy: "direct".to_owned(),
                enable_system_settings: true,
                system_variables: isolation.into_iter().collect(),
            },
        }
    }

    /// Reads what was shown; `None` if it was never given.
    pub(super) fn read(shown: &Shown) -> Option<Self> {
        let transaction = if shown.signature.is_empty() {
            None
        } else {
            let id = BASE64_STANDARD.decode(&shown.signature).ok()?;
            Some(TransactionId(id.try_into().ok()?))
        };
        let isolation = match shown.vitess_session.system_variables.get(ISOLATION) {
            Some(name) => Some(Isolation::named(name)?),
            None => None,
        };
        Some(Self {
            transaction,
            isolation,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::statement::Isolation, Session, Shown, TransactionId};

    #[test]
    fn a_session_comes_back_as_it_went() {
        for session in [
            Session::default(),
            Session {
                transaction: TransactionId::random(),
                isolation: Some(Isolation::Serializable),
            },
        ] {
            let json = serde_json::to_string(&session.shown("iam")).unwrap();
            let shown: Shown = serde_json::from_str(&json).unwrap();
            assert_eq!(Session::read(&shown), Some(session));
        }
    }

    #[test]
    fn what_was_never_given_is_refused() {
        for json in [
            r#"{"signature":"AAAA"}"#,
            r#"{"signature":"*"}"#,
            r#"{"vitessSession":{"systemVariables":{"transaction_isolation":"x; drop table t"}}}"#,
        ] {
            let shown: Shown = serde_json::from_str(json).unwrap();
            assert_eq!(Session::read(&shown), None, "{json}");
        }
    }
}
