//! `GET /openapi.json`: the OpenAPI 3.1 description of this API, made from the code.
//!
//! [`document`] makes it; what is served is the committed copy, and a test says when that is old.
//!
//! Permissions: none.

mod components;
mod operation;

use bytes::Bytes;
use http::{HeaderValue, Method, Response, header};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::{Access, Route, admin};

/// The route.
pub const ROUTE: Route = Route {
    method: Method::GET,
    path: "/openapi.json",
    access: Access::Open,
    handler: |_| Box::pin(async { Ok(committed()) }),
};

/// The copy that is in the repository: `docs/openapi.json`, written by `make docs`.
const COMMITTED: &str = include_str!("../../../docs/openapi.json");

fn committed() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(COMMITTED.as_bytes()));
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    // It changes with the program only, and holds nothing of anybody's.
    let cache = HeaderValue::from_static("public, max-age=300");
    headers.insert(header::CACHE_CONTROL, cache);
    response
}

/// The document, made from the routes, the schemas and the error codes.
#[must_use]
pub fn document() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .into_generator();
    let mut paths = Map::new();
    let mut tags = Vec::new();
    for (route, operation) in admin::operations() {
        let tag = operation::tag(&route);
        if !tags.iter().any(|known: &Value| known["name"] == tag) {
            tags.push(json!({ "name": tag, "description": operation::about(tag) }));
        }
        let described = operation::describe(&route, &operation, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = described;
    }
    let components = components::components(&paths, &mut generator);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "iam admin API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": include_str!("openapi/description.md"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{
            "url": "/",
            "description": "The installation that serves this document",
        }],
        "security": [{ "bearer": [] }],
        "tags": tags,
        "paths": paths,
        "components": components,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{COMMITTED, document};
    use crate::admin;

    #[test]
    fn the_committed_document_is_current() {
        let committed: Value = serde_json::from_str(COMMITTED).unwrap();
        assert_eq!(committed, document(), "run `make docs`");
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_examples_that_are_json() {
        let mut names = BTreeSet::new();
        for (route, operation) in admin::operations() {
            assert!(names.insert(operation.id), "{} is used twice", operation.id);
            for payload in operation.request.iter().chain(&operation.response) {
                for line in payload.examples() {
                    let parsed: Result<Value, _> = serde_json::from_str(line);
                    assert!(parsed.is_ok(), "{} {}", route.path, operation.id);
                }
            }
        }
    }
}
