use proptest::prelude::*;

use crate::person::{Name, NameFault, NameQuery, beginnings, fold, search_keys, tokens};

fn query(text: &str) -> NameQuery {
    NameQuery::parse(text).unwrap()
}

fn finds(text: &str, given: &str, family: &str) -> bool {
    let sought = query(text).beginning();
    search_keys(given, family).iter().any(|key| key.starts_with(&sought))
}

/// REQ-INFO-08: spellings of one name meet.
#[test]
fn spellings_meet() {
    let same: [&[&str]; 22] = [
        &["Åse", "Aase", "Ase", "A\u{30a}se", "ÅSE"],
        &["Bjørn", "Björn", "Bjoern", "Bjorn", "Bjo\u{308}rn"],
        &["Kjær", "Kjaer", "Kjär", "Kjer", "Kja\u{308}r"],
        &["Christian", "Kristian"],
        &["Sofie", "Sophie"],
        &["Fredrikson", "Fredricksson", "Fredrikszon"],
        &["Thor", "Tor"],
        &["Wilhelm", "Vilhelm"],
        &["Alexander", "Aleksander"],
        &["Yngve", "Ingve"],
        &["Hjalmar", "Jalmar", "Gjalmar"],
        &["Cecilie", "Sesilie", "Cecilié"],
        &["Cæsar", "Caesar", "Cesar"],
        &["John", "Jon", "Johnn"],
        &["Sarah", "Sara", "Zara"],
        &["Dahl", "Dal"],
        &["Čović", "Covic", "Cović"],
        &["Łukasz", "Lukasz"],
        &["Máret", "Maret"],
        &["Ŋŧđ", "Ntd"],
        &["O'Brien", "O\u{2019}Brien", "Obrien"],
        &["Nguyễn", "Nguyen"],
    ];
    for spellings in same {
        let first = fold(spellings.first().unwrap());
        for spelling in spellings {
            assert_eq!(fold(spelling), first, "{spelling}");
        }
        assert!(first.bytes().all(|b| b.is_ascii_lowercase()), "{first}");
    }
}

/// REQ-INFO-08: different names stay apart.
#[test]
fn different_names_stay_apart() {
    for (one, other) in [("Hansen", "Jansen"), ("Kari", "Karin"), ("Ole", "Olav"), ("Per", "Pia")] {
        assert_ne!(fold(one), fold(other));
    }
}

/// REQ-INFO-08: no letter of the European Latin alphabets is left with a mark.
#[test]
fn latin_letters_become_plain() {
    for letter in ('\u{c0}'..='\u{17f}').filter(|c| c.is_alphabetic()) {
        let folded = fold(&letter.to_string());
        assert!(!folded.is_empty() && folded.is_ascii(), "{letter} {folded}");
    }
}

/// REQ-INFO-08: names in other scripts are kept and found.
#[test]
fn other_scripts_are_kept() {
    assert_eq!(fold("Иванов"), "иванов");
    assert_eq!(fold("محمد"), "محمد");
    assert_eq!(fold("丽丽"), "丽丽");
    assert!(finds("иван", "Пётр", "Иванов"));
    assert!(query("Петр иван").near("Петр", "Иванов"));
}

/// REQ-INFO-08: words are parted at blanks and hyphens, six at most.
#[test]
fn words_are_parted() {
    assert_eq!(tokens("  Anne-Grethe  O'Neill, 1980 "), ["ane", "grete", "oneil"]);
    assert_eq!(tokens("a b c d e f g h").len(), 6);
    assert!(tokens(" - ' 12").is_empty());
}

/// REQ-INFO-08: every ordered pair of words is a key, twelve at most.
#[test]
fn keys_are_ordered_pairs() {
    assert_eq!(search_keys("Kari", "Nordmann"), ["kari nordman", "nordman kari"]);
    assert_eq!(search_keys("", "Björk"), ["bjork"]);
    assert_eq!(search_keys("Per", "Per"), ["per per"]);
    assert!(search_keys("", "").is_empty());
    let long = search_keys("Maria del Carmen Dolores", "Garcia Lopez Ruiz");
    assert_eq!(long.len(), 12);
    assert!(long.contains(&"maria garsia".to_owned()));
    assert!(long.contains(&"lopes maria".to_owned()));
}

/// REQ-INFO-08: half a name, or its words in any order, finds the person.
#[test]
fn half_typed_names_find() {
    let table = [
        ("Åse Nor", true),
        ("nord aase", false),
        ("nordmann aase", true),
        ("Nordm", true),
        ("aa", true),
        ("Ase Nordmann", true),
        ("Åse Sørmann", false),
        ("Kari", false),
    ];
    for (text, expected) in table {
        let found = finds(text, "Åse", "Nordmann") && query(text).matches("Åse", "Nordmann");
        assert_eq!(found, expected, "{text}");
    }
    for text in ["Josep", "Joseph", "Josef", "Larsen Josep", "Vinc", "Vince Larsen", "vincent la"] {
        let given = if text.to_lowercase().contains("vin") { "Vincent" } else { "Joseph" };
        let hit = finds(text, given, "Larsen") && query(text).matches(given, "Larsen");
        assert_eq!(hit, text != "Vince Larsen", "{text}");
    }
}

/// REQ-INFO-08: every word of the query needs a word of its own in the name.
#[test]
fn each_word_counts_once() {
    assert!(query("per per").matches("Per", "Person"));
    assert!(!query("per per").matches("Per", "Olsen"));
    assert!(query("olsen anna kar").matches("Anna Karin", "Olsen"));
    assert!(!query("olsen anna lisa").matches("Anna Karin", "Olsen"));
}

/// REQ-INFO-08: one slip is forgiven in words of four letters, two from eight.
#[test]
fn slips_are_forgiven() {
    let table = [
        ("Nilsson", "Nilsen", true),
        ("Nislen", "Nilsen", true),
        ("Nlsen", "Nilsen", true),
        ("Nillesen", "Nilsen", true),
        ("Nlsne", "Nilsen", false),
        ("Lie", "Lia", false),
        ("Kristofersn", "Kristoffersen", true),
        ("Kirstofesren", "Kristoffersen", true),
        ("Kirstfoesren", "Kristoffersen", false),
        ("Kirsto", "Kristoffersen", true),
        ("Nilsenius", "Nilsen", false),
    ];
    for (text, family, expected) in table {
        assert_eq!(query(text).near("Bo", family), expected, "{text}");
    }
    assert!(query("Nislen Bo").near("Bo", "Nilsen"));
    assert!(!query("Nislen Ib").near("Bo", "Nilsen"));
    assert_eq!(query("Nislen Bo").wide_beginning(), "ni");
}

/// REQ-INFO-08: a search too short or too long is refused.
#[test]
fn searches_have_limits() {
    for text in ["", " ", "a", "1 2 3", "a1"] {
        assert_eq!(NameQuery::parse(text), Err(NameFault::QueryShort), "{text}");
    }
    assert!(NameQuery::parse("Bo").is_ok());
    assert!(NameQuery::parse(&"a".repeat(100)).is_ok());
    assert_eq!(NameQuery::parse(&"a".repeat(101)), Err(NameFault::QueryLong));
    assert_eq!(format!("{:?}", query("Kari Nordmann")), "NameQuery(2 words)");
}

/// REQ-INFO-08: names are tidied, checked and never printed.
#[test]
fn names_are_tidied_and_checked() {
    let name = Name::new("  Kari \t Anne ", " Nordmann ").unwrap();
    assert_eq!((name.given(), name.family()), ("Kari Anne", "Nordmann"));
    assert_eq!(name.full(), "Kari Anne Nordmann");
    assert_eq!(format!("{name:?}"), "Name(***)");
    assert_eq!(Name::new("", "Björk").unwrap().full(), "Björk");
    let table = [
        ("Kari", "  ", NameFault::Empty, "name-empty"),
        ("Kari", "---", NameFault::Characters, "name-characters"),
        ("Ka\u{0}ri", "Nordmann", NameFault::Characters, "name-characters"),
        ("Kari", "Nord\u{202e}mann", NameFault::Characters, "name-characters"),
    ];
    for (given, family, fault, code) in table {
        assert_eq!(Name::new(given, family), Err(fault));
        assert_eq!(fault.code(), code);
    }
    assert!(Name::new(&"å".repeat(80), &"å".repeat(80)).is_ok());
    assert_eq!(Name::new("", &"å".repeat(81)), Err(NameFault::TooLong));
    assert_eq!(Name::new(&"å".repeat(81), "Å"), Err(NameFault::TooLong));
}

fn without_nordic_letters(name: &str) -> String {
    name.replace('å', "aa").replace(['ø', 'ö'], "oe").replace(['æ', 'ä'], "ae")
}

proptest! {
    /// REQ-INFO-08: folding a folded word changes nothing.
    #[test]
    fn folding_is_done_once(text in prop_oneof![any::<String>(), "[a-zåäöøæéçšž']{0,12}"]) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    /// REQ-INFO-08: everybody is found by the own name, in either order and
    /// without the Nordic letters.
    #[test]
    fn everybody_is_found_by_the_own_name(
        given in "[a-zåäöøæé]{2,10}",
        family in "[a-zåäöøæé]{2,10}",
    ) {
        let (plain_given, plain_family) =
            (without_nordic_letters(&given), without_nordic_letters(&family));
        for text in [
            format!("{given} {family}"),
            format!("{plain_family}, {plain_given}"),
            plain_given.clone(),
            plain_family.clone(),
        ] {
            prop_assert!(finds(&text, &given, &family), "{}", text);
            prop_assert!(query(&text).matches(&given, &family), "{}", text);
            prop_assert!(query(&text).near(&given, &family), "{}", text);
        }
    }

    /// REQ-INFO-08: whoever matches by indexed words has the beginning sought.
    #[test]
    fn who_matches_has_the_beginning(
        text in "[a-cghpåø]{1,4} [a-cghpåø]{1,4}",
        given in "[a-cghpåø]{1,5}",
        family in "[a-cghpåø]{1,5}",
    ) {
        let query = query(&text);
        if query.matches(&given, &family) {
            prop_assert!(finds(&text, &given, &family));
            prop_assert!(query.near(&given, &family));
        }
    }

    /// REQ-INFO-08: no text stops the search.
    #[test]
    fn no_text_stops_the_search(text in any::<String>(), name in any::<String>()) {
        if let Ok(query) = NameQuery::parse(&text) {
            prop_assert!(!query.beginning().is_empty());
            prop_assert!(query.near_beginnings().iter().all(|it| !it.is_empty()));
            prop_assert!(!query.matches(&name, "") || query.near(&name, ""));
        }
        prop_assert!(search_keys(&text, &name).len() <= 12);
        let _ = Name::new(&text, &name);
    }
}

/// REQ-INFO-08: whoever is near a query of two words has a key with one of its
/// near beginnings, when one of the words has no slip and the other begins right.
#[test]
fn near_beginnings_hold_the_near_ones() {
    for (typed, given, family) in [
        ("Kari Hansne", "Kari", "Hansen"),
        ("Hansne Kari", "Kari", "Hansen"),
        ("Krai Hansen", "Kari", "Hansen"),
        ("Mohamed Abdulahi", "Mohamed", "Abdullahi"),
        ("Solvieg", "Solveig", "Dal"),
    ] {
        let query = NameQuery::parse(typed).unwrap();
        assert!(query.near(given, family), "{typed}");
        let near = query.near_beginnings();
        let keys = search_keys(given, family);
        assert!(keys.iter().any(|key| near.iter().any(|it| key.starts_with(it))), "{typed}");
    }
}

/// REQ-INFO-08: a key has a beginning for each of its letters, whatever the script.
#[test]
fn a_key_has_a_beginning_for_each_letter() {
    assert_eq!(beginnings("kar i").collect::<Vec<_>>(), ["k", "ka", "kar", "kar ", "kar i"]);
    assert_eq!(beginnings("丽丽").collect::<Vec<_>>(), ["丽", "丽丽"]);
    assert_eq!(beginnings("").count(), 0);
}
