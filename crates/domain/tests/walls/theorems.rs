//! What must hold everywhere. Each test walks the whole space of what it is about, in every pack
//! that ships. docs/walls.md lists them by name.

use proptest::prelude::*;

use onedoor_domain::person::{Clearance, Guard, ProtectionKind};
use onedoor_domain::secrecy::{
    Category, Effect, Group, Groups, Narrowing, Obligation, Overlay, Overlays, Pack, Reason,
    Remedy, Request, Transfer, Verdict, judge, weigh,
};

use crate::space::{
    AgreementState, ConsentState, Dims, GIVER, NecessityState, RECEIVER, SingleState, at_spot,
    is_open, shipped, spots, walk,
};

const HARD: [(Overlay, Option<Group>); 7] = [
    (Overlay::StrictlyConfidential, Some(Group::StrictlyConfidential)),
    (Overlay::StrictlyConfidentialAbroad, Some(Group::StrictlyConfidentialAbroad)),
    (Overlay::Confidential, Some(Group::Confidential)),
    (Overlay::ProtectedRegistration, Some(Group::ProtectedRegistration)),
    (Overlay::SecrecyMarked, Some(Group::SecrecyMarked)),
    (Overlay::Shielded, Some(Group::Shielded)),
    (Overlay::OwnData, None),
];

/// Every pack's walk at once; tells how many requests there were.
fn everywhere(
    theorem: &str,
    dims: &Dims,
    mut f: impl FnMut(&Pack, &Request<'_>, crate::space::Labels),
) {
    let mut count = 0;
    for pack in shipped() {
        count += walk(&pack, dims, |request, labels| f(&pack, request, labels));
    }
    println!("{theorem}: {count} requests");
    assert!(count > 50_000);
}

/// REQ-INFO-08: nothing about a person under address protection or shield reaches a worker who is
/// not marked for exactly that, through any rule, paper or single access, not even inside one's own
/// agency.
#[test]
fn nothing_strictly_confidential_reaches_an_unmarked_worker() {
    let ties = HARD.iter().map(|(fact, mark)| {
        (Overlays::only(*fact), mark.map_or(Groups::ALL, |mark| Groups::ALL.without(mark)))
    });
    let dims = Dims {
        own: vec![false, true],
        singles: SingleState::ALL.to_vec(),
        ties: ties.collect(),
        ..Dims::default()
    };
    everywhere("strictly confidential", &dims, |pack, request, labels| {
        let Verdict::Deny(refusal) = judge(pack, request) else { panic!("{request:?} {labels:?}") };
        assert_eq!((refusal.remedy, refusal.also), (Remedy::Nothing, None));
    });
}

/// REQ-INFO-08, REQ-INFO-15: what a hard overlay denies, no consent, necessity or single access
/// makes a yes. A look-up that failed is one of them, whatever the marks.
#[test]
fn a_hard_overlay_is_overcome_by_nothing() {
    let family = [
        Overlay::OwnData,
        Overlay::Parent,
        Overlay::Child,
        Overlay::Partner,
        Overlay::FormerPartner,
        Overlay::Sibling,
        Overlay::CommonChild,
        Overlay::OfficeLocked,
        Overlay::Unknown,
    ];
    let dims = Dims {
        own: vec![false, true],
        consents: vec![ConsentState::Good],
        necessities: vec![NecessityState::Good],
        singles: SingleState::ALL.to_vec(),
        ties: family.map(|fact| (Overlays::only(fact), Groups::ALL)).to_vec(),
        ..Dims::default()
    };
    everywhere("hard overlay", &dims, |pack, request, _| {
        let Verdict::Deny(refusal) = judge(pack, request) else { panic!("{request:?}") };
        assert_eq!((refusal.remedy, refusal.also), (Remedy::Nothing, None));
        let fact = request.overlays.iter().next().unwrap();
        assert_eq!(refusal.reasons.first(), Some(&Reason::Hard(fact)));
    });
}

/// domain.md A.5: over a soft overlay only a single access leads, and only one that holds.
#[test]
fn a_soft_overlay_gives_way_to_a_valid_single_access_only() {
    let soft = [
        Overlay::Guardian,
        Overlay::LongDead,
        Overlay::Abroad,
        Overlay::UnknownResidence,
        Overlay::OutsideArea,
    ];
    let dims = Dims {
        own: vec![false, true],
        singles: SingleState::ALL.to_vec(),
        ties: soft.map(|fact| (Overlays::only(fact), Groups::NONE)).to_vec(),
        ..Dims::default()
    };
    everywhere("soft overlay", &dims, |pack, request, labels| {
        let bare = Request { overlays: Overlays::NONE, single: None, ..*request };
        let expected = weigh(pack, &bare).is_some() && labels.single.counts();
        let ground = weigh(pack, request);
        assert_eq!(ground.is_some(), expected);
        if let Some(ground) = ground {
            assert_eq!(ground.single, request.single.map(|it| it.id));
            assert!(ground.obligations.has(Obligation::SecondPerson));
            assert!(ground.obligations.has(Obligation::TellWhenSafe));
        }
    });
}

/// REQ-INFO-02: nothing crosses to a measure provider or an employer but what its agreement
/// lists, under any rule, consent or necessity.
#[test]
fn nothing_reaches_a_provider_but_what_its_agreement_lists() {
    let dims = Dims {
        agreements: vec![AgreementState::None, AgreementState::ListsOthers],
        transfers: Transfer::ALL.to_vec(),
        ..Dims::default()
    };
    let mut providers = 0;
    everywhere("agreement", &dims, |pack, request, _| {
        if pack.body_entry(request.to).unwrap().by_agreement {
            providers += 1;
            let Verdict::Deny(refusal) = judge(pack, request) else { panic!("{request:?}") };
            assert!(refusal.reasons.contains(&Reason::NotInAgreement));
            assert_eq!(refusal.remedy, Remedy::Nothing);
        }
    });
    assert!(providers > 10_000);
}

/// REQ-INFO-03: a consent that was withdrawn, has run out, has not begun or is for something else
/// counts as no consent at all, wherever it is put.
#[test]
fn a_withdrawn_or_expired_consent_permits_nothing() {
    let bad = ConsentState::ALL.into_iter().filter(|it| !it.counts()).collect();
    let dims = Dims {
        consents: bad,
        necessities: NecessityState::ALL.to_vec(),
        transfers: Transfer::ALL.to_vec(),
        ..Dims::default()
    };
    everywhere("dead consent", &dims, |pack, request, labels| {
        let without = Request { consents: &[], ..*request };
        assert_eq!(weigh(pack, request), weigh(pack, &without), "{labels:?}");
    });
}

/// REQ-INFO-02: a consent given under pressure is never what a permit rests on; whatever is
/// permitted beside it is permitted without it.
#[test]
fn a_doubtful_consent_is_never_the_only_ground() {
    let dims = Dims {
        consents: vec![ConsentState::Doubtful],
        necessities: NecessityState::ALL.to_vec(),
        transfers: Transfer::ALL.to_vec(),
        singles: vec![SingleState::None, SingleState::Good],
        ..Dims::default()
    };
    let mut told = 0;
    everywhere("doubtful consent", &dims, |pack, request, _| match judge(pack, request) {
        Verdict::Permit(ground) => {
            assert_eq!(ground.consent, None);
            assert!(weigh(pack, &Request { consents: &[], ..*request }).is_some());
        }
        Verdict::Deny(refusal) if matches!(refusal.remedy, Remedy::Consent { .. }) => {
            assert!(refusal.reasons.contains(&Reason::ConsentDoubtful));
            told += 1;
        }
        Verdict::Deny(_) => {}
    });
    assert!(told > 1000);
}

/// REQ-INFO-13: an internal note never leaves its agency; inside it, it is like everything else.
#[test]
fn an_internal_note_never_crosses() {
    let dims = Dims {
        own: vec![false, true],
        internal: vec![true],
        consents: ConsentState::ALL.to_vec(),
        transfers: Transfer::ALL.to_vec(),
        ..Dims::default()
    };
    everywhere("internal note", &dims, |pack, request, labels| match judge(pack, request) {
        Verdict::Permit(ground) => assert!(labels.own && ground.is_own()),
        Verdict::Deny(refusal) => {
            assert!(!labels.own && refusal.reasons.contains(&Reason::Internal));
            assert_eq!(refusal.remedy, Remedy::Nothing);
        }
    });
}

/// REQ-INFO-05: where no rule leads, everything is denied, and nothing would help.
#[test]
fn no_rule_is_a_denial() {
    let dims = Dims {
        transfers: Transfer::ALL.to_vec(),
        agreements: AgreementState::ALL.to_vec(),
        ..Dims::default()
    };
    let mut closed = 0;
    everywhere("no rule", &dims, |pack, request, _| {
        let Request { from, to, purpose, category, conditions, .. } = *request;
        if pack.effect(from, to, purpose, category, conditions).is_none() {
            closed += 1;
            let Verdict::Deny(refusal) = judge(pack, request) else { panic!("{request:?}") };
            assert!(refusal.reasons.contains(&Reason::NoRule));
            assert_eq!((refusal.remedy, refusal.also), (Remedy::Nothing, None));
        }
    });
    assert!(closed > 50_000);
}

/// REQ-INFO-17: child welfare and substance use cross only on a ground of their own: a duty whose
/// rule has a condition, a consent that ticks that very category, or a necessity that names it.
#[test]
fn no_purpose_opens_child_welfare_or_substance_use_without_its_own_ground() {
    let mut crossed = 0;
    everywhere("own ground", &Dims::all_grounds(), |pack, request, _| {
        if !matches!(request.category, Category::Child | Category::Subst) {
            return;
        }
        let Some(ground) = weigh(pack, request) else { return };
        crossed += 1;
        let rule = pack.rule(ground.rule.unwrap()).unwrap();
        let by_duty = ground.effect == Effect::Duty && !rule.when.is_empty();
        let ticked = request
            .consents
            .iter()
            .any(|it| Some(it.id) == ground.consent && it.categories.has(request.category));
        let named = request
            .necessities
            .iter()
            .any(|it| Some(it.id) == ground.necessity && it.categories.has(request.category));
        assert!(by_duty || ticked || named, "{request:?}\n{ground:?}");
    });
    assert!(crossed > 1000);
}

/// REQ-INFO-14: in a pack that says so, no list leaves without a consent of the person, whatever
/// the rule.
#[test]
fn a_list_takes_along_nobody_without_a_consent_where_the_pack_says_so() {
    let mut lists = 0;
    everywhere("list", &Dims::all_grounds(), |pack, request, _| {
        if request.transfer == Transfer::List
            && pack.list_needs_consent()
            && let Some(ground) = weigh(pack, request)
        {
            lists += 1;
            assert!(ground.consent.is_some());
        }
    });
    assert!(lists > 100);
}

/// REQ-INFO-05: a permit names what carries it, and what it names is there, in force and for this.
#[test]
fn every_permit_names_what_carries_it() {
    everywhere("ground", &Dims::all_grounds(), |pack, request, labels| {
        let Some(ground) = weigh(pack, request) else { return };
        assert!(ground.rule.is_some() && ground.obligations.has(Obligation::Audit));
        assert!(ground.effect != Effect::Denied);
        match ground.effect {
            Effect::Consent => assert!(ground.consent.is_some()),
            Effect::Necessity => assert!(
                ground
                    .consent
                    .or(ground.necessity.map(|it| { onedoor_domain::ids::ConsentId(it.0) }))
                    .is_some()
            ),
            _ => {}
        }
        if let Some(consent) = ground.consent {
            assert!(labels.consent.counts());
            assert!(request.consents.iter().any(|it| it.id == consent));
            assert!(ground.obligations.has(Obligation::CiteConsent));
        }
        if ground.necessity.is_some() {
            assert!(labels.necessity.counts());
            assert!(ground.obligations.has(Obligation::RecordNecessity));
        }
    });
}

/// REQ-INFO-09: what a denial offers is true. With it, the answer is yes; and where it offers
/// nothing, no paper makes it a yes.
#[test]
fn the_remedy_keeps_its_promise() {
    let dims = Dims {
        internal: vec![false, true],
        transfers: Transfer::ALL.to_vec(),
        agreements: AgreementState::ALL.to_vec(),
        consents: vec![ConsentState::None, ConsentState::Withdrawn, ConsentState::Good],
        ties: vec![
            (Overlays::NONE, Groups::NONE),
            (Overlays::only(Overlay::Abroad), Groups::NONE),
            (Overlays::only(Overlay::Sibling), Groups::ALL),
        ],
        singles: vec![SingleState::None, SingleState::Expired],
        ..Dims::default()
    };
    let single = SingleState::Good.single();
    let mut kept = 0;
    everywhere("remedy", &dims, |pack, request, _| {
        let Verdict::Deny(refusal) = judge(pack, request) else { return };
        let consents = ConsentState::Good.consents(request.purpose, request.category);
        let papers = NecessityState::Good.necessities(request.purpose, request.category);
        if refusal.remedy == Remedy::Nothing {
            let everything = Request {
                consents: &consents,
                necessities: &papers,
                single: single.as_ref(),
                ..*request
            };
            assert!(weigh(pack, &everything).is_none());
            return;
        }
        let mut helped = *request;
        for remedy in [Some(refusal.remedy), refusal.also].into_iter().flatten() {
            match remedy {
                Remedy::Nothing => panic!("nothing is no help"),
                Remedy::Consent { purpose, category, from, to } => {
                    assert_eq!((purpose, category), (request.purpose, request.category));
                    assert_eq!((from, to), (GIVER, RECEIVER));
                    helped.consents = &consents;
                }
                Remedy::Necessity { .. } => helped.necessities = &papers,
                Remedy::SingleAccess => helped.single = single.as_ref(),
            }
        }
        kept += 1;
        assert!(weigh(pack, &helped).is_some(), "{refusal:?}");
    });
    assert!(kept > 10_000);
}

/// REQ-INFO-05: a condition that comes to hold changes the outcome only when the rule that then
/// decides names it, and that rule is at least as strong as the one before. So no condition opens
/// or closes anything on the side.
#[test]
fn a_condition_matters_only_as_precedence_says() {
    let mut changed = 0;
    for pack in shipped() {
        let strength = |rule| {
            let rule = pack.rule(rule).unwrap();
            let named = usize::from(rule.from.is_named()) + usize::from(rule.to.is_named());
            (named, !rule.when.is_empty())
        };
        for spot in spots(&pack) {
            let effect = |held| pack.effect(spot.from, spot.to, spot.purpose, spot.category, held);
            let before = effect(spot.conditions);
            for (condition, _) in pack.conditions() {
                let after = effect(spot.conditions.with(condition));
                if after == before {
                    continue;
                }
                changed += 1;
                let (rule, _) = after.unwrap();
                assert!(pack.rule(rule).unwrap().when.has(condition));
                if let Some((old, old_effect)) = before {
                    assert!(strength(rule) >= strength(old));
                    if strength(rule) == strength(old) {
                        assert!(after.unwrap().1 <= old_effect);
                    }
                }
            }
        }
    }
    assert!(changed > 1000);
}

fn site(pack: &Pack, sets: &str) -> Narrowing {
    let text = format!("format = 1\npack = \"{}\"\n{sets}", pack.code());
    Narrowing::read(&text, pack).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn set(rule: &str, category: Category, effect: Effect) -> String {
    format!(
        "[[set]]\nrule = \"{rule}\"\ncategory = \"{}\"\neffect = \"{}\"\n",
        category.as_str(),
        effect.as_str()
    )
}

/// REQ-INFO-04: every letter of every rule, set one by one to everything below it, and every
/// condition that may be dropped: nothing is permitted that the pack denies.
#[test]
fn narrowing_never_permits_more() {
    let mut narrowed = 0_u64;
    let mut asked = 0_u64;
    let dims = Dims::all_grounds();
    for pack in shipped() {
        let spots = spots(&pack);
        for (id, rule) in pack.rules() {
            for category in Category::ALL {
                for effect in Effect::ALL {
                    if effect >= rule.letters.of(category) {
                        continue;
                    }
                    let narrow = site(&pack, &set(&rule.code, category, effect));
                    assert!(narrow.widens().is_empty());
                    let site = pack.with(&narrow);
                    narrowed += 1;
                    // Judged where it differs; elsewhere the two are the same.
                    let mut first = true;
                    for spot in spots.iter().filter(|it| it.category == category) {
                        let at = |pack: &Pack| {
                            pack.effect(spot.from, spot.to, spot.purpose, category, spot.conditions)
                        };
                        let (was, is) = (at(&pack), at(&site));
                        if was == is {
                            continue;
                        }
                        assert_eq!(is.unwrap().0, id);
                        assert!(is.unwrap().1 <= was.unwrap().1);
                        if !std::mem::take(&mut first) {
                            continue;
                        }
                        at_spot(spot, &dims, |request, _| {
                            asked += 1;
                            assert!(
                                weigh(&site, request).is_none() || weigh(&pack, request).is_some()
                            );
                        });
                    }
                    assert!(!first, "{} {category:?} {effect:?} changes nothing", rule.code);
                }
            }
        }
        drop_each_condition(&pack);
    }
    println!("narrowing: {narrowed} settings, {asked} requests");
    assert!(narrowed > 1000 && asked > 1_000_000);
}

fn drop_each_condition(pack: &Pack) {
    let mut dropped = 0;
    for (_, condition) in pack.conditions() {
        let text = format!(
            "format = 1\npack = \"{}\"\n[[drop]]\ncondition = \"{}\"\n",
            pack.code(),
            condition.code
        );
        let Ok(narrow) = Narrowing::read(&text, pack) else { continue };
        dropped += 1;
        let site = pack.with(&narrow);
        for spot in spots(pack) {
            let at = |pack: &Pack| {
                pack.effect(spot.from, spot.to, spot.purpose, spot.category, spot.conditions)
                    .map_or(Effect::Denied, |it| it.1)
            };
            assert!(at(&site) <= at(pack));
        }
    }
    assert!(dropped > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// REQ-INFO-04: the same for many settings at once, drawn at random.
    #[test]
    fn many_settings_at_once_never_permit_more(
        which in 0_usize..4,
        draws in prop::collection::btree_map((0_usize..60, 0_usize..11), 0_usize..5, 1..120),
    ) {
        let packs = shipped();
        let pack = &packs[which];
        let mut sets = String::new();
        for ((rule, category), effect) in draws {
            let Some((_, rule)) = pack.rules().nth(rule) else { continue };
            let (category, effect) = (Category::ALL[category], Effect::ALL[effect]);
            if effect <= rule.letters.of(category) {
                sets += &set(&rule.code, category, effect);
            }
        }
        let site = pack.with(&site(pack, &sets));
        for spot in spots(pack) {
            let at = |pack: &Pack| {
                pack.effect(spot.from, spot.to, spot.purpose, spot.category, spot.conditions)
                    .map_or(Effect::Denied, |it| it.1)
            };
            prop_assert!(at(&site) <= at(pack));
        }
    }
}

/// REQ-INFO-04: with every letter raised as far as the law column goes, a site permits nothing
/// that the law column would not; and one step more is refused.
#[test]
fn a_site_never_goes_beyond_the_law() {
    for pack in shipped() {
        let mut sets = String::new();
        for (_, rule) in pack.rules() {
            for category in Category::ALL {
                let law = rule.law.of(category);
                if law > rule.letters.of(category) {
                    sets += &set(&rule.code, category, law);
                }
                for effect in Effect::ALL.into_iter().filter(|it| *it > law) {
                    let text = format!(
                        "format = 1\npack = \"{}\"\n{}",
                        pack.code(),
                        set(&rule.code, category, effect)
                    );
                    let faults = Narrowing::read(&text, &pack).unwrap_err();
                    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
                    assert_eq!((fault.kind.code(), fault.line), ("wider-than-law", 6));
                }
            }
        }
        let widest = site(&pack, &sets);
        assert_eq!(widest.widens().len(), widest.settings().len());
        let site = pack.with(&widest);
        for spot in spots(&pack).iter().filter(|it| is_open(&pack, it)) {
            let (rule, effect) = site
                .effect(spot.from, spot.to, spot.purpose, spot.category, spot.conditions)
                .unwrap();
            assert!(effect <= pack.rule(rule).unwrap().law.of(spot.category));
        }
    }
}

/// REQ-INFO-08: the number that a list is filtered by says exactly what the walls say for one
/// person, for every guard, clearance and mark.
#[test]
fn the_filter_of_a_list_says_what_the_walls_say() {
    for pack in shipped() {
        let spot = spots(&pack)[0];
        for stored in 0..=Guard::EVERYTHING {
            let guard = Guard::from_i64(stored);
            for clearance in
                [Clearance::None, Clearance::Confidential, Clearance::StrictlyConfidential]
            {
                for shielded in [false, true] {
                    let dims = Dims {
                        own: vec![true],
                        consents: vec![ConsentState::None],
                        necessities: vec![NecessityState::None],
                        ties: vec![(Overlays::of_guard(guard), Groups::of(clearance, shielded))],
                        ..Dims::default()
                    };
                    at_spot(&spot, &dims, |request, _| {
                        let open = guard.as_i64() & clearance.lacks(shielded) == 0;
                        assert_eq!(weigh(&pack, request).is_some(), open);
                        assert_eq!(guard.is_open_to(clearance.lacks(shielded)), open);
                    });
                    if stored & Guard::SHIELDED == 0 {
                        assert_eq!(
                            guard.is_open_to(clearance.lacks(shielded)),
                            clearance.covers(guard.level())
                        );
                    }
                }
            }
        }
    }
    for kind in ProtectionKind::ALL {
        assert_eq!(kind.guard().level(), kind.level());
        assert_eq!(ProtectionKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(Guard::from_i64(64).as_i64(), Guard::EVERYTHING);
    assert_eq!(Guard::from_i64(-1).as_i64(), Guard::EVERYTHING);
}
