//! Office files of several municipalities, read together.

use super::{SMALL, set_of};
use crate::office::{FaultKind, NamedFile, OfficeSet, read_folder};

/// The small municipality under other codes, served by the employment unit of the first.
fn neighbour() -> String {
    let mut text = SMALL.to_owned();
    let set = set_of(SMALL);
    let mut own: Vec<String> = Vec::new();
    own.extend(set.offices.iter().map(|it| it.code.clone()));
    own.extend(set.units.iter().map(|it| it.code.clone()));
    own.extend(set.districts.iter().map(|it| it.code.clone()));
    own.extend(set.basic_units.iter().map(|it| it.code.clone()));
    own.extend(set.boundary_sets.iter().map(|it| it.code.clone()));
    own.extend(set.staff.iter().map(|it| it.code.clone()));
    own.sort();
    own.dedup();
    for code in &own {
        text = text.replace(&format!("\"{code}\""), &format!("\"n-{code}\""));
        text = text.replace(&format!("\n{code} = ["), &format!("\nn-{code} = ["));
        text = text.replace(&format!("{{ {code} = ["), &format!("{{ n-{code} = ["));
        text = text.replace(&format!(", {code} = ["), &format!(", n-{code} = ["));
    }
    text = text.replace("@example.no", ".n@example.no");
    text.replace(&format!("\"{}\"", set.municipality), "\"9998\"")
}

fn both(first: &str, second: &str) -> Result<Vec<OfficeSet>, Vec<(String, FaultKind, String)>> {
    let files =
        [NamedFile { name: "a.toml", text: first }, NamedFile { name: "b.toml", text: second }];
    read_folder(&files).map_err(|faults| {
        let told = faults.into_iter().map(|it| (it.file, it.fault.kind, it.fault.value));
        told.collect()
    })
}

/// REQ-ORG-15, REQ-ORG-28: a unit of one municipality serves another that has no office of that
/// agency; alone, the second file would not know it.
#[test]
fn a_unit_serves_a_place_in_another_file() {
    let second = neighbour().replace("[\"n-work\"]", "[\"work\"]");
    let sets = both(SMALL, &second).unwrap();
    assert_eq!(sets.len(), 2);
    let served: Vec<_> = sets[1].boundary_sets[0].units.values().flatten().collect();
    assert!(served.contains(&&"work".to_owned()), "{served:?}");
    let alone = crate::office::read(&second).unwrap_err();
    assert!(alone.iter().all(|it| it.kind == FaultKind::UnknownUnit), "{alone:?}");
}

/// REQ-ORG-10, REQ-ORG-14: an office that closed into one of another municipality leaves its district
/// there: the folder knows the office, the file alone does not; and an office tells the day on which
/// it opened again.
#[test]
fn a_district_may_have_its_office_in_another_file() {
    let own = set_of(SMALL).districts[0].office.clone();
    let second =
        neighbour().replace(&format!("office = \"n-{own}\" }}"), &format!("office = \"{own}\" }}"));
    let sets = both(SMALL, &second).unwrap();
    assert_eq!(sets[1].districts[0].office, own);
    let alone = crate::office::read(&second).unwrap_err();
    assert!(alone.iter().all(|it| it.kind == FaultKind::UnknownOffice), "{alone:?}");
    assert!(set_of(SMALL).offices.iter().all(|it| it.reopened.is_none()));
    let at = "[[offices]]\n";
    let open = set_of(&SMALL.replacen(at, &format!("{at}reopened = 2026-12-01\n"), 1));
    assert_eq!(open.offices[0].reopened, Some(jiff::civil::date(2026, 12, 1)));
    let bad = crate::office::read(&SMALL.replacen(at, &format!("{at}reopened = 2026\n"), 1));
    assert!(bad.is_err());
}

/// REQ-ORG-01, REQ-ORG-46: what only shows when files are read together: a code that is taken,
/// staff in two agencies, an agency told in two ways; the file is named.
#[test]
fn files_that_do_not_fit_together_are_refused() {
    let second = neighbour();
    assert!(both(SMALL, &second).is_ok(), "{:?}", both(SMALL, &second));
    for (from, to, kind, value) in [
        ("\"9998\"", "\"9901\"", FaultKind::TakenElsewhere, "9901, a.toml"),
        ("\"n-s3\"", "\"s3\"", FaultKind::TakenElsewhere, "s3, a.toml"),
        ("\"ole.n@example.no\"", "\"kari@example.no\"", FaultKind::StaffInTwoAgencies, "kari"),
    ] {
        let changed = second.replacen(from, to, 1);
        assert_ne!(changed, second, "{from}");
        let faults = both(SMALL, &changed).unwrap_err();
        let found = faults.iter().find(|(_, it, _)| *it == kind);
        let (file, _, told) = found.unwrap_or_else(|| panic!("{kind:?}: {faults:?}"));
        assert!(file == "b.toml" && told.contains(value), "{told}");
    }
    let at = second.find("code = \"employment\", name = \"").unwrap();
    let (head, tail) = second.split_at(at + "code = \"employment\", name = \"".len());
    let faults = both(SMALL, &format!("{head}New {tail}")).unwrap_err();
    assert_eq!(faults[0].1, FaultKind::AgencyDiffers, "{faults:?}");
}

/// REQ-ORG-01: a file that was cut off in the middle takes nothing in of the others.
#[test]
fn a_file_that_is_cut_off_refuses_the_folder() {
    let second = neighbour();
    for part in [1, second.len() / 3, second.len() / 2, second.len() - 5] {
        let cut: String = second.chars().take(part).collect();
        assert!(both(SMALL, &cut).is_err(), "{part}");
    }
    assert!(read_folder(&[]).unwrap().is_empty());
}
