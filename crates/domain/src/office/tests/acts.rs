//! The catalogue of acts.

use jiff::civil::{Date, date};

use super::super::{ActFault, AgencyKind, Catalogue, CatalogueFault, Subject};
use crate::person::Country;

const TODAY: Date = date(2026, 11, 23);
const ADULT: &[Subject] = &[Subject::SocialAssistance, Subject::Housing];
const CHILD: &[Subject] = &[Subject::ChildWelfare];

fn cite(
    code: &str,
    agency: AgencyKind,
    mandates: &[Subject],
    subject: Subject,
    on: Date,
) -> Result<String, ActFault> {
    Catalogue::of(Country::No)
        .may_cite(code, agency, mandates, subject, on)
        .map(|act| act.code.clone())
}

/// REQ-ORG-20: both shipped catalogues are right, and every subject of a decision has an act in
/// force today that a unit with its mandate may cite.
#[test]
fn the_shipped_catalogues_are_right_and_leave_no_subject_without_an_act() {
    let texts = [
        (Country::No, include_str!("../../../packs/acts_no.toml")),
        (Country::Se, include_str!("../../../packs/acts_se.toml")),
    ];
    for (country, text) in texts {
        let read = Catalogue::read(text).unwrap();
        assert_eq!((read.country, read.acts.is_empty()), (country, false));
        for subject in Subject::ALL {
            if country == Country::Se && subject == Subject::QualificationProgramme {
                // The Norwegian programme alone has this name; Swedish offices hold no mandate.
                continue;
            }
            let mandates = [subject];
            let agency = subject.usual_agency();
            let found = read
                .acts
                .iter()
                .filter(|act| read.may_cite(&act.code, agency, &mandates, subject, TODAY).is_ok());
            assert!(found.count() > 0, "{country}: nothing carries {}", subject.as_str());
        }
    }
}

/// REQ-ORG-20: the child/family office may use the child welfare, health, social services and
/// education acts; the adult office the social services and health acts; the state units their
/// own. Another's act is refused.
#[test]
fn an_act_is_for_the_units_that_the_catalogue_names() {
    use AgencyKind::{Employment, Insurance, Social};
    let subject = Subject::ChildWelfare;
    for (code, child, adult, employment, insurance) in [
        ("child-welfare-2021", true, false, false, false),
        ("health-and-care-2011", true, true, false, false),
        ("social-services-2009", true, true, false, false),
        ("education-2023", true, false, false, false),
        ("national-insurance-1997", false, false, false, true),
        ("labour-market-2004", false, false, true, false),
    ] {
        for (agency, mandates, yes) in [
            (Social, CHILD, child),
            (Social, ADULT, adult),
            (Employment, &[Subject::Measure][..], employment),
            (Insurance, &[Subject::SicknessBenefit][..], insurance),
        ] {
            let refused = cite(code, agency, mandates, subject, TODAY) == Err(ActFault::NotYours);
            assert_eq!(refused, !yes, "{code} for {agency:?}");
        }
    }
    assert!(cite("child-welfare-2021", Social, CHILD, subject, TODAY).is_ok());
    assert_eq!(
        cite("child-welfare-2021", Social, ADULT, Subject::SocialAssistance, TODAY),
        Err(ActFault::NotYours)
    );
}

/// REQ-ORG-20: an act holds on its own days and for its own subjects.
#[test]
fn an_act_has_its_days_and_its_subjects() {
    let social = AgencyKind::Social;
    let cite_on = |code: &str, on| cite(code, social, CHILD, Subject::ChildWelfare, on);
    let change = date(2023, 1, 1);
    let before = change.yesterday().unwrap();
    assert!(cite_on("child-welfare-1992", before).is_ok());
    assert_eq!(cite_on("child-welfare-1992", change), Err(ActFault::NotInForce));
    assert_eq!(cite_on("child-welfare-2021", before), Err(ActFault::NotInForce));
    assert!(cite_on("child-welfare-2021", change).is_ok());
    assert_eq!(cite_on("nothing", TODAY), Err(ActFault::Unknown));
    let all = [ADULT, CHILD].concat();
    let mixed = cite("child-welfare-2021", social, &all, Subject::SocialAssistance, TODAY);
    assert_eq!(mixed, Err(ActFault::OtherSubject));
}

/// REQ-ORG-20: a catalogue with a fault is refused and says where.
#[test]
fn a_faulty_catalogue_is_refused() {
    let good = "country = \"no\"\nversion = \"2026-01-01\"\n[[acts]]\ncode = \"a\"\n\
        from = \"2000-01-01\"\nunits = [{ agency = \"social\", mandates = [\"housing\"] }]\n\
        sections = []\nshort = { nb = \"a\", nn = \"a\", sv = \"a\", en = \"a\" }\n\
        title = { nb = \"a\", nn = \"a\", sv = \"a\", en = \"a\" }\n";
    assert!(Catalogue::read(good).is_ok());
    let second = &good[good.find("[[acts]]").unwrap()..];
    let faulty = [
        (good.replace("\"social\"", "\"church\""), "no such agency"),
        (good.replace("\"housing\"", "\"flying\""), "no such mandate"),
        (good.replace("\"housing\"", "\"measure\""), "a mandate of another agency"),
        (good.replace("sections = []", "sections = [\" \"]"), "a blank text"),
        (good.replace("sv = \"a\"", "sv = \"\""), "a blank text"),
        (good.replace("sections", "until = \"2000-01-01\"\nsections"), "ends before it begins"),
        (
            good.replace("[{ agency = \"social\", mandates = [\"housing\"] }]", "[]"),
            "nobody may use it",
        ),
        (format!("{good}{second}"), "the code is there twice"),
    ];
    for (text, what) in faulty {
        assert_eq!(Catalogue::read(&text), Err(CatalogueFault::Act("a".into(), what)), "{text}");
    }
    for text in [
        good.replace("sections = []", ""),
        good.replace("sections = []", "sections = []\nmore = 1"),
        good.replace("sv = \"a\", ", ""),
        good.replace("\"2000-01-01\"", "\"2000-02-31\""),
        "country =".to_owned(),
    ] {
        assert!(matches!(Catalogue::read(&text), Err(CatalogueFault::Syntax(_))), "{text}");
    }
}
