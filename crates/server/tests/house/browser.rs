//! The pages as people meet them: in Chromium, from the door to the slip, with
//! the keyboard alone, without script, and every page looked at by axe.

use std::collections::BTreeSet;
use std::time::Duration;

use onedoor_domain::person::Language;
use onedoor_server::db::Engine;
use onedoor_server::words::Words;
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, ask, open, scene};
use crate::support::browser::{Browser, Served, check_page, serve, turn};
use crate::support::{House, Someone, engines, runtime, staff_id};

const CLOSE: &str = "main form[action$='/close'] button[type=submit]";
const TAKE: &str = "main form[action$='/take'] button";
/// A name of a basic unit in the district of Heimdal, and its code.
const KOLSTAD: (&str, &str) = ("Kolstad", "99011002");

/// What a page says in a language.
fn says(language: Language, key: &str) -> String {
    Words::new(language).t(key).into_owned()
}

fn nb(key: &str) -> String {
    says(Language::Nb, key)
}

async fn name_of(house: &House, code: &str) -> String {
    house.one(&format!("select name from staff where code = '{code}'")).await
}

// --------------------------------------------------------------- the morning

/// REQ-FRONT-01, REQ-FRONT-02, REQ-FRONT-03, REQ-FRONT-05, REQ-FRONT-06,
/// REQ-FRONT-07, REQ-FRONT-09, REQ-FRONT-14, REQ-REF-04: a morning at Østbyen,
/// through the real pages: one clarified on the spot, one who gets a case and an
/// adviser and meets the same case again, and one whose decision goes home, is
/// refused there, and who has an owner all the time.
#[test]
fn a_morning_from_the_door_to_the_slip() {
    let Some(_turn) = turn() else { return };
    for engine in engines() {
        runtime().block_on(async {
            let served = serve(engine).await;
            let mut host = Browser::open(&served).await;
            let mut other = Browser::open(&served).await;
            if engine != Engine::Sqlite {
                (host, other) = (host.without_axe(), other.without_axe());
            }
            let morning = Morning {
                front: served.house.worker("social-front-ostbyen", "front_worker", 0),
                second: served.house.worker("social-front-ostbyen", "front_worker", 1),
                deputy: served.house.worker("social-adult-ostbyen", "caseworker", 0),
                house: &served.house,
                host: &host,
                other: &other,
            };
            host.staff("ostbyen-02").await;
            assert_eq!(host.path().await, "/reception", "a host begins at the queue");
            check_page(&host, "queue-empty").await;
            morning.clarified_on_the_spot().await;
            let case = morning.a_case_with_an_adviser().await;
            morning.the_same_case_again(&case).await;
            let case = morning.a_decision_goes_home().await;
            morning.refused_and_still_owned(&case).await;
            host.close().await;
            other.close().await;
        });
    }
}

struct Morning<'a> {
    house: &'a House,
    /// The host's screen; it stays open.
    host: &'a Browser,
    /// Everybody else's.
    other: &'a Browser,
    front: String,
    second: String,
    deputy: String,
}

impl Morning<'_> {
    async fn clarified_on_the_spot(&self) {
        let Self { host, other, .. } = self;
        host.wait_for("[data-live-state=live]").await;
        host.script("document.documentElement.odSame = true;", vec![]).await;
        other.persona("kiosk", "ostbyen").await;
        assert_eq!(other.path().await, "/kiosk");
        check_page(other, "kiosk-start").await;
        other.click("main button[lang=sv]").await;
        other.see(&says(Language::Sv, "kiosk-need-title")).await;
        for agency in ["Arbeidsmarkedsetaten", "Trygdeetaten", "Sosialtjenesten"] {
            assert!(!other.sees(agency).await, "the door names {agency}");
        }
        other.click("main form[action='/kiosk/who'] button").await;
        other.see(&says(Language::Sv, "fault-need-empty")).await;
        check_page(other, "kiosk-need-faulty").await;
        other.tick("#need-work").await;
        other.tick("#need-income").await;
        check_page(other, "kiosk-need").await;
        other.click("main form[action='/kiosk/who'] button").await;
        other.fill("given", "Astrid").await;
        other.fill("family", "Lindqvist").await;
        other.fill("account", "Jobbet tog slut i går").await;
        check_page(other, "kiosk-who").await;
        other.click("main form:has(#given) button[type=submit]").await;
        let ticket = other.text(".od-number").await;
        check_page(other, "kiosk-done").await;

        host.soon("Astrid Lindqvist", Duration::from_secs(5)).await;
        let same = host.script("return document.documentElement.odSame;", vec![]).await;
        assert_eq!(same, json!(true), "the queue showed it without being loaded anew");
        let row = host.text("tbody tr").await;
        assert!(row.contains(&ticket) && row.contains(&nb("language-sv")), "{row}");
        check_page(host, "queue").await;

        other.staff(&self.front).await;
        other.click("td a[href^='/visits/']").await;
        other.see("Jobbet tog slut i går").await;
        other.see(&nb("mode-self_service")).await;
        other.see(&nb("track-common_area")).await;
        check_page(other, "visit-waiting").await;
        other.click(TAKE).await;
        other.see(&nb("mode-common_area")).await;
        check_page(other, "visit-serving").await;
        host.soon(&nb("queue-nobody-waiting"), Duration::from_secs(5)).await;
        other.click("a[href$='/close']").await;
        check_page(other, "close").await;
        other.click(CLOSE).await;
        assert!(other.has(".ds-error-summary").await, "nothing chosen: no way out");
        check_page(other, "close-faulty").await;
        other.tick("#outcome-clarified").await;
        other.fill("answer", "Begge skjemaene er sendt inn").await;
        other.tick("#took_part-employment").await;
        other.tick("#took_part-social").await;
        other.click(CLOSE).await;
        other.see("Begge skjemaene er sendt inn").await;
        other.see(&says(Language::Sv, "slip-answer")).await;
        check_page(other, "slip-clarified").await;
        other.click("main a[href^='/visits/']").await;
        let said = other.said().await;
        assert_eq!(said.matches(&nb("visit-took-part")).count(), 2, "{said}");
        check_page(other, "visit-closed").await;
    }

    async fn a_case_with_an_adviser(&self) -> String {
        let Self { host, other, .. } = self;
        host.click("a[href='/reception/check-in']").await;
        check_page(host, "check-in").await;
        host.click("main form[action='/reception/check-in'] button").await;
        host.see(&nb("fault-need-empty")).await;
        check_page(host, "check-in-faulty").await;
        host.tick("#need-income").await;
        host.tick("#need-housing").await;
        host.fill("account", "Må ut av leiligheten før jul").await;
        host.fill("given", "Yusuf").await;
        host.fill("family", "Strandbakk").await;
        host.choose("language", "sv").await;
        host.click("main form[action='/reception/check-in'] button").await;
        let visit = host.path().await;
        check_page(host, "visit-host").await;

        other.staff(&self.front).await;
        other.click(TAKE).await;
        assert_eq!(other.path().await, visit);
        other.fill("given", "Yusuf").await;
        other.fill("family", "Strandbakk").await;
        self.identify().await;
        other.go(&format!("{visit}/close")).await;
        other.tick("#outcome-case").await;
        other.fill("answer", "Husleie og bolig").await;
        other.fill("step_what", "Samtale om bolig").await;
        other.fill("step_on", "2026-11-27").await;
        other.fill("step_place", "Rom 3").await;
        other.choose("deputy", &staff_id(&self.deputy)).await;
        other.click(CLOSE).await;
        let slip = other.text(".od-slip").await;
        let owner = name_of(self.house, &self.front).await;
        let day = Words::new(Language::Sv).iso("2026-11-27");
        let adviser = says(Language::Sv, "slip-adviser");
        for part in [owner.as_str(), &day, "Samtale om bolig", "Rom 3", &adviser] {
            assert!(slip.contains(part), "no `{part}` on the slip:\n{slip}");
        }
        assert!(other.has(".od-slip[lang=sv]").await);
        check_page(other, "slip").await;
        other.go(&visit).await;
        other.click("main a[href^='/cases/']").await;
        check_page(other, "case").await;
        other.path().await
    }

    /// Ties the visit to a person; whoever looks alike is somebody else.
    async fn identify(&self) {
        let send = "main form#person button[type=submit]";
        self.other.click(send).await;
        if self.other.has("#none_of_these-yes").await {
            check_page(self.other, "visit-alike").await;
            self.other.tick("#none_of_these-yes").await;
            self.other.click(send).await;
        }
        self.other.see(&nb("done-visit-identified")).await;
    }

    async fn the_same_case_again(&self, case: &str) {
        let Self { host, other, .. } = self;
        host.go("/persons").await;
        check_page(host, "search").await;
        host.fill("q", "Yusuf Strandbakk").await;
        host.click("main form[role=search] button").await;
        check_page(host, "search-found").await;
        host.click("a[href^='/reception/check-in?person=']").await;
        host.see("Yusuf Strandbakk").await;
        host.tick("#need-income").await;
        check_page(host, "check-in-known").await;
        host.click("main form[action='/reception/check-in'] button").await;
        let visit = host.path().await;

        other.be(&self.house.staff(&self.second).await).await;
        other.go(&visit).await;
        other.see("Må ut av leiligheten før jul").await;
        other.see(&Words::new(Language::Nb).with("visit-told-again", 1_i64)).await;
        check_page(other, "visit-told-before").await;
        other.click(TAKE).await;
        other.click("a[href$='/close']").await;
        other.tick("#outcome-case").await;
        other.fill("answer", "Det samme som sist").await;
        other.fill("step_what", "Samtale").await;
        other.fill("step_on", "2026-11-26").await;
        other.fill("step_place", "Her").await;
        other.choose("deputy", &staff_id(&self.deputy)).await;
        other.click(CLOSE).await;
        other.go(&visit).await;
        other.click("main a[href^='/cases/']").await;
        assert_eq!(other.path().await, case, "any door leads to the same case");
        other.see("Samtale om bolig").await;
    }

    async fn a_decision_goes_home(&self) -> String {
        let other = self.other;
        other.staff(&self.front).await;
        other.go("/persons/new").await;
        check_page(other, "person-new").await;
        other.fill("given", "Grethe").await;
        other.fill("family", "Hammervold").await;
        other.fill("address", "Kolstadveien 1").await;
        other.choose("basic_unit", KOLSTAD.1).await;
        other.click("main form[action='/persons'] button").await;
        if other.has("#none_of_these-yes").await {
            other.tick("#none_of_these-yes").await;
            other.click("main form[action='/persons'] button").await;
        }
        other.see(&nb("done-person-registered")).await;
        other.see(KOLSTAD.0).await;
        check_page(other, "person").await;
        other.click("a[href^='/reception/check-in?person=']").await;
        other.tick("#need-income").await;
        other.click("main form[action='/reception/check-in'] button").await;
        let visit = other.path().await;
        other.click(TAKE).await;
        other.click("a[href$='/close']").await;
        other.tick("#outcome-case").await;
        other.fill("answer", "Penger til husleie").await;
        other.fill("step_what", "Søknad om økonomisk stønad").await;
        other.fill("step_on", "2026-11-27").await;
        other.fill("step_place", "På Heimdal").await;
        other.choose("deputy", &staff_id(&self.deputy)).await;
        other.choose("decision", "social_assistance").await;
        other.click(CLOSE).await;
        let home: String =
            self.house.one(&format!("select name from unit where code = '{SOCIAL}'")).await;
        assert!(other.text(".od-slip").await.contains(&home), "the slip says who decides");
        check_page(other, "slip-routed").await;
        other.go(&visit).await;
        other.see(&home).await;
        other.see(&nb("visit-way-away")).await;
        check_page(other, "visit-routed").await;
        other.click("main a[href^='/cases/']").await;
        other.see(&home).await;
        other.see(&nb("case-handover-deadline")).await;
        check_page(other, "case-asked").await;
        other.path().await
    }

    async fn refused_and_still_owned(&self, case: &str) {
        let other = self.other;
        other.staff(&self.house.worker(SOCIAL, "caseworker", 0)).await;
        assert_eq!(other.path().await, "/day", "a caseworker begins with the day");
        other.see("Grethe Hammervold").await;
        check_page(other, "day-asked").await;
        other.click(&format!("a[href='{case}']")).await;
        other.open_details().await;
        check_page(other, "case-asked-of-me").await;
        other.click("main form[action$='/refuse'] button").await;
        assert!(other.has(".ds-error-summary").await, "a bare no is none");
        check_page(other, "case-refuse-faulty").await;
        other.fill("reason", "Bor ikke lenger her").await;
        other.fill("alternative", "Spør Midtbyen").await;
        other.click("main form[action$='/refuse'] button").await;
        assert_eq!(other.path().await, "/day");
        assert!(!other.sees("Grethe Hammervold").await, "it is off the desk here");

        other.staff(&self.front).await;
        other.go(case).await;
        let three = other.text(".od-three").await;
        let owner = name_of(self.house, &self.front).await;
        assert!(three.contains(&owner), "the asker owns it the same day:\n{three}");
        other.see("Bor ikke lenger her").await;
        other.see("Spør Midtbyen").await;
        other.see(&nb("case-undecided")).await;
        check_page(other, "case-refused").await;
        other.staff("ostbyen-01").await;
        assert_eq!(other.path().await, "/management");
        other.see("Grethe Hammervold").await;
        check_page(other, "management-undecided").await;
    }
}

// ---------------------------------------------------------------- every page

/// A page that somebody may see.
struct Stop {
    name: &'static str,
    who: Someone,
    path: String,
}

/// What there is to see in Heimdal.
struct Sights {
    host: Someone,
    /// A worker of the county's unit, the desk that guided, and what the organisation has.
    county: Someone,
    desk: Someone,
    organised: crate::starting::Organised,
    front: Someone,
    holder: Someone,
    receiver: Someone,
    manager: Someone,
    admin: Someone,
    privacy: Someone,
    kiosk: Someone,
    /// The person, at their own page; a child; and who acts for the child.
    me: Someone,
    child: Someone,
    guardian: Someone,
    /// What the person asked of social services.
    question: String,
    person: String,
    /// A person without a visit today: only then the agency's own acts show.
    quiet: String,
    case: String,
    waiting: String,
    serving: String,
    closed: String,
    later: String,
    /// A consent that was partly taken back, and a list that was handed over on it.
    consent: String,
    list: String,
    /// A fact and a note about the person, a single access, and the person's own consent.
    fact: String,
    note: String,
    document: String,
    access: String,
    agreed: String,
    /// A rule with a reading.
    rule: String,
    /// A file that was taken in part.
    run: String,
    erasure: String,
    watch: String,
    order: String,
    team: String,
    /// An item of the person's plan.
    item: String,
    /// A booked time, and a question between colleagues.
    booking: String,
    consultation: String,
    provider: String,
    paper: String,
    assessment: String,
}

async fn check_in(who: &Someone, form: &Value) -> String {
    who.post("/reception/check-in", form).await.ok().id()
}

/// Facts, a note, an asked ground, a consent and a single access, so that the joint view and
/// the person's own page have something of each.
async fn shared(house: &House, worker: &Someone, person: &str) -> (String, String, String, String) {
    for (kind, text) in [("housing", "Leier en hybel"), ("debt_total", "240 000 kroner")] {
        let form = json!({ "kind": kind, "text": text, "source": "Personen",
            "received_on": "2026-11-20" });
        worker.post(&format!("/persons/{person}/facts"), &form).await.ok();
    }
    let form = json!({ "category": "debt", "body": "Vil ha hjelp med gjelda", "said_by": "Personen",
        "received_on": "2026-11-20" });
    worker.post(&format!("/persons/{person}/notes"), &form).await.ok();
    let form = json!({
        "direction": "ask", "from_agency": onedoor_server::app::id_of("agency", "insurance").to_string(),
        "aim": "coordination", "categories": ["health"], "valid_until": "2026-12-20",
        "reason": "Trenger å vite hva hun kan gjøre",
    });
    worker.post(&format!("/persons/{person}/grounds"), &form).await.ok();
    let consent = json!({
        "purpose": "coordination", "category": ["debt"], "form": "written",
        "from": [onedoor_server::app::id_of("agency", "social").to_string()],
        "to": [onedoor_server::app::id_of("agency", "insurance").to_string()],
    });
    let agreed = crate::consents::give(worker, person, &consent).await;
    let form = json!({ "given": "Marit", "family": "Fjern", "number": "10915596784",
        "basic_unit": KOLSTAD.1 });
    worker.post("/persons", &form).await.ok();
    let far = house.staff("ostbyen-52").await;
    let form = json!({ "number": "10915596784", "reason": "Vikarierer i Heimdal",
        "valid_until": "2026-11-30" });
    far.post("/access", &form).await.ok();
    let access: uuid::Uuid = house.one("select id from single_access").await;
    let fact: uuid::Uuid = house.one("select id from fact where kind = 'housing'").await;
    let note: uuid::Uuid = house.one("select id from note").await;
    (fact.to_string(), note.to_string(), access.to_string(), agreed)
}

/// A case that has gone back and forth, with visits, rulings and a text message
/// around it, so that every part of every page has something in it.
async fn sights(house: &House) -> Sights {
    let scene = scene(house, SOCIAL).await;
    let front = house.staff(&house.worker("social-front-heimdal", "front_worker", 0)).await;
    let holder = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
    let receiver = scene.worker.clone();
    let person = scene.person.clone();
    let form = json!({ "given": "Åse", "family": "Bjørnstad", "language": "sv",
        "phone": "90000001", "email": "ase@example.no", "address": "Kolstadveien 2",
        "postcode": "7098 Saupstad", "basic_unit": KOLSTAD.1, "version": "1" });
    receiver.post(&format!("/persons/{person}/edit"), &form).await.ok();
    for kind in ["guidance", "decision"] {
        let form = json!({ "kind": kind, "subject": "social_assistance",
            "act": "social-services-2009", "section": "§ 18",
            "text": "Stønad til husleie for november\nUtbetales 30. november" });
        receiver.post(&format!("/persons/{person}/rulings"), &form).await.ok();
    }
    let form = json!({ "given": "Aase", "family": "Bjørnstad", "none_of_these": "yes" });
    let other = receiver.post("/persons", &form).await.ok().id();
    receiver.post(&format!("/persons/{person}/join"), &json!({ "other": other })).await.ok();

    let form = json!({ "given": "Stine", "family": "Rolvsen", "none_of_these": "yes" });
    let quiet = receiver.post("/persons", &form).await.ok().id();
    let case = open(&scene).await;
    let refusal = json!({ "reason": "Ikke vårt", "alternative": "Spør trygd" });
    for (by, to, taker) in [
        (&receiver, INSURANCE, &holder),
        (&holder, SOCIAL, &receiver),
        (&receiver, INSURANCE, &holder),
    ] {
        ask(house, by, &case, to, "mandate").await;
        taker.post(&format!("/cases/{case}/handover/accept"), &json!({})).await.ok();
    }
    ask(house, &holder, &case, SOCIAL, "competence").await;
    receiver.post(&format!("/cases/{case}/handover/refuse"), &refusal).await.ok();

    let told = json!({ "need": ["income"], "person": person, "account": "Mistet jobben" });
    let step = json!({ "outcome": "next_step", "step_what": "Ring tilbake",
        "step_on": "2026-11-25", "step_place": "På telefon", "adviser_needed": "yes" });
    let closed = check_in(&front, &told).await;
    let sort = json!({ "track": "common_area", "reason": "To etater likevel" });
    front.post(&format!("/visits/{closed}/sort"), &sort).await.ok();
    front.post(&format!("/visits/{closed}/take"), &json!({})).await.ok();
    front.post(&format!("/visits/{closed}/close"), &step).await.ok();
    let phone = json!({ "phone": "90000001" });
    front.post(&format!("/visits/{closed}/slip"), &phone).await.ok();
    let later = check_in(&front, &told).await;
    let nameless = json!({ "need": ["work", "income"], "account": "To\nlinjer" });
    let waiting = check_in(&front, &nameless).await;
    let form = json!({ "need": ["work", "illness", "income"], "person": person });
    let serving = check_in(&front, &form).await;
    front.post(&format!("/visits/{serving}/take"), &json!({})).await.ok();
    let adviser = check_in(&front, &json!({ "need": ["debt"] })).await;
    let known = json!({ "given": "Ragna", "family": "Solvik", "none_of_these": "yes" });
    front.post(&format!("/visits/{adviser}/person"), &known).await.ok();
    front.post(&format!("/visits/{adviser}/take"), &json!({})).await.ok();
    front.post(&format!("/visits/{adviser}/close"), &step).await.ok();
    let rule = crate::practice::written(&holder).await;
    let run = crate::exchange::sent(&holder).await;
    let heard = json!({ "content": "health", "room": "open", "reason": "no_room" });
    front.post(&format!("/visits/{later}/talk"), &heard).await.ok();
    let kiosk = house.kiosk("heimdal").await;
    let (consent, list) = crate::consents::shared_and_taken_back(house).await;
    let me = house.resident(&person).await;
    for (kind, about, field) in [("objection", "other", ""), ("correction", "field", "address")] {
        let ask = json!({ "kind": kind, "about": about, "field": field,
            "text": "Jeg har flyttet\nDet står feil gate" });
        me.post("/my/corrections", &ask).await.ok();
    }
    let question = waiting_question(&receiver).await;
    let (now, today) = (house.app.now(), house.app.today());
    onedoor_server::own::demo::bring_in(&house.app.db, &house.app.vault, now, today).await.unwrap();
    let resident = |code: &str| onedoor_server::app::id_of("resident", code).to_string();
    let child = house.resident(&resident("minor")).await;
    let guardian = house.resident(&resident("guardian")).await;
    // The list was handed over under an older law; the pages are of today's.
    let today = json!({ "pack": "no-2022@1", "from": house.app.today().to_string(),
        "reason": "Dagens lov" });
    house.staff("city-03").await.post("/policy/choose", &today).await.ok();
    let (fact, note, access, agreed) = shared(house, &receiver, &person).await;
    let organised = crate::starting::organised(house).await;
    let document = crate::documents::kept(&receiver, &person).await;
    let kin = json!({ "other": quiet, "kind": "partner", "source": "person",
        "received_on": "2026-11-20" });
    receiver.post(&format!("/persons/{person}/family"), &kin).await.ok();
    let privacy = house.staff("city-03").await;
    let ask = json!({ "person": quiet, "reason": "Hun ber om å bli slettet" });
    let erasure = privacy.post("/erasures", &ask).await.ok().id();
    let hold = json!({ "person": person, "reason": "Klage til tilsynet" });
    privacy.post("/keeping/holds", &hold).await.ok();
    onedoor_server::keeping::run(&house.app, house.app.today()).await.unwrap();
    for _ in 0..31 {
        receiver.post("/persons/search", &json!({ "q": "Berg" })).await;
    }
    let (order, team) = arranged(house, &case).await;
    let watch = privacy.see("/watch").await["lines"][0]["id"].as_str().unwrap().to_owned();
    let provider = crate::providers::agreement(house, "insurance", &["id", "case", "emp"]).await;
    let paper = crate::providers::handed(&holder, &person, &provider, &["placement"]).await;
    let assessment = crate::assessments::mapped(house, &receiver, &person).await;
    house.clock.move_to(house.clock.now() + jiff::ToSpan::minutes(2));
    let (booking, consultation) = coming(house, &front, &kiosk, (&person, &serving)).await;
    let item = crate::plans::for_pages(house, &receiver, &person).await;
    Sights {
        item,
        me,
        child,
        guardian,
        question,
        host: house.staff("heimdal-02").await,
        manager: house.staff("heimdal-01").await,
        admin: house.staff("city-01").await,
        privacy,
        front,
        county: house.staff("county-01").await,
        desk: house.staff(&house.worker("insurance-front-heimdal", "front_worker", 0)).await,
        organised,
        holder,
        receiver,
        kiosk,
        person,
        quiet,
        case,
        waiting,
        serving,
        closed,
        later,
        consent,
        list,
        fact,
        note,
        document,
        access,
        agreed,
        rule,
        run,
        erasure,
        watch,
        order,
        team,
        booking,
        consultation,
        provider,
        paper,
        assessment,
    }
}

/// Agreements and what hangs on them, somebody away, an order and a team.
async fn arranged(house: &House, case: &str) -> (String, String) {
    let file = include_str!("../../../../demo/arrangements.toml");
    let admin = house.staff("city-01").await;
    admin.post("/arrangements/import", &json!({ "text": file })).await.ok();
    let manager = house.staff("heimdal-01").await;
    let pick = |unit: &str, n| staff_id(&house.worker(unit, "caseworker", n));
    let away = json!({ "staff": pick(INSURANCE, 0), "first_day": "2026-11-24",
        "last_day": "2026-11-27" });
    manager.post("/absences", &away).await.ok();
    let order = json!({ "from": pick(EMPLOYMENT, 0), "receivers": [pick(EMPLOYMENT, 1)],
        "deadline": "2026-11-30" });
    let order = manager.post("/orders", &order).await.ok().id();
    let team = json!({ "name": "Saupstad", "members": [pick(SOCIAL, 0), pick(INSURANCE, 0)] });
    let team = manager.post("/teams", &team).await.ok().id();
    let coordinator = json!({ "structure": "coordinator", "coordinator": pick(SOCIAL, 0),
        "stand_in": pick(SOCIAL, 1) });
    manager.post("/staffing/structure", &coordinator).await.ok();
    let holder = house.staff(&house.worker(INSURANCE, "caseworker", 0)).await;
    let task = json!({ "task": "housing", "due_on": "2026-12-01" });
    holder.post(&format!("/cases/{case}/tasks"), &task).await.ok();
    (order, team)
}

/// A situation with proposals, a promise, what was sent on, booked times, a question between
/// colleagues, contacts and reactions, so that the pages of coming in and serving show something.
async fn coming(
    house: &House,
    front: &Someone,
    kiosk: &Someone,
    (person, serving): (&str, &str),
) -> (String, String) {
    let visit = format!("/visits/{serving}");
    let situation = json!({ "work": "help", "money": "help", "children": "fine",
        "health": "unsaid", "housing": "fine", "is_alone": "yes", "first_job": "yes",
        "told": "To barn hjemme" });
    front.post(&format!("{visit}/situation"), &situation).await.ok();
    let offer = json!({ "service": ["social-assistance"], "guidance": ["rights"] });
    front.post(&format!("{visit}/services"), &offer).await.ok();
    let promise = json!({ "promised": "social-assistance", "text": "Svar på fredag" });
    front.post(&format!("{visit}/promises"), &promise).await.ok();
    let sent = json!({ "subject": "housing", "unit": onedoor_server::app::id_of("unit", SOCIAL).to_string() });
    front.post(&format!("{visit}/escalation"), &sent).await.ok();
    let times = front.see("/bookings").await;
    let at = |n: usize| times["times"][n]["at"].as_i64().unwrap().to_string();
    let form = json!({ "person": person, "need": ["debt"], "access": ["interpreter"], "at": at(3),
        "by": "desk" });
    front.post("/bookings", &form).await.ok();
    let form = json!({ "name": "Ukjent Ring", "phone": "90000009", "event": "ill", "at": at(4) });
    let booking = front.post("/bookings", &form).await.ok().id();
    let insurance = onedoor_server::app::id_of("agency", "insurance").to_string();
    let ask = json!({ "agency": insurance, "question": "Er dette en sak hos dere?" });
    let consultation = front.post("/consultations", &ask).await.ok().id();
    let contact = json!({ "kind": "information", "channel": "desk" });
    front.post("/contacts", &contact).await.ok();
    let better = json!({ "step": "meet", "text": "Flere plasser ved døra" });
    front.post("/improvements", &better).await.ok();
    let body = json!({ "name": "Kommunesektorens organisasjon", "kind": "association",
        "role": "informed", "report": ["coming", "guard"], "address": "post@example.no" });
    house.staff("heimdal-01").await.post("/recipients", &body).await.ok();
    kiosk.form("/kiosk/way-out", "solved=yes&in_time=yes&travel=9&reaction=left_out").await;
    let own = json!({ "office": onedoor_server::app::id_of("office", "ostbyen").to_string(),
        "code": "sign-door", "reason": "Ombygging", "text": ["Inn", "Inn", "In", "In"] });
    house.staff("heimdal-01").await.post("/set-up/deviations", &own).await.ok();
    (booking, consultation)
}

/// A question that waits at the worker's agency.
async fn waiting_question(worker: &Someone) -> String {
    let waiting = worker.see("/corrections").await;
    waiting["lines"][0]["question"]["id"].as_str().unwrap_or_default().to_owned()
}

/// Every page that is got, as those see it who may.
fn stops(house: &House, at: &Sights) -> Vec<Stop> {
    let partner = staff_id(&house.worker(INSURANCE, "caseworker", 2));
    let Sights { person, case, waiting, serving, closed, later, .. } = at;
    let here = onedoor_server::app::id_of("office", "heimdal");
    let list: &[(&'static str, &Someone, String)] = &[
        ("host-queue", &at.host, "/reception".into()),
        ("host-check-in", &at.host, "/reception/check-in".into()),
        ("host-check-in-known", &at.host, format!("/reception/check-in?person={person}")),
        ("host-visit", &at.host, format!("/visits/{serving}")),
        ("front-queue", &at.front, "/reception".into()),
        ("front-visit-waiting", &at.front, format!("/visits/{waiting}")),
        ("front-visit-serving", &at.front, format!("/visits/{serving}")),
        ("front-visit-told-before", &at.front, format!("/visits/{later}")),
        ("front-visit-closed", &at.front, format!("/visits/{closed}?done=visit-closed")),
        ("front-close-waiting", &at.front, format!("/visits/{waiting}/close")),
        ("front-close-joint", &at.front, format!("/visits/{serving}/close")),
        ("front-meeting", &at.front, format!("/visits/{serving}/meeting")),
        ("front-meeting-times", &at.front, format!("/visits/{serving}/meeting?with={partner}")),
        ("front-slip", &at.front, format!("/visits/{closed}/slip")),
        ("front-persons", &at.front, "/persons".into()),
        ("front-person-new", &at.front, "/persons/new".into()),
        ("front-person", &at.front, format!("/persons/{person}")),
        ("caseworker-person", &at.receiver, format!("/persons/{person}")),
        ("caseworker-person-quiet", &at.receiver, format!("/persons/{}", at.quiet)),
        ("caseworker-person-edit", &at.receiver, format!("/persons/{person}/edit")),
        ("caseworker-case-open", &at.receiver, format!("/persons/{person}/case")),
        ("caseworker-day", &at.holder, "/day".into()),
        ("front-talk", &at.front, format!("/visits/{serving}/talk")),
        ("front-talks", &at.front, "/talks".into()),
        ("caseworker-talking-points", &at.holder, format!("/cases/{case}/talking-points")),
        ("front-bookings", &at.front, "/bookings".into()),
        ("front-bookings-known", &at.front, format!("/bookings?person={person}")),
        ("front-booking", &at.front, format!("/bookings/{}", at.booking)),
        ("holder-bookings-mine", &at.holder, "/bookings/mine".into()),
        ("front-book-other", &at.front, format!("/visits/{serving}/book?with={partner}")),
        ("front-situation", &at.front, format!("/visits/{serving}/situation")),
        ("front-offer", &at.front, format!("/visits/{serving}/services")),
        ("front-clarification", &at.front, format!("/visits/{serving}/clarification")),
        ("front-escalation", &at.front, format!("/visits/{serving}/escalation")),
        ("holder-escalations", &at.receiver, "/escalations".into()),
        ("caseworker-work", &at.receiver, format!("/persons/{person}/work")),
        ("caseworker-needs", &at.receiver, format!("/persons/{person}/needs")),
        ("caseworker-assessments", &at.receiver, format!("/persons/{person}/assessments")),
        ("caseworker-assessment", &at.receiver, at.assessment.clone()),
        ("caseworker-guidance", &at.receiver, format!("{}/needs", at.assessment)),
        ("caseworker-work-life", &at.receiver, format!("{}/work", at.assessment)),
        (
            "caseworker-attempts",
            &at.receiver,
            format!("/persons/{person}/attempts?kind=work_practice"),
        ),
        ("caseworker-judgements", &at.receiver, format!("/persons/{person}/judgements")),
        ("caseworker-common-view", &at.receiver, format!("/persons/{person}/common-view")),
        ("caseworker-instruments", &at.receiver, "/instruments".into()),
        ("admin-instruments", &at.admin, "/instruments".into()),
        ("admin-instrument", &at.admin, format!("/instruments/{}", crate::assessments::shipped())),
        ("caseworker-demand", &at.receiver, "/labour-demand".into()),
        ("manager-mapping-figures", &at.manager, "/figures/assessments".into()),
        ("own-assessments", &at.me, "/my/assessments".into()),
        (
            "own-assessment",
            &at.me,
            format!("/my/assessments/{}", at.assessment.rsplit('/').next().unwrap_or_default()),
        ),
        ("caseworker-plan", &at.receiver, format!("/persons/{person}/plan")),
        ("caseworker-plan-item", &at.receiver, at.item.clone()),
        ("caseworker-plan-text", &at.receiver, format!("/persons/{person}/plan/texts/goal")),
        ("caseworker-plan-history", &at.receiver, format!("/persons/{person}/plan/history")),
        ("caseworker-plan-none", &at.receiver, format!("/persons/{}/plan", at.quiet)),
        ("holder-plans", &at.holder, "/plans".into()),
        ("manager-plans", &at.manager, "/plans".into()),
        ("manager-plan-figures", &at.manager, "/figures/plans".into()),
        ("front-contacts", &at.front, "/contacts?guidance=rights".into()),
        ("front-consultations", &at.front, "/consultations".into()),
        ("holder-consultation", &at.holder, format!("/consultations/{}", at.consultation)),
        ("manager-visiting", &at.manager, "/visiting".into()),
        ("front-services", &at.front, "/services?q=tiltak".into()),
        ("manager-service", &at.manager, "/services/job-search".into()),
        ("manager-matters", &at.manager, "/matters".into()),
        ("front-matters", &at.front, "/matters".into()),
        ("manager-set-up", &at.manager, "/set-up?item=wording-welcome".into()),
        ("manager-standards", &at.manager, "/standards".into()),
        ("manager-recipients", &at.manager, "/recipients".into()),
        ("manager-reactions", &at.manager, "/reactions".into()),
        ("manager-coming", &at.manager, "/figures/coming".into()),
        ("manager-kept", &at.manager, "/figures/standards".into()),
        ("manager-reach", &at.manager, "/figures/access".into()),
        ("manager-guard", &at.manager, "/figures/guard".into()),
        ("manager-process", &at.manager, "/figures/process".into()),
        ("manager-equal", &at.manager, "/figures/offer".into()),
        ("kiosk-way-out", &at.kiosk, "/kiosk/way-out".into()),
        ("kiosk-thanks", &at.kiosk, "/kiosk/thanks".into()),
        ("own-bookings", &at.me, "/my/bookings".into()),
        ("own-plan", &at.me, "/my/plan".into()),
        ("caseworker-acts", &at.holder, "/acts".into()),
        ("caseworker-exchange", &at.holder, "/exchange".into()),
        ("caseworker-exchange-run", &at.holder, format!("/exchange/{}", at.run)),
        ("caseworker-practice", &at.holder, "/practice".into()),
        ("caseworker-practice-rule", &at.holder, format!("/practice/{}", at.rule)),
        ("caseworker-case", &at.holder, format!("/cases/{case}")),
        ("manager-absences", &at.manager, "/absences".into()),
        ("caseworker-directory", &at.holder, "/directory?q=gjeld".into()),
        ("manager-cover", &at.manager, format!("/cover?on=2026-11-24&staff={partner}")),
        ("manager-tomorrow", &at.manager, "/cover/tomorrow".into()),
        ("manager-orders", &at.manager, format!("/orders?from={partner}")),
        ("manager-order", &at.manager, format!("/orders/{}", at.order)),
        ("admin-closings", &at.admin, "/closings".into()),
        ("manager-agreements", &at.manager, "/agreements".into()),
        (
            "manager-agreement",
            &at.manager,
            format!("/agreements/{}", onedoor_server::app::id_of("agreement", "nidarby-2026")),
        ),
        ("manager-answers", &at.manager, "/agreements/answers".into()),
        ("manager-activity", &at.manager, "/agreements/activity".into()),
        ("manager-contact-persons", &at.manager, "/contact-persons".into()),
        ("manager-frameworks", &at.manager, "/frameworks".into()),
        ("manager-local-services", &at.manager, "/local-services".into()),
        ("manager-routines", &at.manager, "/routines".into()),
        (
            "host-routine",
            &at.host,
            format!(
                "/routines/{}",
                onedoor_server::app::id_of("joint-document", "reception-routine")
            ),
        ),
        ("manager-division", &at.manager, "/division".into()),
        ("caseworker-tasks", &at.holder, format!("/cases/{case}/tasks")),
        ("caseworker-follow-mine", &at.holder, "/follow-up".into()),
        ("manager-topics", &at.manager, "/topics".into()),
        ("manager-efforts", &at.manager, "/joint-efforts".into()),
        ("manager-staffing", &at.manager, "/staffing".into()),
        ("admin-staffing", &at.admin, "/staffing".into()),
        ("manager-teams", &at.manager, "/teams".into()),
        ("manager-team", &at.manager, format!("/teams/{}", at.team)),
        ("admin-arrangements", &at.admin, "/arrangements/import".into()),
        ("manager-management", &at.manager, "/management".into()),
        ("manager-figures", &at.manager, "/figures".into()),
        ("manager-figures-wrong", &at.manager, "/figures?open=wrong".into()),
        ("manager-figures-told", &at.manager, "/figures?open=told".into()),
        ("manager-office", &at.manager, "/office".into()),
        ("admin-import", &at.admin, "/office/import".into()),
        ("admin-outbox", &at.admin, "/outbox".into()),
        ("admin-competent", &at.admin, "/office/competent".into()),
        (
            "admin-competent-answer",
            &at.admin,
            format!("/office/competent?place={}&on=2026-11-23", KOLSTAD.1),
        ),
        ("privacy-journal", &at.privacy, "/journal".into()),
        ("privacy-journal-person", &at.privacy, format!("/journal?person={person}")),
        ("privacy-without-ground", &at.privacy, "/journal/without-ground".into()),
        ("policy", &at.privacy, "/policy".into()),
        ("policy-staff", &at.host, "/policy?on=2005-03-01".into()),
        ("policy-load", &at.privacy, "/policy/load".into()),
        ("policy-choose", &at.privacy, "/policy/choose".into()),
        ("policy-pack", &at.privacy, "/policy/packs/no-2022/1".into()),
        ("policy-ask", &at.front, "/policy/ask".into()),
        (
            "policy-ask-no",
            &at.front,
            "/policy/ask?from=nav_stat&to=kom_sosial&purpose=coordination&category=subst\
             &when=same_joint_office&overlay=shielded"
                .into(),
        ),
        ("policy-see", &at.manager, "/policy/see?body=kom_sosial&role=caseworker".into()),
        ("policy-diff", &at.manager, "/policy/diff?a=no-2004&b=no-2022".into()),
        ("policy-unused", &at.privacy, "/policy/unused".into()),
        ("caseworker-joint", &at.receiver, format!("/persons/{person}/joint")),
        ("holder-joint", &at.holder, format!("/persons/{person}/joint")),
        (
            "caseworker-fact-seen-by",
            &at.receiver,
            format!("/persons/{person}/facts/{}/seen-by", at.fact),
        ),
        (
            "caseworker-note-seen-by",
            &at.receiver,
            format!("/persons/{person}/notes/{}/seen-by", at.note),
        ),
        ("caseworker-documents", &at.receiver, format!("/persons/{person}/documents")),
        (
            "caseworker-document-seen-by",
            &at.receiver,
            format!("/persons/{person}/documents/{}/seen-by", at.document),
        ),
        ("caseworker-family", &at.receiver, format!("/persons/{person}/family")),
        ("own-documents", &at.me, "/my/documents".into()),
        ("own-correct-document", &at.me, format!("/my/corrections?document={}", at.document)),
        ("caseworker-representations", &at.receiver, format!("/persons/{person}/representations")),
        ("holder-grounds", &at.holder, "/grounds".into()),
        ("caseworker-access", &at.receiver, "/access".into()),
        ("caseworker-access-one", &at.receiver, format!("/access/{}", at.access)),
        ("caseworker-ties", &at.receiver, "/ties".into()),
        ("caseworker-double-work", &at.receiver, "/figures/double-work".into()),
        ("caseworker-more", &at.receiver, "/more".into()),
        ("privacy-more", &at.privacy, "/more".into()),
        ("own-consents", &at.me, "/my/consents".into()),
        ("own-consent", &at.me, format!("/my/consents/{}", at.agreed)),
        ("own-held", &at.me, "/my/held".into()),
        ("caseworker-consents", &at.receiver, format!("/persons/{person}/consents")),
        ("caseworker-consent-new", &at.receiver, format!("/persons/{person}/consents/new")),
        ("caseworker-consent", &at.receiver, format!("/consents/{}", at.consent)),
        ("caseworker-lists", &at.receiver, "/lists".into()),
        ("caseworker-list-new", &at.receiver, "/lists/new".into()),
        ("caseworker-list", &at.receiver, format!("/lists/{}", at.list)),
        ("holder-providers", &at.holder, "/providers".into()),
        ("manager-providers", &at.manager, "/providers".into()),
        (
            "holder-hand",
            &at.holder,
            format!("/persons/{person}/hand?provider={}&condition=placement", at.provider),
        ),
        ("holder-handed", &at.holder, at.paper.clone()),
        ("manager-withdrawals", &at.manager, "/withdrawals".into()),
        ("privacy-overdue", &at.privacy, "/withdrawals/overdue".into()),
        ("privacy-notices", &at.privacy, "/notices".into()),
        (
            "privacy-notice",
            &at.privacy,
            format!("/notices/{}", onedoor_server::app::id_of("notice", "coordination-1")),
        ),
        ("privacy-flows", &at.privacy, "/flows".into()),
        ("privacy-watch", &at.privacy, "/watch".into()),
        ("privacy-watch-case", &at.privacy, format!("/watch/{}", at.watch)),
        ("privacy-keeping", &at.privacy, "/keeping".into()),
        ("privacy-erasures", &at.privacy, "/erasures".into()),
        ("privacy-erasure", &at.privacy, format!("/erasures/{}", at.erasure)),
        ("host-network", &at.host, "/network".into()),
        ("host-network-effort", &at.host, "/network?level=effort".into()),
        ("admin-place", &at.admin, "/network/municipalities/1601".into()),
        ("host-offices", &at.host, "/network/offices".into()),
        ("manager-inventory", &at.manager, format!("/network/offices/{here}?need=family")),
        ("admin-moves", &at.admin, "/network/relocations".into()),
        ("admin-move", &at.admin, format!("/network/relocations/{}", at.organised.relocation)),
        ("manager-hours", &at.manager, format!("/office/hours?office={here}&from=2026-12-21")),
        ("manager-premises", &at.manager, format!("/premises?office={here}")),
        ("admin-leases", &at.admin, "/leases".into()),
        ("admin-governing", &at.admin, "/governing".into()),
        ("manager-steering", &at.manager, format!("/governing/{}", at.organised.steering)),
        ("manager-joint", &at.manager, format!("/governing/{}", at.organised.joint)),
        ("admin-joint", &at.admin, format!("/governing/{}", at.organised.joint)),
        ("admin-goals", &at.admin, "/goals?year=2026".into()),
        ("admin-rollout", &at.admin, "/rollout".into()),
        ("manager-start", &at.manager, format!("/rollout/offices/{here}")),
        ("admin-trials", &at.admin, "/trials".into()),
        ("admin-efforts", &at.admin, "/efforts".into()),
        ("admin-mergers", &at.admin, "/mergers".into()),
        ("county-tasks", &at.county, "/tasks".into()),
        ("county-task", &at.county, format!("/tasks/{}", at.organised.task)),
        ("desk-tasks", &at.desk, format!("/persons/{}/tasks", at.organised.person)),
        ("desk-units", &at.desk, format!("/persons/{}/units", at.organised.person)),
        ("kiosk-start", &at.kiosk, "/kiosk".into()),
        ("kiosk-need", &at.kiosk, "/kiosk/need".into()),
        ("kiosk-done", &at.kiosk, "/kiosk/done?ticket=12".into()),
        ("privacy-corrections", &at.privacy, "/corrections".into()),
        ("privacy-delays", &at.privacy, "/delays".into()),
        ("manager-delays", &at.manager, "/delays".into()),
        ("caseworker-corrections", &at.receiver, "/corrections".into()),
        ("caseworker-answer", &at.receiver, format!("/corrections/{}", at.question)),
        ("own-my", &at.me, "/my".into()),
        ("own-log", &at.me, "/my/log".into()),
        ("own-corrections", &at.me, "/my/corrections".into()),
        ("own-correct-field", &at.me, "/my/corrections?field=address".into()),
        ("own-export", &at.me, "/my/export".into()),
        ("own-child", &at.child, "/my".into()),
        ("own-guardian", &at.guardian, "/my".into()),
        ("own-nobody", &at.me, "/sign-in/nobody".into()),
        ("fault-denied", &at.host, "/journal".into()),
        ("fault-hidden", &at.front, format!("/persons/{}", uuid::Uuid::nil())),
        ("sign-in", &at.front, "/sign-in?fault=mismatch".into()),
    ];
    let stop = |(name, who, path): &(&'static str, &Someone, String)| Stop {
        name,
        who: (*who).clone(),
        path: path.clone(),
    };
    list.iter().map(stop).collect()
}

/// Pages that are no page of their own: a way on, or a part of another.
const NO_PAGE: &[&str] = &[
    "/",
    "/sign-in/start",
    "/sign-in/callback",
    "/sign-in/resident/start",
    "/sign-in/resident/callback",
    "/reception/rows",
    "/reception/live",
    "/my/export/data",
    "/my/export/pdf",
    "/my/assessments/paper",
    "/my/plan/pdf",
    "/persons/{id}/plan/pdf",
    "/persons/{id}/plan/careplan",
    "/my/documents/{id}",
    "/persons/{id}/documents/{document}",
];

/// No page of any role has an accessibility finding, at a desk's width and at a
/// telephone's; no page scrolls sideways; no text is missing in any language.
#[test]
fn every_page_has_no_accessibility_finding() {
    let Some(_turn) = turn() else { return };
    runtime().block_on(async {
        let served = serve(Engine::Sqlite).await;
        let sights = sights(&served.house).await;
        let stops = stops(&served.house, &sights);
        let seen: BTreeSet<String> = stops
            .iter()
            .map(|stop| {
                let path = stop.path.split('?').next().unwrap_or_default();
                let part = |part: &str| if part.len() == 36 { "{id}" } else { part }.to_owned();
                path.split('/').map(part).collect::<Vec<_>>().join("/")
            })
            .collect();
        for route in onedoor_server::routes().list {
            let asked = route.method == "GET" && route.page && !NO_PAGE.contains(&route.path);
            // A part in braces stands for anything.
            let looked = seen.iter().any(|path| {
                let (a, b) = (path.split('/'), route.path.split('/'));
                path.split('/').count() == route.path.split('/').count()
                    && a.zip(b).all(|(a, b)| a == b || b.starts_with('{'))
            });
            assert!(!asked || looked, "nobody looked at {}", route.path);
        }
        let browser = Browser::open(&served).await;
        for stop in &stops {
            browser.be(&stop.who).await;
            browser.go(&stop.path).await;
            browser.open_details().await;
            check_page(&browser, &format!("all-{}", stop.name)).await;
        }
        faulty_at_the_door(&browser, &sights).await;
        faulty_at_the_desk(&browser, &sights).await;
        in_two_minds(&browser, &served, &sights).await;
        for language in [Language::Nn, Language::Sv, Language::En] {
            for stop in &stops {
                browser.be(&stop.who).await;
                browser.speak(language).await;
                browser.go(&stop.path).await;
                browser.open_details().await;
                browser.check_words(&format!("{language} {}", stop.name)).await;
            }
        }
        browser.close().await;
    });
}

/// Sends a form as it stands, past what the browser itself would ask for.
async fn send(browser: &Browser, action: &str) {
    let anyway = "for (const form of document.forms) form.noValidate = true;";
    browser.script(anyway, vec![]).await;
    browser.open_details().await;
    browser.click(&format!("main form[action{action}] button[type=submit]")).await;
}

/// Sends a form that must come back, and looks at the page that says why.
async fn sent_back(browser: &Browser, action: &str, name: &str) {
    send(browser, action).await;
    assert!(browser.has(".ds-error-summary").await, "{name}: {}", browser.said().await);
    let focus = "return document.activeElement.classList.contains('ds-error-summary');";
    let focused = browser.script(focus, vec![]).await;
    assert_eq!(focused, json!(true), "{name}: the summary of faults has the focus");
    check_page(browser, &format!("all-{name}-faulty")).await;
}

async fn faulty_at_the_door(browser: &Browser, at: &Sights) {
    browser.be(&at.kiosk).await;
    browser.go("/kiosk/need").await;
    browser.tick("#need-work").await;
    browser.click("main form[action='/kiosk/who'] button").await;
    check_page(browser, "all-kiosk-who").await;
    browser.fill("number", "123").await;
    browser.click("main form:has(#number) button[type=submit]").await;
    check_page(browser, "all-kiosk-who-faulty").await;

    browser.be(&at.front).await;
    browser.go("/reception/check-in").await;
    browser.fill("number", "123").await;
    sent_back(browser, "='/reception/check-in'", "check-in").await;
    browser.go(&format!("/visits/{}", at.waiting)).await;
    sent_back(browser, "$='/sort'", "visit-sort").await;
    browser.go(&format!("/visits/{}", at.waiting)).await;
    sent_back(browser, "$='/person'", "visit-identify").await;
    browser.fill("given", "Åse").await;
    browser.fill("family", "Bjørnstad").await;
    sent_back(browser, "$='/person'", "visit-alike").await;
    browser.go(&format!("/visits/{}/close", at.serving)).await;
    sent_back(browser, "$='/close'", "close").await;
    browser.tick("#outcome-outside").await;
    sent_back(browser, "$='/close'", "close-outside").await;
    browser.go(&format!("/visits/{}/meeting", at.serving)).await;
    browser.tick("#with input").await;
    browser.click("main form[method=get] button").await;
    sent_back(browser, "$='/meeting'][method=post", "meeting").await;
    browser.go(&format!("/visits/{}/slip", at.closed)).await;
    browser.fill("phone", "x").await;
    sent_back(browser, "$='/slip'", "slip").await;
    browser.go("/persons").await;
    sent_back(browser, "='/persons/search'", "search").await;
    for (text, name) in [("Bjørnstad", "all-search-found"), ("Qvertzyx", "all-search-none")] {
        browser.fill("q", text).await;
        send(browser, "='/persons/search'").await;
        check_page(browser, name).await;
    }
}

async fn faulty_at_the_desk(browser: &Browser, at: &Sights) {
    browser.be(&at.receiver).await;
    browser.go("/persons/new").await;
    browser.fill("email", "x").await;
    browser.fill("number", "123").await;
    sent_back(browser, "='/persons'", "person-new").await;
    browser.fill("given", "Åse").await;
    browser.fill("family", "Bjørnstad").await;
    browser.fill("email", "").await;
    browser.fill("number", "").await;
    sent_back(browser, "='/persons'", "person-alike").await;
    browser.go(&format!("/persons/{}/edit", at.person)).await;
    browser.fill("family", "").await;
    browser.fill("email", "x").await;
    sent_back(browser, "$='/edit'", "person-edit").await;
    browser.go(&format!("/persons/{}", at.person)).await;
    sent_back(browser, "$='/rulings'", "person-rule").await;
    browser.go(&format!("/persons/{}", at.quiet)).await;
    send(browser, "$='/join'").await;
    check_page(browser, "all-fault-fields").await;
    browser.go(&format!("/persons/{}/case", at.person)).await;
    sent_back(browser, "$='/case'", "case-open").await;
    browser.be(&at.holder).await;
    for (act, name) in [
        ("$='/step'", "case-step"),
        ("$='/deputy'", "case-deputy"),
        ("$='/scheme'", "case-scheme"),
        ("$='/handover'", "case-handover"),
        ("$='/close'", "case-close"),
    ] {
        browser.go(&format!("/cases/{}", at.case)).await;
        sent_back(browser, act, name).await;
    }
    browser.be(&at.admin).await;
    browser.go("/office/import").await;
    browser.fill("text", "country = \"NO\"\nmunicipality = 7\n").await;
    sent_back(browser, "='/office/import'", "import").await;
}

/// Two people at one case: the second sees both versions; then the case is
/// asked over and looked at from both sides, and ends.
async fn in_two_minds(browser: &Browser, served: &Served, at: &Sights) {
    let path = format!("/cases/{}", at.case);
    browser.be(&at.holder).await;
    browser.go(&path).await;
    browser.fill("what", "Ring legen").await;
    browser.fill("on", "2026-11-30").await;
    browser.fill("place", "På telefon").await;
    let step = json!({ "what": "Møte", "on": "2026-12-01", "place": "Rom 2" });
    at.holder.post(&format!("{path}/step"), &step).await.ok();
    send(browser, "$='/step'").await;
    browser.see("Ring legen").await;
    browser.see("Rom 2").await;
    check_page(browser, "all-conflict").await;

    browser.be(&at.manager).await;
    browser.go(&path).await;
    browser.open_details().await;
    check_page(browser, "all-case-manager").await;
    ask(&served.house, &at.holder, &at.case, SOCIAL, "mandate").await;
    browser.be(&at.holder).await;
    browser.go("/day").await;
    check_page(browser, "all-day-asked-by-me").await;
    browser.go(&path).await;
    browser.open_details().await;
    check_page(browser, "all-case-waiting").await;
    browser.be(&at.receiver).await;
    browser.go("/day").await;
    check_page(browser, "all-day-asked-of-me").await;
    browser.go(&path).await;
    sent_back(browser, "$='/refuse'", "case-refuse").await;
    at.receiver.post(&format!("{path}/handover/accept"), &json!({})).await.ok();
    at.receiver.post(&format!("{path}/close"), &json!({ "reason": "work" })).await.ok();
    browser.go(&path).await;
    check_page(browser, "all-case-closed").await;
}

// ------------------------------------------------------- keyboard, no script

/// The element with the focus: what it is, and whether a ring shows it.
async fn focus(browser: &Browser) -> (String, bool) {
    let script = "const now = document.activeElement; const style = getComputedStyle(now);
        const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
        return [now.id || now.type || now.tagName, ring || style.boxShadow !== 'none'];";
    let seen = browser.script(script, vec![]).await;
    (seen[0].as_str().unwrap().to_owned(), seen[1] == true)
}

async fn tab_to(browser: &Browser, id: &str) {
    for _ in 0..40 {
        browser.press(Key::Tab).await;
        let (now, ring) = focus(browser).await;
        assert!(ring, "nothing shows that the focus is on {now}");
        if now == id {
            return;
        }
    }
    panic!("the tab key never reaches {id}");
}

/// A person is checked in with Tab, Space and Enter alone: the skip link leads to
/// the content, faults lead to their fields, and the focus can always be seen.
#[test]
fn the_pages_work_by_keyboard_alone() {
    let Some(_turn) = turn() else { return };
    runtime().block_on(async {
        let served = serve(Engine::Sqlite).await;
        let browser = Browser::open(&served).await;
        browser.be(&served.house.staff("heimdal-02").await).await;
        browser.go("/reception/check-in").await;
        browser.press(Key::Tab).await;
        let skip = browser.script("return document.activeElement.hash;", vec![]).await;
        assert_eq!(skip, json!("#main"), "the first stop leads past the navigation");
        browser.press(Key::Enter).await;
        assert_eq!(focus(&browser).await.0, "main");
        tab_to(&browser, "given").await;
        browser.type_in("Odd").await;
        tab_to(&browser, "submit").await;
        browser.leaving("Enter", browser.press(Key::Enter)).await;
        let summary = "return document.activeElement.classList.contains('ds-error-summary');";
        assert_eq!(browser.script(summary, vec![]).await, json!(true), "the faults have the focus");
        browser.press(Key::Tab).await;
        browser.press(Key::Enter).await;
        assert_eq!(focus(&browser).await.0, "need", "a fault leads to its field");
        tab_to(&browser, "need-work").await;
        browser.press(Key::Space).await;
        tab_to(&browser, "need-debt").await;
        browser.press(Key::Space).await;
        tab_to(&browser, "account").await;
        browser.type_in("Alt på en gang").await;
        tab_to(&browser, "family").await;
        browser.type_in("Tastesen").await;
        tab_to(&browser, "submit").await;
        browser.leaving("Enter", browser.press(Key::Enter)).await;
        browser.see("Odd Tastesen").await;
        browser.see("Alt på en gang").await;
        browser.see(&nb("need-work")).await;
        browser.see(&nb("need-debt")).await;
        browser.close().await;
    });
}

/// With script off, a person is checked in, called, helped and seen out.
#[test]
fn pages_work_without_script() {
    let Some(_turn) = turn() else { return };
    runtime().block_on(async {
        let served = serve(Engine::Sqlite).await;
        let browser = Browser::open(&served).await;
        let front = served.house.worker("social-front-heimdal", "front_worker", 0);
        browser.be(&served.house.staff(&front).await).await;
        browser.without_script().await;
        browser.go("/reception").await;
        assert!(!browser.has("[data-live-state]").await, "a script ran after all");
        browser.click("a[href='/reception/check-in']").await;
        browser.tick("#need-debt").await;
        browser.fill("given", "Odd").await;
        browser.fill("family", "Uten").await;
        browser.click("main form[action='/reception/check-in'] button").await;
        browser.click(TAKE).await;
        browser.click("a[href$='/close']").await;
        browser.click(CLOSE).await;
        browser.tick("#outcome-informed").await;
        browser.fill("answer", "Fikk vite hvor gjeldsrådgiveren sitter").await;
        browser.click(CLOSE).await;
        browser.see("Fikk vite hvor gjeldsrådgiveren sitter").await;
        browser.go("/reception").await;
        browser.see(&nb("queue-nobody-waiting")).await;
        browser.close().await;
    });
}

/// REQ-INFO-16: the pages of those who are served, at both widths and in every
/// language, without an accessibility finding and without script.
#[test]
fn a_persons_own_pages_look_right() {
    let Some(_turn) = turn() else { return };
    runtime().block_on(async {
        let served = serve(Engine::Sqlite).await;
        let sights = sights(&served.house).await;
        let browser = Browser::open(&served).await;
        let own = |stop: &Stop| {
            ["/my", "/corrections", "/delays", "/sign-in"].iter().any(|p| stop.path.starts_with(p))
        };
        let stops: Vec<Stop> =
            stops(&served.house, &sights).into_iter().filter(|stop| own(stop)).collect();
        for stop in &stops {
            browser.be(&stop.who).await;
            browser.go(&stop.path).await;
            browser.open_details().await;
            check_page(&browser, &format!("own-{}", stop.name)).await;
        }
        browser.be(&sights.me).await;
        browser.go("/my/corrections?field=name").await;
        sent_back(&browser, "='/my/corrections'", "own-ask").await;
        browser.be(&sights.receiver).await;
        browser.go(&format!("/corrections/{}", sights.question)).await;
        sent_back(&browser, "$='/answer'", "own-answer").await;
        browser.be(&sights.privacy).await;
        browser.go("/delays").await;
        sent_back(&browser, "='/delays'", "own-delay").await;
        for language in [Language::Nn, Language::Sv, Language::En] {
            for stop in &stops {
                browser.be(&stop.who).await;
                browser.speak(language).await;
                browser.go(&stop.path).await;
                browser.check_words(&format!("{language} {}", stop.name)).await;
            }
        }
        browser.close().await;
        let plain = Browser::open(&served).await;
        plain.be(&sights.me).await;
        plain.without_script().await;
        plain.go("/my").await;
        plain.click("a[href='/my/log']").await;
        plain.click("a[href^='/my/corrections?row=']").await;
        plain.fill("text", "Hvorfor leste de dette?").await;
        plain.click("main form[action='/my/corrections'] button[type=submit]").await;
        plain.see("Hvorfor leste de dette?").await;
        plain.see(&nb("done-correction-asked")).await;
        plain.close().await;
    });
}

/// REQ-INFO-04, REQ-INFO-05: the pages about the rules at a desk's width and at a
/// telephone's, with a faulty pack and settings wider than the law; no finding, no text
/// missing in any language.
#[test]
fn the_policy_pages_are_readable() {
    let Some(_turn) = turn() else { return };
    runtime().block_on(async {
        let served = serve(Engine::Sqlite).await;
        let sights = sights(&served.house).await;
        let stops = stops(&served.house, &sights);
        let browser = Browser::open(&served).await;
        for stop in stops.iter().filter(|stop| stop.name.starts_with("policy")) {
            browser.be(&stop.who).await;
            browser.go(&stop.path).await;
            browser.open_details().await;
            check_page(&browser, stop.name).await;
            for language in [Language::Nn, Language::Sv, Language::En] {
                browser.speak(language).await;
                browser.go(&stop.path).await;
                browser.open_details().await;
                browser.check_words(&format!("{language} {}", stop.name)).await;
            }
            browser.speak(Language::Nb).await;
        }
        browser.be(&sights.privacy).await;
        browser.go("/policy/load").await;
        browser.fill("text", "format = 1\nfarge = 2").await;
        sent_back(&browser, "='/policy/load'", "policy-load").await;
        browser.go("/policy/choose").await;
        sent_back(&browser, "='/policy/choose'", "policy-choose").await;
        let set = "format = 1\npack = \"no-2022\"\n[[set]]\nrule = \"NO-04\"\n\
             category = \"health\"\neffect = \"A\"\n";
        browser.choose("pack", "no-2022@1").await;
        browser.fill("reason", "Prøve").await;
        browser.fill("settings", set).await;
        sent_back(&browser, "='/policy/choose'", "policy-choose-wide").await;
        browser.fill("settings", "").await;
        browser.click("main form[action='/policy/choose'] button").await;
        browser.see(&nb("done-policy-chosen")).await;
        check_page(&browser, "policy-chosen").await;
        browser.close().await;
    });
}
