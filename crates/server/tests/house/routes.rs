//! Every route against those who have no business there.

use std::collections::BTreeSet;
use std::fmt::Write;

use http::StatusCode;
use onedoor_server::web::{Door, Route};
use serde_json::json;

use crate::cases::{SOCIAL, open, scene};
use crate::reception::check_in;
use crate::support::{House, Someone, on_both};

/// Routes without an unauthorised case, each with its reason. The list may
/// only shrink.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("GET /", "leads to sign-in"),
    ("GET /sign-in", "is the way in"),
    ("GET /sign-in/start", "is the way in"),
    ("GET /sign-in/callback", "is the way in"),
    ("GET /sign-in/resident/start", "is the way in for residents"),
    ("GET /sign-in/resident/callback", "is the way in for residents"),
    ("GET /sign-in/nobody", "says to whom nothing belongs where to go; holds nobody's data"),
    ("POST /sign-in/as", "demonstration only; refused in real mode by its own test"),
    ("POST /sign-in/kiosk", "asks for a token"),
    ("POST /sign-out", "ends what is there"),
];

fn routes() -> Vec<Route> {
    onedoor_server::routes().list
}

fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

async fn call(who: &Someone, route: &Route, path: &str, api: bool) -> StatusCode {
    let answer = match (route.method, api) {
        ("GET", false) => who.get(path).await,
        ("GET", true) => who.get(&format!("/api/v1{path}")).await,
        (_, false) => who.form(path, "").await,
        (_, true) => who.post(path, &json!({})).await,
    };
    answer.status
}

/// REQ-INFO-19: whoever is not signed in gets nothing on any route: pages lead
/// to sign-in, the API answers 401.
#[test]
fn every_route_refuses_nobody() {
    on_both(|house| async move {
        let nobody = house.nobody();
        let mut open = BTreeSet::new();
        for route in routes() {
            let path = fill(route.path, &uuid::Uuid::nil().to_string());
            if route.door == Door::Public {
                open.insert(name(&route));
                continue;
            }
            if route.page {
                let status = call(&nobody, &route, &path, false).await;
                assert_eq!(status, StatusCode::SEE_OTHER, "{}", name(&route));
            }
            if route.api {
                let status = call(&nobody, &route, &path, true).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{}", name(&route));
            }
        }
        let excepted: BTreeSet<String> =
            EXCEPTIONS.iter().map(|(route, _)| (*route).to_owned()).collect();
        assert_eq!(open, excepted, "the list of exceptions may only shrink");
    });
}

/// REQ-INFO-01: on every route of the staff a resident gets what nobody is
/// there gets, also about their own person, case and visit; and a resident's
/// page is not there for staff, kiosks and programs.
#[test]
fn every_staff_route_refuses_a_resident() {
    on_both(|house| async move {
        let (person, case, visit, _) = things(&house).await;
        let resident = house.resident(&person).await;
        let nil = uuid::Uuid::nil().to_string();
        let mut tried = 0;
        for route in routes().into_iter().filter(|route| route.door == Door::SignedIn) {
            for id in [&person, &case, &visit, &nil] {
                let path = fill(route.path, id);
                for api in [false, true] {
                    if (api && !route.api) || (!api && !route.page) {
                        continue;
                    }
                    let status = call(&resident, &route, &path, api).await;
                    assert_eq!(status, StatusCode::NOT_FOUND, "{} for a resident", name(&route));
                    tried += 1;
                    unhurried(&house, tried);
                }
                if id == &person && !route.path.contains("{id}") {
                    break;
                }
            }
        }
        assert!(tried > 150, "{tried}");
        let staff = [
            house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await,
            house.staff("city-01").await,
            house.staff("city-03").await,
            house.kiosk("heimdal").await,
        ];
        let mut own = 0;
        for route in routes().into_iter().filter(|route| route.door == Door::Own) {
            let path = fill(route.path, &nil);
            for one in &staff {
                if route.page {
                    let status = call(one, &route, &path, false).await;
                    assert_eq!(status, StatusCode::NOT_FOUND, "{} for staff", name(&route));
                }
                if route.api {
                    let status = call(one, &route, &path, true).await;
                    assert_eq!(status, StatusCode::NOT_FOUND, "{} for staff", name(&route));
                }
                own += 1;
            }
        }
        assert!(own > 15, "{own}");
    });
}

/// What a route about one thing says to those without a part in it.
async fn things(house: &House) -> (String, String, String, String) {
    let scene = scene(house, SOCIAL).await;
    let case = open(&scene).await;
    let worker = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
    let visit = check_in(&worker, &["income"]).await;
    let consent = crate::consents::between_social_and_employment(house).await;
    (scene.person, case, visit, consent)
}

/// Lets time pass between the calls of a sweep, which no worker makes in a minute.
fn unhurried(house: &House, calls: i32) {
    if calls % 25 == 0 {
        house.clock.move_to(house.clock.now() + jiff::ToSpan::minutes(4));
    }
}

/// The path with `id` in its first place and nothing real in the others.
fn fill(path: &str, id: &str) -> String {
    let mut first = true;
    let part = |part: &str| {
        if !part.starts_with('{') {
            return part.to_owned();
        }
        let value = if first { id.to_owned() } else { uuid::Uuid::nil().to_string() };
        first = false;
        value
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// REQ-INFO-08: on every route about a person, a case, a consent or a visit, a worker of
/// another agency and office, an administrator, a privacy owner and a kiosk get
/// what they would get for something that is not there.
#[test]
fn every_route_hides_what_is_not_yours() {
    on_both(|house| async move {
        let (person, case, visit, consent) = things(&house).await;
        let strangers = [
            house.staff(&house.worker("insurance-back-midtbyen", "caseworker", 0)).await,
            house.staff("city-01").await,
            house.staff("city-03").await,
            house.kiosk("midtbyen").await,
        ];
        let mut tried = 0;
        for route in routes().into_iter().filter(|route| route.path.contains("{id}")) {
            let real = if route.path.starts_with("/persons") {
                &person
            } else if route.path.starts_with("/cases") {
                &case
            } else if route.path.starts_with("/consents") {
                &consent
            } else {
                &visit
            };
            for stranger in &strangers {
                for api in [false, true] {
                    if (api && !route.api) || (!api && !route.page) {
                        continue;
                    }
                    let nil = uuid::Uuid::nil().to_string();
                    let hidden = call(stranger, &route, &fill(route.path, real), api).await;
                    let absent = call(stranger, &route, &fill(route.path, &nil), api).await;
                    assert_eq!(hidden, absent, "{} tells that it is there", name(&route));
                    assert!(
                        matches!(
                            hidden,
                            StatusCode::NOT_FOUND
                                | StatusCode::FORBIDDEN
                                | StatusCode::UNPROCESSABLE_ENTITY
                        ),
                        "{} answered {hidden}",
                        name(&route)
                    );
                    tried += 1;
                    unhurried(&house, tried);
                }
            }
        }
        assert!(tried > 150, "{tried}");
    });
}

/// The register of routes as a file that a reviewer reads; regenerate it with
/// `ONEDOOR_REGENERATE=1 cargo test`.
#[test]
fn the_register_of_routes_is_up_to_date() {
    let mut text = String::from(
        "# Every route: method, path, who may reach it, faces.\n\
         # Regenerated by `ONEDOOR_REGENERATE=1 cargo test`.\n",
    );
    let mut lines: Vec<String> = routes()
        .iter()
        .map(|route| {
            let door = match route.door {
                Door::Public => "public",
                Door::SignedIn => "signed-in",
                Door::Own => "resident",
            };
            let faces = match (route.page, route.api) {
                (true, true) => "page+api",
                (true, false) => "page",
                _ => "api",
            };
            format!("{:5} {:38} {door:10} {faces}", route.method, route.path)
        })
        .collect();
    lines.sort();
    for line in lines {
        writeln!(text, "{line}").unwrap();
    }
    crate::registers::same_file("routes.txt", &text);
}
