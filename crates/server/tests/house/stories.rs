//! A day in six roles, through the real pages: host, front worker, specialist, joint manager,
//! administrator, and the person whom it is all about. The same day in each of the four languages,
//! every page at both widths, without an accessibility finding and without a missing text.
//!
//! Buttons and fields are found by what they do, so that no language is easier than another; what
//! a page says is compared with the words of the language that is spoken.

use onedoor_domain::person::Language;
use onedoor_server::app::id_of;
use onedoor_server::db::Engine;
use onedoor_server::words::Words;

use crate::attacks::sql_id;
use crate::cases::{EMPLOYMENT, SOCIAL};
use crate::support::browser::{Browser, Served, check_page, serve, turn};
use crate::support::{CITY, House, runtime, staff_id, unit_id};

/// A service of the catalogue.
const DEBT_ADVICE: &str = "debt-advice";
/// Whose day it is.
const GIVEN: &str = "Ingunn";
const FAMILY: &str = "Fossheim";

struct Day<'a> {
    house: &'a House,
    browser: &'a Browser,
    language: Language,
}

/// What one role leaves to the next.
struct Left {
    visit: String,
    person: String,
}

impl Day<'_> {
    fn says(&self, key: &str) -> String {
        Words::new(self.language).t(key).into_owned()
    }

    async fn check(&self, name: &str) {
        check_page(self.browser, &format!("story-{}-{name}", self.language)).await;
    }

    /// Sits down as somebody and reads in the language of the day.
    async fn sit_down(&self, code: &str) {
        self.browser.be(&self.house.staff(code).await).await;
        self.browser.speak(self.language).await;
    }

    /// Goes to a page of which the title is known.
    async fn go(&self, path: &str, title: &str, name: &str) {
        self.browser.go(path).await;
        self.browser.see(&self.says(title)).await;
        self.check(name).await;
    }

    /// Sends the form that does something.
    async fn send(&self, action: &str) {
        let css = format!("main form[action{action}][method=post] button[type=submit]");
        self.browser.click(&css).await;
    }

    /// The host: somebody comes with what has happened to them, and somebody else only asks.
    async fn host(&self) -> String {
        let browser = self.browser;
        self.sit_down("heimdal-02").await;
        self.go("/reception", "queue-waiting", "host-queue").await;
        browser.click("a[href='/reception/check-in']").await;
        browser.see(&self.says("event-title")).await;
        browser.choose("event", "lost_job").await;
        browser.tick("#need-income").await;
        browser.tick("#access-interpreter").await;
        browser.fill("given", GIVEN).await;
        browser.fill("family", FAMILY).await;
        self.check("host-check-in").await;
        self.send("='/reception/check-in'").await;
        browser.see(FAMILY).await;
        browser.see(&self.says("event-lost_job")).await;
        browser.see(&self.says("access-need-interpreter")).await;
        self.check("host-visit").await;
        let visit = browser.path().await;

        self.go("/contacts", "contacts-title", "host-contacts").await;
        browser.tick("#kind-information").await;
        browser.choose("channel", "phone").await;
        self.send("='/contacts'").await;
        browser.see(&self.says("contact-kind-information")).await;
        self.go("/bookings", "bookings-title", "host-bookings").await;
        visit
    }

    /// The front worker: takes in the whole situation, offers, promises, books the other agency
    /// while Ingunn sits there, asks a colleague, and closes with a next step.
    async fn front_worker(&self, visit: String) -> Left {
        let browser = self.browser;
        self.sit_down(&self.house.worker("social-front-heimdal", "front_worker", 0)).await;
        browser.go(&visit).await;
        self.send("$='/take'").await;
        browser.see(&self.says("visit-told")).await;
        browser.fill("number", "10915596784").await;
        let send = "main form#person button[type=submit]";
        browser.click(send).await;
        if browser.has("#none_of_these-yes").await {
            browser.tick("#none_of_these-yes").await;
            browser.click(send).await;
        }
        self.check("front-visit").await;
        let person = "select id from person order by id desc limit 1";
        let person: uuid::Uuid = self.house.one(person).await;

        self.go(&format!("{visit}/situation"), "situation-title", "front-situation").await;
        for (area, wish) in [
            ("work", "help"),
            ("money", "help"),
            ("children", "fine"),
            ("health", "unsaid"),
            ("housing", "fine"),
        ] {
            browser.tick(&format!("#{area}-{wish}")).await;
        }
        self.send("$='/situation'").await;
        browser.see(&self.says("proposals-title")).await;
        self.check("front-proposals").await;
        let wanted =
            format!("main form:has(input[value='{DEBT_ADVICE}']) button[name=state][value=wanted]");
        browser.click(&wanted).await;
        browser.see(&self.says("proposal-is-wanted")).await;

        self.go(&format!("{visit}/services"), "offer-title", "front-offer").await;
        browser.tick("#guidance-rights").await;
        self.send("$='/services'").await;
        browser.choose("promised", DEBT_ADVICE).await;
        browser.fill("text", "2026-11-27").await;
        self.send("$='/promises'").await;
        browser.see(&self.says("promise-is-open")).await;
        self.check("front-promised").await;

        let with = staff_id(&self.house.worker(EMPLOYMENT, "caseworker", 0));
        let path = format!("{visit}/book?with={with}");
        self.go(&path, "book-other-title", "front-book").await;
        browser.tick("#at option:nth-child(2)").await;
        browser.fill("place", "4").await;
        self.send("$='/book'").await;
        browser.see(&self.says("book-other-made")).await;
        self.go(&format!("{visit}/clarification"), "clarification-title", "front-clear").await;
        self.go(&format!("{visit}/escalation"), "escalation-title", "front-escalation").await;

        self.go("/consultations", "consult-title", "front-consult").await;
        browser.choose("agency", &id_of("agency", "employment").to_string()).await;
        browser.fill("question", "Er dette en sak hos dere?").await;
        self.send("='/consultations'").await;
        browser.see(&self.says("consult-open")).await;

        browser.go(&format!("{visit}/close")).await;
        browser.tick("#outcome-next_step").await;
        browser.fill("step_what", "Ring").await;
        browser.fill("step_on", "2026-11-27").await;
        browser.fill("step_place", "4").await;
        self.check("front-close").await;
        self.send("$='/close'").await;
        browser.see("Ring").await;
        self.check("front-slip").await;
        Left { visit, person: person.to_string() }
    }

    /// The specialist of another agency: sees the time that was booked, answers the colleague, and
    /// works on a case of their own with the catalogue beside it.
    async fn specialist(&self, left: &Left) {
        let browser = self.browser;
        self.sit_down(&self.house.worker(EMPLOYMENT, "caseworker", 0)).await;
        self.go("/day", "day-title", "specialist-day").await;
        self.go("/bookings/mine", "bookings-mine", "specialist-times").await;
        browser.see(FAMILY).await;
        browser.see(&self.says("booked-by-agency")).await;
        self.go("/consultations", "consult-waiting", "specialist-asked").await;
        browser.click("main a[href^='/consultations/']").await;
        self.check("specialist-question").await;
        browser.tick("#outcome-urgent").await;
        self.send("^='/consultations/'").await;
        browser.see(&self.says("consulted-urgent")).await;
        self.go("/services?q=m%C3%A5lbehov", "services-title", "specialist-services").await;
        self.go("/escalations", "escalations-title", "specialist-escalations").await;

        // A colleague of the municipality opens the case that came of the visit.
        self.sit_down(&self.house.worker(SOCIAL, "caseworker", 0)).await;
        browser.go(&format!("/persons/{}/case", left.person)).await;
        browser.fill("summary", "2026").await;
        browser.fill("step_what", "Ring").await;
        browser.fill("step_on", "2026-11-30").await;
        browser.fill("step_place", "4").await;
        browser.choose("deputy", &staff_id(&self.house.worker(SOCIAL, "caseworker", 1))).await;
        self.check("specialist-case-form").await;
        self.send("$='/case'").await;
        browser.see(FAMILY).await;
        self.check("specialist-case").await;
        let path = format!("/persons/{}/work", left.person);
        self.go(&path, "work-title", "specialist-work").await;
    }

    /// The joint manager: what is promised, how it is kept, whether others are worse off, what
    /// visitors feel, what is agreed, and what stops when somebody is gone.
    async fn joint_manager(&self) {
        let browser = self.browser;
        self.sit_down("heimdal-01").await;
        self.go("/management", "management-title", "manager-table").await;
        self.go("/standards", "standards-title", "manager-standards").await;
        browser.fill("m-waiting-15", "20").await;
        self.send("='/standards/waiting-15'").await;
        browser.see(&self.says("done-standard-kept")).await;
        for (path, title, name) in [
            ("/figures", "figures-title", "manager-figures"),
            ("/figures/coming", "coming-title", "manager-coming"),
            ("/figures/standards", "figures-standards", "manager-kept"),
            ("/figures/access", "reach-title", "manager-access"),
            ("/figures/guard", "guard-title", "manager-guard"),
            ("/figures/process", "process-title", "manager-process"),
            ("/figures/offer", "equal-title", "manager-offer"),
            ("/reactions", "reactions-title", "manager-reactions"),
        ] {
            self.go(path, title, name).await;
        }
        self.visited().await;
        self.agreed().await;
        self.handed_over().await;
    }

    /// An agency that is not in the house comes to it on Tuesdays, until it does not any more.
    async fn visited(&self) {
        let browser = self.browser;
        self.go("/visiting", "stand-in-title", "manager-visiting").await;
        browser.choose("unit", &unit_id("insurance-front-ostbyen").to_string()).await;
        let office = id_of("office", "heimdal").to_string();
        browser.choose("office", &office).await;
        browser.tick("#kind-visiting").await;
        browser.choose("weekday", "2").await;
        browser.fill("opens", "09:00").await;
        browser.fill("closes", "12:00").await;
        browser.fill("from", "2026-11-02").await;
        self.send("='/visiting'").await;
        browser.see("09:00–12:00").await;
        self.check("manager-visited").await;
        let open = "select count(*) from visiting_hours where valid_until is null";
        assert_eq!(self.house.one::<i64>(open).await, 1);
        browser.click("main form[action^='/visiting/'] button[type=submit]").await;
        assert_eq!(self.house.one::<i64>(open).await, 0, "ended again");
    }

    /// What two agencies agree on paper, with what is missing in it.
    async fn agreed(&self) {
        let browser = self.browser;
        self.go("/agreements", "agreement-title", "manager-agreements").await;
        browser.open_details().await;
        for agency in ["employment", "social"] {
            browser.tick(&format!("#parties-{}", id_of("agency", agency))).await;
        }
        browser.choose("kind", "new_effort").await;
        browser.fill("title", "Heimdal 2026").await;
        browser.fill("signed_on", "2026-11-02").await;
        browser.fill("valid_from", "2026-11-02").await;
        browser.fill("purposes", "2026").await;
        browser.tick("#clauses-division").await;
        self.send("='/agreements'").await;
        browser.see("Heimdal 2026").await;
        browser.see(&self.says("done-agreement-kept")).await;
        self.check("manager-agreed").await;
        self.go("/agreements", "agreement-incomplete", "manager-incomplete").await;
        self.go("/contact-persons", "contact-persons-title", "manager-contacts").await;
    }

    /// Somebody will be gone: what stops without them, and everything of theirs asked over in one
    /// go, tried first.
    async fn handed_over(&self) {
        let browser = self.browser;
        let leaves = staff_id(&self.house.worker(SOCIAL, "caseworker", 0));
        let takes = self.house.worker(SOCIAL, "caseworker", 2);
        let path = format!("/cover?staff={leaves}");
        self.go(&path, "cover-title", "manager-without").await;
        assert!(!browser.sees(FAMILY).await, "the deputy steps in");
        self.go("/cover/tomorrow", "order-title", "manager-tomorrow").await;
        let path = format!("/orders?from={leaves}");
        self.go(&path, "order-title", "manager-order").await;
        browser.tick(&format!("#receivers-{}", staff_id(&takes))).await;
        browser.fill("deadline", "2026-11-30").await;
        self.send("='/orders'").await;
        browser.see(&self.says("order-plan")).await;
        self.check("manager-order-tried").await;
        let orders = "select count(*) from handover_order";
        assert_eq!(self.house.one::<i64>(orders).await, 0, "only tried");
        self.send("='/orders'").await;
        browser.see(&self.says("done-order-given")).await;
        self.check("manager-ordered").await;
        let order = browser.path().await;

        self.sit_down(&takes).await;
        browser.go(&order).await;
        self.check("receiver-asked").await;
        self.send("$='/accept'").await;
        browser.see(&self.says("done-order-accepted")).await;
        self.check("receiver-accepted").await;
        let owner = "select s.code from shared_case c join staff s on s.id = c.responsible_id
            order by c.id desc limit 1";
        assert_eq!(self.house.one::<String>(owner).await, takes);
    }

    /// The administrator: what front staff decide alone, the template of all receptions, a service
    /// whose queue has grown, hours where an agency has no office, a file of the whole set-up that
    /// is refused, tried and brought in, and an office that might go into another.
    async fn administrator(&self) {
        let browser = self.browser;
        self.sit_down("city-01").await;
        self.go("/matters", "matters-title", "admin-matters").await;
        browser.tick("#subject-housing").await;
        self.send("='/matters'").await;
        browser.see(&self.says("done-matters-kept")).await;
        let path = "/set-up?item=wording-welcome";
        self.go(path, "set-up-title", "admin-set-up").await;
        self.go("/services/job-search", "services-title", "admin-service").await;
        self.go("/visiting", "stand-in-title", "admin-visiting").await;
        self.responsible().await;
        self.go("/office/import", "import-title", "admin-import").await;
        browser.fill("text", "country = \"NO\"").await;
        self.send("='/office/import'").await;
        assert!(browser.has(".ds-error-summary").await, "a file cut off is refused with words");
        self.check("admin-import-refused").await;

        // The whole file with another telephone: first what would change, then that.
        let whole = CITY.replacen("phone = \"99 01 02 00\"", "phone = \"99 01 02 99\"", 1);
        assert_ne!(whole, CITY);
        let put = "document.getElementById('text').value = arguments[0];
            document.getElementById('only_try').checked = true;";
        browser.script(put, vec![serde_json::Value::from(whole)]).await;
        self.send("='/office/import'").await;
        browser.see(&self.says("import-tried")).await;
        browser.see("99 01 02 99").await;
        self.check("admin-import-tried").await;
        let changed = "select count(*) from office where phone = '99 01 02 99'";
        assert_eq!(self.house.one::<i64>(changed).await, 0, "only tried");
        browser.tick("#only_try").await;
        self.send("='/office/import'").await;
        browser.see(&self.says("import-done")).await;
        self.check("admin-import-done").await;
        assert_eq!(self.house.one::<i64>(changed).await, 1);

        // What it would mean to close an office.
        self.go("/closings", "closing-title", "admin-closings").await;
        browser.choose("office", &id_of("office", "lerkendal").to_string()).await;
        browser.choose("into", &id_of("office", "heimdal").to_string()).await;
        browser.choose("kind", "merge").await;
        self.send("='/closings'").await;
        browser.see(&self.says("closing-people")).await;
        self.check("admin-closing-tried").await;
        let closings = "select count(*) from office_closing";
        assert_eq!(self.house.one::<i64>(closings).await, 0, "only tried");
        self.go("/network", "network-title", "admin-network").await;
        self.go("/rollout", "rollout-title", "admin-rollout").await;
    }

    /// Another municipality answers for the social services from a day on; and then it does not.
    async fn responsible(&self) {
        let browser = self.browser;
        let next = id_of("principal", "nyby");
        let sql = "insert into principal (id, code, name, kind)
            values ($1, 'nyby', 'Nyby kommune', 'municipality')";
        self.house.force(&sql.replace("$1", &sql_id(self.house, &next.to_string()))).await.unwrap();
        self.go("/responsibility", "responsibility-title", "admin-responsibility").await;
        browser.open_details().await;
        browser.choose("agency", &id_of("agency", "social").to_string()).await;
        browser.choose("principal", &next.to_string()).await;
        browser.fill("on", "2027-01-01").await;
        browser.fill("ground", "Lov om forsøk § 3").await;
        self.send("='/responsibility'").await;
        browser.see("Nyby kommune").await;
        browser.see(&self.says("responsibility-to-come")).await;
        self.check("admin-responsible").await;
        let waits = "select count(*) from principal_transfer";
        assert_eq!(self.house.one::<i64>(waits).await, 1);
        self.send("$='/withdraw'").await;
        browser.see(&self.says("responsibility-none")).await;
        self.check("admin-withdrawn").await;
    }

    /// Ingunn herself: her plan, a time that she books, says yes to and moves, and who has looked.
    async fn resident(&self, left: &Left) {
        let browser = self.browser;
        browser.be(&self.house.resident(&left.person).await).await;
        browser.speak(self.language).await;
        self.go("/my", "my-title", "own-page").await;
        self.go("/my/plan", "my-plan", "own-plan").await;
        browser.see(&self.says("my-proposed-wanted")).await;
        browser.see(&self.says("promise-is-open")).await;
        let office = id_of("office", "heimdal");
        let path = format!("/my/bookings?office={office}");
        self.go(&path, "my-bookings", "own-bookings").await;
        browser.tick("#at option:nth-child(4)").await;
        browser.tick("#need-debt").await;
        self.send("='/my/bookings'").await;
        browser.see(&self.says("done-booking-kept")).await;
        browser.click("main form[action^='/my/bookings/'] button[value=yes]").await;
        browser.see(&self.says("booking-confirmed")).await;
        self.check("own-booked").await;
        self.go("/my/log", "nav-my-log", "own-log").await;
    }

    /// The reception sees what Ingunn booked, and the visit says what became of it.
    async fn afterwards(&self, left: &Left) {
        let browser = self.browser;
        self.sit_down(&self.house.worker("social-front-heimdal", "front_worker", 0)).await;
        self.go("/bookings", "bookings-title", "front-bookings").await;
        browser.see(FAMILY).await;
        browser.see(&self.says("booked-by-net")).await;
        browser.go(&left.visit).await;
        browser.see(&self.says("outcome-next_step")).await;
        self.check("front-closed").await;
    }
}

/// The whole day in one language.
async fn day_in(served: &Served, language: Language) {
    let browser = Browser::open(served).await;
    let day = Day { house: &served.house, browser: &browser, language };
    let visit = day.host().await;
    let left = day.front_worker(visit).await;
    day.specialist(&left).await;
    day.joint_manager().await;
    day.administrator().await;
    day.resident(&left).await;
    day.afterwards(&left).await;
    browser.close().await;
}

fn in_language(language: Language) {
    let Some(_turn) = turn() else { return };
    runtime().block_on(async {
        let served = serve(Engine::Sqlite).await;
        day_in(&served, language).await;
    });
}

/// REQ-FRONT-20, REQ-FRONT-21, REQ-FRONT-24, REQ-FRONT-27: six roles, one day, in bokmål.
#[test]
fn a_day_in_six_roles_in_bokmal() {
    in_language(Language::Nb);
}

/// REQ-FRONT-20, REQ-FRONT-21, REQ-FRONT-24, REQ-FRONT-27: the same day in nynorsk.
#[test]
fn a_day_in_six_roles_in_nynorsk() {
    in_language(Language::Nn);
}

/// REQ-FRONT-20, REQ-FRONT-21, REQ-FRONT-24, REQ-FRONT-27, REQ-MISC-11: the same day in Swedish.
#[test]
fn a_day_in_six_roles_in_swedish() {
    in_language(Language::Sv);
}

/// REQ-FRONT-20, REQ-FRONT-21, REQ-FRONT-24, REQ-FRONT-27: the same day in English.
#[test]
fn a_day_in_six_roles_in_english() {
    in_language(Language::En);
}
