use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::{AgencyId, StaffId};
use crate::need::NeedKind;
use crate::person::Language;
use crate::record::Grade;
use crate::secrecy::{Category, Purpose};

const FILE: &str = include_str!("../../instruments/fk13-1.0.toml");

fn answer(item: &str, side: Side, code: &str, on: Date) -> Answer {
    Answer { item: item.to_owned(), side, given: Given::parse(code).unwrap(), on }
}

fn agency(n: u128) -> AgencyId {
    AgencyId(Uuid::from_u128(n))
}

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

/// REQ-MAP-01: the instrument that comes along is whole: four languages, five anchors, every
/// common dimension, and nobody but the person is asked about what they use.
#[test]
fn the_shipped_instrument_is_whole() {
    let instrument = shipped().unwrap();
    assert_eq!((instrument.code.as_str(), instrument.version.as_str()), ("fk13", "1.0"));
    assert_eq!(instrument.items.len(), 25);
    assert_eq!(instrument.dimensions(), Dimension::ALL);
    for item in &instrument.items {
        let mut texts = BTreeSet::new();
        for language in Language::ALL {
            assert!(item.text.of(language).len() > 10, "{}", item.code);
            for step in 1..=5 {
                assert!(!item.anchor(step, language).is_empty(), "{} {step}", item.code);
            }
            texts.insert(item.text.of(language));
        }
        assert_eq!(texts.len(), 4, "{} has a language twice", item.code);
    }
    let apart: Vec<_> = instrument.items.iter().filter(|it| it.dimension.is_apart()).collect();
    assert!(apart.iter().all(|it| it.voluntary && it.asked() == Asked::Person));
    assert_eq!(apart.len(), 1);
}

/// REQ-MAP-01: each fault of an instrument's file is found by its line, and nothing of a faulty
/// file is used.
#[test]
fn every_fault_of_a_file_has_its_line() {
    let line = |needle: &str| FILE.lines().position(|line| line.contains(needle)).unwrap() + 1;
    let table: &[(&str, &str, FileFault, usize)] = &[
        ("format = 1", "format = 2", FileFault::UnknownFormat, 1),
        ("format = 1", "format = ", FileFault::Syntax, line("format = 1")),
        ("format = 1", "format = 1\nwhat = 1", FileFault::Shape, line("format = 1") + 1),
        ("repeat_days = 91", "repeat_days = 0", FileFault::BadNumber, 1),
        ("code = \"fk13\"", "code = \"FK 13\"", FileFault::BadCode, 1),
        ("code = \"E2\"", "code = \"E1\"", FileFault::Twice, line("code = \"E2\"") - 1),
        ("code = \"E2\"", "code = \"E 2\"", FileFault::BadCode, line("code = \"E2\"") - 1),
        (
            "dimension = \"barriers\"",
            "dimension = \"luck\"",
            FileFault::UnknownWord,
            line("dimension = \"barriers\"") - 2,
        ),
        (
            "nb = \"Hvordan bor du nå?\"",
            "nb = \"\"",
            FileFault::NoLanguage,
            line("code = \"O1\"") - 1,
        ),
        ("    \"Uten bolig\",\n", "", FileFault::Anchors, line("code = \"O1\"") - 1),
        ("voluntary = true\n", "", FileFault::NotTheirs, line("code = \"U1\"") - 1),
    ];
    for (from, to, kind, at) in table {
        assert!(FILE.contains(from), "{from}");
        let faults = read(&FILE.replacen(from, to, 1)).unwrap_err();
        let found = faults.iter().find(|fault| fault.kind == *kind);
        assert_eq!(found.map(|fault| fault.line), Some(*at), "{to}: {faults:?}");
    }
    let large = format!("{FILE}{}", " ".repeat(LARGEST));
    assert_eq!(read(&large).unwrap_err()[0].kind, FileFault::TooLarge);
}

/// REQ-MAP-01: a version may be shared only when no party of the office is missing.
#[test]
fn a_version_needs_every_party() {
    let parties = [agency(1), agency(2), agency(3)];
    for bits in 0..8_u128 {
        let approved: BTreeSet<_> =
            (1..=3).filter(|n| bits >> (n - 1) & 1 == 1).map(agency).collect();
        let missing = agreed_by_all(&parties, &approved);
        assert_eq!(missing.len() + approved.len(), 3);
        assert_eq!(missing.is_empty(), bits == 7);
    }
}

fn occupation(code: &str, capacity: u8, qualification: Qualification) -> Occupation {
    Occupation { code: code.into(), capacity, qualification: qualification.as_str().into() }
}

/// REQ-MAP-02: full capacity with low employability, because the education is outdated or because
/// the region asks for nobody; and reduced capacity for one occupation beside full employability
/// in another.
#[test]
fn employability_is_not_capacity() {
    let able = Strengths { language: Some(5), recent: Some(5) };
    let outdated = occupation("7322", 100, Qualification::Outdated);
    let seen = employability(able, &outdated, Some(5));
    assert_eq!((seen.capacity, seen.level), (100, Level::Low));
    assert_eq!(seen.brakes, [Brake::OutdatedEducation]);
    let current = occupation("7322", 100, Qualification::Current);
    let seen = employability(able, &current, Some(1));
    assert_eq!((seen.capacity, seen.level), (100, Level::Low));
    assert_eq!(seen.brakes, [Brake::NoDemand]);
    let heavy = employability(able, &occupation("7111", 30, Qualification::Current), Some(5));
    let light = employability(able, &occupation("4110", 100, Qualification::Current), Some(5));
    assert_eq!((heavy.capacity, light.capacity), (30, 100));
    assert_eq!(light.level, Level::Full);
    assert_eq!(heavy.level, Level::Full, "hours are not a lack of employability");
    let none = employability(able, &occupation("7111", 0, Qualification::Current), Some(5));
    assert_eq!(none.level, Level::Low);
}

/// REQ-MAP-03: other demand in a region gives another result, and nothing of the person changed.
#[test]
fn employability_follows_the_region() {
    let person = Strengths { language: Some(4), recent: Some(4) };
    let job = occupation("5120", 100, Qualification::Current);
    let level = |demand| employability(person, &job, demand).level;
    let levels: Vec<_> = (1..=5).map(|demand| level(Some(demand))).collect();
    assert_eq!(levels, [Level::Low, Level::Partly, Level::Full, Level::Full, Level::Full]);
    assert_eq!(level(None), Level::Unknown, "what is not known is not guessed");
}

proptest! {
    /// REQ-MAP-03: more demand never makes anybody less employable, and each level but full names
    /// what holds it back.
    #[test]
    fn more_demand_never_lowers(
        capacity in 0_u8..=100, fit in 0_usize..4, language in 1_u8..=5, recent in 1_u8..=5,
        demand in 1_u8..5,
    ) {
        let job = occupation("x", capacity, Qualification::ALL[fit]);
        let strengths = Strengths { language: Some(language), recent: Some(recent) };
        let rank = |level| match level {
            Level::Low => 0,
            Level::Partly => 1,
            Level::Full => 2,
            Level::Unknown => 9,
        };
        let less = employability(strengths, &job, Some(demand));
        let more = employability(strengths, &job, Some(demand + 1));
        prop_assert!(rank(less.level) <= rank(more.level));
        prop_assert_eq!(less.brakes.is_empty(), less.level == Level::Full);
        prop_assert_eq!(less.capacity, capacity);
    }
}

/// REQ-MAP-22: what person and worker answered stands side by side; two steps apart is a
/// difference, one is not.
#[test]
fn two_steps_apart_is_a_difference() {
    let instrument = shipped().unwrap();
    let on = date(2026, 11, 23);
    let answers = [
        answer("E1", Side::Person, "4", on),
        answer("E1", Side::Worker, "2", on),
        answer("B1", Side::Person, "3", on),
        answer("B1", Side::Worker, "4", on),
        answer("S1", Side::Person, "5", on),
        answer("S1", Side::Worker, "9", on),
    ];
    assert_eq!(differences(instrument, &answers), [("E1".to_owned(), 4, 2)]);
    let lines = profile(instrument, &answers);
    let of = |side| {
        lines.iter().find(|l| l.dimension == Dimension::Employability && l.side == side).unwrap()
    };
    assert_eq!((of(Side::Person).median, of(Side::Worker).median), (Some(8), Some(4)));
    assert!(lines.iter().all(|line| !line.dimension.is_apart()));
}

/// REQ-MAP-08: three mappings with two measures between give two change rows for each dimension,
/// and a dimension of which nothing was answered has no value in them.
#[test]
fn three_mappings_give_two_changes() {
    let instrument = shipped().unwrap();
    let days = [date(2026, 1, 10), date(2026, 4, 11), date(2026, 7, 12)];
    let rounds: Vec<Round> = days
        .iter()
        .zip([("", "2"), ("work_practice", "3"), ("education", "4")])
        .map(|(on, (after, code))| Round {
            on: *on,
            after: after.to_owned(),
            lines: profile(instrument, &[answer("M2", Side::Person, code, *on)]),
        })
        .collect();
    let all = changes(&rounds);
    for dimension in Dimension::ALL.iter().filter(|it| !it.is_apart()) {
        let rows: Vec<_> =
            all.iter().filter(|c| c.dimension == *dimension && c.side == Side::Person).collect();
        assert_eq!(rows.len(), 2, "{dimension:?}");
        let after: Vec<&str> = rows.iter().map(|row| row.after.as_str()).collect();
        assert_eq!(after, ["work_practice", "education"]);
        let known = *dimension == Dimension::Motivation;
        assert!(rows.iter().all(|row| row.from.is_some() == known && row.to.is_some() == known));
    }
    let moved_to =
        all.iter().filter(|c| c.dimension == Dimension::Motivation && c.side == Side::Person);
    assert_eq!(
        moved_to.map(|c| (c.from, c.to)).collect::<Vec<_>>(),
        [(Some(4), Some(6)), (Some(6), Some(8)),]
    );
}

/// REQ-MAP-08: one step is noise; two steps on one item, or one step on three items, is movement.
#[test]
fn one_step_is_noise() {
    let (then, now) = (date(2026, 1, 10), date(2026, 4, 11));
    let two = |item: &str, from: &str, to: &str| {
        [answer(item, Side::Person, from, then), answer(item, Side::Person, to, now)]
    };
    let one = moved(&two("M2", "2", "3"));
    assert_eq!((one[0].first, one[0].last, one[0].counts), ((then, 2), (now, 3), false));
    assert!(moved(&two("M2", "2", "4"))[0].counts);
    let three = [two("M2", "2", "3"), two("D1", "3", "4"), two("E2", "1", "2")].concat();
    assert!(moved(&three).iter().all(|movement| movement.counts));
    assert_eq!(moved(&two("M2", "9", "3")), [], "what was declined is no first value");
}

/// REQ-MAP-10: the same answers give the same flag on every run, in any order, and the flag lists
/// the answers that decided; nothing about health, substance use or family is among the rules.
#[test]
fn a_flag_lists_what_made_it() {
    let on = date(2026, 11, 23);
    let answers = [
        answer("S2", Side::Person, "1", on),
        answer("M2", Side::Person, "2", on),
        answer("W1", Side::Worker, "4", on),
        answer("L1", Side::Person, "2", on),
        answer("H1", Side::Person, "1", on),
        answer("U1", Side::Person, "1", on),
    ];
    let first = flag(&answers);
    assert!(first.raised);
    let by: Vec<_> = first.by.iter().map(|one| (one.item, one.step, one.points)).collect();
    assert_eq!(by, [("S2", 1, 3), ("L1", 2, 2), ("M2", 2, 1)]);
    assert_eq!(first.points, 6);
    let mut other = answers.to_vec();
    other.reverse();
    assert_eq!(flag(&other), first);
    assert!(!flag(&answers[1..3]).raised);
    let instrument = shipped().unwrap();
    for rule in RULES {
        let item = instrument.item(rule.item).unwrap();
        assert!(item.asked().asks(rule.side), "{} is not asked of them", rule.item);
        assert!(item.dimension.may_weigh(), "{}", rule.item);
    }
}

/// REQ-MAP-10: the table of follow-up gives hits, misses and false alarms.
#[test]
fn flags_are_followed_up() {
    let all = [
        (true, Some(true)),
        (true, Some(true)),
        (true, Some(false)),
        (false, Some(true)),
        (false, Some(false)),
        (true, None),
    ];
    let table = follow_up(all);
    assert_eq!((table.hits, table.misses, table.false_alarms), (2, 1, 1));
    assert_eq!((table.right_rests, table.open), (1, 1));
}

fn proposal(today: Date) -> Proposal {
    Proposal {
        track: Some(Track::Work),
        degree: Some(50),
        kept: 50,
        reasons: "Seen over three months".into(),
        alters: "A place of practice".into(),
        offered: "Support at home".into(),
        review_on: Some(today.checked_add(3.months()).unwrap()),
    }
}

/// REQ-MAP-14: "not a real job seeker" is refused without reasons, what would alter it, what else
/// is offered, or a day of review.
#[test]
fn a_verdict_needs_everything_said() {
    let today = date(2026, 11, 23);
    let kind = JudgementKind::NotJobSeeker;
    let faults = |change: fn(&mut Proposal)| {
        let mut it = proposal(date(2026, 11, 23));
        change(&mut it);
        let faults = Judgement::propose(kind, it, staff(1), date(2026, 11, 23)).unwrap_err();
        faults.iter().map(|fault| fault.code().0).collect::<Vec<_>>()
    };
    assert_eq!(faults(|it| it.reasons = " ".into()), ["reasons"]);
    assert_eq!(faults(|it| it.alters.clear()), ["alters"]);
    assert_eq!(faults(|it| it.offered.clear()), ["offered"]);
    assert_eq!(faults(|it| it.review_on = None), ["review_on"]);
    assert_eq!(faults(|it| it.review_on = Some(date(2026, 11, 23))), ["review_on"]);
    assert_eq!(faults(|it| it.review_on = Some(date(2028, 1, 1))), ["review_on"]);
    assert_eq!(
        faults(|it| *it = Proposal::default()),
        ["reasons", "alters", "offered", "review_on"]
    );
    let held = Judgement::propose(kind, proposal(today), staff(1), today).unwrap();
    assert!(!held.holds(today), "one person alone");
    let held = held.answer(staff(2), true).unwrap();
    assert!(held.holds(today));
    let after = today.checked_add(4.months()).unwrap();
    assert!(held.is_overdue(after) && !held.holds(after));
}

/// REQ-MAP-15, REQ-MAP-19: a track needs the track, a degree its number from 0 to 100.
#[test]
fn a_track_and_a_degree_are_whole() {
    let today = date(2026, 11, 23);
    let code = |kind, change: fn(&mut Proposal)| {
        let mut it = proposal(date(2026, 11, 23));
        change(&mut it);
        Judgement::propose(kind, it, staff(1), date(2026, 11, 23)).unwrap_err()[0].code()
    };
    assert_eq!(code(JudgementKind::Track, |it| it.track = None), ("track", "choose"));
    let degree = ("degree", "judgement-degree");
    assert_eq!(code(JudgementKind::WorkAbility, |it| it.degree = None), degree);
    assert_eq!(code(JudgementKind::WorkAbility, |it| it.degree = Some(101)), degree);
    let half = Judgement::propose(JudgementKind::WorkAbility, proposal(today), staff(1), today);
    assert_eq!(half.unwrap().proposal().degree, Some(50));
}

/// REQ-MAP-19: somebody with half a day is in the target group while they keep half of their
/// compensation; whoever cannot work at all, or keeps all of it, is not.
#[test]
fn half_a_day_is_in_the_target_group() {
    for (degree, kept, is) in [
        (50, 50, true),
        (25, 75, true),
        (100, 0, true),
        (0, 50, false),
        (0, 100, false),
        (50, 100, false),
    ] {
        assert_eq!(in_target_group(degree, kept), is, "{degree} {kept}");
    }
}

proptest! {
    /// REQ-MAP-14, REQ-MAP-15: whatever two people and days do, nothing holds that one person said
    /// alone, that has no reason, or whose day of review has passed.
    #[test]
    fn nothing_holds_that_one_said_alone(
        kind in 0_usize..3,
        acts in prop::collection::vec((0_u128..3, any::<bool>(), any::<bool>()), 0..8),
        days in 0_i64..500,
    ) {
        let today = date(2026, 11, 23);
        let kind = JudgementKind::ALL[kind];
        let mut now = Judgement::propose(kind, proposal(today), staff(0), today).unwrap();
        for (who, yes, ends) in acts {
            if ends {
                now = now.end();
            } else if let Ok(next) = now.clone().answer(staff(who), yes) {
                now = next;
            }
        }
        let day = today.checked_add(days.days()).unwrap();
        if now.holds(day) {
            prop_assert!(now.second().is_some_and(|second| second != now.by()));
            prop_assert!(!now.proposal().reasons.is_empty());
            prop_assert!(now.proposal().review_on.unwrap() >= day);
        }
    }
}

/// REQ-MAP-21: what is needed and has not been said is missing, whatever else was said.
#[test]
fn a_profession_that_is_needed_must_speak() {
    let medical = Competence::Medical;
    assert_eq!(missing(&[medical, Competence::SocialWork], &[Competence::SocialWork]), [medical]);
    assert_eq!(missing(&[medical], &[medical]), []);
    assert_eq!(missing(&[], &[]), []);
    assert_eq!(Competence::ALL.len(), 4);
}

/// REQ-MAP-17: the same sort that failed is warned of with its day and reason; another sort, and
/// one that was completed, is not.
#[test]
fn what_failed_is_warned_of() {
    let dropped = Attempt {
        kind: HelpKind::MotivationCourse,
        from: date(2025, 2, 3),
        until: Some(date(2025, 3, 1)),
        ending: Ending::DroppedOut,
        reason: "No child care".into(),
    };
    let done = Attempt { kind: HelpKind::Education, ending: Ending::Completed, ..dropped.clone() };
    let all = [done, dropped];
    let warning = warn(HelpKind::MotivationCourse, &all).unwrap();
    assert_eq!((warning.on, warning.reason.as_str()), (date(2025, 3, 1), "No child care"));
    assert_eq!(warn(HelpKind::Education, &all), None);
    assert_eq!(warn(HelpKind::WorkPractice, &all), None);
}

/// REQ-MAP-09: the figure of agreement is the same for the same data, and stands where it should
/// for full agreement, for chance, and for a worked example.
#[test]
fn agreement_is_reckoned() {
    assert_eq!(kappa(&[[0; 5]; 5]), None);
    let mut full = [[0; 5]; 5];
    for (n, row) in full.iter_mut().enumerate() {
        row[n] = 4;
    }
    assert_eq!(kappa(&full), Some(1000));
    assert_eq!(kappa(&[[1; 5]; 5]), Some(0), "every pair alike is chance");
    // Seen: 2 of 10 one step apart. Chance: rows 5, 5 and columns 5, 5, half one step apart.
    let mut worked = [[0; 5]; 5];
    worked[0][0] = 4;
    worked[0][1] = 1;
    worked[1][0] = 1;
    worked[1][1] = 4;
    assert_eq!(kappa(&worked), Some(600));
    let one = {
        let mut m = [[0; 5]; 5];
        m[2][2] = 7;
        m
    };
    assert_eq!(kappa(&one), Some(1000));
}

/// REQ-MAP-24: without an agreed summary or a recorded disagreement nothing is signed, nor when a
/// view is newer than it.
#[test]
fn a_plan_needs_the_views_settled() {
    let at = |n: i64| jiff::Timestamp::from_second(n).unwrap();
    let views = [View { agency: agency(1), at: at(10) }, View { agency: agency(2), at: at(20) }];
    assert_eq!(may_sign(&[], Some((Settled::Agreed, at(30)))), Err(ViewFault::NoView));
    assert_eq!(may_sign(&views, None), Err(ViewFault::NotSettled));
    assert_eq!(may_sign(&views, Some((Settled::Agreed, at(15)))), Err(ViewFault::Older));
    for how in Settled::ALL {
        assert_eq!(may_sign(&views, Some((*how, at(20)))), Ok(*how));
    }
}

/// REQ-MAP-13, REQ-INFO-12: each dimension has its kind of information; what is told of substance
/// use never crosses for coordination.
#[test]
fn each_dimension_has_its_walls() {
    assert_eq!(Dimension::Debt.category(), Category::Debt);
    assert_eq!(Dimension::HealthCoping.category(), Category::Health);
    assert_eq!(Dimension::HealthCoping.grade(), Grade::Functional);
    assert!(!Dimension::SubstanceUse.grade().may_cross(Purpose::Coordination));
    let weigh = Dimension::ALL.iter().filter(|it| it.may_weigh());
    assert!(
        weigh.clone().all(|it| !it.category().is_sensitive() && it.category() != Category::Family)
    );
    assert_eq!(weigh.count(), 9);
}

const BOUNDARY: &str = include_str!("../../instruments/boundary.toml");

/// REQ-MAP-05: every kind of need has exactly one owner in the boundary table.
#[test]
fn every_need_has_one_owner() {
    let table = Boundary::shipped().unwrap();
    for kind in NeedKind::ALL {
        let row = table.row(*kind).unwrap();
        assert_eq!(row.agency, kind.usual_agency(), "{kind:?}");
        assert!(!row.helps.is_empty());
        let named = format!("[[needs]]\nkind = \"{}\"\n", kind.as_str());
        assert_eq!(BOUNDARY.matches(&named).count(), 1, "{kind:?}");
    }
    let instrument = shipped().unwrap();
    for line in BOUNDARY.lines().filter_map(|line| line.strip_prefix("items = ")) {
        let items: Vec<&str> = line.trim_matches(['[', ']']).split(", ").collect();
        assert!(items.iter().all(|it| instrument.item(it.trim_matches('"')).is_some()), "{line}");
    }
}

/// REQ-MAP-05: a gap, an overlap, a wrong owner and every other fault are found when the table is
/// loaded, each with its line.
#[test]
fn gaps_and_overlaps_are_found_when_the_table_is_loaded() {
    let line = |needle: &str| BOUNDARY.lines().position(|l| l.contains(needle)).unwrap() + 1;
    let last = BOUNDARY.lines().count() + 1;
    let table: &[(&str, &str, BoundaryFault, usize)] = &[
        (
            "kind = \"transport\"",
            "kind = \"relief\"",
            BoundaryFault::TwoOwners,
            line("kind = \"transport\""),
        ),
        ("kind = \"transport\"", "kind = \"relief\"", BoundaryFault::NoOwner, last),
        (
            "kind = \"transport\"",
            "kind = \"luck\"",
            BoundaryFault::UnknownWord,
            line("kind = \"transport\""),
        ),
        (
            "agency = \"social\"\nsubject = \"debt_counselling\"",
            "agency = \"insurance\"\nsubject = \"debt_counselling\"",
            BoundaryFault::OtherAgency,
            line("subject = \"debt_counselling\"") - 1,
        ),
        ("helps = [\"debt_advice\"]", "helps = []", BoundaryFault::NoHelp, line("kind = \"debt\"")),
        ("at_most = 4", "at_most = 6", BoundaryFault::BadNumber, line("at_most = 4")),
        ("items = [\"U1\"]\n", "", BoundaryFault::NoDimension, line("kind = \"substance_use\"")),
        ("format = 1", "format = 7", BoundaryFault::UnknownFormat, 1),
        ("format = 1", "format = x", BoundaryFault::Shape, line("format = 1")),
    ];
    for (from, to, kind, at) in table {
        assert!(BOUNDARY.contains(from), "{from}");
        let faults = Boundary::read(&BOUNDARY.replacen(from, to, 1)).unwrap_err();
        let found = faults.iter().find(|fault| fault.kind == *kind);
        assert_eq!(found.map(|fault| fault.line), Some(*at), "{to}: {faults:?}");
    }
}

/// REQ-MAP-04, REQ-MAP-06, REQ-MAP-11: answers point to needs with their reasons, to nothing
/// without an answer, and needs of two agencies are for both together.
#[test]
fn answers_point_to_needs() {
    let (instrument, table) = (shipped().unwrap(), Boundary::shipped().unwrap());
    let on = date(2026, 11, 23);
    assert_eq!(table.found(instrument, &[]), []);
    let answers = [
        answer("G1", Side::Person, "1", on),
        answer("S1", Side::Worker, "2", on),
        answer("O1", Side::Person, "5", on),
        answer("E1", Side::Person, "9", on),
    ];
    let found = table.found(instrument, &answers);
    let kinds: Vec<_> = found.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [NeedKind::Skills, NeedKind::Debt]);
    assert_eq!(found[1].because, [("G1".to_owned(), Side::Person, 1)]);
    assert!(table.several(&kinds));
    assert!(!table.several(&kinds[1..]));
    assert!(table.offers(HelpKind::DebtAdvice, "debt-advice", &[]));
    assert!(!table.offers(HelpKind::MotivationCourse, "debt-advice", &[]));
    assert!(table.offers(HelpKind::SupportedWork, "x", &["supported_employment".into()]));
}
