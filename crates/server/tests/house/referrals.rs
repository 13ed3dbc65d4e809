//! Referrals: between agencies, to providers, health and school; what became of them; shuttles.

use http::StatusCode;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, ask, open, scene};
use crate::consents::{all_of_it, give, take_back};
use crate::meetings::until;
use crate::providers::{agency, agreement};
use crate::story::woman;
use crate::support::{Answer, House, Someone, on_both, unit_id};

/// A referral to a unit.
fn to(unit: &str, wish: &str) -> Value {
    json!({
        "receiver": "unit", "unit": unit_id(unit), "wish": wish, "reason": "decision",
        "need_kind": "coordination", "need": "En avklaring", "deadline": "2026-11-30",
    })
}

async fn send(by: &Someone, case: &str, form: &Value) -> Answer {
    by.post(&format!("/cases/{case}/referrals"), form).await
}

/// The latest referral of a case as somebody sees it.
async fn latest(who: &Someone, case: &str) -> Value {
    who.see(&format!("/cases/{case}/referrals")).await["lines"][0].clone()
}

/// Does something with the latest referral of a case, by the version that is shown.
async fn act(who: &Someone, case: &str, mut form: Value) -> Answer {
    let one = latest(who, case).await;
    form["version"] = json!(one["version"].to_string());
    let id = one["id"].as_str().unwrap();
    who.post(&format!("/cases/{case}/referrals/{id}"), &form).await
}

fn back(reason: &str) -> Value {
    json!({
        "act": "return", "return_reason": reason, "answer": "Dette avgjør andre",
        "instead": "Spør kommunen",
    })
}

async fn owner(house: &House) -> String {
    house.one("select u.code from shared_case c join unit u on u.id = c.unit_id").await
}

/// REQ-REF-02, REQ-REF-01: the case stays with its sender while a referral is out, moves with the
/// receiver's yes, and with nothing else; whoever answers second is told what was answered, and
/// loses nothing of what they typed.
#[test]
fn a_referral_moves_the_case_with_a_yes_alone() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let bad = json!({ "receiver": "unit", "unit": unit_id(SOCIAL), "deadline": "2027-12-01" });
        let faults = send(&scene.worker, &case, &bad).await.faults();
        for (field, code) in [("unit", "choose"), ("need", "text-empty"), ("reason", "choose")] {
            assert_eq!(faults[field], code);
        }
        assert_eq!(faults["deadline"], "refer-deadline");
        send(&scene.worker, &case, &to(EMPLOYMENT, "take_over")).await.ok();
        assert_eq!(owner(&house).await, SOCIAL, "sending moves nothing");
        let receiver = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        let listed = receiver.see("/referrals").await["to_us"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        act(&receiver, &case, json!({ "act": "receive" })).await.ok();
        assert_eq!(owner(&house).await, SOCIAL, "to have it is not to take it");
        let other = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let path = format!("/cases/{case}/referrals");
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
        let taken = act(&scene.worker, &case, json!({ "act": "accept" })).await;
        assert_eq!(taken.code(), "refer-not-receiver");
        let before = latest(&receiver, &case).await;
        act(&receiver, &case, json!({ "act": "accept" })).await.ok();
        assert_eq!(owner(&house).await, EMPLOYMENT);
        let seen = receiver.see(&format!("/cases/{case}")).await;
        assert_eq!(seen["handover_count"], 1, "it is a hand-over like any other");
        // A colleague of the same unit answers on the page that they had open.
        let colleague = house.staff(&house.worker(EMPLOYMENT, "caseworker", 1)).await;
        let mut late = back("not_ours");
        late["version"] = json!(before["version"].to_string());
        let id = before["id"].as_str().unwrap();
        let second = colleague.post(&format!("{path}/{id}"), &late).await;
        assert_eq!(
            (second.status, second.code().as_str()),
            (StatusCode::CONFLICT, "refer-accepted")
        );
        assert!(second.body.contains("Spør kommunen"), "what was typed is kept");
        assert_eq!(latest(&colleague, &case).await["state"], "accepted");
        // Who was asked tells whether the person came, and what was decided.
        let on = json!({ "act": "came", "came": "came", "on": "2026-11-23" });
        act(&receiver, &case, on).await.ok();
        act(&receiver, &case, json!({ "act": "decided", "answer": "Plass på kurs" })).await.ok();
        let told = latest(&scene.worker, &case).await;
        assert_eq!((&told["came"], &told["decision"]), (&json!("came"), &json!("Plass på kurs")));
        let noted: i64 =
            house.one("select count(*) from journal where act = 'case.answer_referral'").await;
        assert!(noted >= 4, "{noted}");
    });
}

/// REQ-REF-02: one that nobody answered goes to the joint manager the day after its deadline, once,
/// and not back to the person; a return needs a reason from the list, words, and what instead; with
/// all agencies refusing the sender has the case still, and every answer is kept and journaled.
#[test]
fn what_nobody_takes_lies_with_the_joint_manager() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        for unit in [EMPLOYMENT, INSURANCE] {
            send(&scene.worker, &case, &to(unit, "take_over")).await.ok();
            let receiver = house.staff(&house.worker(unit, "caseworker", 0)).await;
            let faults = act(&receiver, &case, json!({ "act": "return" })).await.faults();
            for field in ["return_reason", "answer", "instead"] {
                assert!(faults.contains_key(field), "{field}");
            }
            act(&receiver, &case, back("not_ours")).await.ok();
            assert_eq!(owner(&house).await, SOCIAL);
            let told = latest(&scene.worker, &case).await;
            assert_eq!(told["instead"], "Spør kommunen");
        }
        send(&scene.worker, &case, &to(INSURANCE, "part")).await.ok();
        until(&house, "2026-11-30T20:00:00Z".parse().unwrap()).await;
        let round = || onedoor_server::refer::round(&house.app);
        assert_eq!(round().await.unwrap().expired, 0, "the day itself is not over");
        until(&house, "2026-12-01T08:00:00Z".parse().unwrap()).await;
        let told: i64 = house.one("select count(*) from outbox").await;
        assert_eq!(round().await.unwrap().expired, 1);
        assert_eq!(round().await.unwrap().expired, 0, "once");
        assert_eq!(house.one::<i64>("select count(*) from outbox").await, told, "not the person");
        assert_eq!(owner(&house).await, SOCIAL);
        let insurer = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let gone = insurer.get(&format!("/cases/{case}/referrals")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "who did not answer is asked no more");
        let manager = house.staff("heimdal-01").await;
        let table = manager.see("/referrals").await["undecided"].clone();
        assert_eq!(table.as_array().unwrap().len(), 3, "two came back and one expired");
        act(&manager, &case, json!({ "act": "settle" })).await.ok();
        assert_eq!(latest(&manager, &case).await["state"], "settled");
        let again = act(&manager, &case, json!({ "act": "settle" })).await;
        assert_eq!(again.code(), "refer-nothing-to-settle");
        let kept: i64 =
            house.one("select count(*) from case_event where kind like 'referral_%'").await;
        assert_eq!(kept, 7, "three sent, two returned, one expired, one settled");
    });
}

/// REQ-REF-12: a request that the insurance office has not answered is listed with the days that it
/// is overdue, and who was shut out is grouped by the reason it gave; what other agencies answer is
/// not among them.
#[test]
fn the_insurance_office_is_asked_and_followed_up() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let insurer = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
        for (unit, who, reason) in [
            (INSURANCE, &insurer, "no_right"),
            (INSURANCE, &insurer, "no_right"),
            (INSURANCE, &insurer, "incomplete"),
            (EMPLOYMENT, &employment, "no_capacity"),
        ] {
            send(&scene.worker, &case, &to(unit, "part")).await.ok();
            act(who, &case, back(reason)).await.ok();
        }
        send(&scene.worker, &case, &to(INSURANCE, "part")).await.ok();
        let lists = scene.worker.see("/referrals").await;
        assert!(lists["insurance_late"].as_array().unwrap().is_empty(), "in time so far");
        until(&house, "2026-12-04T08:00:00Z".parse().unwrap()).await;
        for expired in [false, true] {
            if expired {
                onedoor_server::refer::round(&house.app).await.unwrap();
            }
            let late = scene.worker.see("/referrals").await["insurance_late"].clone();
            assert_eq!(late.as_array().unwrap().len(), 1, "expired: {expired}");
            assert_eq!(late[0]["overdue"], 4);
        }
        let shut = scene.worker.see("/referrals").await["shut_out"].clone();
        let groups: Vec<(&str, i64)> = shut
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["reason"].as_str().unwrap(), it["count"].as_i64().unwrap()))
            .collect();
        assert_eq!(groups, [("no_right", 2), ("incomplete", 1)]);
        // REQ-REF-10: what the list says was waited for adds up to the whole.
        let lists = scene.worker.see("/referrals").await;
        let waits = lists["waits"].as_array().unwrap();
        let days: i64 = waits.iter().map(|it| it["days"].as_i64().unwrap()).sum();
        assert_eq!(days, lists["whole"].as_i64().unwrap());
        assert_eq!(days, 11, "the one that expired waited from 23 November to its round");
        assert_eq!(lists["of"], 5);
        let other = insurer.see("/referrals").await;
        assert!(other["shut_out"].as_array().unwrap().is_empty(), "it is the sender's list");
    });
}

/// REQ-REF-16: social services refer straight to a provider, with the person's yes and what the
/// agreement lists, under conditions; they own the case before and after its answer, which they write down with the
/// day and who said it, until another agency takes the case over.
#[test]
fn a_provider_is_referred_to_and_the_owner_stays() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let provider = agreement(&house, "social", &["id", "case", "emp"]).await;
        let mut form = json!({
            "receiver": "provider", "provider": provider, "wish": "part", "reason": "measure",
            "need_kind": "work", "need": "Arbeidstrening", "conditions": "Tre dager i uka",
            "deadline": "2026-12-01",
        });
        let mut over = form.clone();
        over["wish"] = json!("take_over");
        let refused = send(&her.social, &her.case, &over).await;
        assert_eq!(refused.faults()["wish"], "refer-outside-part");
        let refused = send(&her.social, &her.case, &form).await;
        assert_eq!(refused.faults()["agreed_on"], "refer-agreed", "nothing without a ground");
        form["agreed_on"] = json!("2026-11-23");
        let mut unlisted = form.clone();
        unlisted["need_kind"] = json!("debt");
        let refused = send(&her.social, &her.case, &unlisted).await;
        assert_eq!(refused.faults()["need_kind"], "wall-nothing", "the agreement lists no debts");
        send(&her.social, &her.case, &form).await.ok();
        assert_eq!(owner(&house).await, SOCIAL);
        assert_eq!(latest(&her.social, &her.case).await["conditions"], "Tre dager i uka");
        let faults = act(&her.social, &her.case, json!({ "act": "accept" })).await.faults();
        assert_eq!(faults["said_by"], "text-empty");
        let yes = json!({ "act": "accept", "said_by": "Kari Vekst", "on": "2026-11-23" });
        act(&her.social, &her.case, yes).await.ok();
        assert_eq!(owner(&house).await, SOCIAL, "nobody outside the house owns a case");
        let came = json!({ "act": "came", "came": "not_come" });
        act(&her.social, &her.case, came).await.ok();
        let one = latest(&her.social, &her.case).await;
        assert_eq!((&one["said_by"], &one["came"]), (&json!("Kari Vekst"), &json!("not_come")));
        // Another agency is told of the case; the provider's answer is not its to see.
        send(&her.social, &her.case, &to(EMPLOYMENT, "take_over")).await.ok();
        let page = her.employment.see(&format!("/cases/{}/referrals", her.case)).await;
        assert_eq!(page["lines"].as_array().unwrap().len(), 1);
        assert_eq!(owner(&house).await, SOCIAL);
        act(&her.employment, &her.case, json!({ "act": "accept" })).await.ok();
        assert_eq!(owner(&house).await, EMPLOYMENT, "until somebody else accepts");
    });
}

/// REQ-REF-02, REQ-INFO-01: health is told by what the law lets through, or on the day that the
/// person agreed; whom nobody signs in for, the sender answers, and nobody else.
#[test]
fn health_is_referred_to_with_the_persons_yes() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let mut form = json!({
            "receiver": "health", "to_name": "Heimdal legesenter", "wish": "part",
            "reason": "statement", "need_kind": "treatment", "need": "Erklæring om arbeidsevne",
            "deadline": "2026-12-01",
        });
        let refused = send(&her.social, &her.case, &form).await;
        assert_eq!(refused.faults()["agreed_on"], "refer-agreed");
        assert_eq!(house.one::<i64>("select count(*) from referral").await, 0);
        form["agreed_on"] = json!("2026-11-23");
        send(&her.social, &her.case, &form).await.ok();
        let no = json!({
            "act": "return", "return_reason": "incomplete", "answer": "Mangler prøvesvar",
            "instead": "Ny time 5. desember", "said_by": "Lege Moe",
        });
        act(&her.social, &her.case, no).await.ok();
        let page = her.social.see(&format!("/cases/{}/referrals", her.case)).await;
        assert_eq!(page["lines"][0]["state"], "returned");
        assert_eq!(page["lines"][0]["to"], "Heimdal legesenter");
    });
}

/// REQ-REF-15, REQ-INFO-01, REQ-INFO-03: under a law that asks for consent nothing is told without
/// one; the sender learns what came of it as far as the walls let the receiver tell, and the
/// receiver sees it no more when the consent is taken back.
#[test]
fn what_came_of_it_crosses_as_far_as_the_walls_let() {
    on_both(|house| async move {
        let her = woman(&house, "no-2004").await;
        let form = to(EMPLOYMENT, "part");
        let refused = send(&her.social, &her.case, &form).await;
        assert_eq!(refused.faults()["receiver"], "wall-consent");
        let consent = |from: &str, to: &str| {
            json!({
                "purpose": "coordination", "category": ["id", "case"], "form": "written",
                "from": [agency(from)], "to": [agency(to)],
            })
        };
        let there = give(&her.social, &her.person, &consent("social", "employment")).await;
        send(&her.social, &her.case, &form).await.ok();
        act(&her.employment, &her.case, json!({ "act": "accept" })).await.ok();
        let came = json!({ "act": "came", "came": "came" });
        act(&her.employment, &her.case, came).await.ok();
        act(&her.employment, &her.case, json!({ "act": "decided", "answer": "Kurs" })).await.ok();
        let one = latest(&her.social, &her.case).await;
        assert_eq!(one["state"], "accepted", "one's own referral");
        assert_eq!((&one["came"], &one["decision"]), (&json!(""), &json!("")));
        assert_eq!(one["withheld"], true);
        give(&her.social, &her.person, &consent("employment", "social")).await;
        let one = latest(&her.social, &her.case).await;
        assert_eq!((&one["came"], &one["decision"]), (&json!("came"), &json!("Kurs")));
        take_back(&her.social, &there, &all_of_it()).await;
        let gone = her.employment.get(&format!("/cases/{}/referrals", her.case)).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    });
}

/// REQ-REF-03: the second shuttle makes one joint decision with a meeting of both within its days,
/// by itself and once; the picture and its text tell the way.
#[test]
fn the_second_shuttle_calls_a_joint_decision_by_itself() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let insurer = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
        let mut holder = scene.worker.clone();
        let round = || onedoor_server::refer::round(&house.app);
        let moves = [(INSURANCE, &insurer), (SOCIAL, &scene.worker), (INSURANCE, &insurer)];
        for (at, (unit, receiver)) in moves.into_iter().enumerate() {
            assert_eq!(round().await.unwrap().decisions, 0, "before the move {at}");
            ask(&house, &holder, &case, unit, "mandate").await;
            receiver.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
            holder = receiver.clone();
        }
        assert_eq!(round().await.unwrap().decisions, 1);
        assert_eq!(round().await.unwrap().decisions, 0, "once");
        let page = insurer.see(&format!("/cases/{case}/referrals")).await;
        assert_eq!(page["decisions"].as_array().unwrap().len(), 1);
        let decision = &page["decisions"][0];
        assert_eq!(decision["call_by"], "2026-12-07");
        let meeting = decision["meeting"].as_str().unwrap();
        assert!(!meeting.is_empty(), "{decision}");
        // Both of those who owe the decision sit at the table, within its days.
        for who in [&insurer, &scene.worker] {
            let table = who.see(&format!("/meetings/{meeting}")).await;
            assert_eq!(table["kind"], "joint");
        }
        let late: i64 =
            house.one("select count(*) from meeting where starts_at > 1796688000000000").await;
        assert_eq!(late, 0, "after the seventh of December");
        let seats: i64 = house.one("select count(*) from meeting_party").await;
        assert_eq!(seats, 3);
        let manager = house.staff("heimdal-01").await;
        let owed = manager.see("/referrals").await["decisions"].clone();
        assert_eq!(owed.as_array().unwrap().len(), 1, "the joint manager sees to it");
        let picture = &page["picture"];
        assert_eq!(
            (&picture["shuttles"], picture["dots"].as_array().unwrap().len()),
            (&json!(2), 4)
        );
        let text = insurer.get(&format!("/cases/{case}/referrals")).await.ok().body;
        assert!(text.contains("<svg") && text.contains("aria-describedby=\"way-text\""));
        assert!(!text.contains("style="), "the strict policy lets no style through");
    });
}

/// REQ-REF-02: the demonstration refers as caseworkers do it, once.
#[test]
fn the_demonstration_refers() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let case = open(&scene).await;
        let router = onedoor_server::web::router(&house.app, onedoor_server::routes());
        let bring_in = || onedoor_server::refer::demo::bring_in(&house.app, &router);
        assert_eq!(bring_in().await.unwrap(), 1);
        assert_eq!(bring_in().await.unwrap(), 0);
        assert_eq!(latest(&scene.worker, &case).await["state"], "received");
    });
}

/// For the pages: a referral that came back, one that was taken, and one that waits.
pub async fn for_pages(house: &House, holder: &Someone, case: &str) {
    let social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
    for answer in [Some(back("not_ours")), Some(json!({ "act": "accept" })), None] {
        send(holder, case, &to(SOCIAL, "part")).await.ok();
        if let Some(answer) = answer {
            act(&social, case, answer).await.ok();
        }
    }
    onedoor_server::refer::round(&house.app).await.unwrap();
}
