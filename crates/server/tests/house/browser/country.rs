//! A whole country on the pages: as many municipalities and offices as the file sets up.

use onedoor_domain::person::Language;
use onedoor_server::db::Engine;
use onedoor_server::words::Words;

use crate::organisation::{country, import};
use crate::support::browser::{Browser, check_page, serve, turn};
use crate::support::{House, runtime};

async fn look(browser: &Browser, path: &str, sees: &[&str], name: &str) {
    browser.go(path).await;
    for text in sees {
        browser.see(text).await;
    }
    check_page(browser, &format!("country-{name}")).await;
}

/// The day before a month ends and the day after, so that there is a month that was counted.
async fn a_month_passes(house: &House) {
    house.clock.move_to("2026-12-01T09:00:00Z".parse().unwrap());
    onedoor_server::network::count_month(&house.app).await.unwrap();
}

/// REQ-ORG-15, REQ-ORG-28, REQ-ORG-30: the offices of all 45 municipalities and the four
/// districts, set up from files, look right on the pages: at both widths, without an
/// accessibility finding, with each of them there.
#[test]
fn a_country_looks_right_on_the_pages() {
    let Some(_turn) = turn() else { return };
    runtime().block_on(async {
        let served = serve(Engine::Sqlite).await;
        import(&served.house, &country(), true).await.unwrap();
        a_month_passes(&served.house).await;
        let browser = Browser::open(&served).await;
        browser.be(&served.house.staff("city-01").await).await;
        for language in Language::ALL {
            browser.speak(language).await;
            let says = |key: &str| Words::new(language).t(key).into_owned();
            let name = |what: &str| format!("{language}-{what}");
            let title = says("network-title");
            look(&browser, "/network", &[&title, "Kautokeino", "Moss"], &name("places")).await;
            for level in ["district", "effort", "county"] {
                let path = format!("/network?level={level}");
                look(&browser, &path, &[&title], &name(level)).await;
            }
        }
        browser.speak(Language::Nb).await;
        let tjome = ["Felles kontor Tjøme"];
        look(&browser, "/network/municipalities/0723", &tjome, "tjome").await;
        let trondheim = ["Felles kontor Østbyen", "Felles kontor Heimdal"];
        look(&browser, "/network/municipalities/1601", &trondheim, "trondheim").await;
        look(&browser, "/network/offices", &["Felles kontor Tønsberg"], "offices").await;
        look(&browser, "/rollout", &["Meldal"], "rollout").await;
        look(
            &browser,
            "/office/competent?place=07230101&on=2026-11-23",
            &["Tønsberg"],
            "competent",
        )
        .await;
        look(&browser, "/mergers", &[], "mergers").await;
        look(&browser, "/closings", &[], "closings").await;
        browser.close().await;
    });
}
