//! Booked times: by telephone, at the desk, on the person's own page and at another agency, and what
//! became of each.

use http::StatusCode;
use onedoor_server::app::id_of;
use onedoor_server::booking;
use onedoor_server::db::Engine;
use onedoor_server::jobs;
use serde_json::json;

use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::front::{codes, figure, front, known};
use crate::support::{Someone, on_both, staff_id};

/// REQ-FRONT-20: while the person sits there the worker books the other agency; both see the
/// booking. Telling the person to go and ask is counted, with its rows.
#[test]
fn the_other_agency_is_booked_while_the_person_sits_there() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let colleague = house.worker(EMPLOYMENT, "caseworker", 0);
        let (_, visit) = known(&worker, "Ventende", &["income"]).await;
        let path = format!("/visits/{visit}/book");
        let with = staff_id(&colleague);
        let times = worker.see(&format!("{path}?with={with}")).await;
        let at = times["times"][0]["at"].as_i64().unwrap().to_string();
        let own = json!({ "with": staff_id(&house.worker(SOCIAL, "caseworker", 0)), "at": at,
            "place": "Rom 1" });
        assert_eq!(worker.post(&path, &own).await.faults()["with"], "booking-own-agency");
        let form = json!({ "with": with, "at": at, "place": "Rom 1" });
        worker.post(&path, &form).await.ok();
        let made = worker.see(&path).await;
        assert_eq!(made["made"][0]["state"], "booked");
        assert_eq!(worker.see(&format!("/visits/{visit}")).await["state"], "serving");
        let seen = house.staff(&colleague).await.see("/bookings/mine").await;
        assert_eq!(seen["lines"][0]["name"], "Ola Ventende");
        assert_eq!(seen["lines"][0]["booked_by"], "agency");
        let again = worker.post(&path, &form).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "nobody is booked twice");
        let form = json!({ "outcome": "informed", "answer": "Gå bort og spør",
            "go_ask": "insurance" });
        worker.post(&format!("/visits/{visit}/close"), &form).await.ok();
        let figures = worker.see("/figures/coming?open=go-ask").await;
        assert_eq!(figure(&figures, "go-ask").0, 1);
        assert_eq!(figures["rows"][0]["a"], "insurance");
    });
}

/// A booked time by telephone for somebody who is not registered.
async fn by_phone(worker: &Someone, name: &str, at: i64) -> String {
    let form = json!({ "name": name, "phone": "90000002", "event": "lost_job", "by": "phone",
        "access": ["interpreter"], "at": at.to_string() });
    worker.post("/bookings", &form).await.ok().id()
}

async fn times(worker: &Someone) -> Vec<i64> {
    let page = worker.see("/bookings").await;
    page["times"].as_array().unwrap().iter().map(|one| one["at"].as_i64().unwrap()).collect()
}

/// REQ-REF-15: every past booking has came, did not come, or moved; the share is in the figures.
#[test]
fn every_past_booking_has_an_outcome() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let free = times(&worker).await;
        let came = by_phone(&worker, "Kom Selv", free[0]).await;
        let absent = by_phone(&worker, "Uteble Ven", free[1]).await;
        let moved = by_phone(&worker, "Flytt Meg", free[2]).await;
        let cancelled = by_phone(&worker, "Avlyst Sen", free[3]).await;
        let act = |act: &str| json!({ "act": act });
        let path = |id: &str| format!("/bookings/{id}");
        let early = worker.post(&path(&absent), &act("absent")).await;
        assert_eq!(early.code(), "booking-not-yet");
        let form = json!({ "act": "moved", "at": free[4].to_string() });
        let next = worker.post(&path(&moved), &form).await.ok().id();
        assert_ne!(next, moved);
        worker.post(&path(&cancelled), &act("cancelled")).await.ok();
        assert_eq!(worker.post(&path(&moved), &act("came")).await.code(), "booking-gone");
        let arrived = worker.post(&path(&came), &act("came")).await.ok();
        assert!(arrived.location().contains("/visits/"), "the visit begins with it");
        let visit = worker.see(&format!("/visits/{}", arrived.id())).await;
        assert_eq!(visit["needs"], json!(["work", "income"]), "it need not be told again");
        assert_eq!(visit["marks"][0]["code"], "interpreter");
        house.clock.move_to("2026-11-27T15:00:00Z".parse().unwrap());
        booking::round(&house.app).await.unwrap();
        let open: i64 = house
            .one(
                "select count(*) from booking where ends_at <= 1795791600000000 \
                 and state not in ('came', 'absent', 'moved', 'cancelled')",
            )
            .await;
        assert_eq!(open, 0);
        let state: String = house.one("select state from booking where moved_to is not null").await;
        assert_eq!(state, "moved");
        let worker = front(&house).await;
        assert_eq!(worker.see(&path(&absent)).await["state"], "absent");
        assert_eq!(worker.see(&path(&came)).await["state"], "came");
        let figures = worker.see("/figures/coming").await;
        assert_eq!(figure(&figures, "booking-unsaid").0, 0);
        assert_eq!(figure(&figures, "booking-moved").0, 1);
        assert_eq!(figure(&figures, "booking-came").0, 1);
        // What was noted wrongly is put right.
        worker.post(&path(&absent), &act("came")).await.ok();
        let sealed: i64 =
            house.one("select count(*) from booking where spoken_name like '%Kom%'").await;
        assert_eq!(sealed, 0);
    });
}

/// REQ-REF-15: a joint meeting is in the list of booked times, and its outcome comes by itself.
#[test]
fn a_joint_meeting_has_its_outcome_too() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let (_, visit) = known(&worker, "Sammensatt", &["work", "illness", "income"]).await;
        let with = staff_id(&house.worker(EMPLOYMENT, "caseworker", 0));
        let path = format!("/visits/{visit}/meeting");
        let offered = worker.see(&format!("{path}?with={with}")).await;
        let at = offered["times"][0]["at"].as_i64().unwrap().to_string();
        let form = json!({ "with": [with], "at": at, "place": "Rom 4" });
        worker.post(&path, &form).await.ok();
        // As if the person had been there the day before, and not in the hours before the meeting.
        let day =
            |sign: &str| format!("update visit set arrived_at = arrived_at {sign} 86400000000");
        house.force(&day("-")).await.unwrap();
        house.clock.move_to("2026-12-20T08:30:00Z".parse().unwrap());
        jobs::once(&house.app).await.unwrap();
        let state: String = house.one("select state from booking").await;
        assert_eq!(state, "absent");
        house.force(&day("+")).await.unwrap();
        let again = "update booking set state = 'booked', settled_at = null";
        house.force(again).await.unwrap();
        jobs::once(&house.app).await.unwrap();
        let state: String = house.one("select state from booking").await;
        assert_eq!(state, "came", "who was there in the hours before came");
        let open: i64 = house.one("select count(*) from booking where state = 'booked'").await;
        assert_eq!(open, 0);
    });
}

/// REQ-REF-15: of a call no visit tells: those who had it say what became of it, and are asked to for
/// as long as it takes; what nobody said is never counted as not coming. Nobody has come before the
/// day. Whoever booked a time keeps it in sight when it is moved.
#[test]
fn those_who_had_a_call_say_what_became_of_it() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let (person, visit) = known(&worker, "Ringer", &["income"]).await;
        crate::front::inform(&worker, &visit).await;
        let free = times(&worker).await;
        let last = free.iter().rposition(|at| *at < free[0] + 86_400_000_000).unwrap();
        let call = |at: i64| {
            json!({ "person": person, "phone": "90000002", "need": ["income"], "by": "phone",
                "meet_by": "phone", "at": at.to_string() })
        };
        let first = worker.post("/bookings", &call(free[0])).await.ok().id();
        let second = worker.post("/bookings", &call(free[1])).await.ok().id();
        let late = worker.post("/bookings", &call(free[last + 1])).await.ok().id();
        let path = |id: &str| format!("/bookings/{id}");
        let came = json!({ "act": "came" });
        assert_eq!(worker.post(&path(&late), &came).await.code(), "booking-not-yet");
        let after = jiff::Timestamp::from_microsecond(free[1] + 3 * 3_600_000_000).unwrap();
        house.clock.move_to(after);
        booking::round(&house.app).await.unwrap();
        let worker = front(&house).await;
        let list = worker.see("/bookings").await;
        let asked = list["lines"].as_array().unwrap().iter().filter(|it| it["to_say"] == true);
        assert_eq!(asked.count(), 2, "not absent a minute after: {list}");
        worker.post(&path(&first), &came).await.ok();
        house.clock.move_to("2026-12-20T08:30:00Z".parse().unwrap());
        booking::round(&house.app).await.unwrap();
        let worker = front(&house).await;
        assert_eq!(worker.see(&path(&first)).await["state"], "came");
        let path_of = "/figures/coming?from=2026-11-20&open=booking-unsaid";
        let unsaid = worker.see(path_of).await;
        assert_eq!(figure(&unsaid, "booking-absent").0, 0, "nobody said that they did not come");
        assert_eq!(figure(&unsaid, "booking-unsaid").0, 2);
        assert_eq!(unsaid["rows"].as_array().unwrap().len(), 2);
        let list = worker.see("/bookings").await;
        assert_eq!(list["unsaid"].as_array().unwrap().len(), 2, "they are asked for: {list}");
        assert_eq!(list["unsaid"][0]["id"], json!(second));
        assert!(worker.get("/bookings").await.ok().body.contains("Ikke sagt"));
        // Whoever leads the office sees it unasked; who leads another does not.
        let leads = house.staff("heimdal-01").await;
        let table = leads.see("/management").await;
        assert_eq!(table["unsaid"][0]["count"], 2, "{table}");
        assert!(leads.get("/management").await.ok().body.contains("om personen kom"));
        let other = house.staff("lerkendal-01").await.see("/management").await;
        assert_eq!(other["unsaid"], json!([]));
        worker.post(&path(&second), &json!({ "act": "absent" })).await.ok();
        let list = worker.see("/bookings").await;
        assert_eq!(list["unsaid"].as_array().unwrap().len(), 1, "what was said is asked no more");
        assert_eq!(leads.see("/management").await["unsaid"][0]["count"], 1);
        let unsaid = worker.see(path_of).await;
        assert_eq!(figure(&unsaid, "booking-absent").0, 1);
        let unmoved = times(&worker).await;
        let next = worker.post("/bookings", &call(unmoved[2])).await.ok().id();
        let form = json!({ "act": "moved", "at": unmoved[3].to_string() });
        worker.post(&path(&next), &form).await.ok();
        let kept: i64 = house
            .one(
                "select count(*) from booking where state = 'booked' and made_by is not null
                 and id in (select moved_to from booking where moved_to is not null)",
            )
            .await;
        assert_eq!(kept, 1, "whoever booked it still sees it");
    });
}

/// REQ-FRONT-24: a person books on their own page, with or without a case, says yes, moves and
/// takes away; another person's times are not there; the last place goes to one of two.
#[test]
fn a_person_books_on_their_own_page() {
    on_both(|house| async move {
        let worker = front(&house).await;
        let (person, _) = known(&worker, "Selv", &["income"]).await;
        let (other, _) = known(&worker, "Annen", &["income"]).await;
        let (me, them) = (house.resident(&person).await, house.resident(&other).await);
        let office = id_of("office", "heimdal").to_string();
        // A country has more offices than one list: they are searched for by name or street.
        let found = me.see("/my/bookings?q=heimd").await;
        let all = found["offices"].as_array().unwrap();
        assert_eq!(
            (all.len(), &found["office"], &found["more"]),
            (1, &json!(office), &json!(false))
        );
        assert_eq!(me.see("/my/bookings?q=heimd+xyz").await["offices"], json!([]));
        let many: Vec<String> = (0..40)
            .map(|n| {
                let id = id_of("office", &format!("many-{n}"));
                let id = match house.app.db.engine() {
                    Engine::Sqlite => format!("x'{}'", id.simple()),
                    Engine::Postgres => format!("'{id}'"),
                };
                format!(
                    "insert into office (id, code, name, address, postcode, phone, manager_id,
                        municipality) select {id}, 'many-{n}', 'AA {n}', 'X', '0001', '1',
                        manager_id, '0001' from office where code = 'heimdal';"
                )
            })
            .collect();
        house.force(&many.concat()).await.unwrap();
        let page = me.see("/my/bookings").await;
        assert_eq!((page["offices"].as_array().unwrap().len(), &page["more"]), (20, &json!(true)));
        let page = me.see(&format!("/my/bookings?office={office}")).await;
        assert_eq!(page["office"], office.as_str(), "whichever list it is in");
        let at = |n: usize| page["times"][n]["at"].as_i64().unwrap().to_string();
        let book = |at: String| {
            json!({ "office": office, "at": at, "event": "first_job", "access": ["step_free"],
                "phone": "90000003" })
        };
        let bare = me.post("/my/bookings", &json!({ "office": office })).await;
        assert_eq!(bare.faults()["need"], "need-empty");
        me.post("/my/bookings", &book(at(0))).await.ok();
        let mine = me.see("/my/bookings").await;
        assert_eq!(mine["lines"][0]["state"], "booked");
        let id = mine["lines"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(them.see("/my/bookings").await["lines"], json!([]));
        let theirs = them.post(&format!("/my/bookings/{id}"), &json!({ "act": "cancel" })).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND);
        me.post(&format!("/my/bookings/{id}"), &json!({ "act": "yes" })).await.ok();
        let seen = worker.see("/bookings").await;
        assert_eq!(seen["lines"][0]["confirmed"], true);
        assert_eq!(seen["lines"][0]["needs"], json!(["work", "training"]));
        let form = json!({ "act": "move", "at": at(1) });
        me.post(&format!("/my/bookings/{id}"), &form).await.ok();
        let mine = me.see("/my/bookings").await;
        let states = codes(&mine["lines"], "state");
        assert!(
            states.contains(&"moved".into()) && states.contains(&"booked".into()),
            "{states:?}"
        );
        // The places of an hour are counted: when they are taken, the next is told.
        let mut taken = 0;
        loop {
            let answer = them.post("/my/bookings", &book(at(1))).await;
            if answer.status == StatusCode::CONFLICT {
                assert_eq!(answer.code(), "booking-taken");
                break;
            }
            answer.ok();
            taken += 1;
            assert!(taken < 20, "an hour has an end");
        }
        let outbox = house.staff("city-01").await.see("/outbox").await;
        let body = outbox["messages"][0]["body"].as_str().unwrap().to_owned();
        assert!(!body.contains("jobb"), "a text message tells nothing: {body}");
    });
}
