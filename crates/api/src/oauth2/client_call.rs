use std::rc::Rc;

use bytes::Bytes;
use http::{Response, header};
use iam_auth::TokenPorts;
use iam_hydra::{ClientCredentials, Hydra};
use iam_storage_ports::Storage;

use super::{cors::readable, parameters::Parameters, refusal::Refusal};
use crate::call::Call;

/// A form that a client sends, with what it proves itself with, and what is needed to answer it.
/// Whether the proof is good, nobody knows yet.
pub(super) struct ClientCall<'a> {
    pub(super) call: &'a Call,
    pub(super) parameters: Parameters,
    pub(super) credentials: ClientCredentials,
    pub(super) issuer: String,
    pub(super) hydra: Hydra,
    pub(super) storage: Rc<dyn Storage>,
}

impl<'a> ClientCall<'a> {
    pub(super) fn open(call: &'a Call) -> Result<Self, Refusal> {
        let parameters = Parameters::of(call)?;
        let form = call.body.form(&call.headers)?;
        let authorization = call.headers.get(header::AUTHORIZATION);
        Ok(Self {
            credentials: ClientCredentials::read(&form, authorization)?,
            call,
            parameters,
            issuer: call.issuer()?,
            hydra: call.hydra()?,
            storage: call.storage()?,
        })
    }

    pub(super) fn ports(&self) -> TokenPorts<'_> {
        TokenPorts {
            platform: &*self.call.platform,
            storage: &*self.storage,
            hydra: &self.hydra,
            issuer: &self.issuer,
        }
    }
}

/// The answer to `call`, which scripts of the client's own origins may read.
pub(super) async fn respond(
    call: &Call,
    answer: Result<Response<Bytes>, Refusal>,
) -> Response<Bytes> {
    let response = answer.unwrap_or_else(|refusal| refusal.respond(call));
    let form = call.body.form(&call.headers).unwrap_or_default();
    let authorization = call.headers.get(header::AUTHORIZATION);
    let credentials = ClientCredentials::read(&form, authorization).ok();
    let client = credentials.as_ref().map(ClientCredentials::client_id);
    readable(call, client, response).await
}
