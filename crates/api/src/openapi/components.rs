use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

/// What operations refer to: schemas, parameters, headers and the security scheme.
pub(super) fn components(paths: &Map<String, Value>, generator: &mut SchemaGenerator) -> Value {
    let mut schemas: Map<String, Value> = generator.take_definitions(true);
    drop_unused(&mut schemas, paths);
    schemas.insert("Problem".to_owned(), problem());
    json!({
        "schemas": schemas,
        "parameters": parameters(),
        "headers": {
            "ETag": {
                "description": "The version of the object, for If-Match.",
                "schema": { "type": "string" },
                "example": "\"1\"",
            },
            "Location": {
                "description": "Where the new object is.",
                "schema": { "type": "string" },
                "example": "/admin/v1/roles/01990a5d-ac96-774b-bcce-b302099a8057",
            },
        },
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "An access token of this installation, or an API key.",
            },
        },
    })
}

/// Drops the schemas that nothing refers to: those of changes, which stand in their operations.
fn drop_unused(schemas: &mut Map<String, Value>, paths: &Map<String, Value>) {
    let text = [paths, &*schemas].map(|part| Value::from(part.clone()).to_string());
    let is_used = |name: &str| {
        let reference = format!("\"#/components/schemas/{name}\"");
        text.iter().any(|text| text.contains(&reference))
    };
    schemas.retain(|name, _| is_used(name));
}

fn parameters() -> Value {
    let parameter = |name: &str, place: &str, description: &str, schema: Value, example: Value| {
        json!({
            "name": name,
            "in": place,
            "description": description,
            "required": name == "If-Match",
            "schema": schema,
            "example": example,
        })
    };
    let text = || json!({ "type": "string" });
    let page = json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 50 });
    json!({
        "tenant": parameter("tenant", "query",
            "The tenant to act on; by default the caller's own. For operators.",
            text(), json!("demo")),
        "limit": parameter("limit", "query", "How many items a page has.", page, json!(50)),
        "cursor": parameter("cursor", "query", "The `next_cursor` of the page before.",
            text(), json!("MDE5OTBhNWQtYWM5Ni03NzRiLWJjY2UtYjMwMjA5OWE4MDU3")),
        "IfMatch": parameter("If-Match", "header",
            "The ETag of what was read, or `*` to overwrite what others may have changed.",
            text(), json!("\"1\"")),
        "IdempotencyKey": parameter("Idempotency-Key", "header",
            "What the request is recognised by when it is sent once more; random, 1 to 255 characters.",
            text(), json!("5d3f1b0e-6c0a-4f0e-9f53-6f1f2f1c7a11")),
    })
}

/// RFC 9457 §3.
fn problem() -> Value {
    json!({
        "type": "object",
        "description": "A problem of RFC 9457.",
        "required": ["type", "title", "status", "code", "detail", "trace_id"],
        "properties": {
            "type": { "type": "string", "description": "Always `about:blank`: see `code`." },
            "title": { "type": "string", "description": "The status, in words." },
            "status": { "type": "integer", "description": "The HTTP status." },
            "code": { "type": "string", "description": "What a program tells problems apart by." },
            "detail": { "type": "string", "description": "What is wrong, for a developer." },
            "trace_id": { "type": "string", "description": "The id of the request in the logs." },
            "errors": {
                "type": "array",
                "description": "What is wrong with fields and parameters.",
                "items": {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {
                        "pointer": {
                            "type": "string",
                            "description": "Where in the body it is (RFC 6901).",
                        },
                        "parameter": {
                            "type": "string",
                            "description": "Which parameter or header it is.",
                        },
                        "detail": { "type": "string", "description": "What is wrong with it." },
                    },
                },
            },
        },
    })
}
