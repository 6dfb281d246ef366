use iam_account::Proof;
use iam_model::Secret;

use crate::{
    fields::{Complete, Field, Fields},
    problem::{Code, FieldError, Problem},
};

/// What somebody proves again that they are who their token says: their password or a code.
pub(super) struct ProofFields {
    code: Field<Option<Secret<String>>>,
    password: Field<Option<Secret<String>>>,
}

impl ProofFields {
    pub(super) fn read(fields: &mut Fields) -> Self {
        Self {
            code: fields.take("code"),
            password: fields.take("current_password"),
        }
    }

    pub(super) fn open(self, complete: &Complete) -> Result<Proof, Problem> {
        match (self.code.open(complete)?, self.password.open(complete)?) {
            (Some(code), None) => Ok(Proof::Code(code)),
            (None, Some(password)) => Ok(Proof::Password(password)),
            (None, None) | (Some(_), Some(_)) => {
                let error = FieldError::at("", "takes either `code` or `current_password`");
                Err(Problem::new(Code::InvalidRequest).errors(vec![error]))
            }
        }
    }
}
