//! Office files of several municipalities, brought in one after another: none takes anything over from
//! another, and none brings back what was closed or became another.

use serde_json::{Value, json};

use crate::closings::{closing, office};
use crate::organisation::{country, import};
use crate::random::literal;
use crate::support::{CITY, House, Someone, on_both, staff_id, unit_id};

/// The file of a second municipality, which needs no other file.
fn moss() -> String {
    let files = country();
    let (_, text) = files.into_iter().find(|(name, _)| name == "0104-moss.toml").unwrap();
    let alone = text.replacen(", \"insurance-county-ostfold\"]", "]", 1);
    assert_ne!(alone, text);
    alone
}

fn changed(text: &str, from: &str, to: &str) -> String {
    let new = text.replace(from, to);
    assert_ne!(new, text, "{from}");
    new
}

async fn bring(admin: &Someone, text: &str) {
    admin.post("/office/import", &json!({ "text": text })).await.ok();
}

async fn refused(admin: &Someone, text: &str) -> String {
    let answer = admin.post("/office/import", &json!({ "text": text })).await;
    answer.faults().get("text").cloned().unwrap_or_else(|| panic!("{}", answer.body))
}

/// Who serves a place on a day: the office of each agency's unit.
pub async fn serves(someone: &Someone, place: &str, on: &str) -> Vec<(String, String)> {
    let page = someone.see(&format!("/office/competent?place={place}&on={on}")).await;
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = page["lines"].as_array().unwrap();
    lines.iter().map(|it| (text(it, "unit"), text(it, "office"))).collect()
}

/// REQ-ORG-01, REQ-ORG-02: the file of one municipality takes over no district of another, and tells
/// no agency and no principal otherwise than the others that have it; files that tell it alike may.
#[test]
fn a_file_takes_no_district_and_no_agency_of_another() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        bring(&admin, &moss()).await;
        let mut taken = moss();
        for (from, to) in [
            (
                "{ code = \"moss\", name = \"Moss\", office",
                "{ code = \"heimdal\", name = \"Moss\", office",
            ),
            ("district = \"moss\"", "district = \"heimdal\""),
            ("\nmoss = [", "\nheimdal = ["),
        ] {
            taken = changed(&taken, from, to);
        }
        assert_eq!(refused(&admin, &taken).await, "code-taken-elsewhere");
        let district = "select d.name || ', ' || o.code from district d join office o
            on o.id = d.office_id where d.code = 'heimdal'";
        assert_eq!(house.one::<String>(district).await, "Heimdal, heimdal");
        let two = "{ code = \"state\", name = \"Staten\", kind = \"state\" },";
        let another =
            format!("{two}\n  {{ code = \"other\", name = \"En annen\", kind = \"state\" }},");
        let moved = changed(&moss(), two, &another);
        let moved = changed(
            &moved,
            "kind = \"employment\", principal = \"state\"",
            "kind = \"employment\", principal = \"other\"",
        );
        let renamed = |text: &str| changed(text, "\"Trygdeetaten\"", "\"Trygda\"");
        for text in
            [moved, renamed(&moss()), renamed(CITY), changed(&moss(), "\"Staten\"", "\"Riket\"")]
        {
            assert_eq!(refused(&admin, &text).await, "agency-told-apart");
        }
        let told = "select a.name || ', ' || p.code from agency a join principal p
            on p.id = a.principal_id where a.code = ";
        let of = async |code: &str| house.one::<String>(&format!("{told}'{code}'")).await;
        assert_eq!(of("employment").await, "Arbeidsmarkedsetaten, state");
        // All who have it, told alike, may rename it.
        let both = [("city.toml", renamed(CITY)), ("moss.toml", renamed(&moss()))];
        let both: Vec<(String, String)> =
            both.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        import(&house, &both, true).await.unwrap();
        assert_eq!(of("insurance").await, "Trygda, state");
        // What is one's own may change who answers for it, until it carries or decides something.
        let own = renamed(&moss());
        let row = "{ code = \"moss\", name = \"Moss kommune\", kind = \"municipality\" },";
        let joined = changed(
            &own,
            row,
            &format!(
                "{row}\n  {{ code = \"joined\", name = \"Nye Moss\", kind = \"municipality\" }},"
            ),
        );
        let joined = changed(&joined, "principal = \"moss\"", "principal = \"joined\"");
        bring(&admin, &joined).await;
        assert_eq!(of("social-moss").await, "Sosialtjenesten i Moss, joined");
        let worker = house.staff("moss-10").await;
        let person = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let person = worker.post("/persons", &person).await.ok().id();
        let guide = json!({ "subject": "social_assistance", "kind": "guidance", "text": "Slik" });
        worker.post(&format!("/persons/{person}/rulings"), &guide).await.ok();
        assert_eq!(refused(&admin, &own).await, "agency-answers");
        assert_eq!(of("social-moss").await, "Sosialtjenesten i Moss, joined");
    });
}

/// The second municipality with its social services in an office of their own.
fn moss_with_two() -> String {
    let text = moss();
    let at = text.find("[[offices]]").unwrap();
    let end = text.find("[[units]]").unwrap();
    let second = text[at..end]
        .replacen("code = \"moss\"", "code = \"moss-town-hall\"", 1)
        .replacen("Felles kontor Moss", "Moss rådhus", 1)
        .replacen("district = \"moss\"\n", "", 1);
    let text = format!("{}{second}{}", &text[..end], &text[end..]);
    changed(
        &text,
        "agency = \"social-moss\"\noffice = \"moss\"",
        "agency = \"social-moss\"\noffice = \"moss-town-hall\"",
    )
}

/// The same after its joint office has closed into one of the city: what has ended is not named.
fn moss_without() -> String {
    let gone = |block: &str| {
        block.starts_with("offices]]\ncode = \"moss\"\n")
            || block.starts_with("units]]\ncode = \"employment-")
            || block.starts_with("units]]\ncode = \"insurance-")
    };
    let text = moss_with_two();
    let blocks: Vec<&str> = text.split("\n[[").filter(|block| !gone(block)).collect();
    let text = blocks.join("\n[[");
    let stays = |line: &&str| {
        !line.contains("unit = \"employment-") && !line.contains("unit = \"insurance-")
    };
    let text = text.lines().filter(stays).collect::<Vec<_>>().join("\n");
    let text = changed(
        &text,
        "name = \"Moss\", office = \"moss\"",
        "name = \"Moss\", office = \"heimdal\"",
    );
    // The units of the city serve the place from the day of the closing on.
    let set = |from: &str| format!("division = \"common\"\nfrom = {from}\n");
    let text = changed(&text, &set("2003-01-01"), &set("2026-11-23"));
    let text = changed(
        &text,
        "[\"employment-back-moss\", \"employment-front-moss\"]",
        "[\"employment-back-heimdal\"]",
    );
    changed(
        &text,
        "[\"insurance-back-moss\", \"insurance-front-moss\"]",
        "[\"insurance-back-heimdal\"]",
    )
}

/// REQ-ORG-14, REQ-ORG-10: an office closes into one of another municipality, and both files can be
/// brought in afterwards: the place keeps who serves it, until a file says that the office is open
/// again.
#[test]
fn a_closing_over_a_border_keeps_who_serves() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        bring(&admin, &moss_with_two()).await;
        let at = async |on: &str| serves(&admin, "01040101", on).await;
        let offices = |all: Vec<(String, String)>| -> Vec<String> {
            let mut offices: Vec<String> = all.into_iter().map(|(_, office)| office).collect();
            offices.sort();
            offices
        };
        let before = at("2026-11-23").await;
        assert_eq!(before.len(), 3);
        admin.post("/closings", &closing("close", "moss", "heimdal", false)).await.ok();
        let id = admin.see("/closings").await["closings"][0]["id"].as_str().unwrap().to_owned();
        admin.post(&format!("/closings/{id}/complete"), &json!({})).await.ok();
        let after = ["Felles kontor Heimdal", "Felles kontor Heimdal", "Moss rådhus"];
        assert_eq!(offices(at("2026-11-23").await), after);

        // The file of the municipality that took over, again.
        bring(&admin, CITY).await;
        assert_eq!(offices(at("2026-11-23").await), after);
        // The file of the other, as it was: the office is gone, and nothing is opened by it.
        assert_eq!(refused(&admin, &moss_with_two()).await, "office-ended");
        assert_eq!(offices(at("2026-11-23").await), after);
        // As it is now, with the office of another file.
        let both = vec![
            ("city.toml".to_owned(), CITY.to_owned()),
            ("moss.toml".to_owned(), moss_without()),
        ];
        for _ in 0..2 {
            import(&house, &both, true).await.unwrap();
            assert_eq!(offices(at("2026-11-23").await), after);
        }
        // Open again on a day, and not before it.
        let reopened = |day: &str| {
            let line = format!("district = \"moss\"\nreopened = {day}");
            changed(&moss_with_two(), "district = \"moss\"", &line)
        };
        for day in ["2026-11-22", "2026-12-01"] {
            assert_eq!(refused(&admin, &reopened(day)).await, "office-ended");
        }
        for _ in 0..2 {
            bring(&admin, &reopened("2026-11-23")).await;
            assert_eq!(at("2026-11-23").await, before);
        }
    });
}

/// REQ-ORG-10, REQ-MISC-02: an unchanged file does not bring an office back that became another, nor
/// half of it; a file that tells how it is now is taken; and what would stay behind is counted.
#[test]
fn an_older_file_undoes_no_merger() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        // Somebody is to meet a worker of the office that goes.
        let code = house.worker("social-front-heimdal", "front_worker", 0);
        let worker = house.staff(&code).await;
        let person = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let person = worker.post("/persons", &person).await.ok().id();
        let visit = json!({ "need": ["work", "income"], "person": person });
        let visit = worker.post("/reception/check-in", &visit).await.ok().id();
        worker.post(&format!("/visits/{visit}/take"), &json!({})).await.ok();
        let with = staff_id(&house.worker("employment-back-heimdal", "caseworker", 8));
        let path = format!("/visits/{visit}/meeting");
        let offered = worker.see(&format!("{path}?with={with}")).await;
        let at = offered["times"][0]["at"].as_i64().unwrap().to_string();
        let form = json!({ "with": [with], "at": at, "place": "Rom 4" });
        worker.post(&path, &form).await.ok();
        house
            .force("update visit set state = 'closed', closed_at = 1, outcome = 'clarified'")
            .await
            .unwrap();
        admin.post("/closings", &closing("merge", "heimdal", "lerkendal", false)).await.ok();
        let left = "select count(*) from unit u join office o on o.id = u.office_id
            where o.code = 'heimdal'";
        let ended = "select ended_on from office where code = 'heimdal'";
        assert_eq!(refused(&admin, CITY).await, "office-ended");
        assert_eq!(house.one::<i64>(left).await, 0);
        assert_eq!(house.one::<String>(ended).await, "2026-11-23");
        // How it is now.
        let from = CITY.find("[[offices]]\ncode = \"heimdal\"").unwrap();
        let to = from + CITY[from..].find("\n\n").unwrap();
        let now = format!("{}{}", &CITY[..from], &CITY[to..]);
        let now = changed(&now, "office = \"heimdal\"", "office = \"lerkendal\"");
        bring(&admin, &now).await;
        assert_eq!(house.one::<i64>(left).await, 0);
        assert_eq!(house.one::<String>(ended).await, "2026-11-23");
        // Open again: the try-out says what stays at the other address.
        let open = changed(
            CITY,
            "district = \"heimdal\"",
            "district = \"heimdal\"\nreopened = 2026-11-23",
        );
        let tried = json!({ "text": open, "only_try": "yes" });
        let told = admin.post("/office/import", &tried).await.ok().json()["difference"].clone();
        assert_eq!(told["times"], 1, "{told}");
        let left = told["left"].as_array().unwrap();
        assert_eq!(left.len(), 1, "{told}");
        let name = |code: &str| format!("select name from office where code = '{code}'");
        assert_eq!(left[0]["office"], house.one::<String>(&name("heimdal")).await);
        assert_eq!(left[0]["at"], house.one::<String>(&name("lerkendal")).await);
        bring(&admin, &open).await;
        let open: i64 = house.one("select count(*) from office where ended_on is null").await;
        assert_eq!(open, 4);

        // A unit that became another does not go on either.
        let (old, new) = ("insurance-front-ostbyen", "insurance-back-ostbyen");
        let merge = json!({ "old": unit_id(old), "new": unit_id(new), "on": "2026-12-01" });
        admin.post("/mergers", &merge).await.ok();
        assert_eq!(refused(&admin, CITY).await, "unit-became");
        let until = format!("select valid_until from unit where code = '{old}'");
        assert_eq!(house.one::<String>(&until).await, "2026-12-01");
    });
}

/// The city with a set of boundaries that begins later, in which one unit serves each district of the
/// insurance: the front unit in Heimdal.
pub fn city_with_later() -> String {
    let head = "agency = \"insurance\"\ndivision = \"common\"\nfrom = 2024-01-01\n";
    let text = changed(CITY, head, &format!("{head}until = 2027-02-01\n"));
    format!(
        "{text}\n[[boundary_sets]]\ncode = \"insurance-later\"\nagency = \"insurance\"\n\
         division = \"common\"\nfrom = 2027-02-01\n\
         units = {{ heimdal = [\"insurance-front-heimdal\"], \
         lerkendal = [\"insurance-back-lerkendal\"], midtbyen = [\"insurance-back-midtbyen\"], \
         ostbyen = [\"insurance-back-ostbyen\"] }}\n"
    )
}

const PLACE: &str = "99011001";

async fn insurer(someone: &Someone, on: &str) -> Option<(String, String)> {
    let all = serves(someone, PLACE, on).await;
    all.into_iter().find(|(unit, _)| unit.starts_with("Trygd"))
}

/// REQ-ORG-14, REQ-MISC-02: what begins after a unit has become another begins with the new one: the
/// place it would serve, what it might decide, what it would offer; and what ends after the day is
/// carried until then.
#[test]
fn what_begins_after_a_merger_begins_with_the_new_unit() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        bring(&admin, &city_with_later()).await;
        let (old, new) = ("insurance-front-heimdal", "insurance-back-heimdal");
        let name: String = house.one(&format!("select name from unit where code = '{new}'")).await;
        later_rows(&house, old).await;
        let merge = json!({ "old": unit_id(old), "new": unit_id(new), "on": "2026-12-01" });
        admin.post("/mergers", &merge).await.ok();
        for on in ["2026-12-01", "2027-01-31", "2027-02-01", "2028-01-01"] {
            assert_eq!(insurer(&admin, on).await.map(|it| it.0).as_ref(), Some(&name), "{on}");
        }
        let mandate = "select u.code || ', ' || m.valid_from from mandate m join unit u
            on u.id = m.unit_id where m.subject = 'car_support' and m.valid_from > '2026-12-31'";
        assert_eq!(house.one::<String>(mandate).await, format!("{new}, 2027-01-01"));
        let offer = "select u.code || ', ' || l.valid_from from inventory_line l join unit u
            on u.id = l.unit_id where l.valid_from > '2026-12-31'";
        assert_eq!(house.one::<String>(offer).await, format!("{new}, 2027-01-01"));
        house.clock.move_to("2026-12-01T08:00:00Z".parse().unwrap());
        onedoor_server::rollout::carry_due(&house.app, house.app.today()).await.unwrap();
        for table in ["visiting_hours", "allocation"] {
            let unit: String = house
                .one(&format!("select u.code from {table} x join unit u on u.id = x.unit_id"))
                .await;
            assert_eq!(unit, new, "{table}");
        }
    });
}

/// What is dated at a unit: a mandate and an offer that begin later, hours and work that end later.
async fn later_rows(house: &House, unit: &str) {
    let literal = |id: &str| literal(house, id);
    let (at, place) = (literal(&unit_id(unit)), literal(&office("heimdal")));
    let staff = literal(&staff_id(&house.worker(unit, "front_worker", 0)));
    let id = |n: u8| literal(&format!("01890000-0000-7000-8000-0000000000{n:02}"));
    house
        .force(&format!(
            "insert into mandate (unit_id, subject, valid_from, valid_until)
                values ({at}, 'car_support', '2027-01-01', null);
             insert into inventory_line (id, office_id, service, unit_id, decided_by, inside,
                    partner, address, route, terms, valid_from, valid_until)
                values ({0}, {place}, 'job_centre', {at}, null, (1 = 1), '', '', '', '',
                    '2027-01-01', null);
             insert into visiting_hours (id, office_id, unit_id, agency_id, municipality, weekday,
                    opens, closes, remote, valid_from, valid_until)
                values ({1}, {place}, {at}, (select agency_id from unit where id = {at}), '9901', 2, '10:00', '12:00', (1 = 0), '2026-11-01', '2027-01-15');
             insert into allocation (id, staff_id, unit_id, work, first_day, last_day, allocated_by,
                    allocated_at)
                values ({2}, {staff}, {at}, 'x', '2026-11-01', '2027-01-15', {staff}, 1)",
            id(21),
            id(22),
            id(23),
        ))
        .await
        .unwrap();
}

/// REQ-ORG-14, REQ-ORG-10: what begins after an office has closed begins with the unit that took over,
/// and nothing begins at a unit or in an office that is gone.
#[test]
fn what_begins_after_a_closing_begins_with_who_took_over() {
    on_both(|house| async move {
        let admin = house.staff("city-01").await;
        bring(&admin, &city_with_later()).await;
        later_rows(&house, "insurance-front-heimdal").await;
        // A unit of the office that has not begun.
        house
            .force("update unit set valid_from = '2027-01-01' where code = 'social-family-heimdal'")
            .await
            .unwrap();
        admin.post("/closings", &closing("close", "heimdal", "midtbyen", false)).await.ok();
        let id = admin.see("/closings").await["closings"][0]["id"].as_str().unwrap().to_owned();
        admin.post(&format!("/closings/{id}/complete"), &json!({})).await.ok();
        for on in ["2026-11-23", "2027-01-31", "2027-02-01", "2028-01-01"] {
            let offices: Vec<String> =
                serves(&admin, PLACE, on).await.into_iter().map(|it| it.1).collect();
            assert_eq!(offices, vec!["Felles kontor Midtbyen"; 3], "{on}");
        }
        for sql in [
            "select count(*) from unit u join office o on o.id = u.office_id and o.code = 'heimdal'
                where u.valid_until is null
                    or (u.valid_until > '2026-11-23' and u.valid_until > u.valid_from)",
            "select count(*) from inventory_line where valid_from > '2026-11-23'",
            "select count(*) from visiting_hours where valid_until is null
                or valid_until > '2026-11-23'",
        ] {
            assert_eq!(house.one::<i64>(sql).await, 0, "{sql}");
        }
    });
}
