//! `POST /internal/messages/deliver`: sends the messages that are due.
//!
//! Permissions: the key as a bearer token. Whoever calls it does so again and again: a cron job, a
//! Worker's trigger; `iam up` does it itself.

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, header};
use iam_identity::IdentityError;
use iam_messaging::{DeliveryPorts, MAX_LIMIT, deliver};
use iam_model::Secret;
use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::{
    Access, Route,
    call::Call,
    problem::{Code, Problem, json},
};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::POST,
    path: "/internal/messages/deliver",
    access: Access::Open,
    handler: |call| Box::pin(handle(call)),
};

#[derive(Serialize)]
struct DeliverReply {
    sent: u64,
    retried: u64,
    given_up: u64,
    /// Whether more may be due: call again at once.
    more: bool,
}

async fn handle(call: Call) -> Result<Response<Bytes>, Problem> {
    if !is_known(&call.internal_key()?, &call.headers) {
        // To anybody else there is nothing here.
        return Err(Problem::new(Code::NotFound));
    }
    let (storage, keyring) = (call.storage()?, call.keyring()?);
    let settings = call.message_settings()?;
    let ports = DeliveryPorts {
        platform: &*call.platform,
        storage: &*storage,
        keyring: &keyring,
        settings: &settings,
    };
    let delivered = deliver(ports, MAX_LIMIT).await;
    let delivered = delivered.map_err(|error| IdentityError::from(error.0))?;
    let reply = DeliverReply {
        sent: delivered.sent,
        retried: delivered.retried,
        given_up: delivered.given_up,
        more: delivered.more,
    };
    Ok(json(StatusCode::OK, "application/json", &reply))
}

fn is_known(key: &Secret<String>, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    key.expose()
        .as_bytes()
        .ct_eq(given.unwrap_or_default())
        .into()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};
    use iam_model::Secret;

    use super::is_known;

    #[test]
    fn only_the_key_delivers() {
        let key = Secret::new("0123456789abcdef".to_owned());
        let headers = |value: &'static str| {
            HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))])
        };
        assert!(is_known(&key, &headers("Bearer 0123456789abcdef")));
        for other in ["", "Bearer ", "Bearer 0123456789abcdeg", "0123456789abcdef"] {
            assert!(!is_known(&key, &headers(other)), "{other}");
        }
        assert!(!is_known(&key, &HeaderMap::new()));
    }
}
