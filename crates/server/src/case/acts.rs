//! Opening a case, wherever a person comes in: the same act for the counter
//! and for the person's page.

use jiff::civil::Date;
use onedoor_domain::case::{NextStep, OpenCase};
use onedoor_domain::ids::{AgencyId, CaseId, StaffId};
use onedoor_domain::secrecy::{Action, Categories, Category, Ground, Purpose};
use onedoor_domain::text;
use serde_json::json;

use super::{history, store};
use crate::consent::disclosures;
use crate::db::Tx;
use crate::journal::Entry;
use crate::office::store as offices;
use crate::policy::{Permit, Subject};
use crate::walls::{self, Telling};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault};

/// What opens a case, checked field by field.
#[derive(Clone, Debug)]
pub struct Opening {
    /// What it is about.
    pub summary: String,
    /// The responsible worker.
    pub responsible: StaffId,
    /// The deputy.
    pub deputy: StaffId,
    /// Who sees to the next step.
    pub step_owner: StaffId,
    /// What happens next.
    pub what: String,
    /// When.
    pub on: Date,
    /// Where.
    pub place: String,
}

/// What opening a case led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A new case.
    New(CaseId),
    /// The open one, in which the caller's agency has a part.
    Found(CaseId),
    /// The open one, which the caller may not see: its responsible worker reads
    /// that the person was in touch, and the caller sees nothing of it.
    Told(CaseId),
}

impl Opened {
    /// The case.
    #[must_use]
    pub fn id(self) -> CaseId {
        match self {
            Self::New(id) | Self::Found(id) | Self::Told(id) => id,
        }
    }
}

/// Opens a case for the permit's person, or finds the one that is open: any
/// contact at any door leads to the same case (REQ-FRONT-01), as far as the law
/// lets the caller's agency know that it is there (REQ-INFO-01). Of a case that is
/// found the three stay, and the contact joins its history. The caller's agency
/// gets a part in it only when the person is being received there and the walls let
/// the carrying agency know; from the desk alone nobody lets themselves in.
///
/// Who opens a case answers for it: responsibility comes to somebody else only
/// by a hand-over that they accept.
///
/// Returns nothing, with the faults noted, when the opening does not hold.
///
/// # Errors
/// When the database refuses.
pub async fn open_case(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    opening: &Opening,
    faults: &mut Faults,
) -> Result<Option<Opened>, Fault> {
    let summary = faults
        .take("summary", text::required(&opening.summary, text::PARAGRAPH), |e| e.code().into());
    let Some(summary) = summary else { return Ok(None) };
    let open = store::open_of(tx, permit).await?;
    if let Some((id, theirs)) = may_know(desk, tx, permit, &open).await? {
        let permit = theirs.as_ref().unwrap_or(permit);
        return join(desk, tx, permit, id, &summary).await.map(Some);
    }
    let Some((case, responsible)) = check(desk, tx, permit, opening, faults).await? else {
        return Ok(None);
    };
    let id = case.id;
    // Beside a case that the caller may not know of, their agency has one of its own.
    let apart = Some(responsible).filter(|_| !open.is_empty());
    store::insert(tx, permit, &case, (&summary, apart), desk.now()).await?;
    crate::person::store::make_known(tx, permit, responsible, desk.today()).await?;
    history::event(tx, permit, id, "opened", desk.actor().id, &json!({}), desk.now()).await?;
    let detail = json!({ "what": case.step.what, "on": case.step.on.to_string() });
    history::event(tx, permit, id, "step", desk.actor().id, &detail, desk.now()).await?;
    Ok(Some(Opened::New(id)))
}

/// Which of the open cases the caller may learn of: one that they read, else one of their own
/// agency, or of one that the walls let tell it. Where they let none, as for the authorities at a
/// Swedish desk without a consent, there is no answer that tells of another's case: the caller
/// opens one as for anybody (REQ-INFO-01). With it the permit for the record that the case is on,
/// where that is another record of the person.
async fn may_know(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    open: &[store::Open],
) -> Result<Option<(CaseId, Option<Permit>)>, Fault> {
    let me = desk.worker()?;
    let mut found = None;
    for one in open {
        let case = Subject::Case(one.id);
        let reads = desk.permit_quietly(tx, Action::ReadCase, case).await?.is_some();
        if !reads && found.is_some() {
            continue;
        }
        if !reads && one.apart != Some(me.agency) {
            let ends = (one.carrier, me.agency);
            let told = walls::telling(desk, tx, permit, ends, Category::Case).await?;
            if matches!(told, Telling::MayNot(_)) {
                continue;
            }
        }
        let theirs = match permit.the_person()? == one.person {
            true => None,
            false => {
                let record = Subject::Person(one.person);
                match desk.permit_quietly(tx, Action::OpenCase, record).await? {
                    Some(theirs) => Some(theirs),
                    None => continue,
                }
            }
        };
        if reads {
            return Ok(Some((one.id, theirs)));
        }
        found = Some((one.id, theirs));
    }
    Ok(found)
}

/// The contact joins the history of the open case. What was said goes along only where the
/// walls let the caller's agency tell the one that carries the case, and is then disclosed;
/// else the history says that the person was in touch, and neither what about nor with whom
/// (REQ-INFO-01, REQ-INFO-05).
async fn join(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    id: CaseId,
    summary: &str,
) -> Result<Opened, Fault> {
    let me = desk.worker()?;
    let carrier = store::carrier(tx, permit, id).await?;
    let told = tell(desk, tx, permit, (me.agency, carrier)).await?.is_none();
    let mut reads = desk.permit_quietly(tx, Action::ReadCase, Subject::Case(id)).await?.is_some();
    // A part in the case says who else the person turned to, to whoever carries it.
    if told && !reads && permit.ground() == Ground::Reception {
        store::add_agency(tx, permit, id, me.agency, desk.now()).await?;
        reads = desk.permit_quietly(tx, Action::ReadCase, Subject::Case(id)).await?.is_some();
    }
    let (by, detail) = match told {
        true => (desk.actor().id, json!({ "what": summary })),
        false => (None, json!({})),
    };
    history::event(tx, permit, id, "contact", by, &detail, desk.now()).await?;
    Ok(if reads { Opened::Found(id) } else { Opened::Told(id) })
}

/// Tells another agency of the permit's case, if the walls let it: the telling goes into the
/// journal and the register of disclosures. Else the code of why not.
pub(crate) async fn tell(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    ends: (AgencyId, AgencyId),
) -> Result<Option<&'static str>, Fault> {
    tell_of(desk, tx, permit, ends, Category::Case).await
}

/// The same for one kind of information.
pub(crate) async fn tell_of(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (from, to): (AgencyId, AgencyId),
    category: Category,
) -> Result<Option<&'static str>, Fault> {
    let (ground, pack, rule, consent, necessity) =
        match walls::telling(desk, tx, permit, (from, to), category).await? {
            Telling::Own => return Ok(None),
            Telling::MayNot(code) => return Ok(Some(code)),
            Telling::May { ground, pack, rule, consent, necessity } => {
                (ground, pack, rule, consent, necessity)
            }
        };
    let me = desk.worker()?;
    desk.note(Entry {
        action: permit.action(),
        ground: Some(ground),
        subject: permit.subject(),
        persons: permit.person().iter().map(|p| p.0).collect(),
        detail: json!({
            "pack": pack, "rule": rule, "purpose": "coordination", "to": to.to_string(),
            "category": category.as_str(), "consent": consent.map(|id| id.to_string()),
            "necessity": necessity.map(|id| id.to_string()),
        }),
    });
    let disclosure = disclosures::Disclosure {
        from,
        to,
        categories: Categories::only(category),
        purpose: Purpose::Coordination,
        ground: ground.as_str().to_owned(),
        rule,
        pack,
        consent,
        necessity,
        what: json!({ "act": permit.action().as_str() }),
        form: disclosures::Passed::Message,
        by: Some(me.id),
        to_staff: None,
    };
    disclosures::disclose(tx, permit, &disclosure, desk.now()).await?;
    Ok(None)
}

/// The case that an opening describes, or its faults.
async fn check(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    opening: &Opening,
    faults: &mut Faults,
) -> Result<Option<(OpenCase, AgencyId)>, Fault> {
    let me = desk.worker()?;
    if opening.responsible != me.id {
        faults.add("responsible", "case-not-yourself");
    }
    let responsible = offices::carrier(tx, opening.responsible).await?;
    let deputy = offices::carrier(tx, opening.deputy).await?;
    let owner = offices::carrier(tx, opening.step_owner).await?;
    let level = crate::person::store::read(tx, permit).await?.guard.level();
    for (field, known) in
        [("responsible", &responsible), ("deputy", &deputy), ("step_owner", &owner)]
    {
        match known {
            None => faults.add(field, "choose"),
            Some(known) if !known.clearance.covers(level) => faults.add(field, "case-not-cleared"),
            Some(known) => {
                if let Some(code) = tell(desk, tx, permit, (me.agency, known.worker.agency)).await?
                {
                    faults.add(field, code);
                }
            }
        }
    }
    let step =
        NextStep::new(&opening.what, opening.step_owner, opening.on, &opening.place, desk.today());
    let step = match step {
        Ok(step) => Some(step),
        Err(fault) => {
            let (field, code) = fault.field_and_code();
            faults.add(&format!("step_{field}"), code);
            None
        }
    };
    let (Some(responsible), Some(deputy), Some(step), true) =
        (responsible, deputy, step, faults.is_empty())
    else {
        return Ok(None);
    };
    let id = CaseId(crate::app::new_id());
    let person = permit.the_person()?;
    match OpenCase::open(id, person, responsible.worker, deputy.worker, step) {
        Ok(case) => Ok(Some((case, responsible.worker.agency))),
        Err(fault) => {
            faults.add("deputy", fault.code());
            Ok(None)
        }
    }
}
