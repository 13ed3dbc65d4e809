//! The pages of those who are served.

use onedoor_domain::person::Language;
use onedoor_server::db::Engine;

use super::sights::sights;
use super::stops::{Stop, stops};
use super::{nb, sent_back};
use crate::support::browser::{Browser, check_page, serve, turn};
use crate::support::runtime;

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
