//! Meetings: three-way conversations and their minutes, regular meetings, requests, groups.

use http::StatusCode;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::consents::give;
use crate::meeting_groups::monthly;
use crate::providers::agency;
use crate::story::woman;
use crate::support::{House, Someone, on_both, staff_id};

pub fn first(house: &House, unit: &str) -> String {
    staff_id(&house.worker(unit, "caseworker", 0))
}

pub fn called(at: &Value, kind: &str, with: &[String]) -> Value {
    json!({
        "kind": kind, "with": with, "meet_by": "office", "at": at.to_string(),
        "consequence": "nothing", "towards": "work",
    })
}

/// The first free time for a worker and others.
pub async fn free(worker: &Someone, person: &str, kind: &str, with: &[String]) -> Value {
    let with: String = with.iter().map(|id| format!("&with={id}")).collect();
    let page = worker.see(&format!("/persons/{person}/meetings?kind={kind}{with}")).await;
    page["times"][0]["at"].clone()
}

/// Social services call a meeting about the person; gives its page.
pub async fn call(worker: &Someone, person: &str, kind: &str, with: &[String]) -> String {
    let at = free(worker, person, kind, with).await;
    let answer =
        worker.post(&format!("/persons/{person}/meetings"), &called(&at, kind, with)).await;
    answer.ok().location().trim_start_matches("/api/v1").to_owned()
}

/// Time passes, and those who are signed in stay so: what is tried here is not the end of sessions.
pub async fn until(house: &House, at: jiff::Timestamp) {
    house.clock.move_to(at);
    let (now, later) = (at.as_microsecond(), at.as_microsecond() + 12 * 3600 * 1_000_000);
    let sql =
        format!("update session set created_at = {now}, seen_at = {now}, expires_at = {later}");
    house.force(&sql).await.unwrap();
}

/// Time passes until after the meeting.
pub async fn pass(house: &House, worker: &Someone, meeting: &str) {
    let ends = worker.see(meeting).await["ends_at"].as_i64().unwrap();
    until(house, jiff::Timestamp::from_microsecond(ends).unwrap()).await;
}

async fn write(worker: &Someone, meeting: &str, kind: &str, category: &str, body: &str) {
    let form = json!({ "kind": kind, "category": category, "body": body, "sure": "yes" });
    worker.post(&format!("{meeting}/lines"), &form).await.ok();
}

pub fn agreed(body: &str, owner: &str, more: &[(&str, &str)]) -> Value {
    let mut form = json!({
        "kind": "agreement", "category": "case", "body": body, "owner": owner,
        "due_on": "2027-01-15", "sure": "yes",
    });
    for (field, value) in more {
        form[*field] = json!(value);
    }
    form
}

/// Who came: everybody but those named, by the kind or the agency of their seat.
pub async fn hold(worker: &Someone, meeting: &str, absent: &[(&str, &str)], topics: &[&str]) {
    let page = worker.see(meeting).await;
    let parties = page["parties"].as_array().unwrap();
    let came = parties.iter().map(|one| {
        let who = if one["kind"] == "staff" { &one["agency"] } else { &one["kind"] };
        let out = absent.iter().find(|(it, _)| who.as_str() == Some(it));
        out.map_or("came", |(_, how)| *how)
    });
    let form = json!({
        "party": parties.iter().map(|one| one["id"].clone()).collect::<Vec<_>>(),
        "attendance": came.collect::<Vec<_>>(), "topic": topics, "version": page["version"].to_string(),
    });
    worker.post(&format!("{meeting}/held"), &form).await.ok();
}

pub fn bodies(page: &Value) -> Vec<String> {
    let lines = page["lines"].as_array().unwrap();
    lines.iter().map(|line| line["body"].as_str().unwrap().to_owned()).collect()
}

/// REQ-MEET-01: it takes the person and a caseworker from each of two agencies, and ends with what,
/// who, when, what runs at the same time and what comes first; it does not count when one of the
/// three is absent, and not when nothing was agreed.
#[test]
fn a_three_way_conversation_needs_its_three() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = format!("/persons/{}/meetings", her.person);
        // A colleague of the same agency makes it no three-way conversation.
        let same = [staff_id(&house.worker(SOCIAL, "caseworker", 1))];
        let at = free(&her.social, &her.person, "three_way", &same).await;
        let refused = her.social.post(&path, &called(&at, "three_way", &same)).await;
        assert_eq!(refused.faults()["with"], "meeting-three-way");
        let with = [first(&house, EMPLOYMENT)];
        let meeting = call(&her.social, &her.person, "three_way", &with).await;
        assert_eq!(her.social.see(&meeting).await["counts"], Value::Null, "it is still to come");
        let early = json!({ "kind": "minutes", "category": "case", "body": "Nå", "sure": "yes" });
        let early = her.social.post(&format!("{meeting}/lines"), &early).await;
        assert_eq!(early.faults()["kind"], "meeting-not-yet");
        pass(&house, &her.social, &meeting).await;
        hold(&her.social, &meeting, &[], &["goals"]).await;
        assert_eq!(her.social.see(&meeting).await["counts"], false, "nothing is agreed");
        let lines = format!("{meeting}/lines");
        her.social.post(&lines, &agreed("Søker kurs", "person", &[])).await.ok();
        let page = her.social.see(&meeting).await;
        let first_one = page["agreed"][0]["id"].as_str().unwrap().to_owned();
        let work = agency("employment");
        her.employment.post(&lines, &agreed("Bestiller plass", &work, &[])).await.ok();
        let after = [("after", first_one.as_str())];
        her.employment.post(&lines, &agreed("Kurset begynner", &work, &after)).await.ok();
        let page = her.social.see(&meeting).await;
        assert_eq!(page["counts"], true);
        let all = page["lines"].as_array().unwrap();
        let rounds: Vec<i64> = all.iter().map(|one| one["round"].as_i64().unwrap()).collect();
        assert_eq!(rounds, [1, 1, 2], "two at the same time, one after");
        assert_eq!(all[1]["owner_name"], all[2]["owner_name"]);
        assert_eq!((&all[0]["owner"], &all[0]["due_on"]), (&json!("person"), &json!("2027-01-15")));
        // Each of the three is missed; whoever did not come may be put right afterwards.
        let other = page["parties"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["kind"] == "staff" && one["name"] != page["called_by"]);
        let other = other.unwrap()["agency"].as_str().unwrap().to_owned();
        for absent in ["person", other.as_str()] {
            hold(&her.social, &meeting, &[(absent, "notified")], &["goals"]).await;
            assert_eq!(her.social.see(&meeting).await["counts"], false, "{absent}");
        }
        hold(&her.social, &meeting, &[], &["goals"]).await;
        assert_eq!(her.social.see(&meeting).await["counts"], true);
    });
}

/// REQ-MEET-02: the person reads on their own page whether coming is a condition and what follows
/// from not coming, and answers; attendance is recorded in four ways; the file for a calendar keeps
/// its identifier through an update and a cancellation.
#[test]
fn an_invitation_says_whether_coming_is_a_condition() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let with = [first(&house, EMPLOYMENT)];
        let at = free(&her.social, &her.person, "joint", &with).await;
        let mut form = called(&at, "joint", &with);
        form["consequence"] = json!("money_stopped");
        let path = format!("/persons/{}/meetings", her.person);
        let answer = her.social.post(&path, &form).await.ok();
        let meeting = answer.location().trim_start_matches("/api/v1").to_owned();
        let me = house.resident(&her.person).await;
        let list = me.see("/my/meetings").await;
        assert_eq!(list["lines"].as_array().unwrap().len(), 1);
        let mine = format!("/my{meeting}");
        assert_eq!(me.see(&mine).await["meeting"]["consequence"], "money_stopped");
        let page = me.get(&mine).await.ok().body;
        assert!(page.contains("Møtet er et vilkår") && page.contains("Vi spør alltid hvorfor"));
        let version = me.see(&mine).await["meeting"]["version"].to_string();
        let yes = json!({ "answer": "yes", "version": version });
        me.post(&mine, &yes).await.ok();
        assert_eq!(her.employment.see(&meeting).await["answer"], "yes");
        let stale = me.post(&mine, &yes).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        // The file: one identifier, a growing number, and nobody named.
        let file = async |who: &Someone, path: &str| {
            who.see(&format!("{path}/calendar")).await["text"].as_str().unwrap().to_owned()
        };
        let before = file(&me, &mine).await;
        assert_eq!(before, file(&her.employment, &meeting).await);
        assert!(before.contains("METHOD:REQUEST") && before.contains("SEQUENCE:0"));
        assert!(!before.contains("Lund") && !before.contains("Marit"), "{before}");
        let uid = |text: &str| {
            let line = text.lines().find(|line| line.starts_with("UID:")).unwrap();
            line.trim().to_owned()
        };
        let other = her.social.see(&format!("{meeting}?move=yes")).await;
        let later = other["times"][3]["at"].to_string();
        let version = other["version"].to_string();
        let moved = json!({ "at": later, "version": version });
        her.social.post(&format!("{meeting}/move"), &moved).await.ok();
        let after = file(&me, &mine).await;
        assert!(after.contains("SEQUENCE:1") && uid(&after) == uid(&before) && after != before);
        assert_eq!(me.see(&mine).await["meeting"]["answer"], "", "a new time asks again");
        let version = her.social.see(&meeting).await["version"].to_string();
        her.social.post(&format!("{meeting}/off"), &json!({ "version": version })).await.ok();
        let off = file(&me, &mine).await;
        assert!(off.contains("METHOD:CANCEL") && off.contains("SEQUENCE:2"));
        assert_eq!(uid(&off), uid(&before));
        let slots: i64 = house
            .one(
                "select count(*) from calendar_slot c join appointment a \
            on a.id = c.appointment_id where a.subject = 'joint_meeting'",
            )
            .await;
        assert_eq!(slots, 0, "everybody's hours are free again");
        assert_eq!(me.see("/my").await["times"].as_array().unwrap().len(), 0);
        // Four ways in which somebody came or not.
        for how in ["came", "absent", "notified", "found_work"] {
            let meeting = call(&her.social, &her.person, "joint", &with).await;
            pass(&house, &her.social, &meeting).await;
            hold(&her.social, &meeting, &[("person", how)], &[]).await;
            let page = her.social.see(&meeting).await;
            let parties = page["parties"].as_array().unwrap();
            let person = parties.iter().find(|one| one["kind"] == "person").unwrap();
            assert_eq!(person["attendance"], *how);
            write(&her.social, &meeting, "absence", "case", "Bussen gikk ikke").await;
        }
    });
}

/// REQ-MEET-03, REQ-INFO-01: one conversation, split by law: each party's copy holds its own lines,
/// the person's words and what the walls let cross; the person has the whole and writes their own
/// view and disagreement into it.
#[test]
fn minutes_are_split_by_law_and_whole_for_the_person() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let me = house.resident(&her.person).await;
        let with = [first(&house, EMPLOYMENT), first(&house, INSURANCE)];
        let meeting = call(&her.social, &her.person, "joint", &with).await;
        let mine = format!("/my{meeting}");
        let say = async |kind: &str, body: &str| {
            let form = json!({ "kind": kind, "body": body });
            me.post(&format!("{mine}/lines"), &form).await.ok();
        };
        say("topic", "Når får jeg svar").await;
        say("companion", "Søsteren min").await;
        pass(&house, &her.social, &meeting).await;
        write(&her.social, &meeting, "minutes", "housing", "Bor trangt").await;
        write(&her.social, &meeting, "minutes", "debt", "Skylder 240000").await;
        write(&her.employment, &meeting, "minutes", "emp", "Vil bli kokk").await;
        write(&her.insurance, &meeting, "minutes", "health", "Vond rygg").await;
        say("view", "Dette går for sakte").await;
        say("disagreement", "Jeg kan jobbe mer").await;
        let hers = ["Når får jeg svar", "Søsteren min", "Dette går for sakte", "Jeg kan jobbe mer"];
        for (worker, seen, unseen) in [
            (
                &her.social,
                ["Bor trangt", "Skylder 240000", "Vil bli kokk"].as_slice(),
                &["Vond rygg"].as_slice(),
            ),
            (
                &her.employment,
                &["Bor trangt", "Vil bli kokk"],
                &["Skylder", "Vond rygg"].as_slice(),
            ),
            (&her.insurance, &["Vil bli kokk", "Vond rygg"], &["Skylder"].as_slice()),
        ] {
            let copy = bodies(&worker.see(&meeting).await).join("\n");
            assert!(hers.iter().chain(seen).all(|text| copy.contains(text)), "{copy}");
            assert!(!unseen.iter().any(|text| copy.contains(text)), "{copy}");
        }
        let whole = bodies(&me.see(&mine).await["meeting"]);
        assert_eq!(whole.len(), 8, "{whole:?}");
        // What crossed is written down, and the log tells the person.
        let told = "select count(*) from disclosure d join agency a on a.id = d.to_agency_id \
            where a.code = 'employment' and d.categories = 'housing'";
        assert_eq!(house.one::<i64>(told).await, 1);
        // With her consent the debt crosses too, and not a moment longer.
        let consent = json!({
            "purpose": "coordination", "category": ["debt"], "form": "written",
            "from": [agency("social")], "to": [agency("employment")],
        });
        give(&her.social, &her.person, &consent).await;
        assert!(bodies(&her.employment.see(&meeting).await).join("\n").contains("Skylder"));
        // A worker of another office is not at the table.
        let away = house.staff(&house.worker("insurance-back-midtbyen", "caseworker", 0)).await;
        let hidden = away.get(&format!("/api/v1{meeting}")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let another = house.staff(&house.worker(SOCIAL, "caseworker", 1)).await;
        let form = json!({ "kind": "minutes", "category": "case", "body": "x", "sure": "yes" });
        let not_there = another.post(&format!("{meeting}/lines"), &form).await;
        assert_eq!(not_there.status, StatusCode::NOT_FOUND, "who was not there writes nothing");
    });
}

/// REQ-MEET-03: what suits the person comes first among the times; and it is told how often what
/// they put forward entered the agreement.
#[test]
fn the_persons_wishes_and_topics_weigh() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let me = house.resident(&her.person).await;
        let none = me.post("/my/meetings", &json!({ "not_on": ["1", "2", "3", "4", "5"] })).await;
        assert_eq!(none.faults()["not_on"], "meeting-no-day");
        let wish = json!({ "not_on": ["1", "2", "3"], "part": "afternoon", "meet_by": "office" });
        me.post("/my/meetings", &wish).await.ok();
        let with = [first(&house, EMPLOYMENT)];
        let asked = format!("/persons/{}/meetings?kind=joint&with={}", her.person, with[0]);
        let page = her.social.see(&asked).await;
        let at = page["times"][0]["at"].as_i64().unwrap();
        let at = jiff::Timestamp::from_microsecond(at).unwrap().to_zoned(house.app.zone.clone());
        assert!(at.hour() >= 12 && at.weekday() == jiff::civil::Weekday::Thursday, "{at}");
        assert_eq!(page["times"][0]["suits"], true);
        // Ten topics, of which five enter an agreement; counted when the next month has begun.
        let meeting = call(&her.social, &her.person, "joint", &with).await;
        for n in 0..10 {
            let form = json!({ "kind": "topic", "body": format!("Tema {n}") });
            me.post(&format!("/my{meeting}/lines"), &form).await.ok();
        }
        pass(&house, &her.social, &meeting).await;
        hold(&her.social, &meeting, &[], &[]).await;
        let wished = her.social.see(&meeting).await["wished"].clone();
        for one in wished.as_array().unwrap().iter().take(5) {
            let topic = [("topic", one["id"].as_str().unwrap())];
            let form = agreed("Svar", &agency("social"), &topic);
            her.social.post(&format!("{meeting}/lines"), &form).await.ok();
        }
        let now = her.social.see("/figures/meetings").await;
        assert_eq!(now["wishes_percent"], Value::Null, "the month is not over");
        until(&house, "2026-12-02T09:00:00Z".parse().unwrap()).await;
        let then = her.social.see("/figures/meetings").await;
        assert_eq!(then["wishes_percent"], 50);
    });
}

/// For the pages: a meeting that was held with a provider at the table, one that is to come, a
/// rhythm that lapsed, a request that lies with the management, a group, and follow-up with
/// everything that its page can show. Gives the two meetings.
pub async fn for_pages(
    house: &House,
    (worker, me): (&Someone, &Someone),
    (person, provider): (&str, &str),
) -> (String, String) {
    let with = [first(house, SOCIAL)];
    let path = format!("/persons/{person}/meetings");
    let mut meetings = Vec::new();
    for kind in ["three_way", "joint"] {
        let at = free(worker, person, kind, &with).await;
        let mut form = called(&at, kind, &with);
        form["provider"] = json!([provider]);
        form["consequence"] = json!("money_stopped");
        let answer = worker.post(&path, &form).await.ok();
        meetings.push(answer.location().trim_start_matches("/api/v1").to_owned());
    }
    let [held, coming] = <[String; 2]>::try_from(meetings).ok().unwrap();
    for (kind, body) in [("topic", "Når får jeg svar"), ("companion", "Søsteren min")] {
        let form = json!({ "kind": kind, "body": body });
        me.post(&format!("/my{held}/lines"), &form).await.ok();
        me.post(&format!("/my{coming}/lines"), &form).await.ok();
    }
    house
        .force("update meeting set starts_at = 10, ends_at = 20 where kind = 'three_way'")
        .await
        .unwrap();
    let form = json!({
        "kind": "minutes", "category": "emp", "body": "Frammøte på kurset\nTo linjer",
        "provider": provider, "sure": "yes",
    });
    worker.post(&format!("{held}/lines"), &form).await.ok();
    let topic = worker.see(&held).await["wished"][0]["id"].as_str().unwrap().to_owned();
    let form = agreed("Ringer arbeidsgiver", &agency("insurance"), &[("topic", &topic)]);
    worker.post(&format!("{held}/lines"), &form).await.ok();
    write(worker, &held, "absence", "case", "Bussen gikk ikke").await;
    me.post(&format!("/my{held}/lines"), &json!({ "kind": "view", "body": "For sakte" }))
        .await
        .ok();
    hold(worker, &held, &[("provider", "notified")], &["goals", "talks"]).await;
    let version = worker.see(&coming).await["version"].to_string();
    let turn = json!({ "towards": "benefit", "version": version });
    worker.post(&format!("{coming}/towards"), &turn).await.ok();
    monthly(worker).await;
    house.force("update meeting_series set first_on = '2026-10-01'").await.unwrap();
    let form = json!({
        "agency": agency("employment"), "topic": "goals", "about": "Mål for neste år",
        "answer_by": house.app.today().to_string(),
    });
    worker.post("/meeting-requests", &form).await.ok();
    let late = "update meeting_request set state = 'escalated', escalated_on = '2026-11-23'";
    house.force(late).await.unwrap();
    let form = json!({ "name": "Ungdom", "target": "Unge uten arbeid", "with": with });
    worker.post("/problem-groups", &form).await.ok();
    let form = json!({
        "intake": "target_group", "stage": "measure", "contact": first(house, INSURANCE),
        "provider": provider, "measure_until": "2026-12-01",
    });
    let path = format!("/persons/{person}/following");
    worker.post(&path, &form).await.ok();
    for outcome in ["missed", "missed"] {
        worker.post(&format!("{path}/outpatient"), &json!({ "outcome": outcome })).await.ok();
    }
    let form = json!({ "way": "workplace", "minutes": "30", "missed": "desk_work" });
    worker.post(&format!("{path}/contacts"), &form).await.ok();
    house.force("update follow_up set due_on = '2026-11-01'").await.unwrap();
    (held, coming)
}
