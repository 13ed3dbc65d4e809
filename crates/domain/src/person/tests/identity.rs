use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::TODAY;
use crate::person::{Country, IdentityFault, IdentityKind, IdentityNumber};

const NORWEGIAN: [(&str, IdentityKind, Option<Date>); 14] = [
    ("13097248022", IdentityKind::Fodselsnummer, Some(date(1972, 9, 13))),
    ("29029648784", IdentityKind::Fodselsnummer, Some(date(1996, 2, 29))),
    ("29020075838", IdentityKind::Fodselsnummer, Some(date(2000, 2, 29))),
    ("15021951940", IdentityKind::Fodselsnummer, Some(date(2019, 2, 15))),
    ("53097248016", IdentityKind::DNumber, Some(date(1972, 9, 13))),
    ("13527248013", IdentityKind::HNumber, Some(date(1972, 12, 13))),
    ("10915596784", IdentityKind::Synthetic, Some(date(1955, 11, 10))),
    ("68467038838", IdentityKind::HNumber, Some(date(1970, 6, 28))),
    ("50846202355", IdentityKind::Synthetic, Some(date(1962, 4, 10))),
    ("02013299997", IdentityKind::Fodselsnummer, Some(date(2032, 1, 2))),
    ("30108299920", IdentityKind::Fodselsnummer, Some(date(1982, 10, 30))),
    ("30108299939", IdentityKind::Fodselsnummer, None),
    ("70108299914", IdentityKind::DNumber, Some(date(1982, 10, 30))),
    ("47906701517", IdentityKind::Synthetic, Some(date(1967, 10, 7))),
];

const NORWEGIAN_FAULTS: [(&str, IdentityFault); 7] = [
    ("13097248032", IdentityFault::ControlDigit),
    ("13097248023", IdentityFault::ControlDigit),
    ("29020112345", IdentityFault::NoSuchDate),
    ("32127248022", IdentityFault::NoSuchDate),
    ("13137248022", IdentityFault::NoSuchDate),
    ("02013299987", IdentityFault::ControlDigit),
    ("02013299996", IdentityFault::ControlDigit),
];

const SWEDISH: [(&str, IdentityKind, &str); 7] = [
    ("19821105-9954", IdentityKind::Personnummer, "198211059954"),
    ("19901211-9948", IdentityKind::Personnummer, "199012119948"),
    ("20001209-9891", IdentityKind::Personnummer, "200012099891"),
    ("090527+1474", IdentityKind::Personnummer, "190905271474"),
    ("791221+9990", IdentityKind::Personnummer, "187912219990"),
    ("19570574-9959", IdentityKind::Samordningsnummer, "195705749959"),
    ("19730674-9982", IdentityKind::Samordningsnummer, "197306749982"),
];

const SWEDISH_FAULTS: [(&str, IdentityFault); 5] = [
    ("20150916-0006", IdentityFault::Serial),
    ("19870704-9996", IdentityFault::ControlDigit),
    ("20121120-9941", IdentityFault::ControlDigit),
    ("19390182-9913", IdentityFault::ControlDigit),
    ("20121075-9984", IdentityFault::ControlDigit),
];

fn no(text: &str) -> Result<IdentityNumber, IdentityFault> {
    IdentityNumber::parse(Country::No, text, TODAY)
}

fn se(text: &str) -> Result<IdentityNumber, IdentityFault> {
    IdentityNumber::parse(Country::Se, text, TODAY)
}

/// REQ-INFO-08: every valid Norwegian vector is recognised with series and birth.
#[test]
fn norwegian_vectors_are_recognised() {
    for (text, kind, born_on) in NORWEGIAN {
        let number = no(text).unwrap();
        assert_eq!(number.kind(), kind, "{text}");
        assert_eq!(number.country(), Country::No);
        assert_eq!(number.canonical(), text);
        assert_eq!(number.born_on(), born_on, "{text}");
        assert_eq!(IdentityNumber::guess(text, TODAY), Ok(number.clone()));
        assert_eq!(IdentityNumber::from_stored(kind, text), Ok(number));
    }
}

/// REQ-INFO-08: every invalid Norwegian vector is refused with its reason.
#[test]
fn norwegian_faults_are_named() {
    for (text, fault) in NORWEGIAN_FAULTS {
        assert_eq!(no(text), Err(fault), "{text}");
    }
}

/// REQ-INFO-08: every valid Swedish vector is recognised, the short ones by today.
#[test]
fn swedish_vectors_are_recognised() {
    for (text, kind, canonical) in SWEDISH {
        let number = se(text).unwrap();
        assert_eq!(number.kind(), kind, "{text}");
        assert_eq!(number.country(), Country::Se);
        assert_eq!(number.canonical(), canonical);
        assert_eq!(IdentityNumber::guess(text, TODAY), Ok(number.clone()));
        assert_eq!(se(canonical), Ok(number.clone()));
        assert_eq!(IdentityNumber::from_stored(kind, canonical), Ok(number));
    }
    assert_eq!(se("19570574-9959").unwrap().born_on(), Some(date(1957, 5, 14)));
}

/// REQ-INFO-08: every invalid Swedish vector is refused with its reason.
#[test]
fn swedish_faults_are_named() {
    for (text, fault) in SWEDISH_FAULTS {
        assert_eq!(se(text), Err(fault), "{text}");
    }
}

/// REQ-INFO-08: the ways in which people write a number lead to the same person.
#[test]
fn ways_of_writing_meet() {
    let norwegian = no("13097248022");
    for text in [" 130972 48022 ", "130972-48022", "13 09 72 480 22", "130972\u{a0}\u{2013}48022"] {
        assert_eq!(no(text), norwegian, "{text}");
    }
    let swedish = se("198211059954");
    for text in
        ["821105-9954", "8211059954", "19821105-9954", "19821105 9954", "821105 \u{2212} 9954"]
    {
        assert_eq!(se(text), swedish, "{text}");
    }
}

/// REQ-INFO-08: what is no number is refused with a code for the words files.
#[test]
fn other_texts_are_refused() {
    let table = [
        ("", IdentityFault::Empty, "identity-empty"),
        (" \t", IdentityFault::Empty, "identity-empty"),
        ("1309724802", IdentityFault::Length, "identity-length"),
        ("130972480222", IdentityFault::Length, "identity-length"),
        ("1309724802x", IdentityFault::NotDigits, "identity-digits"),
        ("130972+48022", IdentityFault::NotDigits, "identity-digits"),
        ("\u{661}3097248022", IdentityFault::NotDigits, "identity-digits"),
    ];
    for (text, fault, code) in table {
        assert_eq!(no(text), Err(fault), "{text}");
        assert_eq!(fault.code(), code);
    }
    assert_eq!(no(&"1".repeat(41)), Err(IdentityFault::TooLong));
    assert_eq!(se("82-11059954"), Err(IdentityFault::Length));
    assert_eq!(se("821105-99-4"), Err(IdentityFault::NotDigits));
    assert_eq!(se("82110å-9954"), Err(IdentityFault::NotDigits));
    assert_eq!(se("ååååå"), Err(IdentityFault::NotDigits));
    assert_eq!(se("17821105-9954"), Err(IdentityFault::NoSuchDate));
    assert_eq!(IdentityNumber::guess("123", TODAY), Err(IdentityFault::Length));
    assert_eq!(IdentityNumber::guess("Kari", TODAY), Err(IdentityFault::NotDigits));
}

/// REQ-INFO-08: the Swedish century follows the sign and the day.
#[test]
fn swedish_century_follows_the_day() {
    let born = |text, today| IdentityNumber::parse(Country::Se, text, today).map(|n| n.born_on());
    let november = date(1982, 11, 5);
    assert_eq!(born("821105-9954", date(1982, 11, 5)), Ok(Some(november)));
    assert_eq!(born("821105-9954", date(1982, 11, 4)), Ok(Some(date(1882, 11, 5))));
    assert_eq!(born("821105-9954", date(2081, 12, 31)), Ok(Some(november)));
    assert_eq!(born("821105+9954", date(2081, 12, 31)), Ok(Some(date(1882, 11, 5))));
    assert_eq!(born("821105+9954", date(2082, 1, 1)), Ok(Some(november)));
    assert_eq!(born("821105-9954", date(2082, 11, 4)), Ok(Some(november)));
    assert_eq!(born("19821105-9954", date(1982, 11, 4)), Err(IdentityFault::NotYetBorn));
    assert_eq!(born("570574-9959", TODAY), Ok(Some(date(1957, 5, 14))));
}

/// REQ-INFO-08: a damaged or misfiled stored number is found.
#[test]
fn damaged_rows_are_found() {
    let read = IdentityNumber::from_stored;
    assert_eq!(read(IdentityKind::DNumber, "13097248022"), Err(IdentityFault::Kind));
    assert_eq!(read(IdentityKind::Fodselsnummer, "13097248023"), Err(IdentityFault::ControlDigit));
    assert_eq!(read(IdentityKind::Personnummer, "8211059954"), Err(IdentityFault::Length));
    assert_eq!(read(IdentityKind::Personnummer, "19821105-9954"), Err(IdentityFault::NotDigits));
}

/// REQ-INFO-08: production can tell the series it must refuse.
#[test]
fn test_series_are_told_apart() {
    for (text, kind, _) in NORWEGIAN {
        let synthetic = matches!(kind, IdentityKind::HNumber | IdentityKind::Synthetic);
        assert_eq!(no(text).unwrap().is_test(), synthetic, "{text}");
    }
    for (text, _, _) in SWEDISH {
        assert_eq!(se(text).unwrap().is_test(), text != "090527+1474", "{text}");
    }
}

/// REQ-INFO-08: numbers print masked, in every way of printing.
#[test]
fn numbers_print_masked() {
    let number = no("13097248022").unwrap();
    assert_eq!(number.masked(), "********022");
    assert_eq!(number.to_string(), "********022");
    assert_eq!(format!("{number:?}"), "IdentityNumber(********022)");
    assert_eq!(se("821105-9954").unwrap().masked(), "*********954");
}

/// REQ-INFO-08: every series has a code that reads back.
#[test]
fn series_codes_read_back() {
    for (_, kind, _) in NORWEGIAN {
        assert_eq!(IdentityKind::parse(kind.as_str()), Some(kind));
    }
    for (_, kind, _) in SWEDISH {
        assert_eq!(IdentityKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(IdentityKind::parse("passport"), None);
}

/// Any digits that pass as a Norwegian number, built by choosing the digits
/// before the control digits.
fn norwegian() -> impl Strategy<Value = String> {
    let parts = (1..=28, prop_oneof![1..=12, 41..=52, 81..=92], 0..100, 0..500, any::<bool>());
    parts.prop_filter_map("some have no control digits", |(day, month, year, serial, abroad)| {
        let day = if abroad { day + 40 } else { day };
        let stem = format!("{day:02}{month:02}{year:02}{serial:03}");
        (0..100).map(|control| format!("{stem}{control:02}")).find(|text| no(text).is_ok())
    })
}

proptest! {
    /// REQ-INFO-08: no single wrong digit turns a Norwegian number into another
    /// one, under the rule of today or that of 2032: each digit counts in the
    /// second control digit, whose rule stays.
    #[test]
    fn one_wrong_digit_is_noticed(text in norwegian(), place in 0_usize..11, by in 1_u8..10) {
        let wrong: String = text
            .bytes()
            .enumerate()
            .map(|(i, b)| if i == place { (b - b'0' + by) % 10 + b'0' } else { b })
            .map(char::from)
            .collect();
        prop_assert!(no(&wrong).is_err());
    }

    /// REQ-INFO-08: two neighbouring digits written in the wrong order are noticed.
    #[test]
    fn swapped_digits_are_noticed(text in norwegian(), place in 0_usize..10) {
        let mut bytes: Vec<char> = text.chars().collect();
        bytes.swap(place, place + 1);
        let swapped: String = bytes.into_iter().collect();
        prop_assert!(swapped == text || no(&swapped).is_err());
    }

    /// REQ-INFO-08: what is stored reads back as the same number, and the mask
    /// shows three digits.
    #[test]
    fn numbers_survive_storing(text in norwegian()) {
        let number = no(&text).unwrap();
        let stored = IdentityNumber::from_stored(number.kind(), number.canonical());
        let shown = format!("{number:?}").chars().filter(char::is_ascii_digit).count();
        prop_assert_eq!(shown, 3);
        prop_assert_eq!(stored, Ok(number));
    }

    /// REQ-INFO-08: no text and no day stops the reader.
    #[test]
    fn no_text_stops_the_reader(
        text in prop_oneof![any::<String>(), "[0-9 +-]{0,14}", "[0-9å]{6}[-+]?[0-9]{4}"],
        year in -9999_i16..=9999,
    ) {
        let today = Date::new(year, 1, 1).unwrap();
        for found in [
            IdentityNumber::parse(Country::No, &text, today),
            IdentityNumber::parse(Country::Se, &text, today),
            IdentityNumber::guess(&text, today),
        ] {
            let shown = found.map(|n| n.masked()).unwrap_or_default();
            prop_assert!(shown.chars().filter(char::is_ascii_digit).count() <= 3);
        }
    }
}
