//! Two who act at the same moment: what one looked at holds until what they do is done. The first
//! three were seen to fail on PostgreSQL with the locks taken out.

use http::StatusCode;
use jiff::ToSpan;
use jiff::civil::date;
use onedoor_server::app::id_of;
use serde_json::json;

use crate::cases::SOCIAL;
use crate::support::{on_both, unit_id};

/// REQ-ORG-10: of two absences on the same days that are noted at once, one is there; whoever loses
/// their worker is counted once.
#[test]
fn one_absence_of_two_at_once() {
    on_both(|house| async move {
        let code = house.worker(SOCIAL, "caseworker", 0);
        let worker = house.staff(&code).await;
        let other = house.staff(&code).await;
        for turn in 0..16 {
            let first = date(2026, 12, 1).checked_add((7 * turn).days()).unwrap();
            let last = first.checked_add(4.days()).unwrap();
            let form = json!({ "first_day": first.to_string(), "last_day": last.to_string() });
            let (one, two) =
                tokio::join!(worker.post("/absences", &form), other.post("/absences", &form));
            let kept = [one.status, two.status].iter().filter(|it| it.is_success()).count();
            let there: i64 = house
                .one(&format!("select count(*) from absence where first_day = '{first}'"))
                .await;
            assert_eq!((there, kept), (1, 1), "turn {turn}: {} {}", one.body, two.body);
        }
    });
}

/// REQ-ORG-16: a unit that is asked to two offices in the same hours at once is at one of them.
#[test]
fn a_unit_is_at_one_of_two_offices_at_once() {
    on_both(|house| async move {
        let (one, two) = (house.staff("heimdal-01").await, house.staff("lerkendal-01").await);
        let paths = ["heimdal", "lerkendal"]
            .map(|office| format!("/office/{}/visiting-hours", id_of("office", office)));
        for turn in 0..12 {
            let form = json!({ "unit": unit_id("insurance-back-midtbyen"),
                "weekday": (turn % 5 + 1).to_string(), "starts": format!("{:02}:00", 8 + turn / 5),
                "ends": format!("{:02}:45", 8 + turn / 5), "from": "2026-12-01", "remote": "yes" });
            let (here, there) =
                tokio::join!(one.post(&paths[0], &form), two.post(&paths[1], &form));
            let kept = [here.status, there.status].iter().filter(|it| it.is_success()).count();
            assert_eq!(kept, 1, "turn {turn}: {} {}", here.body, there.body);
        }
        let hours: i64 = house.one("select count(*) from visiting_hours").await;
        assert_eq!(hours, 12);
    });
}

/// REQ-ORG-10: who comes to an office, or books there, at the moment at which it goes is either there
/// before, and it stays open for them, or is told that it is gone. Nobody waits where nobody works.
#[test]
fn nobody_comes_to_an_office_that_goes_at_that_moment() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        for office in ["heimdal", "ostbyen", "midtbyen"] {
            let unit = format!("social-front-{office}");
            let front = house.staff(&house.worker(&unit, "front_worker", 0)).await;
            let times = front.see("/bookings").await;
            let at = times["times"][0]["at"].to_string();
            let book = json!({ "name": "Kari", "phone": "90000002", "need": ["income"],
                "by": "phone", "meet_by": "office", "at": at });
            let merge = json!({ "office": id_of("office", office),
                "into": id_of("office", "lerkendal"), "kind": "merge" });
            let visitor = json!({ "need": ["income"] });
            let (gone, came, booked) = tokio::join!(
                admin.post("/closings", &merge),
                front.post("/reception/check-in", &visitor),
                front.post("/bookings", &book)
            );
            let waits: i64 = house
                .one(
                    "select count(*) from visit v join office o on o.id = v.office_id
                     where o.ended_on is not null and v.state <> 'closed'",
                )
                .await;
            assert_eq!(waits, 0, "{office}: {} {}", gone.body, came.body);
            let left: i64 = house
                .one(
                    "select count(*) from booking b join office o on o.id = b.office_id
                     where o.ended_on is not null and b.state = 'booked'",
                )
                .await;
            assert_eq!(left, 0, "{office}: {} {}", gone.body, booked.body);
            assert!(gone.status.is_success() || came.status.is_success(), "{}", came.body);
            if gone.status.is_success() && came.status.is_success() {
                // It had gone already, and the worker sits at the other office with the visitor.
                let at: String = house
                    .one(
                        "select o.code from visit v join office o on o.id = v.office_id
                         order by v.id desc limit 1",
                    )
                    .await;
                assert_eq!(at, "lerkendal", "{office}");
            }
        }
    });
}

/// REQ-ORG-10, REQ-ORG-36, REQ-ORG-37: with an office its rooms end and nobody keeps a time in them;
/// its leases go to whoever takes over; the plan says so beforehand.
#[test]
fn a_closed_office_leaves_no_room_and_no_lease_standing() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        let worker = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
        let office = id_of("office", "heimdal").to_string();
        let manager = house.staff("heimdal-01").await;
        let room = json!({ "room_name": "Lille rom", "seats": "2", "closed": "yes" });
        manager.post(&format!("/premises/{office}/rooms"), &room).await.ok();
        let page = worker.see(&format!("/premises?office={office}")).await;
        let all = page["rooms"].as_array().unwrap();
        let room = all.iter().find(|it| it["name"] == "Lille rom").unwrap()["id"].clone();
        let room = room.as_str().unwrap();
        let path = format!("/premises/rooms/{room}/bookings");
        let form = json!({ "day": "2026-12-10", "starts": "10:00", "ends": "11:00" });
        worker.post(&path, &form).await.ok();
        let lease = json!({ "agency": id_of("agency", "insurance").to_string(), "office": office,
            "address": "Industriveien 1", "signed_on": "2020-01-01", "starts_on": "2020-02-01",
            "expires_on": "2030-01-31", "cost": "900000", "within_budget": "yes" });
        let added = admin.post("/leases", &lease).await;
        assert!(added.status.is_success(), "{}", added.body);
        let close = |only: &str| {
            json!({ "office": office, "into": id_of("office", "lerkendal"), "kind": "close",
                "only_try": only })
        };
        let plan = admin.post("/closings", &close("yes")).await.ok().json()["plan"].clone();
        assert!(plan["rooms"].as_i64().unwrap() > 0, "{plan}");
        assert_eq!((&plan["leases"], &plan["room_times"]), (&json!(1), &json!(1)), "{plan}");
        admin.post("/closings", &close("")).await.ok();
        let id = admin.see("/closings").await["closings"][0]["id"].as_str().unwrap().to_owned();
        admin.post(&format!("/closings/{id}/complete"), &json!({})).await.ok();
        let standing: i64 = house
            .one(
                "select (select count(*) from room r join office o on o.id = r.office_id
                    where o.ended_on is not null and r.ended_on is null)
                 + (select count(*) from lease l join office o on o.id = l.office_id
                    where o.ended_on is not null)
                 + (select count(*) from room_slot)
                 + (select count(*) from room_booking where cancelled_at is null)",
            )
            .await;
        assert_eq!(standing, 0);
        let far = house.staff(&house.worker("social-front-lerkendal", "front_worker", 0)).await;
        let again = far.post(&path, &form).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "nobody books a room that is gone");
        let page = far.see(&format!("/premises?office={office}")).await;
        assert_eq!(page["rooms"], json!([]));
        let leases = admin.see("/leases").await["leases"].to_string();
        assert!(leases.contains("Industriveien 1"), "it is still to be given notice of");
    });
}
