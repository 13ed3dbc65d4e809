//! Regular meetings, requests between agencies, groups that solve matters together, and providers.

use http::StatusCode;
use jiff::ToSpan;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::consents::give;
use crate::meetings::{agreed, bodies, call, called, first, free, hold, pass, until};
use crate::providers::{agency, agreement};
use crate::story::{Woman, woman};
use crate::support::{House, Someone, on_both, staff_id, unit_id};

/// The next meeting of a series, at the premises of an agency; it is held when its time is over.
pub async fn next(
    house: &House,
    worker: &Someone,
    series: &str,
    at: &str,
    whose: &str,
    topics: &[&str],
) {
    until(house, at.parse().unwrap()).await;
    let with = first(house, EMPLOYMENT);
    let page = worker.see(&format!("/meeting-series?series={series}&with={with}")).await;
    let form = json!({
        "with": [with], "meet_by": "office", "premises": whose, "at": page["times"][0]["at"].to_string(),
    });
    let answer = worker.post(&format!("/meeting-series/{series}/meetings"), &form).await.ok();
    let meeting = answer.location().trim_start_matches("/api/v1").to_owned();
    pass(house, worker, &meeting).await;
    hold(worker, &meeting, &[], topics).await;
}

pub async fn monthly(social: &Someone) -> String {
    let form = json!({
        "name": "Samarbeid i bydelen", "months": "1", "first_on": "2026-12-10",
        "agency": [agency("employment")],
    });
    social.post("/meeting-series", &form).await.ok();
    social.see("/meeting-series").await["lines"][0]["id"].as_str().unwrap().to_owned()
}

/// REQ-MEET-04: skipping one monthly meeting raises the alarm in both agencies, and in no other.
#[test]
fn a_skipped_monthly_meeting_raises_the_alarm_in_both_agencies() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let series = monthly(&social).await;
        next(&house, &social, &series, "2026-12-07T07:00:00Z", "", &[]).await;
        let alarm = async |who: &Someone| {
            let page = who.see("/meeting-series").await;
            let line = page["lines"][0].clone();
            (line["own"] == json!(true), line["lapsed_since"].clone())
        };
        // A month later it is due, and for a week nobody is blamed.
        until(&house, "2027-01-13T08:00:00Z".parse().unwrap()).await;
        assert_eq!(alarm(&social).await, (true, Value::Null));
        until(&house, "2027-01-15T08:00:00Z".parse().unwrap()).await;
        for who in [&social, &employment] {
            assert_eq!(alarm(who).await, (true, json!("2027-01-07")));
            assert!(who.get("/meeting-series").await.ok().body.contains("data-color=\"danger\""));
        }
        assert!(!alarm(&insurance).await.0, "it is not theirs");
        // Nobody else ends it; once it is held again the alarm is over.
        let end = insurance.post(&format!("/meeting-series/{series}/end"), &json!({})).await;
        assert_eq!(end.status, StatusCode::NOT_FOUND);
        next(&house, &social, &series, "2027-01-18T07:00:00Z", "", &[]).await;
        assert_eq!(alarm(&social).await, (true, Value::Null));
    });
}

/// REQ-MEET-05: an unanswered request escalates on the day after the deadline to the management of
/// both agencies, and the count per agency is reported.
#[test]
fn an_unanswered_request_escalates_on_the_day_after_its_deadline() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let employment =
            house.staff(&house.worker("employment-back-midtbyen", "caseworker", 0)).await;
        let insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let midtbyen = onedoor_server::app::id_of("office", "midtbyen").to_string();
        let form = json!({
            "agency": agency("employment"), "office": midtbyen, "topic": "follow_after",
            "about": "Oppfølging etter start i jobb", "answer_by": "2026-11-26",
        });
        let named = json!({ "about": "Ring Kari på 91 23 45 67" });
        let mut bad = form.clone();
        bad["about"] = named["about"].clone();
        assert!(social.post("/meeting-requests", &bad).await.faults().contains_key("about"));
        social.post("/meeting-requests", &form).await.ok();
        let answered = json!({
            "agency": agency("insurance"), "topic": "goals", "about": "Mål for neste år",
            "answer_by": "2026-11-26",
        });
        social.post("/meeting-requests", &answered).await.ok();
        let page = insurance.see("/meeting-requests").await;
        let one = &page["lines"][0];
        let yes = json!({ "act": "accept", "answer": "Tirsdag kl. 10", "version": one["version"].to_string() });
        let path = format!("/meeting-requests/{}", one["id"].as_str().unwrap());
        insurance.post(&path, &yes).await.ok();
        let again = insurance.post(&path, &yes).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let stranger = employment.post(&path, &yes).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND);
        let managers = [
            house.staff(&house.worker(SOCIAL, "joint_manager", 0)).await,
            house.staff("midtbyen-01").await,
        ];
        let escalated = async |who: &Someone| {
            let page = who.see("/meeting-requests").await;
            page["escalated"].as_array().unwrap().len()
        };
        // On the deadline itself it still waits.
        until(&house, "2026-11-26T20:00:00Z".parse().unwrap()).await;
        onedoor_server::meeting::round(&house.app).await.unwrap();
        assert_eq!(escalated(&managers[0]).await, 0);
        until(&house, "2026-11-27T05:00:00Z".parse().unwrap()).await;
        assert_eq!(onedoor_server::meeting::round(&house.app).await.unwrap(), 1);
        assert_eq!(onedoor_server::meeting::round(&house.app).await.unwrap(), 0, "once");
        for manager in &managers {
            assert_eq!(escalated(manager).await, 1);
        }
        let figures = social.see("/figures/meetings").await;
        let count = |name: &str| {
            let lines = figures["requests"].as_array().unwrap();
            let line = lines.iter().find(|it| it["agency"].as_str().unwrap().contains(name));
            line.map(|it| (it["asked"].clone(), it["escalated"].clone(), it["open"].clone()))
        };
        let all: Vec<_> = figures["requests"].as_array().unwrap().iter().collect();
        assert_eq!(all.len(), 2, "{figures}");
        let sum: i64 = all.iter().map(|it| it["escalated"].as_i64().unwrap()).sum();
        assert_eq!(sum, 1);
        assert!(count("").is_some());
        // A late answer ends it; that it came late stays in the count.
        let page = employment.see("/meeting-requests").await;
        let one = &page["escalated"][0];
        let no = json!({ "act": "decline", "answer": "Ta det i januar", "version": one["version"].to_string() });
        employment
            .post(&format!("/meeting-requests/{}", one["id"].as_str().unwrap()), &no)
            .await
            .ok();
        let figures = social.see("/figures/meetings").await;
        let all = figures["requests"].as_array().unwrap();
        let late: i64 = all.iter().map(|it| it["escalated"].as_i64().unwrap()).sum();
        let open: i64 = all.iter().map(|it| it["open"].as_i64().unwrap()).sum();
        assert_eq!((late, open), (1, 0));
    });
}

/// REQ-MEET-06, REQ-MEET-11: a year with meetings only at one agency's premises is shown as
/// one-sided; a pair that never treated follow-up after job start shows a blank there.
#[test]
fn meetings_at_one_place_are_one_sided_and_untreated_topics_are_blank() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let series = monthly(&social).await;
        let here = agency("social");
        let topics = ["goals", "talks"];
        for at in ["2026-12-07T07:00:00Z", "2027-01-11T07:00:00Z", "2027-02-08T07:00:00Z"] {
            next(&house, &social, &series, at, &here, &topics).await;
        }
        let page = social.see("/figures/meetings").await;
        assert_eq!(page["one_sided"], true);
        let pairs = page["pairs"].as_array().unwrap();
        let blank = |topic: &str| {
            pairs
                .iter()
                .filter(|it| it["blanks"].as_array().unwrap().contains(&json!(topic)))
                .count()
        };
        assert_eq!((blank("follow_after"), blank("goals")), (pairs.len(), pairs.len() - 1));
        let there = agency("employment");
        next(&house, &social, &series, "2027-03-08T07:00:00Z", &there, &["follow_after"]).await;
        let page = social.see("/figures/meetings").await;
        assert_eq!(page["one_sided"], false);
        let after = page["pairs"].as_array().unwrap();
        let open = after
            .iter()
            .filter(|it| it["blanks"].as_array().unwrap().contains(&json!("follow_after")));
        assert_eq!(open.count(), pairs.len() - 1);
    });
}

/// REQ-MEET-08: a meeting that turns towards a benefit without insurance having been invited shows a
/// warning; with insurance at the table it does not, and the share is told.
#[test]
fn a_turn_towards_a_benefit_without_insurance_is_warned_of() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        for (with, lacks) in [
            (vec![first(&house, EMPLOYMENT)], true),
            (vec![first(&house, EMPLOYMENT), first(&house, INSURANCE)], false),
        ] {
            let meeting = call(&her.social, &her.person, "joint", &with).await;
            let page = her.social.see(&meeting).await;
            assert_eq!(page["lacks_insurance"], false, "towards work nobody is missed");
            let form = json!({ "towards": "benefit", "version": page["version"].to_string() });
            her.social.post(&format!("{meeting}/towards"), &form).await.ok();
            assert_eq!(her.social.see(&meeting).await["lacks_insurance"], lacks);
        }
        for n in 0..10 {
            let mut with = vec![first(&house, EMPLOYMENT)];
            if n % 2 == 0 {
                with.push(first(&house, INSURANCE));
            }
            let meeting = call(&her.social, &her.person, "joint", &with).await;
            let version = her.social.see(&meeting).await["version"].to_string();
            let form = json!({ "towards": "rehabilitation", "version": version });
            her.social.post(&format!("{meeting}/towards"), &form).await.ok();
            pass(&house, &her.social, &meeting).await;
            hold(&her.social, &meeting, &[], &[]).await;
        }
        until(&house, "2027-01-02T09:00:00Z".parse().unwrap()).await;
        assert_eq!(her.social.see("/figures/meetings").await["third_percent"], 50);
    });
}

/// REQ-MEET-09: a matter opened by the group is visible to all its members within consent, and to
/// nobody else.
#[test]
fn a_matter_of_a_group_is_for_its_members_within_consent() {
    on_both(|house| async move {
        let her = woman(&house, "no-2004").await;
        let member = house.worker(INSURANCE, "caseworker", 1);
        let members = [first(&house, EMPLOYMENT), staff_id(&member)];
        let form = json!({ "name": "Ungdom", "target": "Unge uten arbeid", "with": members });
        her.social.post("/problem-groups", &form).await.ok();
        let groups = her.social.see("/problem-groups").await;
        let group = groups["lines"][0]["id"].as_str().unwrap().to_owned();
        let consent = json!({
            "purpose": "coordination", "category": ["id", "case"], "form": "written",
            "from": [agency("social")], "to": [agency("employment")],
        });
        give(&her.social, &her.person, &consent).await;
        let asked = format!("/persons/{}/meetings?kind=problem_group&group={group}", her.person);
        let at = her.social.see(&asked).await["times"][0]["at"].to_string();
        let form = json!({
            "kind": "problem_group", "group": group, "meet_by": "office", "at": at,
            "consequence": "nothing", "towards": "work",
        });
        let path = format!("/persons/{}/meetings", her.person);
        let answer = her.social.post(&path, &form).await.ok();
        let matter = answer.location().trim_start_matches("/api/v1").to_owned();
        let member = house.staff(&member).await;
        let colleague = house.staff(&house.worker(SOCIAL, "caseworker", 1)).await;
        let seen = async |who: &Someone| who.get(&format!("/api/v1{matter}")).await.status;
        assert_eq!(seen(&her.social).await, StatusCode::OK);
        assert_eq!(seen(&her.employment).await, StatusCode::OK, "a member, with her consent");
        assert_eq!(seen(&member).await, StatusCode::NOT_FOUND, "a member without it");
        assert_eq!(seen(&colleague).await, StatusCode::NOT_FOUND, "of the same agency, no member");
        assert_eq!(seen(&her.insurance).await, StatusCode::NOT_FOUND, "neither");
        // No member may call for a group that they are not in.
        let refused = her.insurance.post(&path, &form).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let more = json!({
            "purpose": "coordination", "category": ["id", "case"], "form": "written",
            "from": [agency("social")], "to": [agency("insurance")],
        });
        give(&her.social, &her.person, &more).await;
        assert_eq!(seen(&member).await, StatusCode::OK, "now all members");
        assert_eq!(seen(&her.insurance).await, StatusCode::NOT_FOUND, "and nobody else");
    });
}

/// REQ-MEET-10: a matter passed from front to back keeps its owner until the back office accepts;
/// then professionals of all agencies there work on the same matter.
#[test]
fn a_matter_keeps_its_owner_until_the_back_office_accepts() {
    on_both(|house| async move {
        let (unit, role) = ("social-front-heimdal", "front_worker");
        let worker_code = house.worker(unit, role, 0);
        let worker = house.staff(&worker_code).await;
        let form = json!({ "given": "Åse", "family": "Bjørnstad", "none_of_these": "yes" });
        let person = worker.post("/persons", &form).await.ok().id();
        let deputy_code = house.worker(unit, role, 1);
        let scene = crate::cases::Scene { worker_code, worker, deputy_code, person };
        let case = crate::cases::open(&scene).await;
        crate::cases::ask(&house, &scene.worker, &case, EMPLOYMENT, "mandate").await;
        let owner = || async {
            let sql = "select s.code from shared_case c join staff s on s.id = c.responsible_id";
            house.one::<String>(sql).await
        };
        assert_eq!(owner().await, scene.worker_code, "asked is not yet taken");
        until(&house, "2026-11-25T08:30:00Z".parse().unwrap()).await;
        assert_eq!(owner().await, scene.worker_code);
        let code = house.worker(EMPLOYMENT, "caseworker", 0);
        let back = house.staff(&code).await;
        let deputy = staff_id(&house.worker(EMPLOYMENT, "caseworker", 1));
        let accept = json!({ "deputy": deputy });
        back.post(&format!("/cases/{case}/handover/accept"), &accept).await.ok();
        assert_eq!(owner().await, code);
        let unit: String =
            house.one("select u.code from shared_case c join unit u on u.id = c.unit_id").await;
        assert_eq!(unit, EMPLOYMENT);
        // Both agencies have their part in the one matter.
        let parts: i64 = house.one("select count(*) from case_agency").await;
        assert_eq!(parts, 2);
        scene.worker.see(&format!("/cases/{case}")).await;
        back.see(&format!("/cases/{case}")).await;
    });
}

/// REQ-MEET-12: hours per participant are computed per agency and shown beside outcomes; they are
/// told when the month is over, and of a few nothing is told.
#[test]
fn hours_for_each_person_stand_beside_outcomes() {
    on_both(|house| async move {
        let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
        let with = [first(&house, EMPLOYMENT)];
        for n in 0..5 {
            let form =
                json!({ "given": "Per", "family": format!("Nr {n}"), "none_of_these": "yes" });
            let person = social.post("/persons", &form).await.ok().id();
            let meeting = call(&social, &person, "joint", &with).await;
            pass(&house, &social, &meeting).await;
            let lines = format!("{meeting}/lines");
            social.post(&lines, &agreed("Ringer arbeidsgiver", &agency("social"), &[])).await.ok();
            let page = social.see(&meeting).await;
            let line = &page["lines"][0];
            let done = json!({ "state": "done", "version": line["version"].to_string() });
            let path = format!("{lines}/{}", line["id"].as_str().unwrap());
            social.post(&path, &done).await.ok();
            let parties = page["parties"].as_array().unwrap();
            let form = json!({
                "party": parties.iter().map(|one| one["id"].clone()).collect::<Vec<_>>(),
                "attendance": parties.iter().map(|_| "came").collect::<Vec<_>>(),
                // An hour's meeting, and half an hour to get ready for one of them.
                "minutes": parties.iter().map(|one| {
                    if one["name"] == page["called_by"] { "90" } else { "" }
                }).collect::<Vec<_>>(),
                "version": page["version"].to_string(),
            });
            social.post(&format!("{meeting}/held"), &form).await.ok();
        }
        assert!(social.see("/figures/meetings").await["hours"].as_array().unwrap().is_empty());
        until(&house, "2027-01-02T09:00:00Z".parse().unwrap()).await;
        let page = social.see("/figures/meetings").await;
        let hours = page["hours"].as_array().unwrap();
        assert_eq!(hours.len(), 2, "{page}");
        let mut each: Vec<i64> =
            hours.iter().map(|it| it["minutes_each"].as_i64().unwrap()).collect();
        each.sort_unstable();
        assert_eq!(each, [60, 90]);
        let mine = hours.iter().find(|it| it["minutes_each"] == 90).unwrap();
        assert_eq!(
            (&mine["persons"], &mine["agreed"], &mine["done"]),
            (&json!(5), &json!(5), &json!(5))
        );
    });
}

/// REQ-MEET-13: the provider sees agenda and minutes for its own items only, of these what its
/// agreement lists, and the person reads what it was given.
#[test]
fn a_provider_gets_its_own_items_only() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let provider = agreement(&house, "employment", &["id", "case", "emp"]).await;
        let consent = json!({
            "purpose": "coordination", "category": ["id", "case", "emp"], "form": "written",
            "from": [agency("employment")], "to": [provider],
        });
        give(&her.employment, &her.person, &consent).await;
        let with = [first(&house, SOCIAL)];
        let at = free(&her.employment, &her.person, "joint", &with).await;
        let mut form = called(&at, "joint", &with);
        form["provider"] = json!([provider]);
        let path = format!("/persons/{}/meetings", her.person);
        let answer = her.employment.post(&path, &form).await.ok();
        let meeting = answer.location().trim_start_matches("/api/v1").to_owned();
        pass(&house, &her.employment, &meeting).await;
        for (worker, category, body, own) in [
            (&her.employment, "emp", "Frammøte på kurset", true),
            (&her.employment, "emp", "Søker annen jobb", false),
            (&her.employment, "housing", "Flytter snart", true),
            (&her.social, "emp", "Sagt av sosialtjenesten", true),
        ] {
            let mut form =
                json!({ "kind": "minutes", "category": category, "body": body, "sure": "yes" });
            if own {
                form["provider"] = json!(provider);
            }
            worker.post(&format!("{meeting}/lines"), &form).await.ok();
        }
        let path = format!("{meeting}/provider/{provider}");
        let none = her.employment.see(&path).await;
        assert_eq!((bodies(&none).len(), &none["may"]), (0, &json!(false)), "no placement is said");
        let copy = her.employment.see(&format!("{path}?condition=placement")).await;
        assert_eq!(
            (bodies(&copy), &copy["may"]),
            (vec!["Frammøte på kurset".to_owned()], &json!(true))
        );
        let other = her.social.get(&format!("/api/v1{path}")).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "it is not their agreement");
        her.employment.post(&path, &json!({ "condition": ["placement"] })).await.ok();
        let me = house.resident(&her.person).await;
        let held = me.get("/api/v1/my/export/data").await.ok().body;
        assert!(held.contains("Frammøte på kurset"));
        let handed: i64 = house.one("select count(*) from handing").await;
        assert_eq!(handed, 1);
    });
}

/// REQ-INFO-01, REQ-MEET-01: nobody is invited whom the walls let know nothing of the person; with
/// their consent they are, and when it is taken back the meeting is gone for them.
#[test]
fn an_invitation_goes_through_the_walls() {
    on_both(|house| async move {
        let her: Woman = woman(&house, "no-2004").await;
        let with = [first(&house, EMPLOYMENT)];
        let at = free(&her.social, &her.person, "three_way", &with).await;
        let path = format!("/persons/{}/meetings", her.person);
        let refused = her.social.post(&path, &called(&at, "three_way", &with)).await;
        assert_eq!(refused.faults()["with"], "meeting-walls");
        let consent = json!({
            "purpose": "coordination", "category": ["id", "case"], "form": "written",
            "from": [agency("social")], "to": [agency("employment")],
        });
        let consent = give(&her.social, &her.person, &consent).await;
        let meeting = call(&her.social, &her.person, "three_way", &with).await;
        her.employment.see(&meeting).await;
        let all = json!({ "scope": "all", "how": "counter" });
        crate::consents::take_back(&her.social, &consent, &all).await;
        let gone = her.employment.get(&format!("/api/v1{meeting}")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        her.social.see(&meeting).await;
    });
}

/// REQ-FRONT-08: one's own calendar and meetings of agencies are seen when a time is looked for, and
/// nobody is booked twice whatever comes first; floating times are asked about.
#[test]
fn nobody_is_called_when_their_own_calendar_is_full() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let with = [first(&house, EMPLOYMENT)];
        let before = free(&her.social, &her.person, "joint", &with).await.as_i64().unwrap();
        let at = jiff::Timestamp::from_microsecond(before).unwrap();
        let local = at.to_zoned(house.app.zone.clone());
        let stamp = |hours: i64| {
            let at = local.checked_add(hours.hours()).unwrap();
            at.strftime("%Y%m%dT%H%M%S").to_string()
        };
        let file = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:tannlege\r\nSUMMARY:Tannlege\r\n\
             DTSTART:{}\r\nDTEND:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            stamp(0),
            stamp(2)
        );
        let asked = her.employment.post("/calendar", &json!({ "text": file })).await;
        assert_eq!(asked.faults()["text"], "calendar-floating");
        let form = json!({ "text": file, "floating": "here" });
        her.employment.post("/calendar", &form).await.ok();
        her.employment.post("/calendar", &form).await.ok();
        let quarters: i64 = house.one("select count(*) from staff_busy").await;
        assert_eq!(quarters, 8, "twice is once, and what it was is not kept");
        let after = free(&her.social, &her.person, "joint", &with).await.as_i64().unwrap();
        assert_eq!(after, before + 2 * 3600 * 1_000_000);
        let path = format!("/persons/{}/meetings", her.person);
        let taken = her.social.post(&path, &called(&json!(before), "joint", &with)).await;
        assert_eq!(taken.status, StatusCode::CONFLICT);
        // Taken away in the calendar, the time is free again.
        let off = file.replace("UID:tannlege", "STATUS:CANCELLED\r\nUID:tannlege");
        her.employment.post("/calendar", &json!({ "text": off, "floating": "here" })).await.ok();
        let free_again = free(&her.social, &her.person, "joint", &with).await;
        assert_eq!(free_again.as_i64(), Some(before));
        let meeting = call(&her.social, &her.person, "joint", &with).await;
        // She takes the time away herself: whoever called reads it.
        let me = house.resident(&her.person).await;
        let own = me.see("/my/bookings").await;
        let booking = own["lines"][0].clone();
        let form = json!({ "act": "cancel", "version": booking["version"].to_string() });
        me.post(&format!("/my/bookings/{}", booking["id"].as_str().unwrap()), &form).await.ok();
        assert_eq!(her.social.see(&meeting).await["answer"], "no");
        let _ = unit_id(SOCIAL);
    });
}

/// REQ-MEET-01, REQ-PLAN-08: what is agreed becomes an item of the plan on the spot: with what, who and
/// by when, proposed to whoever sits there for the agency, and with its need; without a plan it is
/// refused, and nothing is half written.
#[test]
fn what_is_agreed_goes_into_the_plan() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let with = [first(&house, EMPLOYMENT)];
        let meeting = call(&her.social, &her.person, "three_way", &with).await;
        pass(&house, &her.social, &meeting).await;
        let lines = format!("{meeting}/lines");
        let work = agency("employment");
        let form = agreed("Bestiller plass på kurs", &work, &[("need", "work")]);
        let none = her.social.post(&lines, &form).await;
        assert_eq!((none.status, none.code().as_str()), (StatusCode::CONFLICT, "plan-none"));
        assert_eq!(bodies(&her.social.see(&meeting).await), Vec::<String>::new());
        let path = crate::plans::begun(&house, &her).await;
        let wrong = her.social.post(&lines, &agreed("Noe", &work, &[("need", "gold")])).await;
        assert_eq!(wrong.faults()["need"], "choose");
        her.social.post(&lines, &form).await.ok();
        her.social
            .post(&lines, &agreed("Møter på kurset", "person", &[("need", "skills")]))
            .await
            .ok();
        her.social.post(&lines, &agreed("Ringer neste uke", "person", &[])).await.ok();
        let written = her.social.see(&meeting).await["lines"].clone();
        let states: Vec<&str> =
            written.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["planned", "planned", "open"]);
        let plan = her.social.see(&path).await["plan"].clone();
        let items = plan["items"].as_array().unwrap();
        assert_eq!(items.len(), 2, "what was not for the plan is not in it");
        let course = items.iter().find(|one| one["what"] == "Bestiller plass på kurs").unwrap();
        assert_eq!((&course["accepted_on"], &course["due"]), (&json!(""), &json!("2027-01-15")));
        let from: i64 = house
            .one(
                "select count(*) from plan_item i join meeting_line l on l.plan_item_id = i.id \
                where i.source = 'meeting' and i.source_id = l.meeting_id",
            )
            .await;
        assert_eq!(from, 2);
        let needs: i64 = house.one("select count(*) from need where source = 'meeting'").await;
        assert_eq!(needs, 2);
        // It is the other agency's to promise.
        let at = format!("{path}/items/{}", course["id"].as_str().unwrap());
        crate::plans::accept(&her.employment, &at).await;
        let html = her.social.get(&meeting).await.ok().body;
        assert!(!html.contains('⟨'), "a text is missing");
    });
}

/// REQ-REF-17, REQ-MEET-03: a meeting that is booked over what the plan asks of the person is found
/// before any letter leaves; to whom the walls tell nothing of it, nothing is told; called off, it
/// is in nobody's way.
#[test]
fn a_booked_meeting_over_the_plan_is_found() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = crate::plans::begun(&house, &her).await;
        let with = [first(&house, EMPLOYMENT)];
        let meeting = call(&her.social, &her.person, "three_way", &with).await;
        let starts = her.social.see(&meeting).await["starts_at"].as_i64().unwrap();
        let there = house.app.zone.to_datetime(jiff::Timestamp::from_microsecond(starts).unwrap());
        let day = there.date().weekday().to_monday_one_offset().to_string();
        let clashes = async |worker: &Someone| {
            let plan = worker.see(&path).await["plan"].clone();
            plan["clashes"].as_array().unwrap().clone()
        };
        assert!(clashes(&her.social).await.is_empty());
        let course = json!({ "day": [day], "from": "07:00", "to": "18:00", "what": "Kurs",
            "duty": "attend" });
        let at = crate::plans::item(&her.social, &path, course).await;
        crate::plans::accept(&her.social, &at).await;
        let found = clashes(&her.social).await;
        assert_eq!(found.len(), 1, "{found:?}");
        let one = &found[0];
        assert_eq!((&one["kind"], &one["day"]), (&json!("same_hours"), &json!(day)));
        assert_eq!((&one["first"], &one["second_at"]), (&json!("Kurs"), &json!(starts)));
        let html = her.social.get(&path).await.ok().body;
        assert!(!html.contains('⟨'), "a text is missing");
        let me = house.resident(&her.person).await;
        let mine = me.see("/my/plan").await["joint"][0]["clashes"].clone();
        assert_eq!(mine.as_array().unwrap().len(), 1, "the person sees the same answer");
        let version = her.social.see(&meeting).await["version"].to_string();
        her.social.post(&format!("{meeting}/off"), &json!({ "version": version })).await.ok();
        assert!(clashes(&her.social).await.is_empty());
    });
}
