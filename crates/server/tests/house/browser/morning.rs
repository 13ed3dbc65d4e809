//! A morning from the door to the slip, through the real pages.

use std::time::Duration;

use onedoor_domain::person::Language;
use onedoor_server::db::Engine;
use onedoor_server::words::Words;
use serde_json::json;

use super::{CLOSE, KOLSTAD, TAKE, nb, says};
use crate::cases::SOCIAL;
use crate::support::browser::{Browser, check_page, serve, turn};
use crate::support::{House, engines, runtime, staff_id};

async fn name_of(house: &House, code: &str) -> String {
    house.one(&format!("select name from staff where code = '{code}'")).await
}

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
