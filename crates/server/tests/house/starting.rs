//! Governing, premises and roll-out: who decides, who sits where, what starts when.

use http::StatusCode;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::organisation::{import, register};
use crate::support::{House, on_both, staff_id, unit_id};

/// A body with its members, set up by the administrator.
async fn body(house: &House, name: &str, kind: &str, members: &[&str]) -> String {
    let admin = house.staff("city-01").await;
    let form = json!({ "name": name, "kind": kind, "from": "2026-01-01" });
    let id = admin.post("/governing", &form).await.ok().id();
    for member in members {
        let seat = json!({ "staff": staff_id(member), "seat": "Medlem", "from": "2026-01-01" });
        admin.post(&format!("/governing/{id}/members"), &seat).await.ok();
    }
    id
}

/// REQ-ORG-21: a decision that a member of the project group enters stays a proposal until the
/// steering group has decided; the log tells who proposed, who decided, when and from when.
#[test]
fn a_project_members_entry_stays_a_proposal() {
    on_both(|house| async move {
        let steering = body(&house, "Styringsgruppen", "steering", &["heimdal-01"]).await;
        body(&house, "Prosjektgruppen", "project", &["heimdal-30"]).await;
        let member = house.staff("heimdal-30").await;
        let path = format!("/governing/{steering}/proposals");
        let form = json!({ "title": "Felles skjema", "text": "Ett skjema for alle",
            "effect_from": "2026-12-01" });
        member.post(&path, &form).await.ok();
        let page = format!("/governing/{steering}");
        let log = |page: Value| page["proposals"][0].clone();
        let entry = log(member.see(&page).await);
        assert_eq!(entry["state"], "proposal");
        assert_eq!(entry["proposed_as"], "project_group");
        let settle = format!("{path}/{}", entry["id"].as_str().unwrap());
        let decision = json!({ "effect_from": "2026-12-01", "version": "1" });
        assert_eq!(member.post(&settle, &decision).await.code(), "stays-proposal");
        let entry = log(member.see(&page).await);
        assert_eq!((&entry["state"], &entry["effect_from"]), (&json!("proposal"), &Value::Null));
        let outside = house.staff("heimdal-31").await;
        assert_eq!(outside.post(&path, &form).await.code(), "not-a-member");
        let leads = house.staff("heimdal-01").await;
        leads.post(&settle, &decision).await.ok();
        assert_eq!(leads.post(&settle, &decision).await.code(), "stale");
        let entry = log(member.see(&page).await);
        assert_eq!(entry["state"], "decided");
        assert_eq!(entry["effect_from"], "2026-12-01");
        house.clock.move_to(house.clock.now() + jiff::ToSpan::minutes(1));
        leads.post(&path, &form).await.ok();
        let entry = log(leads.see(&page).await);
        assert_eq!(entry["state"], "decided", "a member of the group decides at once");
        let admin = house.staff("city-01").await;
        let over = json!({ "staff": staff_id("heimdal-01"), "seat": "Medlem",
            "from": "2026-01-01", "until": "2026-11-01" });
        admin.post(&format!("{page}/members"), &over).await.ok();
        house.clock.move_to(house.clock.now() + jiff::ToSpan::minutes(1));
        leads.post(&path, &form).await.ok();
        let entry = log(leads.see(&page).await);
        assert_eq!(entry["state"], "proposal", "the term is over");
        assert_eq!(entry["proposed_as"], "local_leader");
    });
}

/// REQ-ORG-24: what the joint body may not decide is blocked; the share of items that ended in a
/// decision is told.
#[test]
fn a_joint_body_decides_within_its_remit() {
    on_both(|house| async move {
        let joint = body(&house, "Felles organ", "joint", &["heimdal-01", "heimdal-30"]).await;
        let (admin, member) = (house.staff("city-01").await, house.staff("heimdal-01").await);
        let path = format!("/governing/{joint}");
        let topic = json!({ "topic": "Åpningstider", "since": "2026-01-01" });
        admin.post(&format!("{path}/remit"), &topic).await.ok();
        for item in ["Åpent på lørdager", "Flere ansatte"] {
            let form = json!({ "item": item, "meets_on": "2026-12-01" });
            member.post(&format!("{path}/agenda"), &form).await.ok();
        }
        let page = member.see(&path).await;
        assert_eq!(page["share"], Value::Null);
        let remit = page["remit"][0]["id"].clone();
        let item = |n: usize| format!("{path}/agenda/{}", page["items"][n]["id"].as_str().unwrap());
        let end = |ending: &str, remit: Value| json!({ "ending": ending, "minutes": "Enige", "remit": remit, "version": "1" });
        for outside in [json!(""), json!(uuid::Uuid::nil())] {
            let blocked = member.post(&item(0), &end("decision", outside)).await;
            assert_eq!(blocked.faults()["remit"], "outside-remit");
        }
        member.post(&item(0), &end("decision", remit)).await.ok();
        member.post(&item(1), &end("information", json!(""))).await.ok();
        assert_eq!(member.see(&path).await["share"], 50);
        let outside = house.staff("heimdal-31").await;
        let refused = outside.post(&item(1), &end("information", json!(""))).await;
        assert_eq!(refused.code(), "not-a-member");
        let members = member.see(&path).await["members"].clone();
        let sides: Vec<&str> =
            members.as_array().unwrap().iter().map(|it| it["side"].as_str().unwrap()).collect();
        assert!(sides.contains(&"state") && sides.contains(&"municipality"), "{sides:?}");
    });
}

/// REQ-ORG-50: two contradictory goals on the same group make one item on the agenda of the
/// joint body, and a third goal on either side makes no second.
#[test]
fn goals_that_pull_apart_come_on_the_agenda_once() {
    on_both(|house| async move {
        let joint = body(&house, "Felles organ", "joint", &["heimdal-01"]).await;
        let admin = house.staff("city-01").await;
        let goal = |agency: &str, direction: &str, group: &str| {
            json!({ "agency": id_of("agency", agency), "year": "2026", "group": group,
                "lever": "measure_places", "direction": direction, "text": "Mål for året",
                "asks_cooperation": "yes" })
        };
        let items = async || {
            let page = admin.see(&format!("/governing/{joint}")).await;
            page["items"].as_array().unwrap().clone()
        };
        admin.post("/goals", &goal("employment", "less", "youth")).await.ok();
        admin.post("/goals", &goal("social", "more", "long_term")).await.ok();
        assert_eq!(items().await.len(), 0, "they are about others");
        admin.post("/goals", &goal("social", "more", "youth")).await.ok();
        let found = items().await;
        assert_eq!((found.len(), &found[0]["from_goals"]), (1, &json!(true)), "{found:?}");
        admin.post("/goals", &goal("insurance", "more", "youth")).await.ok();
        assert_eq!(items().await.len(), 1);
        let page = admin.see("/goals?year=2026").await;
        assert_eq!(page["apart"][0]["more"].as_array().unwrap().len(), 2);
        let goals = page["goals"].as_array().unwrap();
        assert!(goals.iter().all(|it| it["asks_cooperation"] == true));
    });
}

/// REQ-ORG-37: two agencies cannot hold the same room at the same time, whoever comes second;
/// what is cancelled is free; the saving of each agency is told.
#[test]
fn two_agencies_cannot_hold_one_room() {
    on_both(|house| async move {
        let (office, manager) = (id_of("office", "heimdal"), house.staff("heimdal-01").await);
        let room = json!({ "room_name": "Stillerom", "seats": "4", "closed": "yes" });
        manager.post(&format!("/premises/{office}/rooms"), &room).await.ok();
        let twice = manager.post(&format!("/premises/{office}/rooms"), &room).await;
        assert_eq!(twice.code(), "room-there");
        let page = manager.see(&format!("/premises?office={office}")).await;
        let room = page["rooms"][0]["id"].as_str().unwrap().to_owned();
        let book = format!("/premises/rooms/{room}/bookings");
        let time = |starts: &str, ends: &str| json!({ "day": "2026-11-24", "starts": starts, "ends": ends });
        let social = house.staff(&house.worker("social-adult-heimdal", "caseworker", 0)).await;
        let state = house.staff(&house.worker("insurance-back-heimdal", "caseworker", 0)).await;
        social.post(&book, &time("10:00", "11:00")).await.ok();
        for (starts, ends) in
            [("10:00", "11:00"), ("09:00", "10:15"), ("10:45", "12:00"), ("10:15", "10:30")]
        {
            let clash = state.post(&book, &time(starts, ends)).await;
            assert_eq!(clash.code(), "room-taken", "{starts}");
        }
        state.post(&book, &time("11:00", "12:00")).await.ok();
        assert_eq!(house.one::<i64>("select count(*) from room_booking").await, 2);
        let odd = state.post(&book, &time("13:10", "14:00")).await;
        assert_eq!(odd.faults()["starts"], "quarter");
        let page = social.see(&format!("/premises?office={office}&day=2026-11-24")).await;
        let bookings = page["bookings"].as_array().unwrap();
        assert_eq!((bookings.len(), &bookings[0]["own"]), (2, &json!(true)));
        let cancel = format!("/premises/bookings/{}/cancel", bookings[0]["id"].as_str().unwrap());
        assert_eq!(state.post(&cancel, &json!({})).await.status, StatusCode::NOT_FOUND);
        social.post(&cancel, &json!({})).await.ok();
        state.post(&book, &time("10:00", "11:00")).await.ok();

        let areas = format!("/premises/{office}/areas");
        for (phase, metres, people) in [("before", "900", "30"), ("after", "640", "32")] {
            let form = json!({ "agency": id_of("agency", "insurance"), "phase": phase,
                "square_metres": metres, "people": people, "cost": "1000", "open_plan": "yes" });
            manager.post(&areas, &form).await.ok();
        }
        let page = manager.see(&format!("/premises?office={office}")).await;
        let saving = &page["savings"][0];
        assert_eq!((&saving["before"], &saving["after"]), (&json!(300), &json!(200)));
        assert_eq!((&saving["square_metres"], &saving["open_plan"]), (&json!(260), &json!(true)));
    });
}

/// REQ-ORG-35: who sits together is planned from joint tasks, and a warning comes when one
/// agency gets more than half of the seats.
#[test]
fn seats_are_planned_from_joint_tasks() {
    on_both(|house| async move {
        let (office, manager) = (id_of("office", "heimdal"), house.staff("heimdal-01").await);
        let path = format!("/premises/{office}/seats");
        let seats = |unit: &str, places: &str, tasks: &str| json!({ "unit": unit_id(unit), "places": places, "joint_tasks": tasks });
        let bare = manager.post(&path, &seats("insurance-back-heimdal", "9", "")).await;
        assert_eq!(bare.faults()["joint_tasks"], "text-empty");
        let page = format!("/premises?office={office}");
        for (unit, places) in [("social-adult-heimdal", "5"), ("insurance-back-heimdal", "5")] {
            manager.post(&path, &seats(unit, places, "Felles samtaler")).await.ok();
        }
        assert_eq!(manager.see(&page).await["dominating"], json!([]), "half is not more");
        manager.post(&path, &seats("insurance-front-heimdal", "5", "Mottak")).await.ok();
        assert_eq!(manager.see(&page).await["dominating"][0]["share"], 67);
    });
}

/// REQ-ORG-36: a ten-year lease signed after the letter without a break clause is flagged, and so
/// is one without evidence of budget; one that expires inside the window is an opening.
#[test]
fn leases_tell_what_they_block_and_open() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let lease = |address: &str, signed: &str, ends: &str, budget: &str| {
            json!({ "agency": id_of("agency", "insurance"), "address": address,
                "signed_on": signed, "starts_on": signed, "expires_on": ends, "cost": "100000",
                "within_budget": budget })
        };
        for form in [
            lease("Nygata 1", "2026-03-01", "2036-03-01", "Vedtak 3/26"),
            lease("Storgata 2", "2017-06-01", "2027-06-01", ""),
        ] {
            admin.post("/leases", &form).await.ok();
        }
        let flags = |page: &Value, address: &str| {
            let all = page["leases"].as_array().unwrap();
            all.iter().find(|it| it["address"] == address).unwrap()["flags"].clone()
        };
        let page = admin.see("/leases?letter=2026-02-01&from=2027-01-01&until=2028-01-01").await;
        assert_eq!(flags(&page, "Nygata 1"), json!(["blocks"]));
        assert_eq!(flags(&page, "Storgata 2"), json!(["opening", "no_evidence"]));
        let page = admin.see("/leases?letter=2026-03-01&from=2028-01-01&until=2029-01-01").await;
        assert_eq!(flags(&page, "Nygata 1"), json!([]), "signed on the letter's day");
        let turned = lease("X", "2026-03-01", "2026-01-01", "");
        assert_eq!(admin.post("/leases", &turned).await.faults()["expires_on"], "date-order");
    });
}

/// REQ-ORG-38: the second office that opens gets every open lesson of the first as a task.
#[test]
fn lessons_of_the_first_opening_are_tasks_of_the_second() {
    on_both(|house| async move {
        let (first, second) = (house.staff("ostbyen-01").await, house.staff("heimdal-01").await);
        let path = |code: &str| format!("/rollout/offices/{}", id_of("office", code));
        let start = |moves: &str, opens: &str| json!({ "moves_in_on": moves, "opens_on": opens });
        let (one, two) = (path("ostbyen"), path("heimdal"));
        let days = start("2026-08-30", "2026-09-06");
        first.post(&format!("{one}/start"), &days).await.ok();
        for text in ["Skilt må opp først", "Telefonen må virke", "Nøkler til alle"] {
            first.post(&format!("{one}/lessons"), &json!({ "lesson": text })).await.ok();
            house.clock.move_to(house.clock.now() + jiff::ToSpan::minutes(1));
        }
        assert_eq!(second.see(&two).await["checklist"], json!([]), "it has no opening day yet");
        let turned = second.post(&format!("{two}/start"), &start("2027-02-01", "2027-01-01")).await;
        assert_eq!(turned.faults()["opens_on"], "opens-before-moving");
        second.post(&format!("{two}/start"), &start("2027-01-01", "2027-02-01")).await.ok();
        let list = second.see(&two).await["checklist"].as_array().unwrap().clone();
        assert_eq!(list.len(), 3);
        assert!(list.iter().all(|it| it["done"] == false));
        assert_eq!(first.see(&one).await["checklist"], json!([]), "nobody opened before it");
        let lesson = |n: usize| list[n]["id"].as_str().unwrap().to_owned();
        let done = json!({ "what": "done" });
        second.post(&format!("{two}/lessons/{}", lesson(0)), &done).await.ok();
        let close = json!({ "what": "close" });
        first.post(&format!("{one}/lessons/{}", lesson(1)), &close).await.ok();
        let list = second.see(&two).await["checklist"].as_array().unwrap().clone();
        assert_eq!((list.len(), &list[0]["done"]), (2, &json!(true)), "a closed one is none");
    });
}

/// REQ-MISC-07: an office with open questions receives visits, and each question has an owner and
/// a date.
#[test]
fn an_office_with_open_questions_receives_visits() {
    on_both(|house| async move {
        let manager = house.staff("heimdal-01").await;
        let path = format!("/rollout/offices/{}", id_of("office", "heimdal"));
        let ask = |owner: &str, due: &str| json!({ "question": "Hvem svarer på telefonen?", "owner": owner, "due_on": due });
        let bare = manager.post(&format!("{path}/questions"), &ask("", "")).await.faults();
        assert_eq!((bare["owner"].as_str(), bare["due_on"].as_str()), ("choose", "date-empty"));
        let owner = staff_id("heimdal-30");
        let asked = ask(&owner, "2026-11-20");
        manager.post(&format!("{path}/questions"), &asked).await.ok();
        let question = manager.see(&path).await["questions"][0].clone();
        assert_eq!(question["overdue"], true);
        assert_eq!(question["due_on"], "2026-11-20");
        assert!(!question["owner"].as_str().unwrap().is_empty());
        let host = house.staff("heimdal-02").await;
        host.post("/reception/check-in", &json!({ "need": ["work"] })).await.ok();
        let settle = format!("{path}/questions/{}", question["id"].as_str().unwrap());
        let answer = json!({ "answer": "Verten", "version": "1" });
        manager.post(&settle, &answer).await.ok();
        assert_eq!(manager.post(&settle, &answer).await.code(), "stale");
        assert_eq!(manager.see(&path).await["questions"][0]["settled"], true);
    });
}

/// REQ-ORG-32: moving one office's date changes the curve on exactly that date; the dates before
/// stay in the history.
#[test]
fn moving_a_date_moves_the_curve_on_that_date() {
    on_both(|house| async move {
        import(&house, &register(), true).await.unwrap();
        let admin = house.staff("city-01").await;
        let set = async |office: &str, on: &str| {
            let path = format!("/rollout/offices/{}/date", id_of("office", office));
            admin.post(&path, &json!({ "planned_on": on })).await.ok();
            house.clock.move_to(house.clock.now() + jiff::ToSpan::minutes(1));
        };
        set("heimdal", "2027-01-01").await;
        set("ostbyen", "2027-03-01").await;
        set("lerkendal", "2027-06-01").await;
        let curve = async || admin.see("/rollout").await["curve"].as_array().unwrap().clone();
        let before = curve().await;
        set("ostbyen", "2027-04-01").await;
        let after = curve().await;
        assert_eq!(before[1], json!({ "on": "2027-03-01", "offices": 2 }));
        assert_eq!(after[1], json!({ "on": "2027-04-01", "offices": 2 }));
        assert_eq!((&before[0], &before[2]), (&after[0], &after[2]), "nothing else has changed");
        let page = admin.see("/rollout").await;
        assert_eq!(page["without"].as_array().unwrap().len(), 45, "none has a date");
        assert_eq!(page["history"].as_array().unwrap().len(), 4);
        let bad = format!("/rollout/offices/{}/date", id_of("office", "heimdal"));
        let bad = admin.post(&bad, &json!({ "planned_on": "snart" })).await;
        assert_eq!(bad.faults()["planned_on"], "date");
    });
}

/// REQ-ORG-31: a trial with start, planned end, funder and legal frame stands beside trials of
/// its own phase, with the months since its start. REQ-ORG-39: weak anchoring is flagged.
#[test]
fn trials_stand_by_phase_and_efforts_show_their_anchoring() {
    on_both(|house| async move {
        import(&house, &register(), true).await.unwrap();
        let admin = house.staff("city-01").await;
        let trial = |code: &str, starts: &str| {
            json!({ "code": code, "name": code, "starts_on": starts, "planned_end": "2028-01-01",
                "funder": "Staten", "legal_frame": "Forsøksloven",
                "measures_principal": "municipality", "municipalities": "1601" })
        };
        admin.post("/trials", &trial("vi", "2025-08-01")).await.ok();
        admin.post("/trials", &trial("ny", "2026-10-01")).await.ok();
        let again = admin.post("/trials", &trial("vi", "2025-08-01")).await;
        assert_eq!(again.code(), "trial-there");
        let unknown = admin.post("/trials", &json!({ "municipalities": "9999" })).await.faults();
        assert_eq!(unknown["municipalities"], "unknown-municipality");
        let page = admin.see("/trials").await;
        assert_eq!(page["groups"].as_array().unwrap().len(), 1);
        let vi = page["groups"][0]["trials"][0].clone();
        assert_eq!((&vi["name"], &vi["months"]), (&json!("vi"), &json!(15)));
        assert_eq!((&vi["places"], &vi["funder"]), (&json!(["Trondheim"]), &json!("Staten")));
        let phases = format!("/trials/{}/phases", vi["id"].as_str().unwrap());
        let enter = json!({ "phase": "front_line", "since": "2026-01-01" });
        admin.post(&phases, &enter).await.ok();
        let page = admin.see("/trials").await;
        let groups = page["groups"].as_array().unwrap();
        let phases: Vec<&str> = groups.iter().map(|it| it["phase"].as_str().unwrap()).collect();
        assert_eq!(phases, ["planning", "front_line"], "unlike stages are not ranked together");

        let efforts = admin.see("/efforts").await;
        assert_eq!(efforts["efforts"].as_array().unwrap().len(), 31);
        let id = id_of("effort", "no-trh").to_string();
        let note = |agency: &str, priority: &str, council: &str| {
            json!({ "agency": id_of("agency", agency), "priority": priority, "owner": "Lederen",
                "council_on": council, "middle_managers": "for" })
        };
        let path = format!("/efforts/{id}/anchoring");
        let flags = async || {
            let page = admin.see("/efforts").await;
            let all = page["efforts"].as_array().unwrap().clone();
            all.iter().find(|it| it["id"] == id).unwrap()["flags"].clone()
        };
        assert_eq!(flags().await, json!(["not_treated", "no_owner"]));
        admin.post(&path, &note("social", "4", "2026-02-01")).await.ok();
        assert_eq!(flags().await, json!([]));
        admin.post(&path, &note("employment", "1", "")).await.ok();
        assert_eq!(flags().await, json!(["low_priority"]));
    });
}

/// Identifiers of what the pages of these slices show, for those who look at pages.
pub struct Organised {
    pub steering: String,
    pub joint: String,
    pub relocation: String,
    pub task: String,
    pub person: String,
}

/// REQ-ORG-21, REQ-ORG-36, REQ-ORG-37, REQ-ORG-50: in the demonstration the pages about bodies,
/// goals, rooms and leases have something to show; starting it again adds nothing.
#[test]
fn the_demonstration_is_governed_and_housed() {
    on_both(|house| async move {
        let (db, vault) = (&house.app.db, &house.app.vault);
        let when = (house.app.today(), house.app.now());
        for first in [true, false] {
            let governed = onedoor_server::governing::demonstrate(db, vault, when).await;
            let housed = onedoor_server::premises::demonstrate(db, vault, when).await;
            assert_eq!((governed.unwrap(), housed.unwrap()), (first, first));
        }
        let manager = house.staff("heimdal-01").await;
        let count = |page: &Value, list: &str| page[list].as_array().unwrap().len();
        assert_eq!(count(&manager.see("/governing").await, "bodies"), 3);
        assert_eq!(count(&manager.see("/goals").await, "apart"), 1);
        let leases = manager.see("/leases").await;
        assert_eq!(count(&leases, "leases"), 3);
        assert!(leases["leases"].as_array().unwrap().iter().all(|it| it["office"] != ""));
        let office = id_of("office", "heimdal");
        let page = manager.see(&format!("/premises?office={office}&day=2026-11-24")).await;
        assert_eq!((count(&page, "rooms"), count(&page, "savings")), (3, 3));
        assert_eq!((count(&page, "bookings"), count(&page, "seats")), (1, 3));
    });
}

/// A little of everything, for those who look at pages.
pub async fn organised(house: &House) -> Organised {
    import(house, &register(), true).await.unwrap();
    crate::tasks::county(house).await;
    let (admin, manager) = (house.staff("city-01").await, house.staff("heimdal-01").await);
    let steering = body(house, "Styringsgruppen", "steering", &["heimdal-01"]).await;
    let joint = body(house, "Felles organ", "joint", &["heimdal-01"]).await;
    let proposal = json!({ "title": "Felles skjema", "text": "Ett skjema" });
    manager.post(&format!("/governing/{steering}/proposals"), &proposal).await.ok();
    let topic = json!({ "topic": "Åpningstider", "since": "2026-01-01" });
    admin.post(&format!("/governing/{joint}/remit"), &topic).await.ok();
    for (agency, direction) in [("social", "more"), ("employment", "less")] {
        let goal = json!({ "agency": id_of("agency", agency), "year": "2026", "group": "youth",
            "lever": "measure_places", "direction": direction, "text": "Mål" });
        admin.post("/goals", &goal).await.ok();
    }
    let office = id_of("office", "heimdal");
    let room = json!({ "room_name": "Stillerom", "seats": "4", "closed": "yes" });
    manager.post(&format!("/premises/{office}/rooms"), &room).await.ok();
    let page = manager.see(&format!("/premises?office={office}")).await;
    let book = format!("/premises/rooms/{}/bookings", page["rooms"][0]["id"].as_str().unwrap());
    let time = json!({ "day": "2026-11-23", "starts": "10:00", "ends": "11:00" });
    manager.post(&book, &time).await.ok();
    for phase in ["before", "after"] {
        let area = json!({ "agency": id_of("agency", "insurance"), "phase": phase,
            "square_metres": "900", "people": "30", "cost": "1000" });
        manager.post(&format!("/premises/{office}/areas"), &area).await.ok();
    }
    let seats = json!({ "unit": unit_id("insurance-back-heimdal"), "places": "9",
        "joint_tasks": "Felles samtaler" });
    manager.post(&format!("/premises/{office}/seats"), &seats).await.ok();
    let lease = json!({ "agency": id_of("agency", "insurance"), "address": "Nygata 1",
        "signed_on": "2026-11-24", "starts_on": "2027-01-01", "expires_on": "2037-01-01",
        "cost": "100000" });
    admin.post("/leases", &lease).await.ok();
    let start = format!("/rollout/offices/{office}");
    let question = json!({ "question": "Hvem låser?", "owner": staff_id("heimdal-30"),
        "due_on": "2026-11-20" });
    manager.post(&format!("{start}/questions"), &question).await.ok();
    manager.post(&format!("{start}/lessons"), &json!({ "lesson": "Skilt først" })).await.ok();
    admin.post(&format!("{start}/date"), &json!({ "planned_on": "2027-01-01" })).await.ok();
    let trial = json!({ "code": "vi", "name": "VI-prosjektet", "starts_on": "2025-08-01",
        "funder": "Staten", "legal_frame": "Forsøk", "measures_principal": "state",
        "municipalities": "1601" });
    admin.post("/trials", &trial).await.ok();
    let plan = json!({ "unit": unit_id("insurance-front-heimdal"),
        "office": id_of("office", "ostbyen"), "on": "2027-01-01" });
    let relocation = admin.post("/network/relocations", &plan).await.ok().id();
    let visit = json!({ "unit": unit_id("insurance-back-midtbyen"), "weekday": "2",
        "starts": "10:00", "ends": "12:00", "from": "2026-11-01" });
    manager.post(&format!("/office/{office}/visiting-hours"), &visit).await.ok();
    let merge = json!({ "old": unit_id("employment-front-ostbyen"),
        "new": unit_id("employment-back-ostbyen"), "on": "2027-01-01" });
    admin.post("/mergers", &merge).await.ok();
    let desk = house.staff(&house.worker("insurance-front-heimdal", "front_worker", 0)).await;
    let form = json!({ "given": "Torunn", "family": "Strand", "none_of_these": "yes" });
    let person = desk.post("/persons", &form).await.ok().id();
    let task = json!({ "service": "car_support", "kind": "decide", "what": "Trenger bil" });
    let task = desk.post(&format!("/persons/{person}/tasks"), &task).await.ok().id();
    let part = json!({ "effort": id_of("effort", "no-trh"), "effort_group": "youth",
        "part_from": "2026-11-02" });
    desk.post(&format!("/persons/{person}/trials"), &part).await.ok();
    Organised { steering, joint, relocation, task, person }
}
