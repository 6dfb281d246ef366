use iam_account::CodeBearer;
use iam_model::{ClientId, Secret, TenantName};

use super::call::app;
use crate::{
    fields::{Complete, Field, Fields},
    problem::Problem,
};

/// A code that came back, and from where.
pub(super) struct CodeFields {
    tenant: Field<TenantName>,
    client_id: Option<ClientId>,
    code: Field<Secret<String>>,
}

/// The same, once it is known that nothing is wrong with it.
pub(super) struct SentCode {
    tenant: TenantName,
    client_id: ClientId,
    code: Secret<String>,
}

impl CodeFields {
    pub(super) fn read(fields: &mut Fields) -> Self {
        Self {
            tenant: fields.required("tenant"),
            client_id: fields.optional("client_id"),
            code: fields.secret("code"),
        }
    }

    pub(super) fn open(self, complete: &Complete) -> Result<SentCode, Problem> {
        Ok(SentCode {
            tenant: self.tenant.open(complete)?,
            client_id: app(self.client_id)?,
            code: self.code.open(complete)?,
        })
    }
}

impl SentCode {
    pub(super) const fn bearer(&self) -> CodeBearer<'_> {
        CodeBearer {
            tenant: &self.tenant,
            client_id: &self.client_id,
            code: &self.code,
        }
    }
}
