//! The API's own description, made from the register of routes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::routes::{Door, Route, shape};

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document(routes: &[Route]) -> Value {
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    let mut paths: BTreeMap<String, serde_json::Map<String, Value>> = BTreeMap::new();
    let bodies = routes.iter().filter(|r| r.api).flat_map(|r| r.input.iter().chain(&r.output));
    for shape in std::iter::once(shape::<super::edge::Problem>()).chain(bodies.map(|body| body())) {
        for (name, schema) in shape.parts {
            schemas.entry(name).or_insert_with(|| json!(schema));
        }
        schemas.entry(shape.name).or_insert_with(|| json!(shape.schema));
    }
    for route in routes.iter().filter(|route| route.api) {
        let path = format!("/api/v1{}", route.path);
        paths.entry(path).or_default().insert(route.method.to_lowercase(), operation(route));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Onedoor",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Everything that the pages can do. See docs/api.md.",
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            let schema = match name {
                "id" => json!({ "type": "string", "format": "uuid" }),
                _ => json!({ "type": "string" }),
            };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    parameters.extend(route.query.iter().map(|name| {
        json!({ "name": name, "in": "query", "required": false, "schema": { "type": "string" } })
    }));
    let mut operation = serde_json::Map::new();
    operation.insert("summary".into(), json!(route.about));
    let name = format!("{}{}", route.method.to_lowercase(), route.path);
    let name = name.replace(['/', '-'], "_").replace(['{', '}'], "");
    operation.insert("operationId".into(), json!(name));
    let ok = route.output.as_ref().map_or_else(
        || json!({ "description": "Done" }),
        |shape| {
            json!({
                "description": "Done",
                "content": { "application/json": { "schema": reference(&shape().name) } },
            })
        },
    );
    let mut responses = serde_json::Map::new();
    responses.insert("200".into(), ok);
    let mut statuses = vec!["400", "404", "500", "503"];
    if route.door != Door::Public {
        statuses.extend(["401", "403"]);
    }
    if let Some(input) = &route.input {
        statuses.extend(["409", "422", "507"]);
        if route.creates {
            parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "8 to 64 visible characters; a repeat within a day gets the first answer",
            "schema": { "type": "string" },
            }));
        }
        let body = json!({
            "required": true,
            "content": { "application/json": { "schema": reference(&input().name) } },
        });
        operation.insert("requestBody".into(), body);
    }
    for status in statuses {
        responses.insert(
            status.into(),
            json!({
                "description": "Problem",
                "content": { "application/problem+json": { "schema": reference("Problem") } },
            }),
        );
    }
    operation.insert("parameters".into(), json!(parameters));
    operation.insert("responses".into(), Value::Object(responses));
    Value::Object(operation)
}
