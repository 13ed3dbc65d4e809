//! Agreements, contact persons and the rest of an arrangement from one file.

use http::StatusCode;
use serde_json::json;

use crate::agreements::{FILE, MANAGER, bring};
use crate::cases::{SOCIAL, open, scene};
use crate::support::{on_both, staff_id};

/// REQ-ORG-08, REQ-ORG-45: a file is taken in whole or not at all. Trying it says exactly what
/// changes and for how many people, and keeps nothing; bringing it in does just that, and a second
/// time there is nothing left to do. Faults are told by line.
#[test]
fn a_file_says_beforehand_exactly_what_changes_for_how_many() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        open(&scene).await;
        let admin = house.staff("city-01").await;
        let send = |text: &str, only_try: bool| json!({ "text": text, "only_try": if only_try { "yes" } else { "" } });
        let path = "/arrangements/import";
        let tried = admin.post(path, &send(FILE, true)).await.ok().json();
        assert_eq!((&tried["tried"], &tried["done"]), (&json!(true), &json!(false)));
        let kept: i64 = house.one("select count(*) from agreement").await;
        assert_eq!(kept, 0, "trying keeps nothing");
        let contact = tried["changes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["list"] == "contacts" && it["what"].as_str().unwrap().contains("Sosial"))
            .unwrap();
        assert_eq!((&contact["people"], &contact["before"]), (&json!(1), &json!("")));
        let done = admin.post(path, &send(FILE, false)).await.ok().json();
        assert_eq!(done["changes"], tried["changes"], "what was told is what was done");
        assert_eq!(done["people"], tried["people"]);
        let again = admin.post(path, &send(FILE, true)).await.ok().json();
        assert_eq!(again["changes"], json!([]), "nothing is left to do");
        let faulty = "contacts = [\n\
            { municipality = \"9901\", agency = \"social\", staff = \"nobody\", from = \"2026-01-01\" },\n\
            { municipality = \"0000\", agency = \"army\", staff = \"heimdal-47\", from = \"2026-01-01\" },\n\
            ]\n";
        let answer = admin.form(path, &format!("text={}", encode(faulty))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let faults = admin.post(path, &send(faulty, false)).await.faults();
        assert_eq!(faults["text:2"], "unknown-staff", "{faults:?}");
        assert!(faults.contains_key("text:3"));
        let half = &FILE[..FILE.len() / 2];
        let refused = admin.post(path, &send(half, false)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        let manager = house.staff(MANAGER).await;
        assert_eq!(manager.get(path).await.status, StatusCode::FORBIDDEN);
    });
}

/// REQ-ORG-27, REQ-ORG-43: the same code again changes the thing, whichever of its fields is another,
/// in every list: the try-out tells of it, and bringing it in again finds nothing left to do.
#[test]
fn a_file_changes_every_field_of_every_list() {
    on_both(|house| async move {
        bring(&house).await;
        let admin = house.staff("city-01").await;
        let path = "/arrangements/import";
        let changed = async |text: &str, only_try: &str| -> Vec<String> {
            let form = json!({ "text": text, "only_try": only_try });
            let page = admin.post(path, &form).await.ok().json();
            let all = page["changes"].as_array().unwrap();
            all.iter().map(|it| it["list"].as_str().unwrap().to_owned()).collect()
        };
        let cases = [
            (
                "contacts",
                "staff = \"heimdal-47\", deputy = \"heimdal-49\", from",
                "staff = \"heimdal-48\", deputy = \"heimdal-49\", from",
            ),
            ("contacts", "deputy = \"heimdal-49\", from", "deputy = \"heimdal-50\", from"),
            (
                "contacts",
                "deputy = \"heimdal-49\", from = \"2026-01-01\"",
                "deputy = \"heimdal-49\", from = \"2026-02-01\"",
            ),
            ("shares", "hundredths = 150", "hundredths = 175"),
            ("past", "2002-08-01", "2001-08-01"),
            ("topics", "Åpningstid i mottaket", "Åpningstid"),
            ("topics", "value = \"Alle hverdager\"", "value = \"Alle dager\""),
            ("topics", "scope = \"local\"", "scope = \"common\""),
            (
                "topics",
                "\"Alle hverdager\", decided_on = \"2026-01-12\"",
                "\"Alle hverdager\", decided_on = \"2026-01-13\"",
            ),
            (
                "topics",
                "\"Hvert kontor velger\", decided_on = \"2026-01-12\", session = \"Plandag",
                "\"Hvert kontor velger\", decided_on = \"2026-01-12\", session = \"Møtedag",
            ),
            ("workflows", "Den første samtalen", "Første samtale"),
            ("workflows", "document = \"reception-routine\"", "document = \"circular-1\""),
            ("efforts", "Morgenkafé i Midtbyen", "Morgenkafé"),
            ("efforts", "\"local\", from = \"2026-03-01\"", "\"local\", from = \"2026-03-02\""),
            (
                "efforts",
                "\"local\", from = \"2026-03-01\"",
                "\"local\", from = \"2026-03-01\", until = \"2027-01-01\"",
            ),
            ("bodies", "Kommunenes organisasjon", "Kommuneorganisasjonen"),
            ("bodies", "kind = \"directorate\"", "kind = \"county\""),
            ("bodies", "post@arbeid.example.no", "brev@arbeid.example.no"),
            ("bodies", "reports = [\"agreements\", \"efforts\"]", "reports = [\"agreements\"]"),
            ("bodies", "role = \"steers\"", "role = \"informed\""),
            ("competences", "subject = \"debt_counselling\", area", "area"),
            ("deputies", "deputy = \"heimdal-49\", subject", "deputy = \"heimdal-50\", subject"),
            ("frameworks", "Rammeavtale om felles førstelinje", "Rammeavtale"),
            (
                "frameworks",
                "title = \"Rammeavtale om felles førstelinje\"\nfrom = \"2026-01-01\"",
                "title = \"Rammeavtale om felles førstelinje\"\nfrom = \"2026-01-02\"",
            ),
            (
                "frameworks",
                "title = \"Rammeavtale om felles førstelinje\"\n",
                "title = \"Rammeavtale om felles førstelinje\"\nuntil = \"2030-01-01\"\n",
            ),
            (
                "frameworks",
                "\"rehabilitation\", \"addiction_care\"]",
                "\"rehabilitation\", \"psychiatry\"]",
            ),
            ("frameworks", "{ code = \"one-reception\", part", "{ code = \"two-receptions\", part"),
            ("frameworks", "part = \"condition\"", "part = \"minimum\""),
            ("frameworks", "Felles opplæring hvert år", "Felles opplæring"),
            ("agreements", "\"Én dør inn\", ", ""),
            ("agreements", "signed_on = \"2025-12-10\"", "signed_on = \"2025-12-11\""),
            ("agreements", "review_on = \"2026-10-01\"", "review_on = \"2026-10-02\""),
            (
                "agreements",
                "parties = [\"employment\", \"insurance\", \"social\"]",
                "parties = [\"employment\", \"social\"]",
            ),
            (
                "agreements",
                "remit = [\"addiction_care\"]",
                "remit = [\"addiction_care\", \"psychiatry\"]",
            ),
            ("documents", "Samarbeidsrundskriv om førstelinjen", "Samarbeidsrundskriv"),
            ("documents", "kind = \"circular\"", "kind = \"goal\""),
            (
                "documents",
                "title = \"Samarbeidsrundskriv om førstelinjen\"\nfrom = \"2026-01-01\"",
                "title = \"Samarbeidsrundskriv om førstelinjen\"\nfrom = \"2026-01-02\"",
            ),
            (
                "documents",
                "og ikke omvendt.\"\nagencies = [\"employment\", \"insurance\", \"social\"]",
                "og ikke omvendt.\"\nagencies = [\"employment\", \"social\"]",
            ),
            ("documents", "Etatene følger den som kommer", "Etatene følger dem som kommer"),
        ];
        for (list, from, to) in cases {
            assert!(FILE.contains(from), "{from}");
            let text = FILE.replacen(from, to, 1);
            assert_eq!(changed(&text, "yes").await, [list], "{from} -> {to}");
            assert_eq!(changed(&text, "").await, [list], "{from} -> {to}");
            assert_eq!(changed(&text, "").await, [""; 0], "nothing is left of {to}");
            // And back again.
            assert_eq!(changed(FILE, "").await, [list], "{to} -> {from}");
        }
        // Who does a task goes over on a day to come; what was due before keeps its answer.
        let line = "{ municipality = \"9901\", task = \"attendance\", agency = \"social\", \
                    from = \"2026-01-01\" },";
        assert!(FILE.contains(line));
        let later = |agency: &str, from: &str| {
            let more = line.replace("\"social\"", &format!("\"{agency}\""));
            let more = more.replace("2026-01-01", from);
            FILE.replacen(line, &format!("{line}\n  {more}"), 1)
        };
        for text in [
            later("insurance", "2027-03-01"),
            later("employment", "2027-03-01"),
            later("employment", "2027-04-01"),
        ] {
            assert_eq!(changed(&text, "yes").await, ["tasks"], "{text}");
            assert_eq!(changed(&text, "").await, ["tasks"]);
            assert_eq!(changed(&text, "").await, [""; 0]);
        }
        // What stays for good is a fault, and so is a deputy of another office.
        for (from, to, fault) in [
            ("standing = \"local\"", "standing = \"central\"", "twice"),
            ("office = \"ostbyen\"", "office = \"heimdal\"", "twice"),
            (
                "task = \"attendance\", agency = \"social\"",
                "task = \"attendance\", agency = \"employment\"",
                "past",
            ),
            (
                "deputy = \"heimdal-49\", subject",
                "deputy = \"ostbyen-20\", subject",
                "other-office",
            ),
        ] {
            assert!(FILE.contains(from), "{from}");
            let form = json!({ "text": FILE.replacen(from, to, 1) });
            let faults = admin.post(path, &form).await.faults();
            assert!(faults.values().any(|it| it == fault), "{from} -> {to}: {faults:?}");
        }
        // Who is off duty is no deputy: the file names another in their place.
        let gone = crate::random::literal(&house, &staff_id("heimdal-49"));
        house
            .force(&format!("update staff set on_duty = (1 = 0) where id = {gone}"))
            .await
            .unwrap();
        let faults = admin.post(path, &json!({ "text": FILE })).await.faults();
        assert!(faults.values().all(|it| it == "unknown-staff"), "{faults:?}");
        let text = FILE.replace("heimdal-49", "heimdal-50");
        assert_eq!(changed(&text, "").await, ["contacts", "deputies"]);
    });
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
