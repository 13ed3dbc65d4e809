//! From a wish to a permit: looks up the facts, asks the pure rules, and puts
//! the decision into the journal. The only place where a [`Permit`] is made.

use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, CaseId, OfficeId, PersonId, UnitId, VisitId};
use onedoor_domain::office::Role;
use onedoor_domain::person::Guard;
use onedoor_domain::secrecy::{
    Action, Bar, Category, Decision, Facts, Ground, Group, Overlay, Overlays, Purpose, Relation,
    SingleAccess, decide,
};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::journal::{Entry, SubjectKind};
use crate::keys::Vault;
use crate::sign_in::Actor;
use crate::walls::{self, Standing};
use crate::web::{Desk, Fault, Own};

// A visit at the worker's office makes the person belong there when somebody else has served
// it: a row that the worker alone can make opens nothing that lasts (REQ-INFO-15).
crate::sql! {
    PERSON_FACTS = "select p.id, exists (select 1 from person_agency a
                where a.person_id = p.id and a.agency_id = $2),
            exists (select 1 from visit v where v.person_id = p.id and v.office_id = $3
                and (v.state <> 'closed' or v.day = $4)),
            c.responsible_id, c.deputy_id, c.step_owner_id, h.to_unit_id, h.to_staff_id,
            c.agency_id, o.manager_id, null, 0 = 1,
            p.guard, p.residence, p.died_on,
            (select cast(coalesce(sum(t.bits), 0) as bigint) from staff_tie t
                where t.person_id = p.id and t.staff_id = $5 and t.ended_at is null),
            case when $6 or p.basic_unit is null then 0 = 1 else not (
                exists (select 1 from boundary b join district d on d.id = b.district_id
                    where b.basic_unit = p.basic_unit and d.office_id = $3
                        and b.valid_from <= $4
                        and (b.valid_until is null or b.valid_until > $4))
                or exists (select 1 from visit v2
                    where v2.person_id = p.id and v2.office_id = $3 and v2.server_id <> $5)
                or exists (select 1 from shared_case c2 join unit u2 on u2.id = c2.unit_id
                    where c2.person_id = p.id and u2.office_id = $3)) end
        from person p
        left join shared_case c on c.person_id = p.id and c.closed_at is null
        left join handover h on h.case_id = c.id and h.state = 'asked'
        left join unit u on u.id = c.unit_id
        left join office o on o.id = u.office_id
        where p.id = $1";
    CASE_FACTS = "select p.id, 0 = 1,
            exists (select 1 from visit v where v.person_id = p.id and v.office_id = $3
                and (v.state <> 'closed' or v.day = $4)),
            c.responsible_id, c.deputy_id, c.step_owner_id, h.to_unit_id, h.to_staff_id,
            c.agency_id, o.manager_id, null,
            exists (select 1 from case_agency a where a.case_id = c.id and a.agency_id = $2),
            p.guard, p.residence, p.died_on,
            (select cast(coalesce(sum(t.bits), 0) as bigint) from staff_tie t
                where t.person_id = p.id and t.staff_id = $5 and t.ended_at is null),
            case when $6 or p.basic_unit is null then 0 = 1 else not (
                exists (select 1 from boundary b join district d on d.id = b.district_id
                    where b.basic_unit = p.basic_unit and d.office_id = $3
                        and b.valid_from <= $4
                        and (b.valid_until is null or b.valid_until > $4))
                or exists (select 1 from visit v2
                    where v2.person_id = p.id and v2.office_id = $3 and v2.server_id <> $5)
                or exists (select 1 from shared_case c2 join unit u2 on u2.id = c2.unit_id
                    where c2.person_id = p.id and u2.office_id = $3)) end
        from shared_case c join person p on p.id = c.person_id
        left join handover h on h.case_id = c.id and h.state = 'asked'
        join unit u on u.id = c.unit_id
        join office o on o.id = u.office_id
        -- What the archive law keeps is out of daily use.
        where c.id = $1 and not exists (select 1 from kept_lock k
            where k.kind = 'case' and k.id = c.id)";
    // REQ-INFO-01: while somebody waits or is served, the joint reception may look. What is over
    // is for the agencies that it concerned and for the one that served it.
    VISIT_FACTS = "select v.person_id, 0 = 1, v.office_id = $2 and (v.state <> 'closed'
                or exists (select 1 from visit_agency g
                    where g.visit_id = v.id and g.agency_id = $4)
                or exists (select 1 from staff m join unit n on n.id = m.unit_id
                    where m.id = v.server_id and n.agency_id = $4)), null, null, null, null, null,
            null, null, v.office_id, 0 = 1, coalesce(p.guard, 0), coalesce(p.residence, 'here'),
            p.died_on,
            (select cast(coalesce(sum(t.bits), 0) as bigint) from staff_tie t
                where t.person_id = v.person_id and t.staff_id = $3 and t.ended_at is null),
            0 = 1
        from visit v left join person p on p.id = v.person_id
        -- A visit that led to a case is out of daily use with it.
        where v.id = $1 and not exists (select 1 from kept_lock k
            where k.kind = 'case' and k.id = v.case_id)";
    // One's own file, or that of somebody for whom a right to act is in force today.
    OWN_FILE = "select p.id, p.guard, w.id from person m
        join person p on p.id = coalesce(m.merged_into, m.id)
        join person s on s.id = $2 join person w on w.id = coalesce(s.merged_into, s.id)
        where m.id = $1 and (p.id = w.id or exists (select 1 from representation r
            where r.person_id = p.id and r.representative_person_id = w.id
                and r.confirmed_at is not null and r.valid_from <= $3 and (r.valid_until is null or r.valid_until > $3)))";
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

mod sealed {
    /// Only this module says what is a proof.
    pub trait Sealed {}
}

/// What opens personal data: a [`Permit`] that somebody was granted, or a
/// [`Warrant`] for what has no asker. Every store function that reads or writes
/// a personal table takes one, so nobody gets there without.
///
/// Nothing else can be a proof:
///
/// ```compile_fail
/// struct Mine(onedoor_server::keys::Vault);
/// impl onedoor_server::policy::Proof for Mine {
///     fn vault(&self) -> &onedoor_server::keys::Vault {
///         &self.0
///     }
///     fn reaches(&self, _: uuid::Uuid) -> bool {
///         true
///     }
/// }
/// ```
pub trait Proof: sealed::Sealed + Send + Sync {
    /// The keyring.
    fn vault(&self) -> &Vault;

    /// Whether it opens the texts of this person, or of this visit of somebody
    /// unknown. A permit for a person opens that person alone; a permit for a
    /// list opens what the statement of the list lets through.
    fn reaches(&self, subject: Uuid) -> bool;
}

/// Why something is done with personal data without anybody asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Time has come: hand-overs expire, and cases fall to the last resort. The
    /// law asks, not a worker.
    Deadline,
    /// The expected wait on a screen: counts of a queue, of nobody in particular.
    Wait,
    /// Somebody has been recognised, and what they said before they were known
    /// goes from the visit's key to their own.
    Identification,
    /// Records that were joined are one person: who may read one may know of
    /// the others, as far as their own clearance reaches.
    Joined,
    /// The keeper of the installation seals what was plain, wraps keys anew or
    /// destroys one.
    Keeping,
    /// Agencies hold different answers about somebody: it is pointed out, and the
    /// answers are shown to nobody.
    Difference,
    /// A made-up population, where no real person is.
    Population,
}

/// Proof without an asker. Made only in this module, for one [`Cause`] each:
///
/// ```compile_fail
/// use onedoor_server::policy::{Cause, Warrant};
/// fn warrant(vault: onedoor_server::keys::Vault) -> Warrant {
///     Warrant { cause: Cause::Deadline, vault }
/// }
/// ```
///
/// ```compile_fail
/// use onedoor_server::policy::{Cause, Warrant};
/// fn warrant(vault: &onedoor_server::keys::Vault) -> Warrant {
///     Warrant::new(Cause::Deadline, vault)
/// }
/// ```
#[derive(Debug)]
pub struct Warrant {
    cause: Cause,
    vault: Vault,
}

impl Warrant {
    /// A warrant for one of the causes. A search for `Warrant::new` finds every
    /// place that works without an asker.
    pub(crate) fn new(cause: Cause, vault: &Vault) -> Self {
        Self { cause, vault: vault.clone() }
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

impl sealed::Sealed for Warrant {}

impl Proof for Warrant {
    fn vault(&self) -> &Vault {
        &self.vault
    }

    fn reaches(&self, _: Uuid) -> bool {
        self.cause != Cause::Wait
    }
}

impl sealed::Sealed for Permit {}

impl Proof for Permit {
    fn vault(&self) -> &Vault {
        &self.vault
    }

    fn reaches(&self, subject: Uuid) -> bool {
        match (self.subject, self.person) {
            (_, Some(person)) => subject == person.0,
            (Subject::Visit(visit), None) => subject == visit.0,
            (Subject::Duty | Subject::Office(_), None) => true,
            (Subject::Person(_) | Subject::Case(_), None) => false,
        }
    }
}

/// Proof that a wish was granted. It cannot be made outside this module, it
/// says what it is for, and the store takes its identifiers from it.
///
/// ```compile_fail
/// use onedoor_server::policy::{Permit, Subject};
/// fn permit(mut other: Permit) -> Permit {
///     Permit { subject: Subject::Duty, ..other }
/// }
/// ```
///
/// Nor can one be made to be about somebody else:
///
/// ```compile_fail
/// fn change(permit: &mut onedoor_server::policy::Permit) {
///     permit.person = None;
/// }
/// ```
#[derive(Debug)]
pub struct Permit {
    action: Action,
    ground: Ground,
    subject: Subject,
    person: Option<PersonId>,
    office: Option<OfficeId>,
    agency: Option<AgencyId>,
    overlays: Overlays,
    single: Option<SingleAccess>,
    vault: Vault,
}

impl Permit {
    /// What lies over the person, none of it closed to the one who asked.
    #[must_use]
    pub fn overlays(&self) -> Overlays {
        self.overlays
    }

    /// The single access through which it was granted, if it was.
    #[must_use]
    pub fn single(&self) -> Option<&SingleAccess> {
        self.single.as_ref()
    }

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
    overlays: Overlays,
    single: Option<SingleAccess>,
    /// The agency that carries the case, where the asker's is another.
    carrier: Option<AgencyId>,
    /// Whether the asker's agency has a part in that case.
    has_part: bool,
    /// Whether only the asker's part in the case takes them over the border of their district.
    outside: bool,
}

impl Found {
    fn about_nobody(facts: Facts, office: Option<OfficeId>) -> Self {
        let overlays = Overlays::NONE;
        let (has_part, outside) = (false, false);
        Self {
            facts,
            person: None,
            office,
            overlays,
            single: None,
            carrier: None,
            has_part,
            outside,
        }
    }
}

fn absent() -> Found {
    let facts = Facts { exists: false, relations: Vec::new(), bar: Bar::Open };
    Found::about_nobody(facts, None)
}

/// Reads a row of one of the three fact statements, which share their columns.
fn found(mut row: Row, actor: &Actor, today: Date) -> Result<Found, DbError> {
    let me = actor.id;
    let person: Option<PersonId> = row.get(0)?;
    let own_person: bool = row.get(1)?;
    let here: bool = row.get(2)?;
    let is_me = |id: Option<Uuid>| id.is_some() && id == me;
    let responsible = is_me(row.get(3)?);
    let deputy = is_me(row.get(4)?);
    let step_owner = is_me(row.get(5)?);
    let to_unit: Option<UnitId> = row.get(6)?;
    let to_staff: Option<Uuid> = row.get(7)?;
    let asked = match to_staff {
        Some(staff) => Some(staff) == me,
        None => to_unit.is_some() && to_unit == actor.unit,
    };
    let agency: Option<Uuid> = row.get(8)?;
    let own_case = agency.is_some() && agency == actor.agency.map(|id| id.0);
    let manages = is_me(row.get(9)?);
    let office: Option<OfficeId> = row.get(10)?;
    let has_part: bool = row.get(11)?;
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
    let residence: String = row.get(13)?;
    let mut overlays =
        walls::lying_over(row.get(12)?, &residence, row.get(14)?, row.get(15)?, today);
    // Whoever takes part in the case, or was asked to, is where the person belongs.
    let outside: bool = row.get(16)?;
    let outside = outside && !manages && !here;
    if outside && !takes_part && !asked {
        overlays = overlays.with(Overlay::OutsideArea);
    }
    let facts = Facts { exists: true, relations, bar: Bar::Open };
    let carrier = agency.filter(|_| !own_case && !responsible).map(AgencyId);
    Ok(Found { facts, person, office, overlays, single: None, carrier, has_part, outside })
}

async fn look_up(desk: &Desk, link: &mut Link, subject: Subject) -> Result<Found, Fault> {
    let actor = desk.actor();
    let office = actor.office;
    let today = desk.today();
    let national = actor.groups().has(Group::National);
    let row = match subject {
        Subject::Duty => return Ok(Found::about_nobody(Facts::duty(), None)),
        Subject::Office(id) => {
            let here = office == Some(id);
            let relations = here.then_some(Relation::Reception).into_iter().collect();
            let facts = Facts { exists: true, relations, bar: Bar::Open };
            return Ok(Found::about_nobody(facts, Some(id)));
        }
        Subject::Person(id) => {
            let args = args![id, actor.agency, office, today, actor.id, national];
            link.row(&PERSON_FACTS, args).await?
        }
        Subject::Case(id) => {
            let args = args![id, actor.agency, office, today, actor.id, national];
            link.row(&CASE_FACTS, args).await?
        }
        Subject::Visit(id) => {
            let args = args![id, office, actor.id, actor.agency];
            link.row(&VISIT_FACTS, args).await?
        }
    };
    let Some(row) = row else { return Ok(absent()) };
    let mut found = found(row, actor, today)?;
    if let Subject::Case(id) = subject
        && actor.role == Some(Role::JointManager)
        && !found.facts.relations.contains(&Relation::Manages)
        && link.row(&IS_MANAGER_OF_HANDOVER, args![id, actor.id]).await?.is_some()
    {
        found.facts.relations.push(Relation::Manages);
    }
    if !found.overlays.is_empty() {
        lay_over(desk, link, &mut found).await?;
    }
    if let (Some(carrier), Some(person)) = (found.carrier, found.person)
        && (found.has_part || found.facts.relations.iter().any(|it| RESTING.contains(it)))
    {
        if !crosses(desk, link, person, carrier, &found).await? {
            found.facts.relations.retain(|relation| !RESTING.contains(relation));
            if found.outside && !found.overlays.has(Overlay::OutsideArea) {
                found.overlays = found.overlays.with(Overlay::OutsideArea);
                lay_over(desk, link, &mut found).await?;
            }
        } else if found.has_part {
            found.facts.relations.push(Relation::OwnAgency);
        }
    }
    Ok(found)
}

/// What somebody is to a case that another agency carries. It holds as long as the walls let the
/// fact of the case cross: a deputy or a unit that was asked loses sight of it with the consent
/// that brought it there (REQ-INFO-03).
const RESTING: [Relation; 4] =
    [Relation::TakesPart, Relation::Deputy, Relation::StepOwner, Relation::Asked];

/// What the overlays of the pack that holds here make of what is known. Where no pack
/// holds, everything is closed.
async fn lay_over(desk: &Desk, link: &mut Link, found: &mut Found) -> Result<(), Fault> {
    let actor = desk.actor();
    let Some(pack) = desk.app().walls.pack(actor.office, desk.today()) else {
        found.facts.bar = Bar::Hard;
        return Ok(());
    };
    found.facts.bar = pack.bar(found.overlays, actor.groups());
    if found.facts.bar == Bar::Soft
        && let Some(person) = found.person
    {
        found.single =
            walls::single_access(link, actor.id, person, desk.now(), desk.today()).await?;
        let valid = found.single.as_ref().is_some_and(|single| !single.refused);
        if valid {
            found.facts.bar = Bar::Overcome;
        }
    }
    Ok(())
}

/// REQ-INFO-01: an agency with a part in a case reads what another agency carries only as
/// far as the walls let the fact of the case cross to it now.
async fn crosses(
    desk: &Desk,
    link: &mut Link,
    person: PersonId,
    carrier: AgencyId,
    found: &Found,
) -> Result<bool, Fault> {
    let actor = desk.actor();
    let permit = Permit {
        action: Action::ReadCase,
        ground: Ground::Law,
        subject: Subject::Person(person),
        person: Some(person),
        office: None,
        agency: actor.agency,
        overlays: found.overlays,
        single: found.single.clone(),
        vault: desk.app().vault.clone(),
    };
    let Ok(standing) = Standing::of(desk, link, &permit).await else { return Ok(false) };
    let Some(giver) = walls::giver_of(link, carrier, actor.office).await? else {
        return Ok(false);
    };
    let verdict =
        standing.judge(&giver, Purpose::Coordination, Category::Case, walls::Held::default());
    Ok(verdict.is_some_and(|verdict| verdict.is_permit()))
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
        Some(role) => decide(role, action, &found.facts),
        // A kiosk does one thing, at its own office; nobody else comes without a role.
        None if actor.is_kiosk() => kiosk(action, &found.facts),
        None => Decision::Deny(vec![onedoor_domain::secrecy::Denial::Role]),
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

/// What lies over a subject for an act that role and relation would allow; none when they
/// would not. Only for taking a single access, which says nothing of a bar that is hard.
///
/// # Errors
/// When the database does not answer.
pub async fn bar(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<Option<Bar>, Fault> {
    let found = look_up(desk, link, subject).await?;
    let Some(role) = desk.actor().role else { return Ok(None) };
    let open = Facts { bar: Bar::Open, ..found.facts.clone() };
    let allowed = matches!(decide(role, action, &open), Decision::Permit(_));
    Ok(allowed.then_some(found.facts.bar))
}

/// What lies over a subject for the one who asks, whatever their relation.
///
/// # Errors
/// When the database does not answer.
pub async fn bar_alone(desk: &Desk, link: &mut Link, subject: Subject) -> Result<Bar, Fault> {
    Ok(look_up(desk, link, subject).await?.facts.bar)
}

/// Whether something that nothing overcomes stands between the one who asks and a person: a
/// tie, or a protection that they are not cleared for. For duties that need no relation, and
/// stop before it all the same (REQ-INFO-15).
///
/// # Errors
/// When the database does not answer.
pub async fn is_barred(desk: &Desk, link: &mut Link, person: Uuid) -> Result<bool, Fault> {
    let subject = Subject::Person(PersonId(person));
    Ok(matches!(bar_alone(desk, link, subject).await?, Bar::Hard))
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

/// REQ-INFO-16: what opens a file for the one whom it is about, or for somebody with a
/// recorded right to act for them that is in force. It reaches that one person. How much
/// of the file is shown is for the pass of the page to say, which also notes it; nothing
/// here is for staff, who have no [`Own`].
///
/// # Errors
/// [`Fault::Hidden`] when it is somebody else's file.
pub async fn own_file(
    own: &Own,
    link: &mut Link,
    action: Action,
    person: PersonId,
) -> Result<Permit, Fault> {
    let args = args![person, own.resident().person, own.today()];
    let mut row = link.row(&OWN_FILE, args).await?.ok_or(Fault::Hidden)?;
    let (file, looker): (PersonId, PersonId) = (row.get(0)?, row.get(2)?);
    Ok(Permit {
        action,
        ground: if file == looker { Ground::Own } else { Ground::Represents },
        subject: Subject::Person(file),
        person: Some(file),
        office: None,
        agency: None,
        overlays: Overlays::of_guard(Guard::from_i64(row.get(1)?)),
        single: None,
        vault: own.app().vault.clone(),
    })
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
    Permit {
        action,
        ground,
        subject,
        person: found.person,
        office: found.office,
        agency,
        overlays: found.overlays,
        single: found.single.clone(),
        vault: desk.app().vault.clone(),
    }
}

fn kiosk(action: Action, facts: &Facts) -> Decision {
    if action == Action::CheckIn && facts.relations.contains(&Relation::Reception) {
        Decision::Permit(Ground::Reception)
    } else {
        Decision::Deny(vec![onedoor_domain::secrecy::Denial::Role])
    }
}
