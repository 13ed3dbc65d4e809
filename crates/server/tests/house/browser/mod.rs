//! The pages as people meet them, in Chromium.

mod by_keyboard;
mod country;
mod every_page;
mod morning;
mod own_pages;
mod policy_pages;
mod sights;
mod stops;

use onedoor_domain::person::Language;
use onedoor_server::words::Words;
use serde_json::json;

use crate::support::browser::{Browser, check_page};

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
