//! What the fuzz targets do with bytes from anywhere: each reads them as the program would, and
//! panics when a promise is broken. The tests of the house run the same on a stable toolchain.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use onedoor_domain::consent::{Form, GivenBy, Giver, Occasion, Wish, latest_end};
use onedoor_domain::exchange::{COLUMNS, MOST_ROWS, file, plain_cell, read_row};
use onedoor_domain::ids::{AgencyId, StaffId};
use onedoor_domain::person::{Country, IdentityNumber};
use onedoor_domain::secrecy::{Categories, Category, Pack, Purpose};

/// The day on which everything is read.
const TODAY: Date = date(2026, 11, 23);

/// REQ-INFO-15: a policy pack is read or refused, with reasons that stand in the file.
pub fn policy_loader(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Pack::read(text) {
        Ok(pack) => {
            assert!(!pack.code().is_empty());
            for (_, body) in pack.bodies() {
                assert!(pack.body(&body.code).is_some(), "a body that is not found again");
            }
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a reason");
            for fault in &faults {
                assert!(!fault.to_string().is_empty());
            }
        }
    }
}

/// Reads `name=value` lines as the fields of a consent form.
fn wish(text: &str) -> Option<(Wish, Occasion)> {
    let mut wish = Wish {
        purpose: Purpose::Coordination,
        categories: Categories::NONE,
        from: BTreeSet::new(),
        to: BTreeSet::new(),
        given_on: TODAY,
        valid_until: None,
        form: Form::Written,
        giver: Giver::default(),
        doubtful: false,
    };
    let mut occasion = Occasion {
        today: TODAY,
        country: Country::No,
        born_on: None,
        recorder: None,
        heard_by: None,
    };
    let agency =
        |value: &str| value.bytes().next().map(|n| AgencyId(uuid::Uuid::from_u128(n.into())));
    let staff =
        |value: &str| value.bytes().next().map(|n| StaffId(uuid::Uuid::from_u128(n.into())));
    for line in text.lines() {
        let (name, value) = line.split_once('=')?;
        match name {
            "purpose" => wish.purpose = Purpose::parse(value)?,
            "category" => wish.categories = wish.categories.with(Category::parse(value)?),
            "from" => wish.from.extend(agency(value)),
            "to" => wish.to.extend(agency(value)),
            "given_on" => wish.given_on = value.parse().ok()?,
            "valid_until" => wish.valid_until = Some(value.parse().ok()?),
            "form" => wish.form = Form::parse(value)?,
            "given_by" => wish.giver.by = Some(GivenBy::parse(value)?),
            "giver_name" => value.clone_into(&mut wish.giver.name),
            "giver_authority" => value.clone_into(&mut wish.giver.authority),
            "second_giver" => value.clone_into(&mut wish.giver.second),
            "child_view" => value.clone_into(&mut wish.giver.child_view),
            "shared_custody" => wish.giver.shared_custody = value == "yes",
            "doubtful" => wish.doubtful = value == "yes",
            "born_on" => occasion.born_on = Some(value.parse().ok()?),
            "recorder" => occasion.recorder = staff(value),
            "heard_by" => occasion.heard_by = staff(value),
            "country" => occasion.country = value.parse().ok()?,
            _ => return None,
        }
    }
    Some((wish, occasion))
}

/// REQ-INFO-02: whatever is agreed to is bounded, and exactly what was wished.
pub fn consent_parser(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some((wish, occasion)) = wish(text) else { return };
    match wish.check(&occasion) {
        Ok(terms) => {
            assert!(!terms.categories.is_empty() && !terms.from.is_empty() && !terms.to.is_empty());
            assert_eq!(terms.categories, wish.categories, "nothing is ticked for the person");
            assert_eq!(terms.purpose, wish.purpose);
            assert!(terms.given_on <= TODAY && terms.valid_until >= TODAY);
            assert!(terms.valid_until <= latest_end(terms.given_on), "never open");
            for (from, to) in terms.pairs() {
                assert!(from != to, "nobody tells themselves");
                for other in Purpose::ALL.into_iter().filter(|it| *it != terms.purpose) {
                    assert!(!terms.covers(from, to, terms.categories, other, TODAY));
                }
            }
        }
        Err(faults) => assert!(!faults.is_empty(), "refused without a reason"),
    }
}

/// REQ-INFO-08: an identity number is read the same way each time, and never shown.
pub fn identity_numbers(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for country in [Country::No, Country::Se] {
        let read = IdentityNumber::parse(country, text, TODAY);
        assert_eq!(read, IdentityNumber::parse(country, text, TODAY));
        let Ok(number) = read else { continue };
        let shown = format!("{number:?} {number}");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(!shown.contains(&digits), "a number is shown");
        // With blanks around and within it is the same one.
        let wide = format!(" {text} ");
        assert_eq!(IdentityNumber::parse(country, &wide, TODAY).as_ref(), Ok(&number));
    }
}

/// REQ-ORG-01: an office file is read or refused, with reasons.
pub fn office_import(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(faults) = onedoor_domain::office::read(text) {
        assert!(!faults.is_empty(), "refused without a reason");
        for fault in &faults {
            assert!(!fault.to_string().is_empty());
        }
    }
}

/// REQ-ORG-04: a file of arrangements is read or refused, with reasons.
pub fn arrangement_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(faults) = onedoor_domain::agreement::read(text) {
        assert!(!faults.is_empty(), "refused without a reason");
        let lines = 1 + text.lines().count();
        for fault in &faults {
            assert!((1..=lines).contains(&fault.line), "no such line: {fault:?}");
        }
    }
}

/// REQ-ORG-29: the register of a country is read or refused, with reasons, and names nobody twice.
pub fn municipality_register(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match onedoor_domain::network::read_register(text) {
        Ok(all) => {
            let numbers: BTreeSet<_> = all.iter().map(|it| it.number.clone()).collect();
            assert_eq!(numbers.len(), all.len(), "a municipality that stands twice");
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a reason");
            for fault in &faults {
                assert!(!fault.to_string().is_empty());
            }
        }
    }
}

/// REQ-INFO-18: a file is refused whole or taken whole, and what is taken goes out safely.
pub fn exchange_csv(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(parsed) = file::parse(text) else { return };
    assert_eq!(i64::try_from(parsed.rows.len()), Ok(parsed.sent), "as many as it says");
    assert!(parsed.rows.len() <= MOST_ROWS);
    for cells in &parsed.rows {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let Ok(row) = read_row(&cells, TODAY) else { continue };
        assert!(!row.key.is_empty() && row.known_on <= TODAY);
        let out = [row.key.as_str(), "", row.kind.as_str(), row.value.as_str(), ""];
        let written = file::write(&COLUMNS, std::iter::once(out.to_vec()));
        let again = file::parse(&written).unwrap_or_else(|it| panic!("{:?}: {written}", it.fault));
        let value = again.rows.first().and_then(|row| row.get(3)).map_or("", String::as_str);
        assert!(!value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "a formula");
        assert_eq!(plain_cell(value), row.value, "it reads back as it was");
    }
}
