//! `GET /admin/v1/users/{id}/credentials`: what a user can log in with.

use bytes::Bytes;
use http::Response;
use iam_identity::{credentials, live_user};
use iam_model::{CredentialId, CredentialKind, CredentialSummary};
use iam_storage_ports::Listing;

use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        moment::Moment,
        operation::{Kind, Operation, Payload},
        view::view,
    },
    problem::Problem,
};

admin_route!(GET "/admin/v1/users/{id}/credentials", Access::Tenant("iam.users.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "listCredentials",
    summary: "List a user's credentials",
    description: "That they are there and since when, not what they are.",
    kind: Kind::List,
    query: &[],
    request: None,
    response: Some(Payload::json::<CredentialView>(
        r#"{"id": "01990a5d-ac96-774b-bcce-b302099a8060", "kind": "password", "updated_at": "2026-09-21T14:13:20.123Z"}"#,
    )),
    errors: &[],
};

view! {
    /// What a user can log in with: that it is there, not what it is.
    CredentialView(id) {
        /// Its id.
        id: CredentialId,
        /// Its kind.
        kind: CredentialKind,
        /// When it was set or replaced.
        updated_at: Moment,
    }
}

impl From<CredentialSummary> for CredentialView {
    fn from(credential: CredentialSummary) -> Self {
        Self {
            id: credential.id,
            kind: credential.kind,
            updated_at: Moment(credential.updated_at),
        }
    }
}

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    let page = call.query.page();
    call.query.finish()?;
    let user = live_user(&call.admin(), &call.parameter(0)?).await?;
    let mut own = credentials(&call.admin(), &user.id).await?;
    let key = |credential: &CredentialSummary| credential.id.to_string();
    own.retain(|credential| {
        page.after
            .as_ref()
            .is_none_or(|after| key(credential) > *after)
    });
    call.many::<_, CredentialView>(Listing::new(own, &page, key))
}
