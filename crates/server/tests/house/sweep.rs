//! Every route that names something, tried by everybody who may not see it: the answer is word for
//! word the answer for what is not there.

use std::collections::BTreeSet;

use http::{StatusCode, header};
use onedoor_domain::person::Guard;
use onedoor_domain::secrecy::Overlay;
use onedoor_server::app::id_of;
use onedoor_server::web::{Door, Route};
use serde_json::json;
use uuid::Uuid;

use crate::attacks::{OFFICE, patient, sql_id, tie};
use crate::cases::opening;
use crate::support::{Answer, House, Someone, on_both, staff_id};

/// A privacy owner.
pub const PRIVACY: &str = "city-03";

/// What the routes begin with whose things are made here.
const MADE: [&str; 9] = [
    "/persons/",
    "/cases/",
    "/visits/",
    "/consents/",
    "/corrections/",
    "/bookings/",
    "/meetings/",
    "/erasures/",
    "/keeping/holds/",
];

/// Routes where the thing itself is not made here, each with its reason; they are tried with an
/// identifier of something else. The list may only shrink.
const NOT_MADE: &[(&str, &str)] = &[
    ("/absences/{id}/withdraw", "days of staff, about no person; orders tries a colleague"),
    ("/access/{id}", "a single access; single_access in walls and own tries it"),
    ("/access/{id}/answer", "as above"),
    ("/access/{id}/end", "as above"),
    ("/agreements/{id}", "about no person"),
    ("/agreements/{id}/versions", "about no person"),
    ("/closings/{id}/complete", "about no person"),
    ("/contact-persons/{id}/end", "about no person"),
    ("/directory/mine/{id}/remove", "what staff know, about no person"),
    ("/joint-efforts/{id}/bookings", "about no person"),
    ("/consultations/{id}", "a question about no named person"),
    ("/efforts/{id}/anchoring", "about no person"),
    ("/escalations/{id}", "a decision sent to one unit; front tries another"),
    ("/exchange/{id}", "a run names nobody; exchange tries another agency"),
    ("/feedback/{id}/seen", "a line of one worker; sendings tries another"),
    ("/flows/{id}", "about no person"),
    ("/improvements/{id}", "about no person"),
    ("/governing/{id}", "about no person"),
    ("/governing/{id}/agenda", "about no person"),
    ("/governing/{id}/agenda/{item}", "about no person"),
    ("/governing/{id}/members", "about no person"),
    ("/governing/{id}/proposals", "about no person"),
    ("/governing/{id}/proposals/{proposal}", "about no person"),
    ("/governing/{id}/remit", "about no person"),
    ("/instruments/{id}", "about no person"),
    ("/instruments/{id}/approve", "about no person"),
    ("/instruments/{id}/withdraw", "about no person"),
    ("/lists/{id}", "a candidate list; consents tries it"),
    ("/meeting-requests/{id}", "a request between agencies; meetings tries a stranger"),
    ("/meeting-series/{id}/end", "a rhythm of meetings; meetings tries a stranger"),
    ("/meeting-series/{id}/meetings", "as above"),
    ("/network/offices/{id}", "about no person"),
    ("/network/offices/{id}/kind", "about no person"),
    ("/network/offices/{id}/lines", "about no person"),
    ("/network/offices/{id}/lines/{line}/end", "about no person"),
    ("/network/offices/{id}/lines/{line}/side", "about no person"),
    ("/network/relocations/{id}", "about no person"),
    ("/network/relocations/{id}/accept", "about no person"),
    ("/notices/{id}", "about no person"),
    ("/notices/{id}/publish", "about no person"),
    ("/policy/proposals/{id}", "a law that waits for a second person, about no person"),
    ("/policy/proposals/{id}/answer", "as above"),
    ("/orders/{id}", "an order in bulk; an_order_is_there_for_those_it_concerns tries it"),
    ("/orders/{id}/accept", "as above"),
    ("/orders/{id}/refuse", "as above"),
    ("/office/{id}/special-days", "about no person"),
    ("/office/{id}/visiting-hours", "about no person"),
    ("/office/{id}/visiting-hours/{hours}/end", "about no person"),
    ("/practice/{id}", "about no person"),
    ("/practice/{id}/readings", "about no person"),
    ("/reactions/{id}", "a reaction of nobody named"),
    ("/recipients/{id}/end", "about no person"),
    ("/services/{id}", "about no person"),
    ("/set-up/deviations/{id}/end", "about no person"),
    ("/set-up/items/{id}", "about no person"),
    ("/standards/{id}", "about no person"),
    ("/standards/{id}/end", "about no person"),
    ("/premises/bookings/{id}/cancel", "about no person"),
    ("/premises/rooms/{id}/bookings", "about no person"),
    ("/premises/{id}/areas", "about no person"),
    ("/premises/{id}/rooms", "about no person"),
    ("/premises/{id}/seats", "about no person"),
    ("/rollout/offices/{id}", "about no person"),
    ("/rollout/offices/{id}/date", "about no person"),
    ("/rollout/offices/{id}/lessons", "about no person"),
    ("/rollout/offices/{id}/lessons/{lesson}", "about no person"),
    ("/rollout/offices/{id}/questions", "about no person"),
    ("/rollout/offices/{id}/questions/{question}", "about no person"),
    ("/rollout/offices/{id}/start", "about no person"),
    ("/visiting/{id}/end", "about no person"),
    ("/responsibility/{id}/withdraw", "about no person"),
    ("/tasks/{id}", "a task between units; tasks tries other units"),
    ("/trials/{id}/phases", "about no person"),
    ("/providers/{id}/end", "about no person"),
    ("/routines/{id}", "about no person"),
    ("/teams/{id}", "a team; a_team_shows_its_participants_as_far_as_the_walls_let tries it"),
    ("/teams/{id}/leave", "as above"),
    ("/teams/{id}/members", "as above"),
    ("/teams/{id}/participants", "as above"),
    ("/watch/{id}", "a case of unusual use; siem and journal try it"),
    ("/watch/{id}/settle", "as above"),
    ("/withdrawals/{id}", "a notice of withdrawal; consents tries it"),
];

/// What there is to find: a person with a case, a visit, a fact, a note, a document and a family
/// tie.
pub struct Things {
    pub owner: String,
    pub person: String,
    pub case: String,
    visit: String,
    pub fact: String,
    pub note: String,
    pub document: String,
    tie: String,
    consent: String,
    correction: String,
    booking: String,
    meeting: String,
    erasure: String,
    hold: String,
}

pub async fn things(house: &House) -> Things {
    let scene = crate::cases::scene(house, OFFICE).await;
    let worker = &scene.worker;
    let person = scene.person.clone();
    let visit = json!({ "need": ["income"], "person": person });
    let visit = worker.post("/reception/check-in", &visit).await.ok().id();
    let path = format!("/persons/{person}/case");
    let case = worker.post(&path, &opening(&scene)).await.ok().id();
    let fact = json!({
        "kind": "housing", "text": "rents a room", "source": "The person", "lock": "yes",
        "received_on": "2026-11-20",
    });
    worker.post(&format!("/persons/{person}/facts"), &fact).await.ok();
    let note = json!({
        "category": "case", "body": "was here", "said_by": "The person", "lock": "yes",
        "received_on": "2026-11-20", "sure": "yes",
    });
    worker.post(&format!("/persons/{person}/notes"), &note).await.ok();
    let view = worker.see(&format!("/persons/{person}/joint")).await;
    let entry = |what: &str| {
        let parts = view["parts"].as_array().unwrap().iter();
        let entries = parts.flat_map(|part| part["open"].as_array().unwrap());
        let mut entries = entries.flat_map(|open| open["entries"].as_array().unwrap());
        let found = entries.find(|one| one["what"] == what);
        found.unwrap_or_else(|| panic!("{what}: {view}"))["id"].as_str().unwrap().to_owned()
    };
    let (fact, note) = (entry("fact"), entry("note"));
    let document = crate::documents::locked(worker, &person).await;
    let kin = json!({ "given": "Bror", "family": "Etternavn", "none_of_these": "yes" });
    let kin = worker.post("/persons", &kin).await.ok().id();
    let path = format!("/persons/{person}/family");
    let tie = json!({ "other": kin, "kind": "sibling", "source": "person",
        "received_on": "2026-11-20" });
    worker.post(&path, &tie).await.ok();
    let tie = worker.see(&path).await["lines"][0]["id"].as_str().unwrap().to_owned();
    let consent = crate::consents::give(worker, &person, &crate::consents::consent()).await;
    let ask = json!({ "kind": "correction", "about": "field", "field": "phone", "text": "Not so" });
    let me = house.resident(&person).await;
    me.post("/my/corrections", &ask).await.ok();
    let asked = me.see("/my/corrections").await["questions"][0]["id"].clone();
    let correction = asked.as_str().unwrap_or_else(|| panic!("{asked}")).to_owned();
    let times = worker.see("/bookings").await;
    let at = times["times"][0]["at"].to_string();
    let booking = json!({ "at": at, "need": ["income"], "by": "desk", "meet_by": "office",
        "person": person, "name": "Åse", "phone": "90 00 00 00" });
    let booking = worker.post("/bookings", &booking).await.ok().id();
    let with = [staff_id(&scene.deputy_code)];
    let meeting = crate::meetings::call(worker, &person, "joint", &with).await;
    let meeting = meeting.trim_start_matches("/meetings/").to_owned();
    let privacy = house.staff(PRIVACY).await;
    let hold = json!({ "person": person, "reason": "Tilsyn" });
    privacy.post("/keeping/holds", &hold).await.ok();
    let hold = privacy.see("/keeping").await["holds"][0]["id"].as_str().unwrap().to_owned();
    let erasure = json!({ "person": person, "reason": "Ønsker det" });
    let erasure = privacy.post("/erasures", &erasure).await.ok().id();
    Things {
        owner: scene.worker_code,
        person,
        case,
        visit,
        fact,
        note,
        document,
        tie,
        consent,
        correction,
        booking,
        meeting,
        erasure,
        hold,
    }
}

/// Whether a route names what the one who asks has the duty to see: a privacy owner sees holds and
/// requests for erasure, of all whom they are not tied to.
fn is_duty(route: &str, who: &str) -> bool {
    who == PRIVACY && (route.starts_with("/erasures/") || route.starts_with("/keeping/holds/"))
}

impl Things {
    /// Whether what the route names is made here, and is nothing that the asker has a duty to see.
    pub fn makes(&self, route: &str, attacker: &str) -> bool {
        !is_duty(route, attacker) && MADE.iter().any(|made| route.starts_with(made))
    }

    /// The path with what is really there, or with identifiers of nothing.
    pub fn path(&self, route: &str, real: bool) -> String {
        let first = match route.split('/').nth(1).unwrap_or_default() {
            "cases" => &self.case,
            "visits" => &self.visit,
            "consents" => &self.consent,
            "corrections" => &self.correction,
            "bookings" => &self.booking,
            "meetings" => &self.meeting,
            "erasures" => &self.erasure,
            "keeping" => &self.hold,
            _ => &self.person,
        };
        let value = |name: &str| match name {
            "{id}" => first.clone(),
            "{fact}" => self.fact.clone(),
            "{note}" => self.note.clone(),
            "{document}" => self.document.clone(),
            "{tie}" => self.tie.clone(),
            _ => Uuid::from_u128(7).to_string(),
        };
        let absent = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0009).to_string();
        let part = |part: &str| match (part.starts_with('{'), real) {
            (false, _) => part.to_owned(),
            (true, true) => value(part),
            (true, false) => absent.clone(),
        };
        route.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

pub async fn call(who: &Someone, route: &Route, path: &str, api: bool, other: &str) -> Answer {
    match (route.method, api) {
        ("GET", false) => who.get(path).await,
        ("GET", true) => who.get(&format!("/api/v1{path}")).await,
        (_, false) => who.form(path, &format!("other={other}")).await,
        (_, true) => who.post(path, &json!({ "other": other })).await,
    }
}

/// An answer with everything that the asker sent in it made the same.
fn seen(answer: &Answer, path: &str) -> (StatusCode, Vec<(String, String)>, String) {
    let plain = |text: &str| {
        let mut text = text.replace(path, "PATH").replace(&path.replace('/', "%2F"), "PATH");
        for id in path.split('/').filter(|part| part.len() == 36) {
            text = text.replace(id, "ID");
        }
        text
    };
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        // Each request has a number of its own, which says nothing about what was asked.
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
        .map(|(name, value)| (name.to_string(), plain(value.to_str().unwrap())))
        .collect();
    headers.sort();
    let mut body = plain(&answer.body);
    if let Some(id) = answer.headers.get("x-request-id") {
        body = body.replace(id.to_str().unwrap(), "REQUEST");
    }
    (answer.status, headers, body)
}

pub fn routes() -> Vec<Route> {
    let routes = onedoor_server::routes().list.into_iter();
    routes.filter(|route| route.path.contains("{id}") && route.door == Door::SignedIn).collect()
}

/// Tries every route that names something.
async fn sweep(who: &Someone, things: &Things, attacker: &str, only: &str) -> usize {
    let mut tried = 0;
    // Somebody whom the attacker may see, to be joined with the hidden person.
    let form = json!({ "given": "Ola", "family": attacker, "none_of_these": "yes" });
    let mine = who.post("/persons", &form).await;
    let other =
        if mine.status.is_success() { mine.id() } else { Uuid::from_u128(0x77).to_string() };
    for route in routes().iter().filter(|it| it.path.contains(only) && !is_duty(it.path, attacker))
    {
        for api in [false, true] {
            if (api && !route.api) || (!api && !route.page) {
                continue;
            }
            let (there, absent) = (things.path(route.path, true), things.path(route.path, false));
            let hidden = call(who, route, &there, api, &other).await;
            let nothing = call(who, route, &absent, api, &other).await;
            let name = format!("{attacker}: {} {} api {api}", route.method, route.path);
            assert!(!hidden.status.is_success(), "{name} answered {}", hidden.body);
            assert_ne!(hidden.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
            assert!(!hidden.headers.contains_key(header::ETAG), "{name}");
            assert_eq!(seen(&hidden, &there), seen(&nothing, &absent), "{name}");
            assert_eq!(hidden.body.len(), nothing.body.len(), "{name}");
            if route.method == "POST" && things.makes(route.path, attacker) && attacker != "nobody"
            {
                // Not because of a fault in the form, which would prove nothing. Who has no duty
                // towards holds and erasures at all is told so.
                let duty = hidden.status == StatusCode::FORBIDDEN && is_duty(route.path, PRIVACY);
                assert!(duty || hidden.status == StatusCode::NOT_FOUND, "{name}: {}", hidden.body);
            }
            tried += 1;
        }
    }
    tried
}

/// REQ-INFO-08: whatever is tried with what is there and may not be seen, answers word for word as
/// with what is not there, on every route and both faces: for nobody, another agency, the own
/// agency without a part, and for the worker who had everything before the person was protected,
/// shielded, marked, or turned out to be the worker's own or kin.
#[test]
fn every_route_answers_as_if_there_were_nothing() {
    on_both(|house| async move {
        let house = patient(&house).await;
        let things = things(&house).await;
        let owner = house.staff(&things.owner).await;
        for route in ["/persons/{id}", "/persons/{id}/joint", "/cases/{id}", "/visits/{id}"] {
            owner.get(&things.path(route, true)).await.ok();
        }
        let mut tried = sweep(&house.nobody(), &things, "nobody", "").await;
        for code in [
            house.worker("insurance-back-midtbyen", "caseworker", 0),
            "city-01".to_owned(),
            "city-03".to_owned(),
            house.worker("insurance-back-lerkendal", "caseworker", 1),
        ] {
            tried += sweep(&house.staff(&code).await, &things, &code, "").await;
        }
        let person = sql_id(&house, &things.person);
        for (name, guard) in [
            ("confidential", Guard::CONFIDENTIAL),
            ("strictly confidential", Guard::STRICTLY_CONFIDENTIAL),
            ("strictly confidential abroad", Guard::STRICTLY_CONFIDENTIAL_ABROAD),
            ("protected registration", Guard::PROTECTED_REGISTRATION),
            ("secrecy marked", Guard::SECRECY_MARKED),
            ("shielded", Guard::SHIELDED),
            ("a mark that nobody knows", 1 << 40),
        ] {
            let sql = format!("update person set guard = {guard} where id = {person}");
            house.force(&sql).await.unwrap();
            tried += sweep(&owner, &things, name, "").await;
        }
        house.force(&format!("update person set guard = 0 where id = {person}")).await.unwrap();
        for (name, kind) in [
            ("own", Overlay::OwnData),
            ("parent", Overlay::Parent),
            ("child", Overlay::Child),
            ("former partner", Overlay::FormerPartner),
        ] {
            tie(&house, &staff_id(&things.owner), &things.person, kind).await;
            tried += sweep(&owner, &things, name, "").await;
            house.force("delete from staff_tie").await.unwrap();
        }
        owner.get(&things.path("/persons/{id}", true)).await.ok();
        let privacy = house.staff(PRIVACY).await;
        tie(&house, &staff_id(PRIVACY), &things.person, Overlay::FormerPartner).await;
        for duty in ["/erasures/", "/keeping/holds/"] {
            tried += sweep(&privacy, &things, "a tied privacy owner", duty).await;
        }
        assert!(tried > 1500, "{tried}");
    });
}

/// REQ-INFO-08, REQ-INFO-01: a colleague of the same agency at another office finds neither what is
/// locked to this office, nor, once the person is known to live elsewhere, the person.
#[test]
fn locked_and_outside_the_area_are_as_nothing() {
    on_both(|house| async move {
        let house = patient(&house).await;
        let things = things(&house).await;
        let code = house.worker("social-adult-midtbyen", "caseworker", 0);
        let me = sql_id(&house, &staff_id(&code));
        house.force(&format!("update staff set marks = '' where id = {me}")).await.unwrap();
        let colleague = house.staff(&code).await;
        let view = colleague.get(&format!("/persons/{}/joint", things.person)).await.ok().body;
        assert!(!view.contains("rents a room") && !view.contains("was here"), "locked");
        // The person is there, what is locked is not.
        let locked = ["{fact}", "{note}", "{document}"];
        for route in routes().iter().filter(|it| locked.iter().any(|part| it.path.contains(part))) {
            let there = things.path(route.path, true);
            let absent = there.replace(&things.fact, &Uuid::from_u128(9).to_string());
            let absent = absent.replace(&things.note, &Uuid::from_u128(9).to_string());
            let absent = absent.replace(&things.document, &Uuid::from_u128(9).to_string());
            for api in [false, true] {
                let hidden = call(&colleague, route, &there, api, "").await;
                let nothing = call(&colleague, route, &absent, api, "").await;
                assert!(!hidden.status.is_success(), "{}", route.path);
                assert_eq!(seen(&hidden, &there), seen(&nothing, &absent), "{}", route.path);
            }
        }
        let office = sql_id(&house, &id_of("office", "heimdal").to_string());
        let unit: String = house
            .one(&format!(
                "select b.basic_unit from boundary b join district d on d.id = b.district_id \
                 where d.office_id = {office} limit 1"
            ))
            .await;
        house.force(&format!("update person set basic_unit = '{unit}'")).await.unwrap();
        let tried = sweep(&colleague, &things, "outside the area", "/persons/{id}").await;
        assert!(tried > 20, "{tried}");
    });
}

/// REQ-INFO-08: the list of what this file does not make is as long as it needs to be, and may only
/// shrink.
#[test]
fn the_exceptions_may_only_shrink() {
    let all: BTreeSet<&str> = routes().iter().map(|route| route.path).collect();
    let left: BTreeSet<&str> =
        all.into_iter().filter(|path| !MADE.iter().any(|it| path.starts_with(it))).collect();
    let listed: BTreeSet<&str> = NOT_MADE.iter().map(|(path, _)| *path).collect();
    let new: Vec<_> = left.difference(&listed).collect();
    assert!(new.is_empty(), "make it here, or say why not: {new:?}");
    let gone: Vec<_> = listed.difference(&left).collect();
    assert!(gone.is_empty(), "take it off the list: {gone:?}");
}

/// REQ-INFO-08: an identifier that is guessed, however it is spelled, opens nothing that it would
/// not open in its own spelling, and a path that climbs leads nowhere.
#[test]
fn no_spelling_of_an_identifier_opens_more() {
    on_both(|house| async move {
        let house = patient(&house).await;
        let things = things(&house).await;
        let stranger = house.staff(&house.worker("insurance-back-midtbyen", "caseworker", 0)).await;
        let spell = |id: &str| {
            [
                id.to_uppercase(),
                id.replace('-', ""),
                format!("%7B{id}%7D"),
                format!("urn:uuid:{id}"),
                format!("{id}%00"),
                format!("{id}%2F..%2F{id}"),
                format!("..%2F{id}"),
                format!("{id}.json"),
                format!("{id}'--"),
            ]
        };
        let absent = Uuid::from_u128(9).to_string();
        for (there, nothing) in spell(&things.person).iter().zip(&spell(&absent)) {
            for path in ["/persons/", "/api/v1/persons/"] {
                let hidden = stranger.get(&format!("{path}{there}")).await.status;
                let none = stranger.get(&format!("{path}{nothing}")).await.status;
                assert_eq!(hidden, none, "{there}");
                assert!(hidden.is_client_error(), "{there}: {hidden}");
            }
        }
        for path in
            ["/assets/../persons", "/assets/%2e%2e/Cargo.toml", "/assets/..%2f..%2fetc/passwd"]
        {
            let answer = house.nobody().get(path).await;
            assert!(!answer.status.is_success(), "{path}: {}", answer.status);
            assert!(!answer.body.contains("root:"), "{path}");
        }
    });
}
