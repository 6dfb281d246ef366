use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use crate::{
    Access, Code, Route,
    admin::{Kind, Operation, Payload},
};

/// The part of the API that a route belongs to: `roles` of `/admin/v1/roles/{id}:lock`.
pub(super) fn tag(route: &Route) -> &'static str {
    let rest = route.path.strip_prefix("/admin/v1/").unwrap_or(route.path);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

/// What a part of the API is about.
pub(super) fn about(tag: &str) -> &'static str {
    match tag {
        "api-keys" => "Service accounts: programs that call this API.",
        "audit-events" => "What happened, in a hash chain.",
        "bundles" => "What services that use OPA decide by.",
        "clients" => "OAuth 2.0 clients.",
        "encryption-keys" => "What is secret in the database, and the keys it is encrypted with.",
        "groups" => "Sets of users that are given roles together.",
        "me" => "Who the caller is.",
        "permissions" => "The catalogue of what roles can allow.",
        "policies" => "The tenant's policy, written in Rego.",
        "roles" => "Sets of permissions.",
        "signing-keys" => "What tokens are signed with.",
        "tenants" => "Organisations that are kept apart.",
        "users" => "Who logs in.",
        _ => "",
    }
}

/// What the document says of one operation.
pub(super) fn describe(
    route: &Route,
    operation: &Operation,
    generator: &mut SchemaGenerator,
) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": description(route, operation),
        "tags": [tag(route)],
        "parameters": parameters(route, operation),
        "responses": responses(operation, generator),
    });
    if let Some(payload) = &operation.request {
        let (media_type, content) = match operation.kind {
            Kind::Change => ("application/merge-patch+json", patch(payload, generator)),
            _ => (payload.media_type, content(payload, generator)),
        };
        described["requestBody"] = json!({
            "required": true,
            "content": { media_type: content },
        });
    }
    described
}

fn description(route: &Route, operation: &Operation) -> String {
    let needs = match route.access {
        Access::Open => "Takes no permission.".to_owned(),
        Access::Known => "Takes no permission, but a caller who is known.".to_owned(),
        Access::Operator(permission) => {
            format!("Takes the permission `{permission}` in the operator's tenant.")
        }
        Access::Tenant(permission) => format!("Takes the permission `{permission}`."),
    };
    format!("{} {needs}", operation.description)
        .trim()
        .to_owned()
}

fn parameters(route: &Route, operation: &Operation) -> Vec<Value> {
    let shared = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    let mut parameters: Vec<_> = path_parameters(route.path).collect();
    let own = operation.query.iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": { "type": "string" },
            "example": parameter.example,
        })
    });
    parameters.extend(own);
    if !matches!(route.access, Access::Open | Access::Known) && tag(route) != "tenants" {
        parameters.push(shared("tenant"));
    }
    let more: &[&str] = match operation.kind {
        Kind::Act | Kind::Read => &[],
        Kind::Change | Kind::Remove => &["IfMatch"],
        Kind::Create => &["IdempotencyKey"],
        Kind::List => &["limit", "cursor"],
    };
    parameters.extend(more.iter().map(|name| shared(name)));
    let gives_fields = matches!(operation.kind, Kind::Change | Kind::List | Kind::Read);
    let payload = operation.response.as_ref().filter(|_| gives_fields);
    let json = payload.filter(|payload| payload.media_type == "application/json");
    parameters.extend(json.map(fields));
    parameters
}

/// What leaves fields of `payload` out, with an example that it has.
fn fields(payload: &Payload) -> Value {
    let whole = payload.example_value();
    let names = ["id", "kid", "name", "permission", "version"];
    let example: Vec<_> = names
        .into_iter()
        .filter(|name| whole.get(name).is_some())
        .collect();
    json!({
        "name": "fields",
        "in": "query",
        "description": "Which fields of an object are wanted, separated by commas; by default all.",
        "schema": { "type": "string" },
        "example": example.join(","),
    })
}

fn path_parameters(path: &str) -> impl Iterator<Item = Value> {
    path.split('/').filter_map(|segment| {
        let (name, _) = segment.strip_prefix('{')?.split_once('}')?;
        let (description, example) = match name {
            "permission" => ("The permission.", "order.cancel"),
            "tenant" => ("The name of the tenant.", "acme"),
            _ => ("The id.", "01990a5d-ac96-774b-bcce-b302099a8057"),
        };
        Some(json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": description,
            "schema": { "type": "string" },
            "example": example,
        }))
    })
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    let (status, description) = match (operation.kind, &operation.response) {
        (Kind::Create, _) => ("201", "It is made."),
        (_, None) => ("204", "It is done."),
        (Kind::List, _) => ("200", "A page of the list."),
        (Kind::Read, _) => ("200", "What was asked for."),
        (_, _) => ("200", "As it now is."),
    };
    let mut success = json!({ "description": description });
    if let Some(payload) = &operation.response {
        let content = match operation.kind {
            Kind::List => list_content(payload, generator),
            _ => content(payload, generator),
        };
        success["content"] = json!({ payload.media_type: content });
    }
    if matches!(operation.kind, Kind::Create) {
        success["headers"] = json!({
            "Location": { "$ref": "#/components/headers/Location" },
            "ETag": { "$ref": "#/components/headers/ETag" },
        });
    }
    responses.insert(status.to_owned(), success);
    responses.extend(errors(operation));
    responses.into()
}

/// The errors of an operation by status, with the codes that come with it.
fn errors(operation: &Operation) -> impl Iterator<Item = (String, Value)> {
    let mut codes = vec![
        Code::Unauthenticated,
        Code::PermissionDenied,
        Code::NotFound,
        Code::InvalidRequest,
        Code::DatabaseUnavailable,
    ];
    codes.extend(match operation.kind {
        Kind::Create => &[Code::AlreadyExists, Code::IdempotencyKeyReused][..],
        Kind::Change | Kind::Remove => &[Code::PreconditionFailed, Code::PreconditionRequired],
        Kind::Act | Kind::List | Kind::Read => &[],
    });
    codes.extend(operation.errors);
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        let known = by_status.entry(code.status().as_u16()).or_default();
        if !known.contains(&code) {
            known.push(code);
        }
    }
    by_status.into_iter().map(|(status, codes)| {
        let texts: Vec<_> = codes
            .iter()
            .map(|code| format!("`{}`: {}", code.as_str(), code.detail()))
            .collect();
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        let content = json!({ "application/problem+json": { "schema": schema } });
        let described = json!({ "description": texts.join("\n"), "content": content });
        (status.to_string(), described)
    })
}

fn content(payload: &Payload, generator: &mut SchemaGenerator) -> Value {
    let schema = (payload.schema)(generator).to_value();
    let schema = if payload.is_lines() {
        lines_of(&schema, payload.media_type)
    } else {
        schema
    };
    json!({ "schema": schema, "example": payload.example_value() })
}

/// A text each line of which is as `schema` says: OpenAPI 3.1 has no word for that.
fn lines_of(schema: &Value, media_type: &str) -> Value {
    json!({
        "type": "string",
        "description": "Lines of JSON, each as `contentSchema` says.",
        "contentMediaType": media_type,
        "contentSchema": schema,
    })
}

/// A merge patch of what `payload` is: the same, but that nothing has to be there (RFC 7396).
fn patch(payload: &Payload, generator: &mut SchemaGenerator) -> Value {
    let mut content = content(payload, generator);
    let name = content["schema"]["$ref"]
        .as_str()
        .and_then(|r| r.rsplit('/').next());
    if let Some(whole) = name.and_then(|name| generator.definitions().get(name)) {
        content["schema"] = whole.clone();
    }
    if let Some(schema) = content["schema"].as_object_mut() {
        schema.remove("required");
    }
    content
}

fn list_content(payload: &Payload, generator: &mut SchemaGenerator) -> Value {
    let item = (payload.schema)(generator);
    json!({
        "schema": {
            "type": "object",
            "required": ["items"],
            "properties": {
                "items": { "type": "array", "items": item },
                "next_cursor": {
                    "type": "string",
                    "description": "What to ask for the next page with, if there is one.",
                },
            },
        },
        "example": { "items": [payload.example_value()] },
    })
}
