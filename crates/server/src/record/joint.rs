//! The joint view: one page of what each agency has and may show, why it may be seen, and
//! how the rest could be asked for (REQ-INFO-09).
//!
//! What is closed is told from the policy pack alone, never from what there is: the same
//! words stand there whether an agency has something or not.

use std::collections::BTreeMap;

use onedoor_domain::ids::AgencyId;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::{
    Category, Consent, Pack, Purpose, Refusal, Remedy, Verdict, WallGround,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, Entry, What};
use crate::db::{Link, Tx};
use crate::person::store as persons;
use crate::policy::Permit;
use crate::walls::{self, Crossed, Giver, Held, Standing};
use crate::web::{Desk, Fault};

/// Something that is shown.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct EntryLine {
    pub(crate) id: String,
    /// `fact`, `note`, `document`, `contact` or `case`.
    pub(crate) what: String,
    /// The kind of a fact or document; empty for others.
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) source: String,
    pub(crate) received_on: String,
    pub(crate) by: String,
    pub(crate) internal: bool,
    pub(crate) locked: bool,
    pub(crate) reused: bool,
    pub(crate) corrects: bool,
    pub(crate) corrected: bool,
    pub(crate) may_end: bool,
    pub(crate) may_reuse: bool,
}

/// Why a part is open.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Why {
    /// The rule's code; empty for the agency's own.
    pub(crate) rule: String,
    /// The statute.
    pub(crate) basis: String,
    /// The letter that let it through, or `own`.
    pub(crate) effect: String,
    /// The last day of the consent it stands on, if it does.
    pub(crate) consent_until: Option<String>,
    /// Whether a single access opened it.
    pub(crate) single: bool,
}

/// An open part of what an agency has.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct OpenPart {
    pub(crate) category: String,
    pub(crate) why: Why,
    pub(crate) entries: Vec<EntryLine>,
}

/// A kind of information that is closed, and what would open it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ClosedPart {
    pub(crate) category: String,
    /// `consent`, `necessity` or `nothing`.
    pub(crate) remedy: String,
}

/// What one agency has and may show.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct AgencyPart {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) own: bool,
    pub(crate) open: Vec<OpenPart>,
    pub(crate) closed: Vec<ClosedPart>,
}

/// How a remedy is called.
pub(crate) fn remedy_code(refusal: Option<&Refusal>) -> &'static str {
    match refusal.map(|r| &r.remedy) {
        Some(Remedy::Consent { .. }) => "consent",
        Some(Remedy::Necessity { .. }) => "necessity",
        Some(Remedy::SingleAccess) => "single_access",
        Some(Remedy::Nothing) | None => "nothing",
    }
}

pub(super) fn why(pack: &Pack, ground: &WallGround, consents: &[Consent]) -> Why {
    let rule = ground.rule.and_then(|id| pack.rule(id));
    let consent = ground.consent.and_then(|id| consents.iter().find(|c| c.id == id));
    Why {
        rule: rule.map(|r| r.code.clone()).unwrap_or_default(),
        basis: rule.map(|r| r.basis.clone()).unwrap_or_default(),
        effect: match rule {
            None => "own".to_owned(),
            Some(_) => ground.effect.as_str().to_owned(),
        },
        consent_until: consent.map(|c| c.valid_until.to_string()),
        single: ground.single.is_some(),
    }
}

/// The agencies that the view names: those of the worker's office, and those that a
/// consent in force lets the worker receive from.
pub(super) async fn named_agencies(
    desk: &Desk,
    link: &mut Link,
    standing: &Standing,
) -> Result<Vec<Giver>, Fault> {
    let office = desk.office()?;
    let mut all = walls::givers(link, office, desk.today()).await?;
    let more: Vec<AgencyId> = standing
        .consents()
        .iter()
        .filter(|c| c.to.contains(&standing.receiver()))
        .flat_map(|c| c.from.iter().copied())
        .collect();
    for id in more {
        if !all.iter().any(|giver| giver.id == id)
            && let Some(giver) = walls::giver_of(link, id, Some(office)).await?
        {
            all.push(giver);
        }
    }
    // One's own first.
    all.sort_by_key(|giver| giver.id != standing.receiver());
    Ok(all)
}

/// Builds the parts of the view, and puts what crossed into the journal.
pub(super) async fn parts(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    standing: &Standing,
    purpose: Purpose,
) -> Result<Vec<AgencyPart>, Fault> {
    let today = desk.today();
    let office = desk.office()?;
    let person = persons::read(tx, permit).await?;
    let cases = store::open_cases(tx, permit).await?;
    let mut crossed = Vec::new();
    let mut all = Vec::new();
    let mut firsts = BTreeMap::new();
    for giver in named_agencies(desk, tx, standing).await? {
        let own = giver.id == standing.receiver();
        let mut entries = store::entries(tx, permit, giver.id, today).await?;
        // REQ-INFO-12: what is clinical stays apart, in a note and a document as in a fact.
        entries.retain(|entry| own || entry.may_cross(purpose));
        for first in entries.iter().filter_map(|entry| entry.first) {
            if !firsts.contains_key(&first)
                && let Some(it) = walls::giver_of(tx, first, Some(office)).await?
            {
                firsts.insert(first, it);
            }
        }
        let mut part = AgencyPart {
            id: giver.id.to_string(),
            name: giver.name.clone(),
            own,
            open: Vec::new(),
            closed: Vec::new(),
        };
        for category in Category::ALL {
            let verdict = standing.judge(&giver, purpose, category, Held::default());
            let ground = match &verdict {
                Some(Verdict::Permit(ground)) => *ground,
                Some(Verdict::Deny(refusal)) => {
                    part.closed.push(ClosedPart {
                        category: category.as_str().to_owned(),
                        remedy: remedy_code(Some(refusal)).to_owned(),
                    });
                    continue;
                }
                None => {
                    part.closed.push(ClosedPart {
                        category: category.as_str().to_owned(),
                        remedy: remedy_code(None).to_owned(),
                    });
                    continue;
                }
            };
            let mut lines = Vec::new();
            if category == Category::Id
                && !own
                && person.contact_agency == Some(giver.id)
                && person.has_contact()
            {
                lines.push(contact_line(&person));
            }
            if category == Category::Case {
                let theirs = cases.iter().filter(|(_, agency, _, _)| *agency == giver.id);
                lines.extend(
                    theirs
                        .map(|(id, _, at, step_on)| case_line(desk, *id, *at, step_on.as_deref())),
                );
            }
            // Contact and case have no day of receipt: they stand on the category's ground.
            if !own && !lines.is_empty() {
                let rows = lines.len();
                Crossed { giver: giver.id, category, ground, rows }.add(&mut crossed);
            }
            for entry in entries.iter().filter(|entry| entry.category == category) {
                // Each record is judged by itself: an internal note, an office's lock and
                // the day of receipt are its own.
                let held = Held {
                    internal: entry.internal,
                    locked: entry.lock.is_some_and(|lock| lock != office),
                    received: Some(entry.received),
                };
                let verdict = standing.judge(&giver, purpose, category, held);
                let Some(Verdict::Permit(by)) = verdict else { continue };
                // What was taken over crosses no further than from who asked first.
                let mut by_first = None;
                if let Some(first) = entry.first.filter(|_| !own) {
                    let first = firsts.get(&first).map(|it| (it.id, it));
                    let verdict = first.and_then(|(id, first)| {
                        Some((id, standing.judge(first, purpose, category, held)?))
                    });
                    let Some((id, Verdict::Permit(ground))) = verdict else { continue };
                    by_first = Some((id, ground));
                }
                lines.push(line(entry, own));
                if own {
                    continue;
                }
                // It is noted with the ground that carried this very record: its own day of
                // receipt may lead to another rule than the category's.
                Crossed { giver: giver.id, category, ground: by, rows: 1 }.add(&mut crossed);
                if let Some((giver, ground)) = by_first.filter(|(id, _)| *id != standing.receiver())
                {
                    Crossed { giver, category, ground, rows: 1 }.add(&mut crossed);
                }
            }
            part.open.push(OpenPart {
                category: category.as_str().to_owned(),
                why: why(standing.pack(), &ground, standing.consents()),
                entries: lines,
            });
        }
        if own {
            // One's own categories without anything are only noise.
            part.open.retain(|open| !open.entries.is_empty());
        }
        all.push(part);
    }
    walls::crossed(desk, permit, standing, purpose, &crossed);
    Ok(all)
}

fn line(entry: &Entry, own: bool) -> EntryLine {
    let fact = matches!(entry.what, What::Fact(_));
    EntryLine {
        id: entry.id.to_string(),
        what: match entry.what {
            What::Fact(_) => "fact",
            What::Note => "note",
            What::Document(_) => "document",
        }
        .to_owned(),
        kind: match entry.what {
            What::Fact(kind) => kind.as_str().to_owned(),
            What::Note => String::new(),
            What::Document(kind) => kind.as_str().to_owned(),
        },
        text: entry.text.clone(),
        source: entry.source.clone(),
        received_on: entry.received.to_string(),
        // Who wrote it is the other agency's own affair.
        by: if own { entry.by.clone() } else { String::new() },
        internal: entry.internal,
        locked: entry.lock.is_some(),
        reused: fact && entry.from.is_some(),
        corrects: entry.what == What::Note && entry.from.is_some(),
        corrected: entry.corrected,
        may_end: own && fact,
        // A copy is not copied: who asked first can be asked.
        may_reuse: !own && fact && entry.first.is_none(),
    }
}

fn contact_line(person: &persons::Identity) -> EntryLine {
    let parts = [&person.phone, &person.email, &person.address, &person.postcode];
    let text: Vec<&str> =
        parts.into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    EntryLine {
        id: String::new(),
        what: "contact".to_owned(),
        kind: String::new(),
        text: text.join("\n"),
        source: person.source.clone(),
        received_on: person.received_on.clone(),
        by: String::new(),
        internal: false,
        locked: false,
        reused: false,
        corrects: false,
        corrected: false,
        may_end: false,
        may_reuse: false,
    }
}

fn case_line(desk: &Desk, id: Uuid, at: jiff::Timestamp, step_on: Option<&str>) -> EntryLine {
    EntryLine {
        id: id.to_string(),
        what: "case".to_owned(),
        kind: String::new(),
        text: step_on.unwrap_or_default().to_owned(),
        source: String::new(),
        received_on: desk.app().day(at).to_string(),
        by: String::new(),
        internal: false,
        locked: false,
        reused: false,
        corrects: false,
        corrected: false,
        may_end: false,
        may_reuse: false,
    }
}

/// Who could see one record, and through what: each agency of the office, each purpose.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct SeenByLine {
    pub(crate) agency: String,
    pub(crate) purpose: String,
    pub(crate) yes: bool,
    pub(crate) why: Option<Why>,
    pub(crate) remedy: String,
}

/// Asks for every agency of the office and every purpose (the effect of a rule for a whole
/// agency; what a single worker needs besides is the table of roles).
pub(super) async fn seen_by(
    desk: &Desk,
    link: &mut Link,
    standing: &Standing,
    (owner, first): (AgencyId, Option<AgencyId>),
    category: Category,
    held: Held,
    may_cross: impl Fn(Purpose) -> bool,
) -> Result<Vec<SeenByLine>, Fault> {
    let office = desk.office()?;
    let owner = walls::giver_of(link, owner, Some(office)).await?.ok_or(Fault::Hidden)?;
    let first = match first {
        Some(id) => Some(walls::giver_of(link, id, Some(office)).await?.ok_or(Fault::Hidden)?),
        None => None,
    };
    let mut lines = Vec::new();
    let receivers: Vec<(AgencyId, AgencyKind, String)> = walls::givers(link, office, desk.today())
        .await?
        .into_iter()
        .filter(|giver| giver.id != owner.id)
        .map(|giver| (giver.id, giver.kind, giver.name))
        .collect();
    for (id, kind, name) in receivers {
        let before = standing.before(id, kind);
        for purpose in Purpose::ALL {
            let mut verdict =
                before.judge(&owner, purpose, category, held).filter(|_| may_cross(purpose));
            if let (Some(Verdict::Permit(_)), Some(first)) = (&verdict, &first) {
                let from_first = before.judge(first, purpose, category, held);
                if !matches!(from_first, Some(Verdict::Permit(_))) {
                    verdict = from_first;
                }
            }
            let line = match &verdict {
                Some(Verdict::Permit(ground)) => SeenByLine {
                    agency: name.clone(),
                    purpose: purpose.as_str().to_owned(),
                    yes: true,
                    why: Some(why(before.pack(), ground, before.consents())),
                    remedy: String::new(),
                },
                Some(Verdict::Deny(refusal)) => SeenByLine {
                    agency: name.clone(),
                    purpose: purpose.as_str().to_owned(),
                    yes: false,
                    why: None,
                    remedy: remedy_code(Some(refusal)).to_owned(),
                },
                None => SeenByLine {
                    agency: name.clone(),
                    purpose: purpose.as_str().to_owned(),
                    yes: false,
                    why: None,
                    remedy: remedy_code(None).to_owned(),
                },
            };
            lines.push(line);
        }
    }
    Ok(lines)
}
