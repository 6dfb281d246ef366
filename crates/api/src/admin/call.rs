use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use iam_hydra::Hydra;
use iam_identity::{
    Actor, Admin, IdempotencyKey, IdentityError, IdentityPorts, acted_on, authenticate,
};
use iam_model::{Origin, Tenant, hex};
use iam_security::PasswordHasher;
use iam_storage_ports::Storage;
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{listing::Shape, precondition, view::View};
use crate::{
    Access,
    call::Call,
    problem::{Code, FieldError, Problem, json},
    query::Query,
};

/// An administrative request whose caller may make it.
pub(crate) struct AdminCall {
    pub(crate) call: Call,
    pub(crate) query: Query,
    pub(crate) shape: Shape,
    actor: Actor,
    tenant: Tenant,
    origin: Origin,
    idempotency: Option<IdempotencyKey>,
    audience: String,
    storage: Rc<dyn Storage>,
    hydra: Hydra,
    hasher: Box<dyn PasswordHasher>,
}

/// A route of the admin API. The caller is known and may make the request before `handler` runs.
macro_rules! admin_route {
    ($method:ident $path:literal, $access:expr, $handler:path) => {
        /// The route.
        pub(crate) const ROUTE: crate::Route = crate::Route {
            method: http::Method::$method,
            path: $path,
            access: $access,
            handler: |call| {
                Box::pin(async move {
                    let call = crate::admin::call::AdminCall::open(call, $access).await?;
                    $handler(call).await
                })
            },
        };
    };
}
pub(crate) use admin_route;

impl AdminCall {
    /// Finds out who calls and on which tenant the request acts, and refuses who may not.
    pub(crate) async fn open(call: Call, access: Access) -> Result<Self, Problem> {
        let mut query = Query::new(call.uri.query());
        let named = query.optional("tenant");
        let (storage, hydra, hasher) = (call.storage()?, call.hydra()?, call.hasher()?);
        let (audience, operator) = (call.issuer()?, call.operator_tenant()?);
        let ports = IdentityPorts {
            platform: &*call.platform,
            storage: &*storage,
            hydra: &hydra,
            hasher: &*hasher,
            audience: &audience,
        };
        let bearer = bearer(&call.headers).ok_or_else(|| Problem::new(Code::Unauthenticated))?;
        let (actor, home) = authenticate(&ports, &operator, bearer).await?;
        let allowed = match access {
            Access::Known | Access::Open => true,
            Access::Operator(permission) => actor.operator && actor.may(permission),
            Access::Tenant(permission) => actor.may(permission),
        };
        let tenant = acted_on(&ports, &actor, home, named.as_ref()).await?;
        if !allowed {
            return Err(Problem::new(Code::PermissionDenied).detail(needs(access)));
        }
        let idempotency = idempotency(&call, &actor, &tenant)?;
        Ok(Self {
            shape: Shape::read(&mut query),
            origin: call.origin(),
            query,
            actor,
            tenant,
            idempotency,
            audience,
            storage,
            hydra,
            hasher,
            call,
        })
    }

    /// The request as the use cases know it.
    pub(crate) fn admin(&self) -> Admin<'_> {
        Admin {
            ports: IdentityPorts {
                platform: &*self.call.platform,
                storage: &*self.storage,
                hydra: &self.hydra,
                hasher: &*self.hasher,
                audience: &self.audience,
            },
            actor: &self.actor,
            tenant: &self.tenant,
            trace_id: &self.call.trace_id,
            origin: &self.origin,
            idempotency: self.idempotency.as_ref(),
        }
    }

    /// The parameter of the path at `index`. What cannot be a name of anything names nothing.
    pub(crate) fn parameter<T: std::str::FromStr>(&self, index: usize) -> Result<T, Problem> {
        self.call.parameter(index)
    }

    /// Refuses the request if it is about another version than `version` (RFC 9110 §13.1.1), or
    /// does not say which it is about.
    pub(crate) fn ensure_matches(&self, version: i64) -> Result<(), Problem> {
        precondition::ensure(&self.call.headers, version)
    }

    /// Refuses the request if it says that it is about another version than `version`: for what
    /// can be said once more without harm, as locking can.
    pub(crate) fn ensure_not_mismatched(&self, version: i64) -> Result<(), Problem> {
        if precondition::holds(&self.call.headers, version)? {
            Ok(())
        } else {
            Err(Problem::new(Code::PreconditionFailed))
        }
    }

    /// Makes something, or finds what the same request made before: the answer is the same.
    pub(crate) async fn create<V: View>(
        &mut self,
        make: impl AsyncFnOnce(&Admin<'_>) -> Result<V, IdentityError>,
        find: impl AsyncFnOnce(&Admin<'_>, &str) -> Result<V, IdentityError>,
    ) -> Result<Response<Bytes>, Problem> {
        self.query.finish()?;
        let admin = self.admin();
        let view = match admin.replayed().await? {
            Some(id) => find(&admin, &id).await?,
            None => match make(&admin).await {
                // The same request may have been faster than itself.
                Err(IdentityError::AlreadyExists) => match admin.replayed().await? {
                    Some(id) => find(&admin, &id).await?,
                    None => return Err(IdentityError::AlreadyExists.into()),
                },
                outcome => outcome?,
            },
        };
        let location = format!("{}/{}", self.call.uri.path(), view.path_segment());
        let mut response = self.one(StatusCode::CREATED, &view)?;
        if let Ok(location) = location.parse() {
            response.headers_mut().insert(header::LOCATION, location);
        }
        Ok(response)
    }

    /// What `current` becomes by the merge patch of this request (RFC 7396 §2).
    pub(crate) fn patched(&self, current: &impl Serialize) -> Result<Map<String, Value>, Problem> {
        patched(current, self.call.body.merge_patch(&self.call.headers)?)
    }

    /// The answer that is one object, with its version as ETag (RFC 9110 §8.8.3).
    pub(crate) fn one<V: View>(
        &self,
        status: StatusCode,
        view: &V,
    ) -> Result<Response<Bytes>, Problem> {
        let mut response = json(status, "application/json", &self.shape.cut(view)?);
        if let Some(tag) = view.version().and_then(precondition::tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        Ok(response)
    }
}

/// What `current` becomes by a merge patch (RFC 7396 §2).
pub(crate) fn patched(
    current: &impl Serialize,
    patch: Map<String, Value>,
) -> Result<Map<String, Value>, Problem> {
    let Ok(Value::Object(mut whole)) = serde_json::to_value(current) else {
        return Err(Problem::new(Code::Internal));
    };
    merge(&mut whole, patch);
    Ok(whole)
}

fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Null => {
                target.remove(&name);
            }
            Value::Object(patch) => {
                let inner = target.entry(name).or_insert(Value::Null);
                if !inner.is_object() {
                    *inner = Value::Object(Map::new());
                }
                if let Value::Object(inner) = inner {
                    merge(inner, patch);
                }
            }
            value => {
                target.insert(name, value);
            }
        }
    }
}

/// The id that an idempotency record holds.
pub(crate) fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, IdentityError> {
    text.parse().map_err(|_| IdentityError::NotFound)
}

/// RFC 6750 §2.1, the only way in which a token is taken.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn needs(access: Access) -> String {
    match access {
        Access::Known | Access::Open => String::new(),
        Access::Operator(permission) => {
            format!("This takes the permission `{permission}` in the operator's tenant.")
        }
        Access::Tenant(permission) => format!("This takes the permission `{permission}`."),
    }
}

/// The `Idempotency-Key` of a create (draft-ietf-httpapi-idempotency-key-header-07 §2.1). It is the
/// sender's own: nobody else's request is answered by it.
fn idempotency(
    call: &Call,
    actor: &Actor,
    tenant: &Tenant,
) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(header) = call.headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = header.to_str().unwrap_or_default().trim_matches('"');
    if call.method != http::Method::POST || key.is_empty() || key.len() > 255 {
        let error = FieldError::of("Idempotency-Key", "is 1 to 255 characters, for POST only");
        return Err(Problem::new(Code::InvalidRequest).errors(vec![error]));
    }
    let digest = |parts: &[&[u8]]| {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex(&hash.finalize())
    };
    let who = &actor.reference.resource;
    let place = (who.kind.as_str(), call.uri.path(), tenant.id.to_string());
    Ok(Some(IdempotencyKey {
        key: digest(&[
            place.0.as_bytes(),
            who.id.as_bytes(),
            place.1.as_bytes(),
            place.2.as_bytes(),
            key.as_bytes(),
        ]),
        fingerprint: digest(&[call.body.as_bytes()]),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge;

    #[track_caller]
    fn check(target: Value, patch: Value, expected: &Value) {
        let (Value::Object(mut target), Value::Object(patch)) = (target, patch) else {
            panic!("not objects");
        };
        merge(&mut target, patch);
        assert_eq!(Value::Object(target), *expected);
    }

    #[test]
    fn a_merge_patch_is_that_of_rfc_7396() {
        check(json!({"a": "b"}), json!({"a": "c"}), &json!({"a": "c"}));
        check(
            json!({"a": "b"}),
            json!({"b": "c"}),
            &json!({"a": "b", "b": "c"}),
        );
        check(json!({"a": "b"}), json!({"a": null}), &json!({}));
        check(json!({"a": ["b"]}), json!({"a": "c"}), &json!({"a": "c"}));
        check(
            json!({"a": {"b": "c"}}),
            json!({"a": {"b": "d", "c": null}}),
            &json!({"a": {"b": "d"}}),
        );
        check(
            json!({}),
            json!({"a": {"bb": {"ccc": null}}}),
            &json!({"a": {"bb": {}}}),
        );
    }
}
