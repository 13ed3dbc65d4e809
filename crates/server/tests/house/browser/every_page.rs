//! Every page, looked at by axe.

use std::collections::BTreeSet;

use onedoor_domain::person::Language;
use onedoor_server::db::Engine;
use serde_json::json;

use super::sights::{Sights, sights};
use super::stops::stops;
use super::{send, sent_back};
use crate::cases::{SOCIAL, ask};
use crate::support::browser::{Browser, Served, check_page, serve, turn};
use crate::support::runtime;

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
    "/meetings/{id}/calendar",
    "/my/meetings/{id}/calendar",
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
