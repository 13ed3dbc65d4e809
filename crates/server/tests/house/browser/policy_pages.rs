//! The pages about the rules.

use onedoor_domain::person::Language;
use onedoor_server::db::Engine;

use super::sights::sights;
use super::stops::stops;
use super::{nb, sent_back};
use crate::support::browser::{Browser, check_page, serve, turn};
use crate::support::runtime;

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
        // What opens more than the default waits, and a second person answers it.
        let second = "update staff set role = 'privacy_owner' where code = 'city-02'";
        served.house.force(second).await.unwrap();
        browser.be(&served.house.staff("city-02").await).await;
        let path = format!("/policy/proposals/{}", sights.proposal);
        browser.go(&path).await;
        check_page(&browser, "policy-proposal-second").await;
        let answer = format!("='{path}/answer'");
        sent_back(&browser, &answer, "policy-proposal").await;
        browser.tick("#answer-yes").await;
        browser.click(&format!("main form[action='{path}/answer'] button")).await;
        browser.see(&nb("done-policy-chosen")).await;
        browser.go(&path).await;
        check_page(&browser, "policy-proposal-confirmed").await;
        browser.close().await;
    });
}
