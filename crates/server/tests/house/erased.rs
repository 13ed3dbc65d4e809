//! An erased person, looked for in every table and in every backup.

use std::collections::{BTreeMap, BTreeSet};

use onedoor_server::db::{Db, Engine, Value};
use onedoor_server::keys::Vault;
use serde_json::json;

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL};
use crate::keys::{NUMBER, Told, backup, found, literal, neighbour, opens, told};
use crate::providers::{agreement, hand_all};
use crate::support::{House, on_both, staff_id};

/// Tables with personal data that hold nothing about whoever is helped, each with its reason.
const ABOUT_OTHERS: &[(&str, &str)] = &[
    ("watch_measure", "counts of a worker's day"),
    (
        "exchange_row",
        "the sender's own name of a row, sealed under the key of the run, for two years",
    ),
    ("reaction", "what visitors feel about the aims shown, without anybody's name"),
];

/// Tables whose rows stay after an erasure, with nothing in them but identifiers and times.
const STAYS: &[(&str, &str)] = &[
    ("person", "the identifier that the journal refers to; everything else is blank"),
    ("journal", "who looked: identifiers"),
    ("journal_person", "who looked: identifiers"),
    ("legal_hold", "that there was one; its reasons are sealed under the destroyed key"),
    ("erasure", "that it was asked and done; its reasons are sealed under the destroyed key"),
    ("kept_lock", "the identifier of a case, which is gone"),
    ("candidate_list", "the list, without the person on it"),
];

/// What the walls keep besides: a recorded ground, a single access, a question about one's own
/// file, what was handed to a provider, what was passed on, and a consent that was taken back.
async fn told_on_the_walls(house: &House, told: &mut Told) {
    let person = told.person;
    let worker = &told.worker;
    let agency = |code: &str| onedoor_server::app::id_of("agency", code).to_string();
    let ground = json!({
        "direction": "ask", "from_agency": agency("insurance"), "aim": "coordination",
        "categories": ["health"], "reason": "Bærer tunge kasser på Solsiden",
        "valid_until": "2026-12-20",
    });
    worker.post(&format!("/persons/{person}/grounds"), &ground).await.ok();
    let giver = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
    giver
        .post("/persons", &json!({ "given": "Tordis", "family": "Kvitvær", "number": NUMBER }))
        .await
        .ok();
    let claims = giver.see(&format!("/persons/{person}/joint")).await;
    let claim = claims["claims"][0]["id"].as_str().unwrap();
    let answer = json!({ "answer": "yes", "reason": "Avklart med fastlegen Qvammesand" });
    giver.post(&format!("/persons/{person}/grounds/{claim}/answer"), &answer).await.ok();

    crate::documents::kept(worker, &person.to_string()).await;
    let here = literal(house, person);
    house
        .force(&format!("update person set basic_unit = '99011001' where id = {here}"))
        .await
        .unwrap();
    let access = json!({
        "number": NUMBER, "reason": "Vikarierer etter brannen i Lundgata",
        "valid_until": house.app.today().checked_add(jiff::ToSpan::days(5)).unwrap().to_string(),
    });
    house.staff("ostbyen-52").await.post("/access", &access).await.ok();

    let me = house.resident(&person.to_string()).await;
    let ask = json!({
        "kind": "correction", "about": "other", "text": "Jeg har aldri bodd på Fjellseter",
    });
    me.post("/my/corrections", &ask).await.ok();
    let waiting = worker.see("/corrections").await;
    let question = waiting["lines"][0]["question"].clone();
    let answer = json!({
        "verdict": "refused", "reason": "Står slik i brevet fra Fjærlandbua",
        "version": question["version"].to_string(),
    });
    let path = format!("/corrections/{}/answer", question["id"].as_str().unwrap());
    worker.post(&path, &answer).await.ok();

    // A consent that names a provider and an agency: something is handed over and something is
    // seen on it, it is taken back, and both answer.
    let provider = agreement(house, "employment", &["id", "case", "emp", "health"]).await;
    let employment = house.staff(&house.worker(EMPLOYMENT, "caseworker", 0)).await;
    let form = json!({ "given": "Tordis", "family": "Kvitvær", "number": NUMBER });
    employment.post("/persons", &form).await.ok();
    // What one agency was told of how to reach her, beside what another has registered.
    let edit = format!("/persons/{person}/edit");
    let version = employment.see(&edit).await["form"]["version"].clone();
    let own = json!({
        "given": "Tordis", "family": "Kvitvær", "version": version, "phone": "94 08 15 162",
        "email": "tordis@hemmelig.example", "address": "Bak naustet 3", "postcode": "7093 Bortre",
    });
    employment.post(&edit, &own).await.ok();
    let fact = json!({
        "kind": "work_ability", "text": "Tåler ikke løft etter fallet på Gråkallen",
        "source": "Lege Winther", "received_on": "2026-11-20",
    });
    employment.post(&format!("/persons/{person}/facts"), &fact).await.ok();
    let mut consent = json!({
        "purpose": "coordination", "category": ["id", "case", "emp", "health"],
        "from": [agency("employment")], "to": [provider, agency("social")],
    });
    let seen = me.post("/my/consents/preview", &consent).await.ok().json();
    consent["seen"] = seen["seen"].clone();
    let consent = me.post("/my/consents", &consent).await.ok().id();
    let paper = hand_all(&employment, &person.to_string(), &provider, &["placement"]).await;
    assert!(paper.contains("Gråkallen"));
    worker.see(&format!("/persons/{person}/joint")).await;
    let path = format!("/my/consents/{consent}/withdraw");
    let mut form = json!({ "scope": "all" });
    let seen = me.post(&format!("{path}/preview"), &form).await.ok().json();
    form["seen"] = seen["seen"].clone();
    me.post(&path, &form).await.ok();
    let line = employment.see("/withdrawals").await["lines"][0].clone();
    let answer = json!({
        "answer": "kept_by_law", "reason": "Bokføring hos Vekst på Vassfjellporten",
        "version": line["version"].to_string(),
    });
    let path = format!("/withdrawals/{}", line["id"].as_str().unwrap());
    employment.post(&path, &answer).await.ok();

    // The county decides on something that the desk can only guide on.
    let desk = house.staff(&house.worker("insurance-front-heimdal", "front_worker", 0)).await;
    desk.post("/persons", &json!({ "given": "Tordis", "family": "Kvitvær", "number": NUMBER }))
        .await
        .ok();
    let task = json!({ "service": "car_support", "kind": "decide", "what": "Bil fra Ytterbrua" });
    let task = desk.post(&format!("/persons/{person}/tasks"), &task).await.ok().id();
    let done = json!({ "state": "done", "result": "Varebil hos Myrslett", "version": "1" });
    house.staff("county-01").await.post(&format!("/tasks/{task}"), &done).await.ok();

    let text = format!(
        "key;number;kind;value;known_on\ns-1;{NUMBER};housing;Brakke på Tempe;2026-11-02\n#end;1\n"
    );
    worker.post("/exchange", &json!({ "text": text })).await.ok();
    told.texts.extend([
        "Ytterbrua",
        "Myrslett",
        "Solsiden",
        "Qvammesand",
        "Lundgata",
        "Fjellseter",
        "Fjærlandbua",
        "Gråkallen",
        "Winther",
        "Vassfjellporten",
        "Brakke på Tempe",
        "94 08 15",
        "hemmelig.example",
        "Bak naustet",
        "7093 Bortre",
    ]);
}

/// Rows without a text of their own, which other work leaves: put there as that work would.
async fn by_the_way(house: &House, told: &Told) {
    let person = literal(house, told.person);
    let new = || {
        let id = uuid::Uuid::now_v7();
        match house.app.db.engine() {
            Engine::Sqlite => format!("x'{}'", id.simple()),
            Engine::Postgres => format!("'{id}'"),
        }
    };
    let other = neighbour(house, told.person).await;
    let other = literal(house, other);
    let lit = |id: String| match house.app.db.engine() {
        Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
        Engine::Postgres => format!("'{id}'"),
    };
    let agency = |code: &str| lit(onedoor_server::app::id_of("agency", code).to_string());
    let (social, work) = (agency("social"), agency("employment"));
    let staff = lit(staff_id(&house.worker(SOCIAL, "caseworker", 3)));
    let visit = format!("(select id from visit where person_id = {person} limit 1)");
    let unit = lit(crate::support::unit_id(EMPLOYMENT));
    let office = lit(onedoor_server::app::id_of("office", "heimdal").to_string());
    let consent = format!("(select id from consent where person_id = {person} limit 1)");
    let (list, sending, effort) = (new(), new(), new());
    let (meeting, followed) = (new(), new());
    let rest = [
        format!(
            "insert into sending (id, person_id, visit_id, from_staff_id, from_agency_id,
            to_agency_id, to_unit_id, to_office_id, sent_at, due_at, state) values ({sending},
            {person}, {visit}, {staff}, {social}, {work}, {unit}, {office}, 1, 2, 'told')"
        ),
        format!(
            "insert into feedback (sending_id, staff_id, person_id, told, at)
            values ({sending}, {staff}, {person}, 'came', 3)"
        ),
        format!(
            "insert into talk (visit_id, office_id, day, content, needs_closed, room_used,
            reason, marked_by, at, version) values ({visit}, {office}, '2026-11-23', 'health',
            {yes}, {yes}, '', {staff}, 4, 1)",
            yes = yes(house)
        ),
        format!(
            "insert into route (visit_id, agency_id, subject, district_id, unit_id, away, at)
            select {visit}, {work}, 'measure', d.id, {unit}, {no}, 4 from district d
            where d.code = 'heimdal' and not exists (
                select 1 from route where visit_id = {visit})",
            no = no(house)
        ),
        format!(
            "insert into escalation (visit_id, subject, office_id, unit_id, staff_id, at)
            values ({visit}, 'measure', {office}, {unit}, {staff}, 4)"
        ),
        format!(
            "insert into talking_point (id, person_id, kind, first_agency_id,
            second_agency_id, first_on, second_on, found_at, version) values ({}, {person},
            'housing', {social}, {work}, '2026-11-02', '2026-11-09', 5, 1)",
            new()
        ),
        format!(
            "insert into kin (id, person_id, other_id, kind, agency_id, source, received_on,
            noted_at, noted_by, version) values ({}, {person}, {other}, 'sibling', {social},
            'paper', '2026-11-02', 5, {staff}, 1)",
            new()
        ),
        format!(
            "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at)
            values ({staff}, {person}, 'sibling', 8, 'self', 6)"
        ),
        format!(
            "insert into staff_tie_number (staff_id, number, kind, bits, source, noted_at)
            select {staff}, number, 'sibling', 8, 'self', 6 from person_identifier
            where person_id = {person}"
        ),
        format!(
            "insert into candidate_list (id, from_agency_id, to_agency_id, title, handed_at,
            handed_by, left_out) values ({list}, {social}, {work}, 'Lager', 7, {staff}, 0)"
        ),
        format!(
            "insert into candidate (list_id, person_id, consent_id)
            values ({list}, {person}, {consent})"
        ),
        format!(
            "insert into representation (id, person_id, representative_person_id, kind,
            categories, valid_from, source) select {}, {person}, {other}, 'proxy', 'case',
            '2026-11-02', giver_name from consent where person_id = {person} limit 1",
            new()
        ),
        format!(
            "insert into watch_case (id, person_id, day, measure, seen, expected, bound,
            basis, made_at, version) values ({}, {person}, '2026-11-22', 'person_offices', 3, 1, 2,
            'fixed', 8, 1)",
            new()
        ),
        format!(
            "insert into meeting_wish (person_id, not_on, part, meet_by, at)
            values ({person}, 1, 'any', '', 10)"
        ),
        format!(
            "insert into meeting (id, kind, person_id, office_id, meet_by, starts_at, ends_at,
            consequence, towards, state, sequence, answer, called_by, called_at, version)
            values ({meeting}, 'joint', {person}, {office}, 'office', 10, 20, 'nothing', 'work',
            'called', 0, '', {staff}, 9, 1)"
        ),
        format!(
            "insert into meeting_party (id, meeting_id, kind, attendance, minutes)
            values ({}, {meeting}, 'person', '', 0)",
            new()
        ),
        format!("insert into meeting_topic (meeting_id, topic) values ({meeting}, 'goals')"),
        format!(
            "insert into meeting_line (id, meeting_id, kind, category, grade, body, owner, state,
            written_at, version) select {}, {meeting}, 'topic', 'case', 'ordinary', giver_name, '',
            '', 11, 1 from consent where person_id = {person} limit 1",
            new()
        ),
        format!(
            "insert into follow_up (id, person_id, office_id, agency_id, contact_id, stage, intake,
            towards, due_on, opened_on, outcome, version) values ({followed}, {person}, {office},
            {social}, {staff}, 'intake', 'target_group', 'work', '2026-12-01', '2026-11-20', '', 1)"
        ),
        format!(
            "insert into follow_lead (follow_up_id, area, unit_id, since, version)
            values ({followed}, 'economy', {unit}, 1, 1)"
        ),
        format!(
            "insert into follow_contact (id, follow_up_id, on_day, way, minutes, missed, noted_by,
            noted_at) values ({}, {followed}, '2026-11-20', 'phone', 5, '', {staff}, 1)",
            new()
        ),
        format!(
            "insert into outpatient_visit (id, follow_up_id, agency_id, on_day, outcome, noted_by,
            noted_at) select {}, {followed}, {social}, '2026-11-20', giver_name, {staff}, 1
            from consent where person_id = {person} limit 1",
            new()
        ),
        format!(
            "insert into contact_task (id, follow_up_id, staff_id, due_on, made_at)
            values ({}, {followed}, {staff}, '2026-11-30', 1)",
            new()
        ),
        format!(
            "insert into follow_task (id, case_id, task, due_on, noted_by, noted_at)
            select {}, id, 'housing', '2026-12-01', {staff}, 9 from shared_case
            where person_id = {person}",
            new()
        ),
        format!(
            "insert into referral (id, case_id, office_id, from_agency_id, from_unit_id, sent_by,
            receiver, to_name, wish, reason, need_kind, need, conditions, ground, rule, sent_on,
            sent_at, deadline, state, return_reason, answer, instead, said_by, came, decision,
            version) select {}, s.id, {office}, {social}, {unit}, {staff}, 'health', c.giver_name,
            'part', 'statement', 'treatment', c.giver_name, '', 'consent', '', '2026-11-23', 9,
            '2026-12-01', 'sent', '', '', '', '', '', '', 1 from shared_case s
            join consent c on c.person_id = s.person_id where s.person_id = {person} limit 1",
            new()
        ),
        format!(
            "insert into joint_decision (id, case_id, shuttles, office_id, holder_id, made_at,
            call_by, why_none) select {}, id, 2, {office}, {staff}, 9, '2026-12-07', 'no_time'
            from shared_case where person_id = {person} limit 1",
            new()
        ),
        format!("insert into effort (id, code, name) values ({effort}, 'felles', 'Felles')"),
        format!(
            "insert into trial_part (id, person_id, agency_id, effort_id, effort_group,
            from_day, noted_by, noted_at) values ({}, {person}, {social}, {effort}, 'youth',
            '2026-11-02', {staff}, 10)",
            new()
        ),
        format!(
            "insert into measure_part (id, person_id, agency_id, ruling_id, payer_id, municipality,
            measure, from_day, day_cost, noted_by, noted_at)
            select {}, {person}, r.agency_id, r.id, r.principal_id, '9901', 'course', '2026-11-02',
            100, {staff}, 10 from ruling r where r.person_id = {person} limit 1",
            new()
        ),
        format!(
            "insert into trial_meeting (appointment_id, effort_id, noted_by, noted_at)
            select id, {effort}, {staff}, 11 from appointment where person_id = {person}"
        ),
        format!(
            "insert into kept_lock (kind, id, locked_on)
            select 'old', id, '2026-11-23' from shared_case where person_id = {person}"
        ),
    ];
    for sql in rest {
        house.force(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

fn no(house: &House) -> &'static str {
    match house.app.db.engine() {
        Engine::Sqlite => "0",
        Engine::Postgres => "false",
    }
}

fn yes(house: &House) -> &'static str {
    match house.app.db.engine() {
        Engine::Sqlite => "1",
        Engine::Postgres => "true",
    }
}

/// For each table where the person's rows are: by the person, or by what of theirs it hangs on,
/// named by its identifiers so that it is found when that is gone.
async fn places(house: &House, told: &Told) -> BTreeMap<&'static str, String> {
    let person = literal(house, told.person);
    let mut map: BTreeMap<&'static str, String> = BTreeMap::new();
    for table in [
        "person_identifier",
        "person_agency",
        "person_name",
        "shared_case",
        "appointment",
        "visit",
        "ruling",
        "exchange_fact",
        "sending",
        "feedback",
        "talking_point",
        "staff_tie",
        "kin",
        "claim",
        "fact",
        "note",
        "document",
        "single_access",
        "legal_hold",
        "erasure",
        "watch_case",
        "consent",
        "disclosure",
        "handing",
        "consent_notice",
        "candidate",
        "representation",
        "correction",
        "journal_person",
        "outbox",
        "booking",
        "promise",
        "unit_task",
        "work_focus",
        "meeting",
        "meeting_wish",
        "follow_up",
        "need",
        "assessment",
        "assessment_answer",
        "assessment_part",
        "judgement",
        "attempt",
        "agency_view",
        "plan",
        "plan_text",
        "plan_item",
        "plan_item_after",
        "plan_breach",
        "plan_event",
        "plan_wish",
        "plan_request",
        "trial_part",
        "measure_part",
    ] {
        map.insert(table, format!("person_id = {person}"));
    }
    map.insert("person", format!("id = {person}"));
    map.insert("subject_key", format!("subject_id = {person}"));
    map.insert("journal", format!("persons like '%{}%'", told.person));
    map.insert("session", format!("actor_kind = 'person' and actor_id = {person}"));
    let ids = async |of: &str| {
        let mut conn = house.app.db.read().await.unwrap();
        let mut all = Vec::new();
        for mut row in conn.text_rows(&format!("select {of}")).await.unwrap() {
            let id: uuid::Uuid = row.get(0).unwrap();
            all.push(match house.app.db.engine() {
                Engine::Sqlite => format!("x'{}'", id.simple()),
                Engine::Postgres => format!("'{id}'"),
            });
        }
        assert!(!all.is_empty(), "{of}");
        all.join(", ")
    };
    for (parent, key, tables) in [
        (
            "shared_case",
            "case_id",
            &["case_agency", "case_event", "handover", "referral", "joint_decision", "follow_task"]
                as &[&str],
        ),
        (
            "visit",
            "visit_id",
            &[
                "visit_agency",
                "visit_event",
                "route",
                "talk",
                "visit_mark",
                "situation",
                "proposed_item",
                "clarification",
                "clarification_part",
                "escalation",
            ],
        ),
        ("appointment", "appointment_id", &["calendar_slot", "trial_meeting"]),
        (
            "follow_up",
            "follow_up_id",
            &["follow_lead", "follow_contact", "outpatient_visit", "contact_task"],
        ),
        ("meeting", "meeting_id", &["meeting_party", "meeting_line", "meeting_topic"]),
        ("consent", "consent_id", &["consent_party", "consent_provider"]),
        ("document", "document_id", &["document_part"]),
    ] {
        let theirs = ids(&format!("id from {parent} where person_id = {person}")).await;
        for table in tables {
            map.insert(table, format!("{key} in ({theirs})"));
        }
        if parent == "shared_case" {
            map.insert("kept_lock", format!("id in ({theirs})"));
        }
    }
    let lists = ids(&format!("list_id from candidate where person_id = {person}")).await;
    map.insert("candidate_list", format!("id in ({lists})"));
    let number = format!("number from person_identifier where person_id = {person}");
    let number: String = house.one(&format!("select {number}")).await;
    map.insert("staff_tie_number", format!("number = '{number}'"));
    map
}

/// The register of data classes names every personal table: each must have had a row of the
/// person before the erasure, so that a table that comes later is seeded here, or says why not.
async fn every_personal_table_is_seeded(house: &House, places: &BTreeMap<&'static str, String>) {
    let register = include_str!("../../../../data_classes.toml");
    let register: toml::Table = toml::from_str(register).unwrap();
    let personal: BTreeSet<&str> = register
        .iter()
        .filter(|(table, columns)| {
            let mut classes = columns.as_table().unwrap().values();
            table.as_str() != "staff"
                && classes.any(|class| matches!(class[0].as_str(), Some("personal" | "health")))
        })
        .map(|(table, _)| table.as_str())
        .collect();
    let others: BTreeSet<&str> = ABOUT_OTHERS.iter().map(|(table, _)| *table).collect();
    assert!(ABOUT_OTHERS.iter().chain(STAYS).all(|(_, reason)| !reason.is_empty()));
    let seeded: BTreeSet<&str> = places.keys().copied().collect();
    let named: BTreeSet<&str> = seeded.union(&others).copied().collect();
    assert_eq!(personal, named, "a personal table is neither seeded nor explained");
    for (table, which) in places {
        let count: i64 = house.one(&format!("select count(*) from {table} where {which}")).await;
        assert!(count > 0, "{table} holds nothing about the person: {which}");
    }
}

/// Every sealed value of the person in every sealed column, as it stands in the database: none
/// of these may be left anywhere where a key still opens it.
async fn texts_of(house: &House, told: &Told) -> Vec<(String, String)> {
    let person = literal(house, told.person);
    let mut sealed = Vec::new();
    let mut with_text = BTreeSet::new();
    for column in onedoor_server::keys::COLUMNS {
        let whose = match column.table {
            "person" => format!("id = {person}"),
            "case_event" | "handover" | "referral" => {
                format!("case_id in (select id from shared_case where person_id = {person})")
            }
            "document_part" => {
                format!("document_id in (select id from document where person_id = {person})")
            }
            "meeting_line" => {
                format!("meeting_id in (select id from meeting where person_id = {person})")
            }
            "outpatient_visit" => {
                format!("follow_up_id in (select id from follow_up where person_id = {person})")
            }
            "situation" => {
                format!("visit_id in (select id from visit where person_id = {person})")
            }
            // Sealed under a key of the list, of the file or of their own, whoever it is of.
            "candidate_list" | "exchange_row" | "reaction" => continue,
            _ => format!("person_id = {person}"),
        };
        let sql = format!("select {} from {} where {whose}", column.name, column.table);
        let mut conn = house.app.db.read().await.unwrap();
        for mut row in conn.text_rows(&sql).await.unwrap() {
            if let Value::Text(text) = row.get(0).unwrap()
                && !text.is_empty()
            {
                with_text.insert(column.table);
                sealed.push((format!("{}.{}", column.table, column.name), text));
            }
        }
    }
    // Where people write, something of the person is written.
    let tables: BTreeSet<&str> =
        onedoor_server::keys::COLUMNS.iter().map(|column| column.table).collect();
    let elsewhere = |it: &&str| !matches!(*it, "candidate_list" | "exchange_row" | "reaction");
    let tables: BTreeSet<_> = tables.into_iter().filter(elsewhere).collect();
    assert_eq!(with_text, tables, "a table with sealed texts holds none of the person");
    sealed
}

/// Nothing that was sealed for the person stands in any table but those that stay, where no key
/// opens it any more.
async fn every_text_is_gone(db: &Db, sealed: &[(String, String)]) {
    let values: BTreeSet<&str> = sealed.iter().map(|(_, text)| text.as_str()).collect();
    for (column, text) in crate::keys::all_texts(db).await {
        let table = column.split('.').next().unwrap();
        let stays = matches!(table, "erasure" | "legal_hold");
        assert!(stays || !values.contains(text.as_str()), "{column} still holds a sealed text");
    }
}

/// What the walls keep about the person besides, and what stands in other tables.
async fn told_more(house: &House, told: &mut Told) {
    let person = told.person;
    let worker = &told.worker;
    let fact = json!({
        "kind": "work_history", "text": "Vikar i Rognebakken barnehage", "source": "Muntlig fra trapperommet",
        "received_on": "2026-11-20",
    });
    worker.post(&format!("/persons/{person}/facts"), &fact).await.ok();
    let note = json!({
        "category": "debt", "body": "Pant i hytta på Hvaler", "said_by": "Namsfogden i Øyvik",
        "received_on": "2026-11-20", "sure": "yes",
    });
    worker.post(&format!("/persons/{person}/notes"), &note).await.ok();
    let agency = |code: &str| onedoor_server::app::id_of("agency", code).to_string();
    let mut consent = json!({
        "purpose": "coordination", "category": ["id", "case"], "from": [agency("social")],
        "to": [agency("employment")], "form": "written", "given_by": "guardian",
        "giver_name": "Verge Qvarnstrøm", "giver_authority": "Vedtak fra Statsforvalteren",
        "interpreter": "Tolk nummer 8812", "capacity_note": "Forsto etter pause",
    });
    let path = format!("/persons/{person}/consents");
    let seen = worker.post(&format!("{path}/preview"), &consent).await.ok().json();
    consent["seen"] = seen["seen"].clone();
    worker.post(&path, &consent).await.ok();
    let owner = house.staff("city-03").await;
    let hold = json!({ "person": person.to_string(), "reason": "Klage over hjelpemiddel" });
    owner.post("/keeping/holds", &hold).await.ok();
    let page = owner.see("/keeping").await;
    let hold = page["holds"][0].clone();
    assert_eq!(hold["reason"], "Klage over hjelpemiddel");
    let lift = json!({ "version": hold["version"], "reason": "Trukket av Tordis selv" });
    let path = format!("/keeping/holds/{}/lift", hold["id"].as_str().unwrap());
    owner.post(&path, &lift).await.ok();
    told.texts.extend([
        "Rognebakken",
        "trapperommet",
        "Pant i hytta",
        "Namsfogden",
        "Qvarnstrøm",
        "Statsforvalteren",
        "nummer 8812",
        "Forsto etter pause",
        "Klage over hjelpemiddel",
        "Trukket av",
        "Flytter til utlandet",
        "Ingen plikt",
    ]);
}

/// A backup as the keeper of an installation makes one: its bytes, and the same restored.
async fn kept_copy(house: &House) -> (Vec<u8>, Db) {
    let address = match house.app.db.engine() {
        Engine::Sqlite => backup(house, "kept.db"),
        Engine::Postgres => {
            let cluster = crate::support::postgres::cluster().unwrap();
            let file = house.folder.path().join("kept.sql");
            std::fs::write(&file, crate::support::backup::dump(cluster, &house.config.database))
                .unwrap();
            let name = format!("k{}", uuid::Uuid::now_v7().simple());
            let address = crate::support::backup::restore(cluster, &name, &file);
            let bytes = std::fs::read(&file).unwrap();
            return (bytes, Db::open(&address).await.unwrap());
        }
    };
    (std::fs::read(&address).unwrap(), Db::open(&address).await.unwrap())
}

/// Tables that say of the person anything but an identifier that leads nowhere.
async fn rows_about(db: &Db, person: &str) -> Vec<String> {
    let columns = match db.engine() {
        Engine::Sqlite => {
            "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c \
             where m.type = 'table' and c.name in ('person_id', 'other_id', 'subject_id', \
             'representative_person_id', 'acts_for')"
        }
        Engine::Postgres => {
            "select cast(table_name as text), cast(column_name as text) \
             from information_schema.columns where table_schema = 'public' and column_name in \
             ('person_id', 'other_id', 'subject_id', 'representative_person_id', 'acts_for')"
        }
    };
    let mut conn = db.read().await.unwrap();
    let mut about = Vec::new();
    for mut row in conn.text_rows(columns).await.unwrap() {
        let (table, column): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let count = format!("select count(*) from {table} where {column} = {person}");
        let mut rows = conn.text_rows(&count).await.unwrap();
        let count: i64 = rows.pop().unwrap().get(0).unwrap();
        if count > 0 {
            about.push(table);
        }
    }
    about.sort();
    about.dedup();
    about
}

/// REQ-INFO-16: after an erasure by two people, no table holds anything about the person
/// but identifiers, and what every backup from before holds is opened by no key that is
/// left; whoever shared the slot of the keyring is read as before.
#[test]
fn an_erased_person_is_in_no_table_and_in_no_backup() {
    on_both(|house| async move {
        crate::tasks::county(&house).await;
        let mut told = told(&house).await;
        told_more(&house, &mut told).await;
        told_on_the_walls(&house, &mut told).await;
        crate::front_walls::told_in_front(&house, &mut told).await;
        crate::needs::told_a_need(&mut told).await;
        crate::assessments::told_in_an_assessment(&house, &mut told).await;
        crate::plans::told_in_a_plan(&house, &mut told).await;
        by_the_way(&house, &told).await;
        let near = neighbour(&house, told.person).await;
        let owner = house.staff("city-03").await;
        let ask = json!({ "person": told.person.to_string(), "reason": "Flytter til utlandet" });
        let erasure = owner.post("/erasures", &ask).await.ok().id();
        let at = |step: &str| format!("/erasures/{erasure}/{step}");
        let decision = json!({ "decision": "erase", "version": 1, "reason": "Ingen plikt" });
        assert_eq!(owner.post(&at("decide"), &decision).await.code(), "erasure-kept");

        let (bytes, old) = kept_copy(&house).await;
        assert_eq!(found(&old, &told.texts).await, Vec::<String>::new(), "the backup");
        for text in &told.texts {
            let there = bytes.windows(text.len()).any(|part| part == text.as_bytes());
            assert!(!there, "{text} stands in the backup");
        }
        assert!(opens(&house.app.vault, &old, told.person).await, "not yet erased");

        // Every table that may hold something about a person holds something about this one.
        let places = places(&house, &told).await;
        every_personal_table_is_seeded(&house, &places).await;
        let marked = texts_of(&house, &told).await;

        // The archive's time for the case and the decisions is over, and the visit is.
        let person = literal(&house, told.person);
        let cases = format!("(select id from shared_case where person_id = {person})");
        house
            .force(&format!(
                "update measure_part set ruling_id = null where person_id = {person};
                 delete from ruling where person_id = {person};
                 delete from follow_task where case_id in {cases};
                 delete from referral where case_id in {cases};
                 delete from joint_decision where case_id in {cases};
                 delete from handover where case_id in {cases};
                 delete from case_event where case_id in {cases};
                 delete from case_agency where case_id in {cases};
                 delete from shared_case where person_id = {person};
                 update visit set state = 'closed', outcome = 'left', closed_at = arrived_at
                 where person_id = {person}"
            ))
            .await
            .unwrap();
        let seen = owner.see(&format!("/erasures/{erasure}")).await;
        assert_eq!(seen["findings"], json!([]));
        assert_eq!(seen["line"]["reason"], "Flytter til utlandet");
        owner.post(&at("decide"), &decision).await.ok();
        let second = house.staff(&house.worker("social-adult-heimdal", "joint_manager", 0)).await;
        second.post(&at("confirm"), &json!({ "version": 2 })).await.ok();
        let done = owner.see(&format!("/erasures/{erasure}")).await;
        assert_eq!((&done["line"]["state"], &done["line"]["reason"]), (&json!("done"), &json!("")));

        // Every table, by the name of its columns: also those that come later.
        let left = rows_about(&house.app.db, &person).await;
        assert_eq!(left, ["erasure", "journal", "journal_person", "legal_hold"]);
        for (table, which) in &places {
            let sql = format!("select count(*) from {table} where {which}");
            let count: i64 = house.one(&sql).await;
            let stays = STAYS.iter().any(|(name, _)| name == table);
            assert!(count == 0 || stays, "{table}: {count}");
        }
        every_text_is_gone(&house.app.db, &marked).await;
        let vault = Vault::open(&house.config).unwrap();
        for (db, what) in [(&house.app.db, "live"), (&old, "backup")] {
            assert_eq!(found(db, &told.texts).await, Vec::<String>::new(), "{what}");
            assert!(!opens(&vault, db, told.person).await, "{what}");
            assert!(!opens(&house.app.vault, db, told.person).await, "{what}, held in memory");
        }
        let visits = format!("select id from visit where person_id = {person}");
        for mut row in old.read().await.unwrap().text_rows(&visits).await.unwrap() {
            let visit: uuid::Uuid = row.get(0).unwrap();
            let mut conn = old.read().await.unwrap();
            assert!(!vault.opens(&mut conn, visit).await.unwrap(), "what was said unknown");
        }
        // Fitted to the keys of today, the backup opens for the others and not for the one.
        let restored = vault.restore(&old).await.unwrap();
        assert!(restored.destroyed >= 1, "{restored:?}");
        assert!(!opens(&vault, &old, told.person).await);
        assert!(opens(&vault, &old, near).await && opens(&vault, &house.app.db, near).await);
        let seen = told.worker.see(&format!("/persons/{near}")).await;
        assert_eq!(seen["name"], "Nabo Nabosen");
        // Who looked, and that it was erased, stays: identifiers and nothing else.
        let executed = format!(
            "select count(*) from journal j join journal_person p on p.lane = j.lane \
             and p.seq = j.seq where j.act = 'erasure.execute' and p.person_id = {person}"
        );
        assert_eq!(house.one::<i64>(&executed).await, 1);
    });
}
