use serde::Deserialize;

use crate::person::{Clearance, Country, IdentityKind, Language, LanguageFault, Protection};

/// REQ-INFO-15: clearance shows a person only up to its own level of protection.
#[test]
fn clearance_covers_its_level_and_those_below() {
    use Protection::{Confidential, Open, StrictlyConfidential};
    let table = [
        (Clearance::None, [true, false, false]),
        (Clearance::Confidential, [true, true, false]),
        (Clearance::StrictlyConfidential, [true, true, true]),
    ];
    for (clearance, expected) in table {
        let seen = [Open, Confidential, StrictlyConfidential].map(|p| clearance.covers(p));
        assert_eq!(seen, expected, "{clearance:?}");
    }
    assert!(Open < Confidential && Confidential < StrictlyConfidential);
}

/// REQ-INFO-15: levels survive storing, and unknown ones are not guessed.
#[test]
fn levels_survive_storing() {
    for level in 0..3 {
        let protection = Protection::from_i64(level).unwrap();
        assert_eq!(protection.as_i64(), level);
        assert_eq!(Protection::parse(protection.as_str()), Some(protection));
        let clearance = Clearance::from_i64(level).unwrap();
        assert_eq!(clearance.as_i64(), level);
        assert_eq!(Clearance::parse(clearance.as_str()), Some(clearance));
    }
    for level in [-1, 3, i64::MAX] {
        assert_eq!(Protection::from_i64(level), None);
        assert_eq!(Clearance::from_i64(level), None);
    }
    assert_eq!(Protection::parse("kode 6"), None);
    assert_eq!(Clearance::parse("open"), None);
}

/// REQ-MISC-11: each language has one code and is named in itself.
#[test]
fn languages_have_codes_and_names() {
    let names = Language::ALL.map(|language| (language.as_str(), language.own_name()));
    let expected = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("sv", "Svenska"), ("en", "English")];
    assert_eq!(names, expected);
    for language in Language::ALL {
        assert_eq!(language.to_string().parse(), Ok(language));
    }
    assert_eq!("de".parse::<Language>(), Err(LanguageFault::Unknown));
    assert_eq!(LanguageFault::Unknown.code(), "language-unknown");
    assert_eq!(Language::default(), Language::Nb);
}

#[derive(Deserialize)]
struct Row {
    country: Country,
    kind: IdentityKind,
    language: Language,
    protection: Protection,
    clearance: Clearance,
}

/// REQ-INFO-08: files spell the codes as the database does.
#[test]
fn files_spell_codes_as_the_database_does() {
    let row: Row = toml::from_str(
        "country = 'se'\nkind = 'd_number'\nlanguage = 'nn'\n\
         protection = 'strictly_confidential'\nclearance = 'none'\n",
    )
    .unwrap();
    assert_eq!(row.country.to_string().parse(), Ok(Country::Se));
    assert_eq!(IdentityKind::parse("d_number"), Some(row.kind));
    assert_eq!(row.language, Language::Nn);
    assert_eq!(row.protection, Protection::StrictlyConfidential);
    assert_eq!(row.clearance, Clearance::None);
    assert!("dk".parse::<Country>().is_err());
}
