//! The API: everything that the pages can do, described by itself.

use http::StatusCode;
use onedoor_server::db::Engine;

use crate::support::{house, runtime};

/// Every act and every view of the pages is in the API's own description, with
/// resolvable schemas.
#[test]
fn the_description_is_complete() {
    runtime().block_on(async {
        let house = house(Engine::Sqlite).await;
        let document = house.nobody().see("/openapi.json").await;
        assert_eq!(document["openapi"], "3.1.0");
        let paths = document["paths"].as_object().unwrap();
        for route in onedoor_server::routes().list.iter().filter(|route| route.api) {
            let path = format!("/api/v1{}", route.path);
            let operation = &paths[&path][route.method.to_lowercase()];
            assert!(operation.is_object(), "{} {path}", route.method);
            assert_ne!(operation["summary"], "", "{path}");
        }
        let text = document.to_string();
        for part in text.split("\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "no schema {name}");
        }
    });
}

/// Pages without a face in the API are forms that are empty, steps of a kiosk,
/// sign-in, the live stream, and on paper what the API gives as data: nothing
/// that a program would miss.
#[test]
fn what_only_pages_have_is_nothing_to_miss() {
    let only: Vec<_> = onedoor_server::routes()
        .list
        .iter()
        .filter(|route| !route.api)
        .map(|route| route.path)
        .collect();
    for path in &only {
        let fine = path.starts_with("/kiosk")
            || path.starts_with("/sign-")
            || matches!(*path, "/" | "/reception/rows" | "/reception/live")
            || matches!(
                *path,
                "/my/export/pdf"
                    | "/my/plan/pdf"
                    | "/my/assessments/paper"
                    | "/persons/{id}/plan/pdf"
            );
        assert!(fine, "{path} is missing in the API");
    }
}

/// Metrics and logs hold routes, never identifiers or names.
#[test]
fn metrics_hold_nothing_personal() {
    runtime().block_on(async {
        let house = house(Engine::Sqlite).await;
        let host = house.staff("heimdal-02").await;
        host.get(&format!("/api/v1/visits/{}", uuid::Uuid::nil())).await;
        let answer = house.nobody().get("/metrics").await;
        if answer.status == StatusCode::OK {
            assert!(answer.body.contains("onedoor_requests_total"));
            assert!(!answer.body.contains(&uuid::Uuid::nil().to_string()));
        }
    });
}
