//! The one function that decides whether information may cross a wall, and what would
//! make it a yes (REQ-INFO-01, REQ-INFO-02, REQ-INFO-05).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::category::{Categories, Category, Effect, Obligation, Obligations, Purpose};
use super::grant::{Consent, Necessity, SingleAccess};
use super::overlay::{Groups, Overlay, Overlays};
use super::pack::{Body, Conditions, Pack, RuleId};
use crate::ids::{AgencyId, ConsentId, NecessityId, SingleAccessId};

/// How information leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transfer {
    /// One person's record.
    #[default]
    Record,
    /// A list of several people (REQ-INFO-14).
    List,
}

impl Transfer {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Record, Self::List];
}

/// One question: may this kind of information about a person be seen?
///
/// Consents, necessities and single access are those of the person whom it is about, and
/// single access that of the worker who asks.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The body that holds the information.
    pub from: Body,
    /// The body that asks.
    pub to: Body,
    /// The agency that holds it. When it is also the receiver, only overlays decide.
    pub giver: AgencyId,
    /// The agency that asks.
    pub receiver: AgencyId,
    /// What it is asked for.
    pub purpose: Purpose,
    /// The kind of information.
    pub category: Category,
    /// The conditions that hold.
    pub conditions: Conditions,
    /// One record or a list.
    pub transfer: Transfer,
    /// An internal note, which never leaves its agency (REQ-INFO-13).
    pub internal: bool,
    /// What the agreement with the receiver lists; `None` where there is no agreement.
    pub agreement: Option<Categories>,
    /// What is known about the person and the tie.
    pub overlays: Overlays,
    /// What the worker is marked for.
    pub groups: Groups,
    /// The worker's single access to the person.
    pub single: Option<&'a SingleAccess>,
    /// The person's consents.
    pub consents: &'a [Consent],
    /// The necessities recorded for the person.
    pub necessities: &'a [Necessity],
    /// The moment.
    pub now: Timestamp,
    /// The day, where the office is.
    pub today: Date,
}

/// A decision with its ground, or with all its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Allowed on this ground.
    Permit(WallGround),
    /// Denied.
    Deny(Refusal),
}

impl Verdict {
    /// Whether it is allowed.
    #[must_use]
    pub const fn is_permit(&self) -> bool {
        matches!(self, Self::Permit(_))
    }
}

/// Through what something may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallGround {
    /// The rule; `None` where the information is the agency's own.
    pub rule: Option<RuleId>,
    /// The letter of the rule; [`Effect::Allowed`] for the agency's own.
    pub effect: Effect,
    /// The consent that carries it.
    pub consent: Option<ConsentId>,
    /// The necessity that carries it.
    pub necessity: Option<NecessityId>,
    /// The single access that lifted a soft overlay.
    pub single: Option<SingleAccessId>,
    /// What the receiver must do about it.
    pub obligations: Obligations,
}

impl WallGround {
    /// Whether the information is the agency's own, so that no wall was crossed.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        self.rule.is_none()
    }
}

/// Why something may not be seen, and what would change that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Every reason, overlays first and in the order of the pack.
    pub reasons: Vec<Reason>,
    /// What would make it a yes.
    pub remedy: Remedy,
    /// What is needed besides, where one thing is not enough.
    pub also: Option<Remedy>,
    /// What the denial itself demands.
    pub obligations: Obligations,
}

/// One reason of a denial. Outside the journal all of them look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A fact about person or tie that nothing overcomes.
    Hard(Overlay),
    /// A fact about person or tie that a single access would overcome.
    Soft(Overlay),
    /// The single access was refused by the second person.
    SingleRefused,
    /// The single access has run out, or has not begun.
    SingleExpired,
    /// The single access claims to hold longer than the pack allows.
    SingleTooLong,
    /// An internal note.
    Internal,
    /// The agreement with the receiver does not list this.
    NotInAgreement,
    /// No rule opens it.
    NoRule,
    /// A rule closes it.
    Closed,
    /// It needs the person's consent.
    NeedsConsent,
    /// A list needs the consent of each person on it.
    ListNeedsConsent,
    /// There is a consent, for something else.
    ConsentOutOfScope,
    /// There was a consent, and the person has withdrawn it.
    ConsentWithdrawn,
    /// There was a consent, and its time is over.
    ConsentExpired,
    /// There is a consent that begins later.
    ConsentNotYet,
    /// There is a consent, given under pressure, and nothing else.
    ConsentDoubtful,
    /// It needs a recorded necessity.
    NeedsNecessity,
    /// There is a necessity, for something else.
    NecessityOutOfScope,
    /// There was a necessity, and its time is over.
    NecessityExpired,
}

impl Reason {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hard(_) => "overlay-hard",
            Self::Soft(_) => "overlay-soft",
            Self::SingleRefused => "single-refused",
            Self::SingleExpired => "single-expired",
            Self::SingleTooLong => "single-too-long",
            Self::Internal => "internal",
            Self::NotInAgreement => "not-in-agreement",
            Self::NoRule => "no-rule",
            Self::Closed => "closed",
            Self::NeedsConsent => "needs-consent",
            Self::ListNeedsConsent => "list-needs-consent",
            Self::ConsentOutOfScope => "consent-out-of-scope",
            Self::ConsentWithdrawn => "consent-withdrawn",
            Self::ConsentExpired => "consent-expired",
            Self::ConsentNotYet => "consent-not-yet",
            Self::ConsentDoubtful => "consent-doubtful",
            Self::NeedsNecessity => "needs-necessity",
            Self::NecessityOutOfScope => "necessity-out-of-scope",
            Self::NecessityExpired => "necessity-expired",
        }
    }

    /// The fact behind an overlay reason.
    #[must_use]
    pub const fn overlay(self) -> Option<Overlay> {
        match self {
            Self::Hard(fact) | Self::Soft(fact) => Some(fact),
            _ => None,
        }
    }
}

/// What would make a denial a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing would.
    Nothing,
    /// The person's consent for this.
    Consent {
        /// The purpose to ask for.
        purpose: Purpose,
        /// The kind of information to be ticked.
        category: Category,
        /// The agency that would give.
        from: AgencyId,
        /// The agency that would receive.
        to: AgencyId,
    },
    /// A necessity, written down by the agency that gives.
    Necessity {
        /// The purpose it must be necessary for.
        purpose: Purpose,
        /// The kind of information to be named.
        category: Category,
        /// The agency that would give.
        from: AgencyId,
        /// The agency that would receive.
        to: AgencyId,
    },
    /// A single access of the worker to the person.
    SingleAccess,
}

impl Remedy {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Consent { .. } => "consent",
            Self::Necessity { .. } => "necessity",
            Self::SingleAccess => "single-access",
        }
    }
}

/// Decides. Overlays come first, then what never crosses, then the rule; no rule is a no.
#[must_use]
pub fn judge(pack: &Pack, request: &Request<'_>) -> Verdict {
    match weigh(pack, request) {
        Some(ground) => Verdict::Permit(ground),
        None => Verdict::Deny(refuse(pack, request)),
    }
}

/// The ground, if there is one. This is the short way, without the reasons of a denial.
#[must_use]
pub fn weigh(pack: &Pack, request: &Request<'_>) -> Option<WallGround> {
    let (hard, soft) = pack.blocking(request.overlays, request.groups);
    if !hard.is_empty() {
        return None;
    }
    let single = if soft.is_empty() { None } else { Some(valid_single(pack, request)?.id) };
    let mut ground =
        if request.giver == request.receiver { own() } else { crossing(pack, request)? };
    if single.is_some() {
        ground.single = single;
        ground.obligations =
            ground.obligations.with(Obligation::SecondPerson).with(Obligation::TellWhenSafe);
    }
    Some(ground)
}

fn own() -> WallGround {
    WallGround {
        rule: None,
        effect: Effect::Allowed,
        consent: None,
        necessity: None,
        single: None,
        obligations: Obligations::only(Obligation::Audit).with(Obligation::Minimise),
    }
}

fn crossing(pack: &Pack, request: &Request<'_>) -> Option<WallGround> {
    if request.internal || !is_agreed(pack, request) {
        return None;
    }
    let cell = pack.cell(request.from, request.to, request.purpose);
    let (rule, effect) = cell.winner(request.conditions, request.category)?;
    let listed = request.transfer == Transfer::List && pack.list_needs_consent();
    let mut necessity = None;
    let mut by_consent = listed;
    match effect {
        Effect::Denied => return None,
        Effect::Consent => by_consent = true,
        Effect::Necessity => {
            necessity = valid_necessity(request).map(|it| it.id);
            by_consent |= necessity.is_none();
        }
        Effect::Allowed | Effect::Duty => {}
    }
    let consent = if by_consent { Some(valid_consent(request)?.id) } else { None };
    let mut obligations = pack.obligations(effect).or(pack.rule(rule)?.also);
    if consent.is_some() {
        obligations = obligations.or(pack.obligations(Effect::Consent));
    }
    Some(WallGround { rule: Some(rule), effect, consent, necessity, single: None, obligations })
}

fn is_agreed(pack: &Pack, request: &Request<'_>) -> bool {
    !pack.is_by_agreement(request.to)
        || request.agreement.is_some_and(|listed| listed.has(request.category))
}

pub(super) fn valid_single<'a>(pack: &Pack, request: &Request<'a>) -> Option<&'a SingleAccess> {
    request.single.filter(|single| single_fault(pack, request, single).is_none())
}

fn single_fault(pack: &Pack, request: &Request<'_>, single: &SingleAccess) -> Option<Reason> {
    if single.refused {
        return Some(Reason::SingleRefused);
    }
    if single.granted_at > request.now || request.today > single.valid_until {
        return Some(Reason::SingleExpired);
    }
    // The day of the grant where the office is may already be the next one by its clock.
    let latest =
        single.granted_at.to_zoned(TimeZone::UTC).date().tomorrow().and_then(|day| {
            day.checked_add(Span::new().try_months(pack.single_rules().most_months)?)
        });
    match latest {
        Ok(latest) if single.valid_until <= latest => None,
        _ => Some(Reason::SingleTooLong),
    }
}

fn valid_consent<'a>(request: &Request<'a>) -> Option<&'a Consent> {
    request.consents.iter().find(|consent| consent_fault(request, consent).is_none())
}

fn consent_fault(request: &Request<'_>, consent: &Consent) -> Option<Reason> {
    let covers = consent.purpose == request.purpose
        && consent.categories.has(request.category)
        && consent.from.contains(&request.giver)
        && consent.to.contains(&request.receiver);
    if !covers {
        Some(Reason::ConsentOutOfScope)
    } else if consent.withdrawn_at.is_some() {
        Some(Reason::ConsentWithdrawn)
    } else if request.today > consent.valid_until {
        Some(Reason::ConsentExpired)
    } else if consent.given_at > request.now {
        Some(Reason::ConsentNotYet)
    } else if consent.doubtful {
        Some(Reason::ConsentDoubtful)
    } else {
        None
    }
}

fn valid_necessity<'a>(request: &Request<'a>) -> Option<&'a Necessity> {
    request.necessities.iter().find(|it| necessity_fault(request, it).is_none())
}

fn necessity_fault(request: &Request<'_>, necessity: &Necessity) -> Option<Reason> {
    let covers = necessity.purpose == request.purpose
        && necessity.categories.has(request.category)
        && necessity.from == request.giver
        && necessity.to == request.receiver;
    if !covers {
        Some(Reason::NecessityOutOfScope)
    } else if request.today > necessity.valid_until {
        Some(Reason::NecessityExpired)
    } else {
        None
    }
}

/// What is missing on the way to a yes.
#[derive(Default)]
struct Missing {
    reasons: Vec<Reason>,
    /// Nothing would help.
    closed: bool,
    single: bool,
    consent: bool,
    necessity: bool,
}

impl Missing {
    fn note(&mut self, reason: Reason) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    fn close(&mut self, reason: Reason) {
        self.closed = true;
        self.note(reason);
    }
}

fn refuse(pack: &Pack, request: &Request<'_>) -> Refusal {
    let mut missing = Missing::default();
    overlay_reasons(pack, request, &mut missing);
    if request.giver != request.receiver {
        if request.internal {
            missing.close(Reason::Internal);
        }
        if !is_agreed(pack, request) {
            missing.close(Reason::NotInAgreement);
        }
        rule_reasons(pack, request, &mut missing);
    }
    let (remedy, also) = remedies(request, &missing);
    Refusal {
        reasons: missing.reasons,
        remedy,
        also,
        obligations: pack.obligations(Effect::Denied),
    }
}

fn overlay_reasons(pack: &Pack, request: &Request<'_>, missing: &mut Missing) {
    let (hard, soft) = pack.blocking(request.overlays, request.groups);
    if hard.has(Overlay::Unknown) {
        missing.close(Reason::Hard(Overlay::Unknown));
    }
    for overlay in pack.overlays() {
        for fact in overlay.about.and(hard).iter() {
            missing.close(Reason::Hard(fact));
        }
        if valid_single(pack, request).is_some() {
            continue;
        }
        for fact in overlay.about.and(soft).iter() {
            missing.single = true;
            missing.note(Reason::Soft(fact));
        }
    }
    if missing.single {
        let fault = request.single.and_then(|single| single_fault(pack, request, single));
        if let Some(fault) = fault {
            missing.note(fault);
        }
    }
}

fn rule_reasons(pack: &Pack, request: &Request<'_>, missing: &mut Missing) {
    let cell = pack.cell(request.from, request.to, request.purpose);
    let Some((_, effect)) = cell.winner(request.conditions, request.category) else {
        return missing.close(Reason::NoRule);
    };
    if effect == Effect::Denied {
        return missing.close(Reason::Closed);
    }
    if valid_consent(request).is_some() {
        return;
    }
    let listed = request.transfer == Transfer::List && pack.list_needs_consent();
    let necessary = effect == Effect::Necessity && valid_necessity(request).is_none();
    missing.consent = listed || effect == Effect::Consent;
    missing.necessity = necessary && !missing.consent;
    if effect == Effect::Consent {
        missing.note(Reason::NeedsConsent);
    }
    if listed {
        missing.note(Reason::ListNeedsConsent);
    }
    if necessary {
        missing.note(Reason::NeedsNecessity);
        let faults = request.necessities.iter().filter_map(|it| necessity_fault(request, it));
        faults.for_each(|fault| missing.note(fault));
    }
    if missing.consent || necessary {
        let faults = request.consents.iter().filter_map(|it| consent_fault(request, it));
        faults.for_each(|fault| missing.note(fault));
    }
}

fn remedies(request: &Request<'_>, missing: &Missing) -> (Remedy, Option<Remedy>) {
    let Request { purpose, category, giver: from, receiver: to, .. } = *request;
    if missing.closed {
        return (Remedy::Nothing, None);
    }
    let paper = if missing.consent {
        Some(Remedy::Consent { purpose, category, from, to })
    } else if missing.necessity {
        Some(Remedy::Necessity { purpose, category, from, to })
    } else {
        None
    };
    if missing.single {
        (Remedy::SingleAccess, paper)
    } else {
        (paper.unwrap_or(Remedy::Nothing), None)
    }
}
