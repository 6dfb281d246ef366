//! `GET /admin/v1/bundles/authz.tar.gz`: the tenant's roles and permissions as an OPA bundle.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use iam_identity::authz_bundle;
use iam_model::hex;
use sha2::{Digest, Sha256};

use crate::{
    Access,
    admin::{
        call::{AdminCall, admin_route},
        operation::{Kind, Operation, Payload},
    },
    problem::{Problem, empty},
};

admin_route!(GET "/admin/v1/bundles/authz.tar.gz", Access::Tenant("iam.permissions.read"), handle);

pub(crate) const OPERATION: Operation = Operation {
    id: "readAuthorizationBundle",
    summary: "Download the tenant's roles and permissions as an OPA bundle",
    description: "For OPA's bundle plugin, which polls it with If-None-Match. See docs/policy.md.",
    kind: Kind::Read,
    query: &[],
    request: None,
    response: Some(Payload::of::<String>("application/gzip", "(a gzipped tar)")),
    errors: &[],
};

async fn handle(mut call: AdminCall) -> Result<Response<Bytes>, Problem> {
    call.query.finish()?;
    let bundle = authz_bundle(&call.admin()).await?;
    let tag = entity_tag(&bundle);
    let known = call.call.headers.get_all(header::IF_NONE_MATCH);
    let known = known
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        // RFC 9110 §13.1.2: weak comparison.
        .any(|value| value.trim().trim_start_matches("W/") == tag || value.trim() == "*");
    let mut response = if known {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        Response::new(Bytes::from(bundle))
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    let gzip = HeaderValue::from_static("application/gzip");
    headers.insert(header::CONTENT_TYPE, gzip);
    // It may be kept, by who may see it, but is asked about each time.
    let cache = HeaderValue::from_static("private, no-cache");
    headers.insert(header::CACHE_CONTROL, cache);
    Ok(response)
}

fn entity_tag(bundle: &[u8]) -> String {
    let digest = hex(&Sha256::digest(bundle));
    // Half of it tells bundles apart as well.
    format!("\"{}\"", digest.split_at(32).0)
}
