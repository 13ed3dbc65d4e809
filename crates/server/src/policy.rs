//! From a wish to a permit: looks up the facts, asks the pure rules, and puts
//! the decision into the journal. The only place where a [`Permit`] is made.

use onedoor_domain::ids::{AgencyId, CaseId, OfficeId, PersonId, UnitId, VisitId};
use onedoor_domain::office::Role;
use onedoor_domain::person::Protection;
use onedoor_domain::secrecy::{Action, Decision, Facts, Ground, Relation, decide};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::journal::{Entry, SubjectKind};
use crate::sign_in::Actor;
use crate::web::{Desk, Fault};

crate::sql! {
    PERSON_FACTS = "select p.id, p.protection, 0,
            exists (select 1 from person_agency a
                where a.person_id = p.id and a.agency_id = $2),
            exists (select 1 from visit v where v.person_id = p.id and v.office_id = $3
                and (v.state <> 'closed' or v.day = $4)),
            c.responsible_id, c.deputy_id, c.step_owner_id, h.to_unit_id, h.to_staff_id,
            c.agency_id, o.manager_id, c.id, null, null
        from person p
        left join shared_case c on c.person_id = p.id and c.closed_at is null
        left join handover h on h.case_id = c.id and h.state = 'asked'
        left join unit u on u.id = c.unit_id
        left join office o on o.id = u.office_id
        where p.id = $1";
    CASE_FACTS = "select p.id, p.protection, 0,
            exists (select 1 from case_agency a where a.case_id = c.id and a.agency_id = $4),
            exists (select 1 from visit v where v.person_id = p.id and v.office_id = $2
                and (v.state <> 'closed' or v.day = $3)),
            c.responsible_id, c.deputy_id, c.step_owner_id, h.to_unit_id, h.to_staff_id,
            c.agency_id, o.manager_id, c.id, null, null
        from shared_case c join person p on p.id = c.person_id
        left join handover h on h.case_id = c.id and h.state = 'asked'
        join unit u on u.id = c.unit_id
        join office o on o.id = u.office_id
        -- What the archive law keeps is out of daily use.
        where c.id = $1 and not exists (select 1 from kept_lock k
            where k.kind = 'case' and k.id = c.id)";
    VISIT_FACTS = "select v.person_id, coalesce(p.protection, 0), 0, 0 = 1, v.office_id = $2,
            null, null, null, null, null, null, null, null, v.id, v.office_id
        from visit v left join person p on p.id = v.person_id where v.id = $1";
    IS_MANAGER_OF_HANDOVER = "select 1 from handover
        where case_id = $1 and manager_id = $2 and state in ('expired', 'refused')
            and exists (select 1 from shared_case c where c.id = $1 and c.closed_at is null)
        limit 1";
}

/// What a wish is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nobody in particular.
    Duty,
    /// A reception.
    Office(OfficeId),
    /// A visit.
    Visit(VisitId),
    /// A person.
    Person(PersonId),
    /// A case.
    Case(CaseId),
}

/// Proof that a wish was granted. It cannot be made outside this module, it
/// says what it is for, and the store takes its identifiers from it.
#[derive(Debug)]
pub struct Permit {
    action: Action,
    ground: Ground,
    subject: Subject,
    person: Option<PersonId>,
    office: Option<OfficeId>,
    agency: Option<AgencyId>,
}

impl Permit {
    /// The agency of the one who asked.
    #[must_use]
    pub fn agency(&self) -> Option<AgencyId> {
        self.agency
    }

    /// What it allows.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// On what ground.
    #[must_use]
    pub fn ground(&self) -> Ground {
        self.ground
    }

    /// The person it concerns, if one.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.person
    }

    /// The person it concerns.
    ///
    /// # Errors
    /// When it concerns nobody: the absent look.
    pub fn the_person(&self) -> Result<PersonId, Fault> {
        self.person.ok_or(Fault::Hidden)
    }

    /// The case it is for.
    ///
    /// # Errors
    /// When it is for something else: a defect.
    pub fn case(&self) -> Result<CaseId, Fault> {
        match self.subject {
            Subject::Case(id) => Ok(id),
            _ => Err(Fault::Defect("this permit is for no case".into())),
        }
    }

    /// The visit it is for.
    ///
    /// # Errors
    /// When it is for something else: a defect.
    pub fn visit(&self) -> Result<VisitId, Fault> {
        match self.subject {
            Subject::Visit(id) => Ok(id),
            _ => Err(Fault::Defect("this permit is for no visit".into())),
        }
    }

    /// The office it is for.
    ///
    /// # Errors
    /// When it is for something else: a defect.
    pub fn office(&self) -> Result<OfficeId, Fault> {
        self.office.ok_or_else(|| Fault::Defect("this permit is for no office".into()))
    }

    /// Its subject as the journal names it.
    #[must_use]
    pub fn subject(&self) -> (SubjectKind, Option<Uuid>) {
        journal_subject(self.subject)
    }
}

fn journal_subject(subject: Subject) -> (SubjectKind, Option<Uuid>) {
    match subject {
        Subject::Duty => (SubjectKind::Nothing, None),
        Subject::Office(id) => (SubjectKind::Office, Some(id.0)),
        Subject::Visit(id) => (SubjectKind::Visit, Some(id.0)),
        Subject::Person(id) => (SubjectKind::Person, Some(id.0)),
        Subject::Case(id) => (SubjectKind::Case, Some(id.0)),
    }
}

struct Found {
    facts: Facts,
    person: Option<PersonId>,
    office: Option<OfficeId>,
}

fn absent() -> Found {
    let facts = Facts { exists: false, relations: Vec::new(), protection: Protection::Open };
    Found { facts, person: None, office: None }
}

/// Reads a row of one of the three fact statements, which share their columns.
fn found(mut row: Row, actor: &Actor) -> Result<Found, DbError> {
    let me = actor.id;
    let person: Option<PersonId> = row.get(0)?;
    let level: i64 = row.get(1)?;
    let own_person: bool = row.get(3)?;
    let here: bool = row.get(4)?;
    let is_me = |id: Option<Uuid>| id.is_some() && id == me;
    let responsible = is_me(row.get(5)?);
    let deputy = is_me(row.get(6)?);
    let step_owner = is_me(row.get(7)?);
    let to_unit: Option<UnitId> = row.get(8)?;
    let to_staff: Option<Uuid> = row.get(9)?;
    let asked = match to_staff {
        Some(staff) => Some(staff) == me,
        None => to_unit.is_some() && to_unit == actor.unit,
    };
    let agency: Option<Uuid> = row.get(10)?;
    let own_case = agency.is_some() && agency == actor.agency.map(|id| id.0);
    let manages = is_me(row.get(11)?);
    let _case: Option<Uuid> = row.get(12)?;
    let _visit: Option<Uuid> = row.get(13)?;
    let office: Option<OfficeId> = row.get(14)?;
    let takes_part = responsible || deputy || step_owner;
    let relations = [
        (here, Relation::Reception),
        (own_person || own_case, Relation::OwnAgency),
        (takes_part, Relation::TakesPart),
        (responsible, Relation::Responsible),
        (deputy, Relation::Deputy),
        (step_owner, Relation::StepOwner),
        (asked, Relation::Asked),
        (manages, Relation::Manages),
    ]
    .into_iter()
    .filter_map(|(holds, relation)| holds.then_some(relation))
    .collect();
    // An unknown level is a level that nobody is cleared for.
    let protection = Protection::from_i64(level).unwrap_or(Protection::StrictlyConfidential);
    Ok(Found { facts: Facts { exists: true, relations, protection }, person, office })
}

async fn look_up(desk: &Desk, link: &mut Link, subject: Subject) -> Result<Found, Fault> {
    let actor = desk.actor();
    let office = actor.office;
    let today = desk.today();
    let row = match subject {
        Subject::Duty => {
            return Ok(Found { facts: Facts::duty(), person: None, office: None });
        }
        Subject::Office(id) => {
            let here = office == Some(id);
            let relations = here.then_some(Relation::Reception).into_iter().collect();
            let facts = Facts { exists: true, relations, protection: Protection::Open };
            return Ok(Found { facts, person: None, office: Some(id) });
        }
        Subject::Person(id) => {
            link.row(&PERSON_FACTS, args![id, actor.agency, office, today]).await?
        }
        Subject::Case(id) => link.row(&CASE_FACTS, args![id, office, today, actor.agency]).await?,
        Subject::Visit(id) => link.row(&VISIT_FACTS, args![id, office]).await?,
    };
    let Some(row) = row else { return Ok(absent()) };
    let mut found = found(row, actor)?;
    if let Subject::Case(id) = subject
        && actor.role == Some(Role::JointManager)
        && !found.facts.relations.contains(&Relation::Manages)
        && link.row(&IS_MANAGER_OF_HANDOVER, args![id, actor.id]).await?.is_some()
    {
        found.facts.relations.push(Relation::Manages);
    }
    Ok(found)
}

struct Decided {
    decision: Decision,
    found: Found,
}

async fn decide_on(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<Decided, Fault> {
    let actor = desk.actor();
    let found = look_up(desk, link, subject).await?;
    let decision = match actor.role {
        Some(role) => decide(role, actor.clearance, action, &found.facts),
        // A kiosk does one thing, at its own office.
        None => kiosk(action, &found.facts),
    };
    Ok(Decided { decision, found })
}

/// See [`Desk::permit`].
///
/// # Errors
/// As there.
pub async fn permit(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<Permit, Fault> {
    let Decided { decision, found } = decide_on(desk, link, action, subject).await?;
    match decision {
        Decision::Permit(ground) => Ok(granted(desk, action, subject, ground, &found)),
        Decision::Deny(denials) => {
            let denials: Vec<&str> = denials.iter().map(|d| d.as_str()).collect();
            desk.note(Entry {
                action,
                ground: None,
                subject: journal_subject(subject),
                // Who tried to look at somebody is that person's to know.
                persons: found.person.iter().map(|p| p.0).collect(),
                detail: serde_json::json!({ "denied": denials }),
            });
            match subject {
                Subject::Duty => Err(Fault::Denied),
                _ => Err(Fault::Hidden),
            }
        }
    }
}

/// See [`Desk::permit_quietly`].
///
/// # Errors
/// As there.
pub async fn permit_quietly(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<Option<Permit>, Fault> {
    let Decided { decision, found } = decide_on(desk, link, action, subject).await?;
    Ok(match decision {
        Decision::Permit(ground) => Some(granted(desk, action, subject, ground, &found)),
        Decision::Deny(_) => None,
    })
}

/// See [`Desk::may`].
///
/// # Errors
/// As there.
pub async fn may(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<bool, Fault> {
    let decided = decide_on(desk, link, action, subject).await?;
    Ok(matches!(decided.decision, Decision::Permit(_)))
}

fn granted(desk: &Desk, action: Action, subject: Subject, ground: Ground, found: &Found) -> Permit {
    // What concerns nobody is noted by the act itself, if it does anything.
    if !matches!(subject, Subject::Duty) {
        desk.note(Entry {
            action,
            ground: Some(ground),
            subject: journal_subject(subject),
            persons: found.person.iter().map(|p| p.0).collect(),
            detail: serde_json::Value::Null,
        });
    }
    let agency = desk.actor().agency;
    Permit { action, ground, subject, person: found.person, office: found.office, agency }
}

fn kiosk(action: Action, facts: &Facts) -> Decision {
    if action == Action::CheckIn && facts.relations.contains(&Relation::Reception) {
        Decision::Permit(Ground::Reception)
    } else {
        Decision::Deny(vec![onedoor_domain::secrecy::Denial::Role])
    }
}
