//! The joint plan: one for a person, binding those who take something on, through changes of
//! everything around it.

use http::StatusCode;
use jiff::ToSpan;
use onedoor_server::app::id_of;
use serde_json::{Value, json};

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::keys::Told;
use crate::story::{EMPLOYMENT_NAME, SOCIAL_NAME, Woman, woman};
use crate::support::{Answer, House, Someone, on_both, staff_id, unit_id};

/// What a plan is begun with.
pub fn making(house: &House) -> Value {
    json!({
        "label": "action", "deputy": staff_id(&house.worker(SOCIAL, "caseworker", 1)),
        "until": "2029-03-01", "revise_on": "2027-02-01", "goal": "Et kjøkken der jeg hører til",
    })
}

/// A plan that social services have begun with her; gives its address.
pub async fn begun(house: &House, her: &Woman) -> String {
    let path = format!("/persons/{}/plan", her.person);
    her.social.post(&path, &making(house)).await.ok();
    path
}

/// Proposes an item; gives its address.
pub async fn item(worker: &Someone, path: &str, mut form: Value) -> String {
    for (field, value) in [
        ("owner", "agency"),
        ("kind", "work"),
        ("what", "Noe som hjelper"),
        ("due_on", "2027-01-15"),
    ] {
        if form.get(field).is_none() {
            form[field] = json!(value);
        }
    }
    let answer = worker.post(&format!("{path}/items"), &form).await.ok();
    answer.location().trim_start_matches("/api/v1").to_owned()
}

/// Does something about an item as it stands now.
pub async fn act(worker: &Someone, at: &str, mut form: Value) -> Answer {
    form["version"] = json!(worker.see(at).await["item"]["version"].to_string());
    worker.post(at, &form).await
}

pub async fn accept(worker: &Someone, at: &str) {
    act(worker, at, json!({ "act": "accept" })).await.ok();
}

/// Does something about the plan as it stands now.
pub async fn head(worker: &Someone, path: &str, mut form: Value) -> Answer {
    form["version"] = json!(worker.see(path).await["plan"]["version"].to_string());
    worker.post(&format!("{path}/head"), &form).await
}

/// So many days later everybody signs in again.
pub async fn later(house: &House, her: &mut Woman, days: i64) {
    let now = house.clock.now().checked_add((24 * days).hours()).unwrap();
    house.clock.move_to(now);
    her.employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
    her.insurance = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
    her.social = house.staff(&house.worker(SOCIAL, "caseworker", 0)).await;
}

/// She consents that these kinds go from one agency to another.
pub async fn consented(house: &House, her: &Woman, from: &str, to: &str, kinds: &[&str]) {
    let me = house.resident(&her.person).await;
    let agency = |code: &str| id_of("agency", code).to_string();
    let mut form = json!({
        "purpose": "coordination", "category": kinds, "from": [agency(from)], "to": [agency(to)],
    });
    let seen = me.post("/my/consents/preview", &form).await.ok().json();
    form["seen"] = seen["seen"].clone();
    me.post("/my/consents", &form).await.ok();
}

/// Everything of a plan that is personal, for the test of an erasure.
pub async fn told_in_a_plan(house: &House, told: &mut Told) {
    let path = format!("/persons/{}/plan", told.person);
    let worker = &told.worker;
    let ask = json!({ "label": "sip", "asked_by": "person", "text": "Bedt om på Sluppenkroken" });
    worker.post(&format!("{path}/requests"), &ask).await.ok();
    let mut form = making(house);
    form["goal"] = json!("Hest på Bymarkseter");
    form["scheme"] = json!("Ordningen i Kroppanmarka");
    worker.post(&path, &form).await.ok();
    let wish = json!({ "kind": "skills", "words": "Kurs hos Leangenbukta" });
    worker.post(&format!("{path}/wishes"), &wish).await.ok();
    let form = json!({ "what": "Flytte fra Otiliehaugen", "place": "Møllebakken" });
    let first = item(worker, &path, form).await;
    let second = item(worker, &path, json!({ "what": "Et skritt til" })).await;
    let after = second.rsplit('/').next().unwrap();
    act(worker, &first, json!({ "act": "after", "after": after })).await.ok();
    accept(worker, &first).await;
    let leave = json!({ "act": "withdraw", "reason": "Stengt i Ranheimsfjæra" });
    act(worker, &first, leave).await.ok();
    let look = json!({ "act": "evaluate", "evaluation": "changed", "text": "Sett fra Grilstad" });
    act(worker, &first, look).await.ok();
    let me = house.resident(&told.person.to_string()).await;
    let plan = me.see("/my/plan").await["joint"][0]["id"].clone();
    let word = json!({ "plan": plan, "word": "commented", "text": "Husk Lykkjagata" });
    me.post("/my/plan/say", &word).await.ok();
    told.texts.extend([
        "Sluppenkroken",
        "Bymarkseter",
        "Kroppanmarka",
        "Leangenbukta",
        "Otiliehaugen",
        "Møllebakken",
        "Ranheimsfjæra",
        "Grilstad",
        "Lykkjagata",
    ]);
}

/// For the pages: a plan with items, a wish, a request, a broken promise; gives an item.
pub async fn for_pages(house: &House, worker: &Someone, person: &str) -> String {
    let path = format!("/persons/{person}/plan");
    let ask = json!({ "label": "individual", "asked_by": "person", "text": "Vil ha en plan" });
    worker.post(&format!("{path}/requests"), &ask).await.ok();
    let mut form = making(house);
    form["template"] = json!("sickness_to_work");
    worker.post(&path, &form).await.ok();
    let wish = json!({ "kind": "skills", "words": "Et kurs" });
    worker.post(&format!("{path}/wishes"), &wish).await.ok();
    let own = json!({ "kind": "motivation", "owner": "person", "what": "Skrive søknad" });
    item(worker, &path, own).await;
    let hours = json!({
        "kind": "everyday_coping", "what": "Gruppe på dagtid", "day": ["1", "3"], "from": "09:00",
        "to": "12", "minutes": "120", "money": "500", "travel": "20", "place": "Saupstad",
    });
    let broken = item(worker, &path, hours.clone()).await;
    accept(worker, &broken).await;
    act(worker, &broken, json!({ "act": "withdraw", "reason": "Kurslederen sluttet" })).await.ok();
    let last = item(worker, &path, hours).await;
    accept(worker, &last).await;
    last
}

/// REQ-PLAN-01: a person has at most one current plan with goal, needs, items, owners and days. A
/// second is refused, with the way to the first, which is revised instead; the schema holds it too,
/// and when the first is over there may be another.
#[test]
fn a_second_current_plan_is_refused() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let again = her.social.post(&path, &making(&house)).await;
        assert_eq!(again.code(), "plan-one-current");
        let other = her.employment.post(&path, &making(&house)).await;
        assert_eq!(other.code(), "plan-one-current", "nor another agency's");
        let form = format!(
            "label=action&until=2028-01-01&revise_on=2027-01-01&deputy={}",
            staff_id(&house.worker(SOCIAL, "caseworker", 1))
        );
        let page = her.social.form(&path, &form).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.body.contains("endre den"), "{}", page.body);
        assert_eq!(house.one::<i64>("select count(*) from plan").await, 1);
        let copy = "insert into plan select person_id, person_id, label, state, agency_id, unit_id,
                coordinator_id, deputy_id, asked_id, period_from, period_until, revise_on,
                agreed_on, agreed_how, scheme, end_reason, apart_id, made_at, made_by, ended_on,
                kept_until, version from plan";
        assert!(house.force(copy).await.is_err());

        item(&her.social, &path, json!({ "starts_on": "2026-12-01" })).await;
        let plan = her.social.see(&path).await["plan"].clone();
        let text = |n: usize| plan["texts"][n]["body"].clone();
        assert_eq!(text(0), "Et kjøkken der jeg hører til");
        let one = &plan["items"][0];
        assert_eq!((&one["starts"], &one["due"]), (&json!("2026-12-01"), &json!("2027-01-15")));
        assert_eq!(one["agency"], SOCIAL_NAME);
        let needs = her.social.see(&format!("/persons/{}/needs", her.person)).await;
        assert_eq!(needs["standing"][0]["kind"], "work", "what it is for is a need");
        let revise = json!({ "act": "revise", "until": "2030-01-01", "revise_on": "2027-05-01" });
        head(&her.social, &path, revise).await.ok();
        let end = json!({ "act": "end", "reason": "Flyttet til Bodø" });
        head(&her.social, &path, end).await.ok();
        her.social.post(&path, &making(&house)).await.ok();
        let page = her.social.see(&path).await;
        assert_eq!(page["earlier"][0]["reason"], "Flyttet til Bodø");
        // Each fault stands on its field.
        let her2 = json!({ "label": "x", "deputy": "", "until": "2026-01-01", "revise_on": "" });
        let end = json!({ "act": "end", "reason": "Slutt" });
        head(&her.social, &path, end).await.ok();
        let faults = her.social.post(&path, &her2).await.faults();
        for (field, code) in
            [("label", "choose"), ("deputy", "choose"), ("revise_on", "date-empty")]
        {
            assert_eq!(faults[field], code, "{faults:?}");
        }
    });
}

/// Everybody counts as many breaches of the employment service, the person too.
pub async fn counted(house: &House, her: &Woman, path: &str, breaches: i64) {
    for worker in [&her.social, &her.employment, &her.insurance] {
        let plan = worker.see(path).await["plan"].clone();
        let found = plan["breaches"].as_array().unwrap().clone();
        let count = found.first().map_or(0, |one| one["count"].as_i64().unwrap());
        assert_eq!(count, breaches, "{found:?}");
        if breaches > 0 {
            assert_eq!(found[0]["agency"], EMPLOYMENT_NAME);
        }
    }
    let me = house.resident(&her.person).await;
    let mine = me.see("/my/plan").await["joint"][0]["breaches"].clone();
    let count = mine.as_array().unwrap().first().map(|one| one["count"].clone());
    assert_eq!(count.unwrap_or(json!(0)), json!(breaches));
}

/// REQ-PLAN-02: an accepted item that passes its due date is counted as a breach for its owner and
/// seen by every party the same day, the person too; what is moved or taken back stays counted.
#[test]
fn a_promise_past_its_day_is_seen_by_all() {
    on_both(|house| async move {
        let mut her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let form = json!({ "unit": unit_id(EMPLOYMENT), "due_on": "2026-11-25" });
        let at = item(&her.social, &path, form).await;
        let refused = act(&her.social, &at, json!({ "act": "accept" })).await;
        assert_eq!(refused.code(), "item-not-yours", "nobody promises for another");
        accept(&her.employment, &at).await;
        later(&house, &mut her, 2).await;
        counted(&house, &her, &path, 0).await;
        later(&house, &mut her, 1).await;
        counted(&house, &her, &path, 1).await;
        assert_eq!(her.insurance.see(&path).await["plan"]["items"][0]["late"], true);
        // A new day is a new promise: the broken one stays.
        let moved = json!({ "act": "days", "due_on": "2026-12-20" });
        act(&her.employment, &at, moved).await.ok();
        counted(&house, &her, &path, 1).await;
        let back = json!({ "act": "withdraw", "reason": "Tiltaket er lagt ned" });
        act(&her.employment, &at, back).await.ok();
        counted(&house, &her, &path, 2).await;
        let kinds: Vec<Value> = her.social.see(&path).await["plan"]["items"][0]["breaches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["kind"].clone())
            .collect();
        assert_eq!(kinds, [json!("late"), json!("withdrawn")]);
    });
}

/// REQ-PLAN-03: turning an action plan into an individual plan keeps items, dates and breaches; and
/// under each name the same plan tells what its law asks for. REQ-MAP-24: it cannot be signed
/// without an agreed summary of the agencies or a recorded disagreement.
#[test]
fn another_name_keeps_items_days_and_breaches() {
    on_both(|house| async move {
        let mut her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let at = item(&her.social, &path, json!({ "due_on": "2026-11-24" })).await;
        accept(&her.social, &at).await;
        item(&her.social, &path, json!({ "kind": "housing", "starts_on": "2026-12-01" })).await;
        later(&house, &mut her, 2).await;
        let before = her.social.see(&path).await["plan"].clone();
        assert_eq!(before["breaches"][0]["count"], 1);
        head(&her.social, &path, json!({ "act": "label", "label": "individual" })).await.ok();
        let after = her.social.see(&path).await["plan"].clone();
        assert_eq!(after["label"], "individual");
        for kept in ["id", "items", "breaches", "from", "until", "revise_on", "texts", "state"] {
            assert_eq!(before[kept], after[kept], "{kept}");
        }
        let missing = |plan: &Value| -> Vec<String> {
            let all = plan["missing"].as_array().unwrap();
            all.iter().map(|it| it.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(missing(&before), ["own_tasks", "agreement"]);
        assert!(missing(&after).contains(&"consent".to_owned()), "{after}");
        let yes = json!({ "act": "agree", "how": "spoken" });
        let refused = head(&her.social, &path, yes.clone()).await;
        assert_eq!(refused.faults()["act"], "plan-incomplete");
        head(&her.social, &path, json!({ "act": "label", "label": "action" })).await.ok();
        item(&her.social, &path, json!({ "owner": "person", "kind": "motivation" })).await;
        crate::assessments::not_before_the_views_are_settled(&her.social, &path, &yes).await;
        head(&her.social, &path, yes).await.ok();
        let plan = her.social.see(&path).await["plan"].clone();
        assert_eq!((&plan["state"], &plan["agreed_how"]), (&json!("active"), &json!("spoken")));
        assert_eq!(plan["missing"], json!([]));
    });
}

/// REQ-PLAN-04: a request for a plan is followed from asking to the answer, with its days; a
/// refusal says why, and refusals for cost or capacity are counted apart.
#[test]
fn a_request_is_followed_to_its_answer() {
    on_both(|house| async move {
        let mut her = woman(&house, "no-2022").await;
        let path = format!("/persons/{}/plan", her.person);
        for _ in 0..5 {
            let ask = json!({ "label": "individual", "asked_by": "person", "text": "Vil ha plan" });
            her.social.post(&format!("{path}/requests"), &ask).await.ok();
        }
        later(&house, &mut her, 12).await;
        for n in 0..5 {
            let one = her.social.see(&path).await["requests"][n].clone();
            assert_eq!((&one["state"], &one["days"]), (&json!("asked"), &json!(12)));
            let at = format!("{path}/requests/{}", one["id"].as_str().unwrap());
            let mut answer = json!({ "state": "refused", "version": one["version"].to_string() });
            let bare = her.social.post(&at, &answer).await;
            assert_eq!(bare.faults()["reason"], "choose");
            answer["reason"] = json!("capacity");
            let bare = her.social.post(&at, &answer).await;
            assert_eq!(bare.faults()["text"], "text-empty");
            answer["text"] = json!("Ingen koordinator ledig");
            let theirs = her.employment.post(&at, &answer).await;
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "only who was asked answers");
            her.social.post(&at, &answer).await.ok();
        }
        later(&house, &mut her, 3).await;
        let one = her.social.see(&path).await["requests"][0].clone();
        assert_eq!((&one["state"], &one["days"]), (&json!("refused"), &json!(12)));
        let figures = her.social.see("/figures/plans").await["requests"].clone();
        let expected = json!([{ "state": "refused", "reason": "capacity", "count": 5 }]);
        assert_eq!(figures, expected);
    });
}

/// REQ-PLAN-05: what an item binds is shown before it is promised, and summed over all plans;
/// accepting one that exceeds the unit's stated capacity requires a manager's confirmation.
#[test]
fn more_than_the_capacity_needs_the_manager() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        let manager = house.staff("heimdal-01").await;
        let can = json!({ "unit": unit_id(SOCIAL), "minutes": "100", "money": "5000" });
        manager.post("/plans/capacity", &can).await.ok();
        let foreign = json!({ "unit": unit_id(EMPLOYMENT), "minutes": "100", "money": "5000" });
        let refused = manager.post("/plans/capacity", &foreign).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let form = json!({ "minutes": "90", "money": "1000" });
        let first = item(&her.social, &path, form).await;
        accept(&her.social, &first).await;
        let form = json!({ "kind": "housing", "minutes": "20", "money": "0" });
        let second = item(&her.social, &path, form).await;
        let page = her.social.see(&second).await;
        assert_eq!(page["promised_minutes"], 90, "the sum over all plans");
        assert_eq!(
            (&page["capacity_minutes"], &page["needs_manager"]),
            (&json!(100), &json!(true))
        );
        let refused = act(&her.social, &second, json!({ "act": "accept" })).await;
        assert_eq!(refused.faults()["act"], "item-capacity");
        let confirm = format!("{second}/confirm");
        let version = json!({ "version": page["item"]["version"].to_string() });
        let not = her.social.post(&confirm, &version).await;
        assert_eq!(not.status, StatusCode::NOT_FOUND, "no caseworker confirms");
        manager.post(&confirm, &version).await.ok();
        accept(&her.social, &second).await;
        let line = manager.see("/plans").await["capacities"].as_array().unwrap().clone();
        let unit = line.iter().find(|one| one["unit"] == unit_id(SOCIAL)).unwrap();
        assert_eq!((&unit["promised_minutes"], &unit["over"]), (&json!(110), &json!(true)));
        let of_others = her.employment.see(&second).await;
        assert_eq!(of_others["promised_minutes"], 0, "what a unit can is its agency's");
    });
}

/// REQ-PLAN-06: items of several agencies run side by side or in order; what would wait in a circle
/// is refused with the circle named, nothing begins before what comes first, idle stretches and the
/// share of days with help from two at once are shown.
#[test]
fn items_run_side_by_side_or_in_order() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        consented(&house, &her, "social", "employment", &["id", "case", "debt"]).await;
        let days = |from: &str, until: &str| json!({ "starts_on": from, "due_on": until });
        let mut debt = days("2026-12-01", "2027-01-31");
        debt["kind"] = json!("debt");
        let debt = item(&her.social, &path, debt).await;
        let mut job = days("2026-12-15", "2027-01-31");
        job["unit"] = json!(unit_id(EMPLOYMENT));
        let job = item(&her.social, &path, job).await;
        let housing = item(&her.social, &path, json!({ "kind": "housing" })).await;
        let plan = her.social.see(&path).await["plan"].clone();
        assert_eq!(plan["orders"].as_array().unwrap().len(), 1, "debts come before a job");
        assert_eq!(plan["rhythm"]["together"], 48, "from 15 December to the end of January");
        assert!(!plan["rhythm"]["idle"].as_array().unwrap().is_empty());
        let id = |at: &str| at.rsplit('/').next().unwrap().to_owned();
        let wait = |on: &str| json!({ "act": "after", "after": id(on) });
        act(&her.social, &job, wait(&debt)).await.ok();
        act(&her.social, &housing, wait(&job)).await.ok();
        let circle = act(&her.social, &debt, wait(&housing)).await;
        assert_eq!(circle.code(), "plan-circle");
        assert!(circle.body.contains("1 → 3 → 2 → 1"), "{}", circle.body);
        let plan = her.social.see(&path).await["plan"].clone();
        assert_eq!(plan["orders"], json!([]), "now it waits");
        assert_eq!(plan["items"][1]["after"][0]["n"], 1);
        accept(&her.employment, &job).await;
        let early = act(&her.employment, &job, json!({ "act": "start" })).await;
        assert_eq!(early.faults()["act"], "item-before");
        accept(&her.social, &debt).await;
        act(&her.social, &debt, json!({ "act": "finish" })).await.ok();
        let look =
            json!({ "act": "evaluate", "evaluation": "confirmed", "text": "Avtale på plass" });
        act(&her.social, &debt, look).await.ok();
        act(&her.employment, &job, json!({ "act": "start" })).await.ok();
    });
}

/// REQ-PLAN-07: a promised contact person without an acceptance by social service is shown as open,
/// not as done; so is every item beyond work, with its owner and its day.
#[test]
fn a_contact_person_that_nobody_accepted_is_open() {
    on_both(|house| async move {
        let her = woman(&house, "no-2022").await;
        let path = begun(&house, &her).await;
        for kind in [
            "contact_person",
            "home_service",
            "debt",
            "housing",
            "child_care",
            "relief",
            "transport",
        ] {
            let form = json!({ "kind": kind, "what": format!("Hjelp med {kind}") });
            item(&her.social, &path, form).await;
        }
        let items = her.social.see(&path).await["plan"]["items"].as_array().unwrap().clone();
        assert_eq!(items.len(), 7);
        for one in &items {
            assert_eq!((&one["state"], &one["beyond_work"]), (&json!("open"), &json!(true)));
            assert_eq!((&one["agency"], &one["due"]), (&json!(SOCIAL_NAME), &json!("2027-01-15")));
        }
        let at = format!("{path}/items/{}", items[0]["id"].as_str().unwrap());
        let done = act(&her.social, &at, json!({ "act": "finish" })).await;
        assert_eq!(done.faults()["act"], "item-state", "nobody has promised it");
        let open = list(&her.social, "unpromised").await;
        assert_eq!(open.len(), 7);
        accept(&her.social, &at).await;
        assert_eq!(list(&her.social, "unpromised").await.len(), 6);
    });
}

pub async fn list(worker: &Someone, code: &str) -> Vec<Value> {
    let page = worker.see("/plans").await;
    let lists = page["lists"].as_array().unwrap();
    let found = lists.iter().find(|one| one["list"] == code).unwrap();
    found["lines"].as_array().unwrap().clone()
}
