//! What an answer costs: what is hidden and what is absent ask the database the same, so that no
//! clock tells them apart.

use std::future::Future;
use std::sync::{Arc, Mutex};

use onedoor_domain::person::Guard;
use onedoor_domain::secrecy::Overlay;
use onedoor_server::app::id_of;
use onedoor_server::web::Route;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use uuid::Uuid;

use crate::attacks::{patient, sql_id, tie};
use crate::support::{House, Someone, engines, house, staff_id};
use crate::sweep::{PRIVACY, Things, call, routes, things};

/// The names of the statements that were asked, in order.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Visit for Asked {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "statement" {
            self.0.lock().unwrap().push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Asked {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What a request asks of the database.
async fn asks(asked: &Asked, who: &Someone, route: &Route, path: &str, api: bool) -> Vec<String> {
    asked.take();
    call(who, route, path, api, "x").await;
    asked.take()
}

/// Asks of every route for what is hidden and for what is absent; gives those that differ, and
/// how many were asked.
async fn differing(
    asked: &Asked,
    who: &Someone,
    things: &Things,
    kind: &str,
) -> (Vec<String>, usize) {
    let (mut faults, mut tried) = (Vec::new(), 0);
    for route in routes().iter().filter(|route| things.makes(route.path, kind)) {
        // A booked time stays with the reception: these two bar the file, not the time.
        if route.path.starts_with("/bookings/")
            && ["long dead", "residence unknown"].contains(&kind)
        {
            continue;
        }
        for api in [true, false] {
            if (api && !route.api) || (!api && !route.page) {
                continue;
            }
            let hidden = things.path(route.path, true);
            let hidden = asks(asked, who, route, &hidden, api).await;
            let absent = things.path(route.path, false);
            let absent = asks(asked, who, route, &absent, api).await;
            tried += usize::from(absent.iter().any(|it| it.ends_with("INSERT")));
            faults.extend(difference(&format!("{kind}, api {api}"), route, &hidden, &absent));
        }
    }
    (faults, tried)
}

fn difference(kind: &str, route: &Route, hidden: &[String], absent: &[String]) -> Option<String> {
    let names = |all: &[String]| {
        let short = all.iter().map(|it| it.trim_start_matches("onedoor_server::"));
        short.collect::<Vec<_>>().join(" ")
    };
    (hidden != absent).then(|| {
        format!(
            "{kind}: {} {}\n  hidden: {}\n  absent: {}",
            route.method,
            route.path,
            names(hidden),
            names(absent)
        )
    })
}

async fn tried(house: &House, asked: &Asked) {
    let house = patient(house).await;
    let things = things(&house).await;
    let owner = house.staff(&things.owner).await;
    let person = sql_id(&house, &things.person);
    let (mut faults, mut count) = (Vec::new(), 0);
    let mut add = |(more, tried): (Vec<String>, usize)| {
        faults.extend(more);
        count += tried;
    };
    let stranger = house.staff(&house.worker("insurance-back-midtbyen", "caseworker", 0)).await;
    add(differing(asked, &stranger, &things, "another agency").await);
    for code in ["city-01", "city-03", "midtbyen-04"] {
        add(differing(asked, &house.staff(code).await, &things, code).await);
    }
    add(locked(&house, asked, &things).await);
    for (kind, set) in [
        ("strictly confidential", format!("guard = {}", Guard::STRICTLY_CONFIDENTIAL)),
        ("shielded", format!("guard = {}", Guard::SHIELDED)),
        ("long dead", "guard = 0, died_on = '2020-01-01'".to_owned()),
        ("residence unknown", "died_on = null, residence = 'unknown'".to_owned()),
    ] {
        house.force(&format!("update person set {set} where id = {person}")).await.unwrap();
        add(differing(asked, &owner, &things, kind).await);
    }
    let set = "guard = 0, died_on = null, residence = 'here'";
    house.force(&format!("update person set {set} where id = {person}")).await.unwrap();
    tie(&house, &staff_id(&things.owner), &things.person, Overlay::OwnData).await;
    add(differing(asked, &owner, &things, "own").await);
    tie(&house, &staff_id(PRIVACY), &things.person, Overlay::FormerPartner).await;
    add(differing(asked, &house.staff(PRIVACY).await, &things, "a tied privacy owner").await);
    house.force("delete from staff_tie").await.unwrap();
    // The laws under which what another agency has is judged for each person by itself.
    let front = house.worker("insurance-front-heimdal", "front_worker", 0);
    let front = house.staff(&front).await;
    for law in ["se-2022", "no-2004"] {
        crate::counter::law(&house, law).await;
        add(differing(asked, &front, &things, law).await);
    }
    // An agency that had a part in the case, when the ground for it is gone.
    let agency = sql_id(&house, &id_of("agency", "insurance").to_string());
    let case = sql_id(&house, &things.case);
    let part =
        format!("insert into case_agency (case_id, agency_id, since) values ({case}, {agency}, 1)");
    house.force(&part).await.unwrap();
    add(differing(asked, &stranger, &things, "a part without ground").await);
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
    assert!(count > 1000, "{count}");
}

/// A colleague at another office, for whom the person is there and what is locked to this office is
/// not.
async fn locked(house: &House, asked: &Asked, things: &Things) -> (Vec<String>, usize) {
    let code = house.worker("social-adult-midtbyen", "caseworker", 0);
    let colleague = house.staff(&code).await;
    colleague.get(&format!("/persons/{}", things.person)).await.ok();
    let parts =
        [("{fact}", &things.fact), ("{note}", &things.note), ("{document}", &things.document)];
    let (mut faults, mut tried) = (Vec::new(), 0);
    for (part, id) in parts {
        for route in routes().iter().filter(|it| it.path.contains(part)) {
            for api in [true, false] {
                if (api && !route.api) || (!api && !route.page) {
                    continue;
                }
                let there = things.path(route.path, true);
                let nothing = there.replace(id.as_str(), &Uuid::from_u128(9).to_string());
                let hidden = asks(asked, &colleague, route, &there, api).await;
                let absent = asks(asked, &colleague, route, &nothing, api).await;
                faults.extend(difference(&format!("locked, api {api}"), route, &hidden, &absent));
                tried += 1;
            }
        }
    }
    (faults, tried)
}

/// One thread, so that everything that is asked is asked on this one.
fn counted<F: Future<Output = ()>>(test: impl Fn(House, Asked) -> F) {
    for engine in engines() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let asked = Asked::default();
        // Of two that listen both are asked whether a place is heard, also when another test comes
        // there first.
        let _second = tracing::Dispatch::new(Asked::default());
        let _on = tracing::subscriber::set_default(asked.clone());
        runtime.block_on(async {
            let house = house(engine).await;
            let _folder = Arc::clone(&house.folder);
            test(house, asked.clone()).await;
        });
    }
}

/// REQ-INFO-08: on every route and both faces what is there and hidden costs the same statements, in
/// the same order, as what is not there: for another agency, those without a relation, a protected
/// and a shielded person, under a bar that a single access would lift, for oneself, and where the
/// law judges what crosses for each person.
#[test]
fn hidden_and_absent_do_the_same_work() {
    counted(|house, asked| async move { tried(&house, &asked).await });
}

/// REQ-INFO-08: a search that would find somebody hidden costs what one costs that finds nobody.
#[test]
fn a_search_for_somebody_hidden_costs_what_nobody_costs() {
    counted(|house, asked| async move {
        let house = patient(&house).await;
        let things = things(&house).await;
        let owner = house.staff(&things.owner).await;
        let number = "10915596784";
        let form = json!({ "given": "Kari", "family": "Veggli", "number": number });
        let hidden = sql_id(&house, &owner.post("/persons", &form).await.ok().id());
        let stranger = house.staff(&house.worker("insurance-back-midtbyen", "caseworker", 0)).await;
        let mut faults = Vec::new();
        for (kind, who, set) in [
            ("another agency", &stranger, "guard = 0".to_owned()),
            ("confidential", &owner, format!("guard = {}", Guard::CONFIDENTIAL)),
            ("shielded", &owner, format!("guard = {}", Guard::SHIELDED)),
            ("residence unknown", &owner, "guard = 0, residence = 'unknown'".to_owned()),
        ] {
            house.force(&format!("update person set {set} where id = {hidden}")).await.unwrap();
            for (there, nobody) in [
                ("Veggli", "Vegglo"),
                ("Vegg", "Vexx"),
                ("Kari Veggli", "Kari Vegglo"),
                (number, "50846202355"),
            ] {
                let mut costs = Vec::new();
                for q in [there, nobody] {
                    asked.take();
                    let answer = who.post("/persons/search", &json!({ "q": q })).await;
                    assert!(!answer.body.contains(&things.person), "{q}");
                    costs.push((asked.take(), answer.status));
                }
                if costs[0] != costs[1] {
                    faults.push(format!("{kind} {there}: {costs:?}"));
                }
                assert!(!costs[0].0.is_empty(), "{kind} {there}");
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}
