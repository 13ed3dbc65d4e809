//! Questions to the policy packs: what is asked, chosen, compared and counted.

use http::StatusCode;
use jiff::ToSpan;
use onedoor_domain::ids::{AgencyId, ConsentId, NecessityId, PersonId};
use onedoor_domain::secrecy::{
    Categories, Category, Conditions, Consent, Groups, Necessity, Overlay, Overlays, Pack, Purpose,
    Request, Transfer, Verdict, judge, packs,
};
use onedoor_server::app::id_of;
use onedoor_server::walls;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{House, on_both};

pub fn shipped(code: &str) -> &'static str {
    packs::SHIPPED.iter().find(|(known, _)| *known == code).unwrap().1
}

pub fn pack(code: &str) -> Pack {
    Pack::read(shipped(code)).unwrap()
}

pub fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

fn office(code: &str) -> String {
    id_of("office", code).to_string()
}

pub async fn held(house: &House, on: &str, office: &str) -> (String, String) {
    let owner = house.staff("city-03").await;
    let page = owner.see(&format!("/policy?on={on}")).await;
    let name: String = house.one(&format!("select name from office where code = '{office}'")).await;
    let rows = page["holds"].as_array().unwrap();
    let row = rows.iter().find(|row| row["office"] == json!(name)).unwrap();
    let code = row["pack"]["code"].as_str().unwrap_or("none").to_owned();
    (code, row["through"].as_str().unwrap().to_owned())
}

/// REQ-INFO-04: the law is chosen by country, office and date, with a reason; who reads the
/// page sees which one holds where, and the journal says who chose.
#[test]
fn a_pack_is_chosen_by_office_and_date() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        let country = |code: &str| (code.to_owned(), "country".to_owned());
        assert_eq!(held(&house, "2026-11-23", "heimdal").await, country("no-2022"));
        assert_eq!(held(&house, "2005-03-01", "heimdal").await, country("no-2004"));
        assert_eq!(held(&house, "1990-03-01", "heimdal").await, country("none"));
        let all = json!({ "pack": "se-2022@1", "from": "2026-12-01", "reason": "Prøve" });
        house.choose_law(&all).await;
        let one = json!({ "office": office("heimdal"), "pack": "no-2004@1", "from": "2026-12-24",
            "reason": "Historien om 2004", "once": "choose-once-1" });
        let waits = owner.post("/policy/choose", &one).await.ok().id();
        assert_eq!(owner.post("/policy/choose", &one).await.ok().id(), waits);
        house
            .force("update staff set role = 'privacy_owner' where code = 'city-02'")
            .await
            .unwrap();
        house.confirm_law(&house.staff("city-02").await, &waits).await.ok();
        let chosen = |code: &str, through: &str| (code.to_owned(), through.to_owned());
        assert_eq!(held(&house, "2026-11-30", "heimdal").await, country("no-2022"));
        assert_eq!(held(&house, "2026-12-01", "heimdal").await, chosen("se-2022", "all"));
        assert_eq!(held(&house, "2026-12-24", "heimdal").await, chosen("no-2004", "office"));
        assert_eq!(held(&house, "2026-12-24", "midtbyen").await, chosen("se-2022", "all"));
        let page = owner.see("/policy").await;
        let choices = page["choices"].as_array().unwrap();
        assert_eq!(choices.len(), 2, "sending twice makes one");
        assert_eq!(choices[0]["reason"], "Historien om 2004");
        assert_ne!(choices[0]["by"], "");
        assert_ne!(choices[0]["confirmed"], "");
        assert_ne!(choices[0]["confirmed"], choices[0]["by"]);
        let rows: i64 = house.one("select count(*) from journal where act = 'policy.choose'").await;
        assert_eq!(rows, 4, "each is proposed and confirmed");
        // The answers follow the pack that holds at the worker's own office.
        house.clock.move_to("2026-12-24T10:00:00Z".parse().unwrap());
        let host = house.staff("heimdal-02").await;
        assert_eq!(host.see("/policy/see").await["pack"]["code"], "no-2004");
        let owner = house.staff("city-03").await;
        let past = json!({ "pack": "no-2022@1", "from": "2026-12-23", "reason": "x" });
        let answer = owner.post("/policy/choose", &past).await;
        assert_eq!(answer.faults()["from"], "policy-past");
        let nothing = owner.post("/policy/choose", &json!({ "pack": "no-1066@1" })).await.faults();
        assert_eq!(nothing["pack"], "choose");
        assert!(nothing.contains_key("from") && nothing.contains_key("reason"));
    });
}

/// REQ-INFO-04: only the privacy owner loads and chooses; every member of staff reads.
#[test]
fn only_the_privacy_owner_chooses() {
    on_both(|house| async move {
        let form = json!({ "pack": "no-2004@1", "from": "2026-12-01", "reason": "x" });
        for code in ["city-01", "heimdal-01", "heimdal-02"] {
            let other = house.staff(code).await;
            other.get("/policy").await.ok();
            assert!(!other.get("/policy").await.body.contains("/policy/choose"));
            let refused = other.post("/policy/choose", &form).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{code}");
            let refused = other.post("/policy/load", &json!({ "text": shipped("no-2022") })).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{code}");
        }
        let kiosk = house.kiosk("heimdal").await;
        assert_eq!(kiosk.get("/api/v1/policy").await.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-INFO-04: a pack that was used is never changed under its version; a new version is a
/// pack of its own. A faulty text is refused with every line, and what was typed is kept.
#[test]
fn a_used_pack_is_never_changed() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        let changed = shipped("no-2022").replacen("nb = \"Norge i dag\"", "nb = \"Norge\"", 1);
        let answer = owner.post("/policy/load", &json!({ "text": changed })).await;
        assert_eq!(answer.faults()["text"], "policy-used");
        let second = changed.replacen("version = 1", "version = 2", 1);
        owner.post("/policy/load", &json!({ "text": second })).await.ok();
        // Not used yet, so that it can still be corrected.
        let third = second.replacen("nb = \"Norge\"", "nb = \"Norge nå\"", 1);
        owner.post("/policy/load", &json!({ "text": third })).await.ok();
        let page = owner.see("/policy/packs/no-2022/2").await;
        assert_eq!(page["pack"]["name"], "Norge nå");
        let form = |text: &str| {
            let pack = format!("no-2022@2@{}", &walls::digest(text)[..16]);
            json!({ "pack": pack, "from": "2027-01-01", "reason": "Ny tekst" })
        };
        // Nobody changes the law for all alone: whoever loaded it does not choose it.
        let alone = owner.post("/policy/choose", &form(&third)).await;
        assert_eq!((alone.status, alone.code()), (StatusCode::CONFLICT, "policy-own-pack".into()));
        house
            .force("update staff set role = 'privacy_owner' where code = 'heimdal-02'")
            .await
            .unwrap();
        let colleague = house.staff("heimdal-02").await;
        colleague.post("/policy/choose", &form(&third)).await.ok();
        let answer = owner.post("/policy/load", &json!({ "text": second })).await;
        assert_eq!(answer.faults()["text"], "policy-used");
        assert_eq!(owner.see("/policy/packs/no-2022/2").await["pack"]["name"], "Norge nå");
        for path in ["/policy/packs/no-2022/3", "/policy/packs/x/1", "/policy/packs/no-2022/x"] {
            let answer = owner.get(&format!("/api/v1{path}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let faulty = second.replacen("purpose = \"coordination\"", "purpose = \"curiosity\"", 1);
        let line = 1 + faulty.lines().position(|it| it == "purpose = \"curiosity\"").unwrap();
        let answer = owner.post("/policy/load", &json!({ "text": faulty })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.faults()[&format!("text:{line}")], "pack-unknown-word");
        let body = format!("text={}", urlencoded(&faulty));
        let answer = owner.form("/policy/load", &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("curiosity") && answer.body.contains("Kommune"), "kept");
    });
}

/// REQ-INFO-04: a pack that somebody loads holds nowhere, however new it is, until a second person
/// has read the text that is there and chosen it: nobody changes the law for all alone.
#[test]
fn a_loaded_pack_holds_nowhere_until_another_chooses_what_they_read() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        let second = shipped("no-2022").replacen("version = 1", "version = 2", 1);
        owner.post("/policy/load", &json!({ "text": second })).await.ok();
        // The same law in a higher version, and one that begins later, at an office and for all.
        let newer = second.replacen("version = 2", "version = 3", 1).replacen(
            "valid_from = 2022-12-01",
            "valid_from = 2026-01-01",
            1,
        );
        assert_ne!(newer, second.replacen("version = 2", "version = 3", 1));
        owner.post("/policy/load", &json!({ "text": newer })).await.ok();
        let country = ("no-2022".to_owned(), "country".to_owned());
        assert_eq!(held(&house, "2026-11-23", "heimdal").await, country);
        let version = |page: &Value| page["holds"][0]["pack"]["version"].as_i64().unwrap();
        assert_eq!(version(&owner.see("/policy?on=2026-11-23").await), 1);
        let host = house.staff("heimdal-02").await;
        assert_eq!(host.see("/policy/see").await["pack"]["version"], 1);
        let row = |page: &Value, n: i64| {
            let rows = page["packs"].as_array().unwrap().clone();
            rows.into_iter()
                .find(|it| it["pack"]["code"] == "no-2022" && it["pack"]["version"] == n)
                .unwrap()
        };
        let page = owner.see("/policy").await;
        assert_eq!(row(&page, 1)["shipped"], true);
        assert_eq!(row(&page, 2)["shipped"], false);
        assert_ne!(row(&page, 2)["by"], "");
        // The second person opens the form, and the first puts another text in its place.
        house
            .force("update staff set role = 'privacy_owner' where code = 'heimdal-02'")
            .await
            .unwrap();
        let colleague = house.staff("heimdal-02").await;
        let form = colleague.see("/policy/choose").await;
        assert_eq!(form["loaded"].as_array().unwrap().len(), 2);
        let offered = texts(&json!(
            form["packs"].as_array().unwrap().iter().map(|it| &it["id"]).collect::<Vec<_>>()
        ));
        let read = offered.iter().find(|it| it.starts_with("no-2022@2@")).unwrap().clone();
        assert!(offered.contains(&"no-2022@1".to_owned()), "what came with the program");
        let swapped = second.replacen("nb = \"Norge i dag\"", "nb = \"Norge\"", 1);
        owner.post("/policy/load", &json!({ "text": swapped })).await.ok();
        let choice = |pack: &str| json!({ "pack": pack, "from": "2026-11-23", "reason": "Lest" });
        for pack in [read.as_str(), "no-2022@2", "no-2022@2@", "no-2022@2@f", "no-2022@2@zz"] {
            let answer = colleague.post("/policy/choose", &choice(pack)).await;
            assert_eq!(answer.faults()["pack"], "policy-other-text", "{pack}");
        }
        let body = format!("pack={read}&from=2026-11-23&reason=Lest");
        let shown = colleague.form("/policy/choose", &body).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(shown.body.contains("Lest"), "what was typed is kept");
        let rows: i64 = house.one("select count(*) from policy_choice").await;
        assert_eq!(rows, 0);
        let used: i64 = house
            .one("select count(*) from policy_pack where version = 2 and used_at is not null")
            .await;
        assert_eq!(used, 0, "what was refused is not in use");
        // Only what they read, and only the second person.
        let now = format!("no-2022@2@{}", &walls::digest(&swapped)[..16]);
        let alone = owner.post("/policy/choose", &choice(&now)).await;
        assert_eq!((alone.status, alone.code()), (StatusCode::CONFLICT, "policy-own-pack".into()));
        colleague.post("/policy/choose", &choice(&now)).await.ok();
        assert_eq!(version(&owner.see("/policy?on=2026-11-23").await), 2);
    });
}

/// REQ-INFO-04: what opens more than the law of the place and time does by default (a site's settings
/// up to the law, and the law of another country or time) holds nowhere until a second privacy owner
/// has read the very text and confirmed it; never the same person twice, and not what was changed in
/// between. What narrows holds at once by one.
#[test]
fn what_opens_more_than_the_default_needs_two() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        let second = "update staff set role = 'privacy_owner' where code = 'city-02'";
        house.force(second).await.unwrap();
        let colleague = house.staff("city-02").await;
        let choices = async || house.one::<i64>("select count(*) from policy_choice").await;
        let set = |category: &str, effect: &str| {
            format!(
                "format = 1\npack = \"no-2022\"\n[[set]]\nrule = \"NO-03\"\n\
                 category = \"{category}\"\neffect = \"{effect}\"\n"
            )
        };
        let choice = |pack: &str, settings: &str, reason: &str| json!({ "pack": pack, "from": "2026-11-23", "reason": reason, "settings": settings });
        // Narrower, and the law itself: by one, at once.
        let narrower = choice("no-2022@1", &set("debt", "X"), "Strengere");
        assert_eq!(owner.post("/policy/choose", &narrower).await.ok().location(), "/api/v1/policy");
        let law = choice("no-2022@1", "", "Som loven");
        assert_eq!(owner.post("/policy/choose", &law).await.ok().location(), "/api/v1/policy");
        assert_eq!(choices().await, 2);
        let before = house.app.walls.pack(None, "2026-11-23".parse().unwrap()).unwrap();
        for (pack, settings, why) in [
            ("no-2022@1", set("debt", "N"), "wider"),
            ("se-2022@1", String::new(), "country"),
            ("no-2004@1", String::new(), "time"),
        ] {
            let held = choices().await;
            let answer = owner.post("/policy/choose", &choice(pack, &settings, why)).await.ok();
            assert_eq!(answer.json()["done"], "policy-proposed");
            let path = format!("/policy/proposals/{}", answer.id());
            let now = house.app.walls.pack(None, "2026-11-23".parse().unwrap()).unwrap();
            assert_eq!((choices().await, &now), (held, &before), "{why}: nothing holds yet");
            let page = colleague.see(&path).await;
            let beyond: Vec<&Value> =
                page["beyond"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
            assert_eq!(beyond, [why], "{page}");
            assert_eq!(page["wider"].as_array().unwrap().len(), usize::from(why == "wider"));
            assert_eq!((&page["may_confirm"], &page["mine"]), (&json!(true), &json!(false)));
            assert_eq!(owner.see(&path).await["may_confirm"], false);
            // The same person twice, and nobody without the duty.
            let own = house.confirm_law(&owner, &answer.id()).await;
            assert_eq!(
                (own.status, own.code()),
                (StatusCode::CONFLICT, "policy-own-proposal".into())
            );
            let host = house.staff("heimdal-02").await;
            assert_eq!(house.confirm_law(&host, &answer.id()).await.status, StatusCode::FORBIDDEN);
            // Not what was read.
            for read in ["", "0000", &page["mark"].as_str().unwrap()[..16]] {
                let yes = json!({ "answer": "yes", "read": read });
                let refused = colleague.post(&format!("{path}/answer"), &yes).await;
                assert_eq!(refused.faults()["answer"], "policy-other-proposal", "{read}");
            }
            let neither = colleague.post(&format!("{path}/answer"), &json!({})).await;
            assert_eq!(neither.faults()["answer"], "choose");
            assert_eq!(choices().await, held);
            let listed = owner.see("/policy").await;
            assert_eq!(listed["waiting"].as_array().unwrap().len(), 1);
            house.confirm_law(&colleague, &answer.id()).await.ok();
            assert_eq!(choices().await, held + 1);
            let listed = owner.see("/policy").await;
            assert!(listed["waiting"].as_array().unwrap().is_empty());
            let top = &listed["choices"][0];
            assert_eq!((&top["reason"], top["by"] == top["confirmed"]), (&json!(why), false));
            let again = house.confirm_law(&colleague, &answer.id()).await;
            assert_eq!(
                (again.status, again.code()),
                (StatusCode::CONFLICT, "policy-answered".into())
            );
            owner.post("/policy/choose", &law).await.ok();
        }
        // A row of the same person twice is no row, whoever writes it.
        let same = "update policy_proposal set answered_by = proposed_by";
        assert!(house.force(same).await.is_err());
        // Refused by the second, taken back by the first, and over.
        let held = choices().await;
        let propose =
            async || owner.post("/policy/choose", &choice("no-2004@1", "", "Før")).await.ok();
        let no = json!({ "answer": "no" });
        for who in [&colleague, &owner] {
            let id = propose().await.id();
            who.post(&format!("/policy/proposals/{id}/answer"), &no).await.ok();
            let late = house.confirm_law(&colleague, &id).await;
            assert_eq!(late.code(), "policy-answered");
        }
        let id = propose().await.id();
        house.clock.move_to("2026-11-24T08:30:00Z".parse().unwrap());
        let (owner, colleague) = (house.staff("city-03").await, house.staff("city-02").await);
        assert_eq!(house.confirm_law(&colleague, &id).await.code(), "policy-over");
        assert_eq!(choices().await, held);
        // A loaded pack that is changed while the choice waits must be proposed anew.
        let loaded = shipped("no-2022").replacen("version = 1", "version = 2", 1);
        colleague.post("/policy/load", &json!({ "text": loaded })).await.ok();
        let pack = format!("no-2022@2@{}", &walls::digest(&loaded)[..16]);
        let form = json!({ "pack": pack, "from": "2026-11-24", "reason": "Ny",
            "settings": set("debt", "N") });
        let id = owner.post("/policy/choose", &form).await.ok().id();
        let other = loaded.replacen("nb = \"Norge i dag\"", "nb = \"Norge\"", 1);
        let page = format!("/policy/proposals/{id}");
        assert_eq!(colleague.see(&page).await["has_changed"], false);
        colleague.post("/policy/load", &json!({ "text": other })).await.ok();
        let shown = colleague.see(&page).await;
        assert_eq!((&shown["has_changed"], &shown["may_confirm"]), (&json!(true), &json!(false)));
        let refused = house.confirm_law(&colleague, &id).await;
        assert_eq!(refused.faults()["answer"], "policy-other-proposal");
        assert_eq!(choices().await, held);
    });
}

fn urlencoded(text: &str) -> String {
    let safe = |b: u8| b.is_ascii_alphanumeric();
    text.bytes()
        .map(|b| if safe(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// REQ-INFO-04: a site may narrow a pack and never open more than the law; what is wider is
/// refused with its line, and what is narrower holds.
#[test]
fn settings_wider_than_the_law_are_refused_with_their_line() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        let set = |rule: &str, category: &str, effect: &str| {
            format!(
                "format = 1\npack = \"no-2022\"\n\n[[set]]\nrule = \"{rule}\"\n\
                 category = \"{category}\"\neffect = \"{effect}\"\n"
            )
        };
        let form = |settings: String| {
            json!({ "pack": "no-2022@1", "from": "2026-11-23", "reason": "Strengere",
                "office": office("heimdal"), "settings": settings })
        };
        let wide = owner.post("/policy/choose", &form(set("NO-04", "health", "A"))).await;
        assert_eq!(wide.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wide.faults()["settings:7"], "pack-wider-than-law");
        let choices: i64 = house.one("select count(*) from policy_choice").await;
        assert_eq!(choices, 0);
        owner.post("/policy/choose", &form(set("NO-02", "emp", "X"))).await.ok();
        let question = "from=nav_stat&to=kom_sosial&purpose=coordination&category=emp\
             &when=same_joint_office";
        let here = house.staff("heimdal-02").await;
        let there = house.staff("midtbyen-02").await;
        let answer = |page: Value| page["answer"]["yes"].as_bool().unwrap();
        assert!(!answer(here.see(&format!("/policy/ask?{question}")).await));
        assert!(answer(there.see(&format!("/policy/ask?{question}")).await));
        let choice = owner.see("/policy").await["choices"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/policy/packs/no-2022/1?choice={choice}");
        let page = owner.see(&path).await;
        let cell = letter_of(&page, "NO-02", "emp");
        assert_eq!((&cell["letter"], &cell["law"]), (&json!("X"), &json!("A")));
        let plain = owner.see("/policy/packs/no-2022/1").await;
        assert_eq!(letter_of(&plain, "NO-02", "emp")["letter"], "A");
    });
}

fn letter_of(page: &Value, rule: &str, category: &str) -> Value {
    let ways = page["directions"].as_array().unwrap().iter();
    let mut rules = ways.flat_map(|way| way["rules"].as_array().unwrap());
    let row = rules.find(|it| it["rule"] == json!(rule)).unwrap();
    let mut cells = row["cells"].as_array().unwrap().iter();
    cells.find(|it| it["category"] == json!(category)).unwrap().clone()
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())]
    }
}

const GIVER: AgencyId = AgencyId(Uuid::from_u128(11));
const RECEIVER: AgencyId = AgencyId(Uuid::from_u128(12));

/// REQ-INFO-05: what the page answers is what the function that decides would say, for a
/// random sample of questions over all packs; and every no has a reason.
#[test]
fn the_answers_are_those_of_the_engine() {
    on_both(|house| async move {
        let worker = house.staff("heimdal-01").await;
        let mut dice = Dice(20_261_122);
        let (mut yes, mut no) = (0, 0);
        let now = house.app.now();
        let today = house.app.today();
        for _ in 0..500 {
            let (code, text) = dice.of(&packs::SHIPPED);
            let pack = Pack::read(text).unwrap();
            // Half of the questions are where rules are.
            let rules: Vec<_> = pack.rules().map(|(_, rule)| rule).collect();
            let rule = dice.of(&rules);
            let bodies: Vec<_> = pack.bodies().map(|(body, _)| body).collect();
            let standing = |end| -> Vec<_> {
                bodies.iter().copied().filter(|body| pack.stands_for(end, *body)).collect()
            };
            let (from, to) = (dice.of(&standing(rule.from)), dice.of(&standing(rule.to)));
            let purpose = if dice.roll(4) > 0 { rule.purpose } else { dice.of(&Purpose::ALL) };
            let category = dice.of(&Category::ALL);
            let when: Conditions = if dice.roll(3) > 0 { rule.when } else { Conditions::NONE };
            let overlays = match dice.roll(8) {
                0 => Overlays::only(dice.of(&Overlay::ALL)),
                _ => Overlays::NONE,
            };
            let consent = dice.of(&[
                "",
                "valid",
                "valid",
                "valid",
                "valid",
                "withdrawn",
                "expired",
                "doubtful",
                "other",
            ]);
            let necessity = dice.of(&["", "valid", "valid", "expired", "other"]);
            let (list, internal, agreed) =
                (dice.roll(5) == 0, dice.roll(8) == 0, dice.roll(2) == 0);
            let before = today.yesterday().unwrap();
            let covers = |state: &str| match state {
                "other" => Categories::ALL.without(category),
                _ => Categories::only(category),
            };
            let consents: Vec<Consent> = (!consent.is_empty())
                .then(|| Consent {
                    id: ConsentId(Uuid::nil()),
                    person: PersonId(Uuid::nil()),
                    purpose,
                    from: vec![GIVER],
                    to: vec![RECEIVER],
                    categories: covers(consent),
                    given_at: now.checked_sub(1.hours()).unwrap(),
                    valid_until: if consent == "expired" { before } else { today },
                    withdrawn_at: (consent == "withdrawn").then_some(now),
                    doubtful: consent == "doubtful",
                })
                .into_iter()
                .collect();
            let necessities: Vec<Necessity> = (!necessity.is_empty())
                .then(|| Necessity {
                    id: NecessityId(Uuid::nil()),
                    from: GIVER,
                    to: RECEIVER,
                    purpose,
                    categories: covers(necessity),
                    valid_until: if necessity == "expired" { before } else { today },
                })
                .into_iter()
                .collect();
            let verdict = judge(
                &pack,
                &Request {
                    from,
                    to,
                    giver: GIVER,
                    receiver: RECEIVER,
                    purpose,
                    category,
                    conditions: when,
                    transfer: if list { Transfer::List } else { Transfer::Record },
                    internal,
                    agreement: agreed.then_some(Categories::only(category)),
                    overlays,
                    groups: Groups::NONE,
                    single: None,
                    consents: &consents,
                    necessities: &necessities,
                    now,
                    today,
                },
            );
            let mut path = format!(
                "/policy/ask?pack={code}&from={}&to={}&purpose={}&category={}&consent={consent}\
                 &necessity={necessity}",
                pack.body_code(from),
                pack.body_code(to),
                purpose.as_str(),
                category.as_str()
            );
            for condition in pack.condition_codes(when) {
                path.push_str(&format!("&when={condition}"));
            }
            for fact in overlays.iter() {
                path.push_str(&format!("&overlay={}", fact.as_str()));
            }
            for (flag, name) in [(list, "list"), (internal, "internal"), (agreed, "agreed")] {
                if flag {
                    path.push_str(&format!("&{name}=yes"));
                }
            }
            let answer = worker.see(&path).await["answer"].clone();
            assert_eq!(answer["yes"], json!(verdict.is_permit()), "{path}");
            match verdict {
                Verdict::Permit(ground) => {
                    yes += 1;
                    assert_eq!(
                        answer["rule"],
                        json!(pack.rule_code(ground.rule.unwrap())),
                        "{path}"
                    );
                    assert_eq!(answer["reasons"], json!([]));
                }
                Verdict::Deny(refusal) => {
                    no += 1;
                    let told: Vec<&str> = answer["reasons"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|it| it["code"].as_str().unwrap())
                        .collect();
                    let codes: Vec<&str> = refusal.reasons.iter().map(|it| it.code()).collect();
                    assert_eq!(told, codes, "{path}");
                    assert!(!told.is_empty(), "{path}");
                    assert_eq!(
                        answer["remedies"][0]["code"],
                        json!(refusal.remedy.code()),
                        "{path}"
                    );
                }
            }
        }
        assert!(yes > 50 && no > 50, "{yes} {no}");
        let unknown = worker.get("/api/v1/policy/ask?from=nobody&to=nav_stat").await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unknown.faults().contains_key("from") && unknown.faults().contains_key("purpose"));
    });
}
