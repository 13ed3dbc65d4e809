//! The pages with the keyboard alone, and without script.

use onedoor_server::db::Engine;
use serde_json::json;
use thirtyfour::Key;

use super::{CLOSE, TAKE, nb};
use crate::support::browser::{Browser, serve, turn};
use crate::support::runtime;

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
