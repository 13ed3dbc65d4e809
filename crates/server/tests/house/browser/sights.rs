//! What there is to see in Heimdal, so that no page is empty.

use serde_json::{Value, json};

use super::KOLSTAD;
use crate::cases::{EMPLOYMENT, INSURANCE, SOCIAL, ask, open, scene};
use crate::support::{House, Someone, staff_id};

/// What there is to see in Heimdal.
pub struct Sights {
    pub host: Someone,
    /// A worker of the county's unit, the desk that guided, and what the organisation has.
    pub county: Someone,
    pub desk: Someone,
    pub organised: crate::starting::Organised,
    pub front: Someone,
    pub holder: Someone,
    pub receiver: Someone,
    pub manager: Someone,
    pub admin: Someone,
    pub privacy: Someone,
    /// A law that waits for a second person.
    pub proposal: String,
    pub kiosk: Someone,
    /// The person, at their own page; a child; and who acts for the child.
    pub me: Someone,
    pub child: Someone,
    pub guardian: Someone,
    /// What the person asked of social services.
    pub question: String,
    pub person: String,
    /// A person without a visit today: only then the agency's own acts show.
    pub quiet: String,
    pub case: String,
    pub waiting: String,
    pub serving: String,
    pub closed: String,
    pub later: String,
    /// A consent that was partly taken back, and a list that was handed over on it.
    pub consent: String,
    pub list: String,
    /// A fact and a note about the person, a single access, and the person's own consent.
    pub fact: String,
    pub note: String,
    pub document: String,
    pub access: String,
    pub agreed: String,
    /// A rule with a reading.
    pub rule: String,
    /// A file that was taken in part.
    pub run: String,
    pub erasure: String,
    pub watch: String,
    pub order: String,
    pub team: String,
    /// An item of the person's plan.
    pub item: String,
    /// A booked time, and a question between colleagues.
    pub booking: String,
    pub consultation: String,
    pub provider: String,
    pub paper: String,
    /// A meeting that was held, and one that is to come.
    pub meetings: (String, String),
    pub assessment: String,
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
pub async fn sights(house: &House) -> Sights {
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
    house.choose_law(&today).await;
    let (fact, note, access, agreed) = shared(house, &receiver, &person).await;
    let organised = crate::starting::organised(house).await;
    let document = crate::documents::kept(&receiver, &person).await;
    let kin = json!({ "other": quiet, "kind": "partner", "source": "person",
        "received_on": "2026-11-20" });
    receiver.post(&format!("/persons/{person}/family"), &kin).await.ok();
    let privacy = house.staff("city-03").await;
    let wider = "format = 1\npack = \"no-2022\"\n[[set]]\nrule = \"NO-03\"\ncategory = \"debt\"\n\
         effect = \"N\"\n";
    let wider = json!({ "pack": "no-2022@1", "from": "2027-01-01", "reason": "Åpnere arbeid",
        "office": onedoor_server::app::id_of("office", "heimdal").to_string(), "settings": wider });
    let proposal = privacy.post("/policy/choose", &wider).await.ok().id();
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
    crate::referrals::for_pages(house, &holder, &case).await;
    let provider = crate::providers::agreement(house, "insurance", &["id", "case", "emp"]).await;
    let paper = crate::providers::handed(&holder, &person, &provider, &["placement"]).await;
    let assessment = crate::assessments::mapped(house, &receiver, &person).await;
    house.clock.move_to(house.clock.now() + jiff::ToSpan::minutes(2));
    let table = (&holder, &me);
    let meetings = crate::meetings::for_pages(house, table, (&person, &provider)).await;
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
        proposal,
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
        meetings,
        assessment,
    }
}

/// Agreements and what hangs on them, somebody away, an order and a team.
async fn arranged(house: &House, case: &str) -> (String, String) {
    let file = include_str!("../../../../../demo/arrangements.toml");
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
