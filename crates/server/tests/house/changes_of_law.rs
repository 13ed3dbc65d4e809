//! Other law, other walls: what a change does is told beforehand, in rows with counts.

use http::StatusCode;
use jiff::ToSpan;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::{Category, Effect, Overlay, Purpose, packs};
use onedoor_server::app::id_of;
use onedoor_server::question;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use uuid::Uuid;

use crate::cases::INSURANCE;
use crate::question::{pack, shipped, texts};
use crate::support::{House, on_both};

/// REQ-INFO-05: what a body sees is told row by row, and each letter is the one that the
/// engine would use; what a role may do stands beside its relations.
#[test]
fn what_a_body_sees_is_what_the_engine_gives() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        for (code, _) in packs::SHIPPED {
            let pack = pack(code);
            let mut rows = 0;
            for (to, entry) in pack.bodies() {
                let page = owner.see(&format!("/policy/see?pack={code}&body={}", entry.code)).await;
                for giver in page["givers"].as_array().unwrap() {
                    let from = pack.body(giver["from"]["code"].as_str().unwrap()).unwrap();
                    for row in giver["rows"].as_array().unwrap() {
                        let when = row["when"].as_array().unwrap().iter();
                        let held = pack.conditions_of(when.map(|it| it["code"].as_str().unwrap()));
                        let purpose = Purpose::parse(row["purpose"].as_str().unwrap()).unwrap();
                        for cell in row["cells"].as_array().unwrap() {
                            let category =
                                Category::parse(cell["category"].as_str().unwrap()).unwrap();
                            let effect = pack.effect(from, to, purpose, category, held);
                            let effect = effect.map_or(Effect::Denied, |it| it.1);
                            assert_eq!(cell["letter"], json!(effect.as_str()));
                        }
                        rows += 1;
                    }
                }
            }
            assert!(rows > 5, "{code}: {rows}");
        }
        let page = owner.see("/policy/see?role=host").await;
        let acts = page["acts"].as_array().unwrap();
        let slip = acts.iter().find(|it| it["act"] == "reception-send_slip").unwrap();
        assert_eq!(texts(&slip["relations"]), ["reception"]);
        assert!(acts.iter().all(|it| it["act"] != "case-read"), "a host reads no case");
        let fault = owner.get("/api/v1/policy/see?role=king").await.faults();
        assert_eq!(fault["role"], "choose");
    });
}

/// Seven people whom all three agencies know, one of them with a protected address: a health
/// fact of each at the insurance, and three debts there.
async fn people(house: &House) {
    let worker = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
    for given in ["Anna", "Berit", "Carl", "Dina", "Erik", "Frida", "Gerd"] {
        let form = json!({ "given": given, "family": "Sjudal", "none_of_these": "yes" });
        worker.post("/persons", &form).await.ok();
    }
    house
        .force(
            "insert into person_agency (person_id, agency_id, since)
             select p.id, a.id, '2026-01-01' from person p, agency a where not exists (
                select 1 from person_agency k where k.person_id = p.id and k.agency_id = a.id);
             update person set protection = 2, guard = 2
                where id = (select id from person order by id desc limit 1);
             insert into fact (id, person_id, agency_id, kind, category, body, source,
                received_on, kept_until, noted_at)
             select p.id, p.id, a.id, 'x', 'health', 'x', 'x', '2026-01-01', '2036-01-01', 0
             from person p, agency a where a.code = (
                select min(code) from agency where kind = 'insurance');",
        )
        .await
        .unwrap();
    let staff = id_of("staff", &house.worker(INSURANCE, "caseworker", 0));
    let code = house.worker(INSURANCE, "caseworker", 0);
    assert_ne!(staff, Uuid::nil());
    house
        .force(&format!(
            "insert into note (id, person_id, agency_id, category, internal, body, source,
                received_on, kept_until, noted_at, noted_by)
             select p.id, p.id, a.id, 'debt', false, 'x', 'x', '2026-01-01', '2036-01-01', 0, s.id
             from person p, agency a, staff s where s.code = '{code}' and a.code = (
                select min(code) from agency where kind = 'insurance')
             order by p.id limit 3;"
        ))
        .await
        .unwrap();
}

fn kind<'a>(row: &'a Value, category: &str) -> Option<&'a Value> {
    row["kinds"].as_array().unwrap().iter().find(|it| it["category"] == json!(category))
}

/// REQ-INFO-04, REQ-INFO-10: what changes between two laws is told in rows, with how many
/// people each concerns; few are never told apart from none, and who is protected is in no
/// count.
#[test]
fn a_change_of_law_is_told_in_rows_with_counts() {
    on_both(|house| async move {
        people(&house).await;
        let owner = house.staff("city-03").await;
        let page = owner.see("/policy/diff?a=no-2004&b=no-2022").await;
        assert_eq!(page["before"]["code"], "no-2004");
        let rows = page["rows"].as_array().unwrap();
        assert_eq!(json!(rows.len()), page["count"], "nothing is cut off");
        let (before, after) = (pack("no-2004"), pack("no-2022"));
        let mut told = 0;
        for row in rows {
            let when: Vec<&str> = row["when"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["code"].as_str().unwrap())
                .collect();
            let purpose = Purpose::parse(row["purpose"].as_str().unwrap()).unwrap();
            for (pack, side) in [(&before, "before"), (&after, "after")] {
                let body = |end: &str| {
                    pack.body_of(AgencyKind::parse(row[end]["code"].as_str().unwrap()).unwrap())
                };
                for one in row["kinds"].as_array().unwrap() {
                    let category = Category::parse(one["category"].as_str().unwrap()).unwrap();
                    let effect = body("from").zip(body("to")).and_then(|(from, to)| {
                        let held = pack.conditions_of(when.iter().copied());
                        pack.effect(from, to, purpose, category, held)
                    });
                    let letter = effect.map_or("", |it| it.1.as_str());
                    assert_eq!(row[side], json!(letter), "{row}");
                    told += 1;
                }
            }
        }
        assert!(told > 50, "{told}");
        let way = |row: &&Value| {
            row["from"]["code"] == "insurance"
                && row["to"]["code"] == "social"
                && row["purpose"] == "coordination"
        };
        let health = rows.iter().filter(way).find_map(|row| kind(row, "health")).unwrap();
        assert_eq!((&health["people"], &health["few"]), (&json!(5), &json!(false)));
        let debt = rows.iter().filter(way).find_map(|row| kind(row, "debt")).unwrap();
        assert_eq!((&debt["people"], &debt["few"]), (&Value::Null, &json!(true)));
        // Where there is nothing at all, the answer is the same.
        let nothing = rows.iter().filter(way).find_map(|row| kind(row, "child")).unwrap();
        assert_eq!((&nothing["people"], &nothing["few"]), (&debt["people"], &debt["few"]));
        let body = owner.get("/policy/diff?a=no-2004&b=no-2022").await.body;
        assert!(body.contains("færre enn 5") && !body.contains(": 3<"), "three stays untold");
        // Two days are two laws; the same day twice changes nothing.
        let days = owner.see("/policy/diff?a=2005-01-01&b=2026-01-01").await;
        assert_eq!(days["count"], page["count"]);
        assert_eq!(owner.see("/policy/diff?a=no-2022&b=2026-01-01").await["count"], 0);
        let wide = owner.see("/policy/diff?a=no-2004&b=no-2022&all=yes").await;
        assert!(wide["count"].as_i64() > page["count"].as_i64());
        let fault = owner.get("/api/v1/policy/diff?a=no-2004&b=no-1066").await.faults();
        assert_eq!(fault["b"], "policy-which");
    });
}

/// REQ-INFO-05: a sensitive way that is open and that nobody has used is listed; one that was
/// used is not, as long as that was within the days.
#[test]
fn sensitive_ways_that_nobody_uses_are_listed() {
    on_both(|house| async move {
        people(&house).await;
        let owner = house.staff("city-03").await;
        let page = owner.see("/policy/unused?pack=no-2022").await;
        let open = page["open"].as_i64().unwrap();
        let ways = page["ways"].as_array().unwrap();
        assert!(open > 10, "{open}");
        assert_eq!(i64::try_from(ways.len()).unwrap(), open, "nothing has crossed yet");
        assert!(ways.iter().all(|way| way["letter"] != "X"));
        let then = house.app.now().checked_sub((100 * 24).hours()).unwrap().as_microsecond();
        house
            .force(&format!(
                "insert into disclosure (id, person_id, from_agency_id, to_agency_id, categories,
                    purpose, ground, rule, pack, what, form, at)
                 select p.id, p.id, f.id, t.id, 'emp health', 'coordination', 'rule', 'NO-02',
                    'no-2022', 'x', 'view', {then} from person p, agency f, agency t
                 where f.code = (select min(code) from agency where kind = 'insurance')
                    and t.code = (select min(code) from agency where kind = 'social')
                 order by p.id limit 1;"
            ))
            .await
            .unwrap();
        let used = |page: &Value| {
            page["ways"].as_array().unwrap().iter().all(|way| {
                (&way["from"]["code"], &way["to"]["code"], &way["purpose"], &way["category"])
                    != (
                        &json!("insurance"),
                        &json!("social"),
                        &json!("coordination"),
                        &json!("health"),
                    )
            })
        };
        let page = owner.see("/policy/unused?pack=no-2022&days=180").await;
        assert_eq!(page["ways"].as_array().unwrap().len(), ways.len() - 1);
        assert!(used(&page));
        let page = owner.see("/policy/unused?pack=no-2022&days=99").await;
        assert!(!used(&page), "that was before");
        let fault = owner.get("/api/v1/policy/unused?days=0").await.faults();
        assert_eq!(fault["days"], "policy-days");
    });
}

/// A pack whose every direction has eight conditions of its own.
fn wide_pack(tag: &str) -> String {
    let text =
        shipped("no-2022").replacen("code = \"no-2022\"", &format!("code = \"slow-{tag}\""), 1);
    let head = text.split("[[condition]]").next().unwrap();
    let tail = &text[text.find("[[overlay]]").unwrap()..];
    let letters = Category::ALL.map(|it| format!("{} = \"C\"", it.as_str())).join(", ");
    let mut pack = head.to_owned();
    for n in 0..8 {
        pack.push_str(&format!(
            "[[condition]]\ncode = \"k{tag}{n}\"\nknown = \"declared\"\nnb = \"x\"\nnn = \"x\"\n\
             sv = \"x\"\nen = \"x\"\n\n"
        ));
    }
    for n in 0..8 {
        pack.push_str(&format!(
            "[[rule]]\nid = \"R{tag}{n}\"\npurpose = \"coordination\"\nfrom = \"any_no\"\n\
             to = \"any_no\"\nwhen = [\"k{tag}{n}\"]\nlaw = {{ {letters} }}\n\
             default = {{ {letters} }}\nbasis = \"x\"\nverified = true\n\n"
        ));
    }
    pack + tail
}

/// REQ-INFO-04: a policy file made to be slow is refused fast, and so is a comparison of two
/// packs that would never end.
#[test]
fn a_policy_file_made_to_be_slow_is_refused_fast() {
    on_both(|house| async move {
        let owner = house.staff("city-03").await;
        let deep = format!("x = {}", "[".repeat(100_000));
        let dotted = format!("{}x = 1", "a.".repeat(60_000));
        let many: String = (0..20_000).map(|n| format!("k{n} = 1\n")).collect();
        let tables: String = (0..20_000).map(|_| "[[rule]]\n").collect();
        let long = format!("code = \"{}\"", "a".repeat(250_000));
        let large = "# x\n".repeat(400_000);
        let strings = format!("x = [{}]", "\"\",".repeat(60_000));
        for text in [deep, dotted, many, tables, long, large, strings] {
            let begun = Instant::now();
            let answer = owner.post("/policy/load", &json!({ "text": text })).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", &text[..20]);
            assert!(
                begun.elapsed() < Duration::from_secs(5),
                "{} {:?}",
                &text[..20],
                begun.elapsed()
            );
        }
        for tag in ["a", "b"] {
            owner.post("/policy/load", &json!({ "text": wide_pack(tag) })).await.ok();
        }
        let begun = Instant::now();
        let answer = owner.get("/api/v1/policy/diff?a=slow-a&b=slow-b&all=yes").await;
        assert_eq!(answer.faults()["b"], "policy-too-different");
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        for (a, _) in packs::SHIPPED {
            for (b, _) in packs::SHIPPED {
                let effort = question::effort(&pack(a), &pack(b));
                assert!(effort < question::PARTS_TO_COMPARE, "{a} {b}: {effort}");
            }
        }
    });
}

/// Every closed list that an answer is made of has its words in every language.
#[test]
fn every_code_of_the_walls_has_words() {
    use onedoor_domain::person::{Country, Language};
    use onedoor_domain::secrecy::{Group, Obligation, PackFaultKind, Relation};
    let codes: Vec<(&str, Vec<&str>)> = vec![
        ("policy-info", Category::ALL.map(Category::as_str).to_vec()),
        ("policy-for", Purpose::ALL.map(Purpose::as_str).to_vec()),
        ("policy-letter", Effect::ALL.map(Effect::as_str).to_vec()),
        ("policy-short", Effect::ALL.map(Effect::as_str).to_vec()),
        ("policy-fact", Overlay::ALL.map(Overlay::as_str).to_vec()),
        ("policy-mark", Group::ALL.map(Group::as_str).to_vec()),
        ("policy-must", Obligation::ALL.map(Obligation::as_str).to_vec()),
        ("policy-fault", PackFaultKind::ALL.map(PackFaultKind::code).to_vec()),
        ("policy-relation", Relation::ALL.iter().map(|it| it.as_str()).collect()),
        ("policy-country", vec![Country::No.as_str(), Country::Se.as_str()]),
        ("policy-kind", vec!["hard", "soft"]),
        ("policy-known", vec!["computed", "declared"]),
        ("policy-overlay", vec!["silent", "lifted", "overcome", "denies"]),
        ("policy-standing", vec!["won", "fails", "less-named", "unconditional", "wider", "later"]),
        ("policy-remedy", vec!["nothing", "consent", "necessity", "single-access"]),
        ("policy-paper", vec!["valid", "withdrawn", "expired", "doubtful", "other", "refused"]),
        (
            "policy-why",
            vec![
                "overlay-hard",
                "overlay-soft",
                "single-refused",
                "single-expired",
                "single-too-long",
                "internal",
                "not-in-agreement",
                "no-rule",
                "closed",
                "needs-consent",
                "list-needs-consent",
                "consent-out-of-scope",
                "consent-withdrawn",
                "consent-expired",
                "consent-not-yet",
                "consent-doubtful",
                "needs-necessity",
                "necessity-out-of-scope",
                "necessity-expired",
            ],
        ),
    ];
    for language in Language::ALL {
        let keys = onedoor_server::words::keys(language);
        for (family, codes) in &codes {
            for code in codes {
                let key = format!("{family}-{code}");
                assert!(keys.contains(&key), "no text for {key} in {language}");
            }
        }
    }
}
