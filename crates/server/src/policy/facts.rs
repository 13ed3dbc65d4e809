//! The facts of a decision: looked up in one statement, with what the pack lays over them and
//! what the walls let cross.

use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, CaseId, OfficeId, PersonId, UnitId, VisitId};
use onedoor_domain::office::{AgencyKind, Role};
use onedoor_domain::secrecy::{
    Action, Bar, Categories, Category, Facts, Ground, Group, Overlay, Overlays, Purpose, Relation,
    SingleAccess, Verdict,
};
use uuid::Uuid;

use super::{DECIDING, Permit, Subject};
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::sign_in::Actor;
use crate::walls::{self, Counter, NAMED, Passage, Standing, still_theirs, told_here};
use crate::web::{Desk, Fault};

/// Whether a referral of the case `c` waits for an answer of a worker's unit (REQ-REF-02).
macro_rules! referred {
    ($me:literal) => {
        concat!(
            "exists (select 1 from referral r join staff m on m.unit_id = r.to_unit_id
                where r.case_id = c.id and m.id = ",
            $me,
            " and r.state in ('sent', 'received'))"
        )
    };
}

/// The unit that was asked, by a referral or a hand-over: the worker's own first.
macro_rules! asked_unit {
    ($me:literal) => {
        concat!(
            "case when ",
            referred!($me),
            " then (select m.unit_id from staff m where m.id = ",
            $me,
            ") else h.to_unit_id end"
        )
    };
}

/// The worker who was asked in particular; a referral asks none.
macro_rules! asked_staff {
    ($me:literal) => {
        concat!("case when ", referred!($me), " then null else h.to_staff_id end")
    };
}

crate::sql! {
    PERSON_FACTS = concat!("select p.id, exists (select 1 from person_agency a
                where a.person_id = p.id and a.agency_id = $2),
            exists (select 1 from visit v where v.person_id = p.id and v.office_id = $3
                and (v.state <> 'closed' or v.day = $4) and ", told_here!("$2", "$5", "$7"), "),
            c.responsible_id, c.deputy_id, c.step_owner_id, ", asked_unit!("$5"), ",
            ", asked_staff!("$5"), ",
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
        where p.id = $1
        -- Where each agency has a case of its own, the one in which the asker has a part.
        order by case when $5 in (c.responsible_id, c.deputy_id, c.step_owner_id) then 0
            when h.to_staff_id = $5 or (h.to_staff_id is null
                and h.to_unit_id = (select m.unit_id from staff m where m.id = $5)) then 1
            when ", referred!("$5"), " then 1
            when o.manager_id = $5 then 2 when c.agency_id = $2 then 3 else 4 end, c.id
        limit 1");
    CASE_FACTS = concat!("select p.id, 0 = 1,
            exists (select 1 from visit v where v.person_id = p.id and v.office_id = $3
                and (v.state <> 'closed' or v.day = $4) and ", told_here!("$2", "$5", "$7"), "),
            c.responsible_id, c.deputy_id, c.step_owner_id, ", asked_unit!("$5"), ",
            ", asked_staff!("$5"), ",
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
            where k.kind = 'case' and k.id = c.id)");
    // REQ-INFO-01: while somebody waits or is served, the joint reception may look as far as the
    // walls let cross. What is over is for the agencies that it concerned and for the one that
    // served it. The last column: it is here and open, whoever may be told of it.
    VISIT_FACTS = concat!("select v.person_id, 0 = 1,
            coalesce(v.office_id = $2, 0 = 1) and ", told_here!("$4", "$3", "$5"), "
                and ", still_theirs!("$4"), ",
            null, null, null, null, null,
            null, null, v.office_id, 0 = 1, coalesce(p.guard, 0), coalesce(p.residence, 'here'),
            p.died_on,
            (select cast(coalesce(sum(t.bits), 0) as bigint) from staff_tie t
                where t.person_id = v.person_id and t.staff_id = $3 and t.ended_at is null),
            0 = 1, coalesce(v.office_id = $2, 0 = 1) and v.state <> 'closed'
        from visit v left join person p on p.id = v.person_id
        -- A visit that led to a case is out of daily use with it.
        where v.id = $1 and not exists (select 1 from kept_lock k
            where k.kind = 'case' and k.id = v.case_id)");
    // REQ-MEET-01: who sits at the table, and colleagues of theirs at the same office. What a
    // problem-solving group works on is for its members alone (REQ-MEET-09). Whom another agency
    // invited sees the meeting as long as the walls let the matter cross, and keeps what was held
    // with them. A meeting of agencies alone concerns nobody.
    MEETING_FACTS = "select p.id, t.kind <> 'problem_group'
                and (u0.agency_id = $2 or t.state = 'held') and exists (select 1
                from meeting_party x join staff s on s.id = x.staff_id
                join unit u on u.id = s.unit_id
                where x.meeting_id = t.id and u.agency_id = $2 and u.office_id = $3),
            0 = 1, null, null, null, null,
            coalesce((select x.staff_id from meeting_party x
                    where x.meeting_id = t.id and x.staff_id = $4),
                (select g.staff_id from problem_group_member g
                    where g.group_id = t.group_id and g.staff_id = $4)),
            case when u0.agency_id <> $2 and (t.state <> 'held' or t.kind = 'problem_group')
                then u0.agency_id end,
            null, t.office_id, t.kind <> 'problem_group' and exists (select 1
                from meeting_party x join staff s on s.id = x.staff_id
                join unit u on u.id = s.unit_id
                where x.meeting_id = t.id and u.agency_id = $2 and u.office_id = $3),
            coalesce(p.guard, 0), coalesce(p.residence, 'here'), p.died_on,
            (select cast(coalesce(sum(k.bits), 0) as bigint) from staff_tie k
                where k.person_id = p.id and k.staff_id = $4 and k.ended_at is null), 0 = 1
        from meeting t join staff s0 on s0.id = t.called_by join unit u0 on u0.id = s0.unit_id
        left join person p on p.id = t.person_id where t.id = $1";
    CONCERNED = "select a.id, a.kind from visit_agency v join agency a on a.id = v.agency_id
            where v.visit_id = $1
        union select a.id, a.kind from visit v join staff s on s.id = v.server_id
            join unit u on u.id = s.unit_id join agency a on a.id = u.agency_id
            where v.id = $1";
    IS_MANAGER_OF_HANDOVER = "select 1 from handover
        where case_id = $1 and manager_id = $2 and state in ('expired', 'refused')
            and exists (select 1 from shared_case c where c.id = $1 and c.closed_at is null)
        limit 1";
    // REQ-ORG-10: while a joint manager is away, their deputy decides what lies at their table.
    STANDS_IN = "select 1 from handover h join staff_deputy e on e.staff_id = h.manager_id
        join staff m on m.id = e.staff_id
        where h.case_id = $1 and e.deputy_id = $2 and h.state in ('expired', 'refused')
            and exists (select 1 from shared_case c where c.id = $1 and c.closed_at is null)
            and (not m.on_duty or exists (select 1 from absence b where b.staff_id = m.id
                and b.withdrawn_at is null and b.first_day <= $3
                and (b.last_day is null or b.last_day >= $3)))
        limit 1";
}

/// What is known of a subject before it is decided.
pub(super) struct Found {
    pub(super) facts: Facts,
    pub(super) person: Option<PersonId>,
    pub(super) office: Option<OfficeId>,
    pub(super) overlays: Overlays,
    pub(super) single: Option<SingleAccess>,
    /// The single access that was looked for, whether or not it is needed.
    looked_up: Option<SingleAccess>,
    /// The agency that carries the case, where the asker's is another.
    carrier: Option<AgencyId>,
    /// Whether the asker's agency has a part in that case.
    has_part: bool,
    /// Whether only the asker's part in the case takes them over the border of their district.
    outside: bool,
    pub(super) counter: Counter,
    /// What crosses from another agency when it is granted.
    pub(super) passages: Vec<Passage>,
    /// What was asked of the database beyond the facts.
    asked: Asked,
}

/// What was asked beyond the facts of a subject, always in this order. Whatever of it was not
/// asked when the answer is no is asked about nobody, so that no clock tells what is hidden from
/// what is not there (REQ-INFO-08).
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    /// For a single access.
    single: bool,
    /// Which agencies a visit concerns.
    concerned: bool,
    /// Of how many agencies it was asked what crosses from them.
    crossing: usize,
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
            looked_up: None,
            carrier: None,
            has_part,
            outside,
            counter: Counter::default(),
            passages: Vec::new(),
            asked: Asked::default(),
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
    let counter = Counter::default();
    let single = None;
    let passages = Vec::new();
    Ok(Found {
        facts,
        person,
        office,
        overlays,
        single,
        looked_up: None,
        carrier,
        has_part,
        outside,
        counter,
        passages,
        asked: Asked::default(),
    })
}

/// Looks up what is known of a subject for the one who asks.
pub(super) async fn look_up(
    desk: &Desk,
    link: &mut Link,
    subject: Subject,
) -> Result<Found, Fault> {
    let counter = at_counter(desk);
    let mut found = look_up_at(desk, link, subject, &counter).await?;
    // Where a visit was judged by itself, more is open than the law alone opens.
    if found.counter == Counter::default() {
        found.counter = counter;
    }
    Ok(found)
}

/// The one who asks, as the reception sees them.
fn at_counter(desk: &Desk) -> Counter {
    let (actor, today) = (desk.actor(), desk.today());
    let pack = desk.app().walls.pack(actor.office, today);
    Counter::of(pack.as_deref(), actor, today)
}

async fn look_up_at(
    desk: &Desk,
    link: &mut Link,
    subject: Subject,
    counter: &Counter,
) -> Result<Found, Fault> {
    let actor = desk.actor();
    let office = actor.office;
    let today = desk.today();
    let national = actor.groups().has(Group::National);
    let closed = counter.closed();
    let mut row = match subject {
        Subject::Duty => return Ok(Found::about_nobody(Facts::duty(), None)),
        Subject::Office(id) => {
            let here = office == Some(id);
            let relations = here.then_some(Relation::Reception).into_iter().collect();
            let facts = Facts { exists: true, relations, bar: Bar::Open };
            return Ok(Found::about_nobody(facts, Some(id)));
        }
        Subject::Person(id) => {
            let args = args![id, actor.agency, office, today, actor.id, national, closed];
            link.row(DECIDING.opens(&PERSON_FACTS), args).await?
        }
        Subject::Case(id) => {
            let args = args![id, actor.agency, office, today, actor.id, national, closed];
            link.row(DECIDING.opens(&CASE_FACTS), args).await?
        }
        Subject::Meeting(id) => {
            let args = args![id, actor.agency, office, actor.id];
            link.row(DECIDING.opens(&MEETING_FACTS), args).await?
        }
        Subject::Visit(id) => {
            let args = args![id, office, actor.id, actor.agency, closed];
            link.row(DECIDING.opens(&VISIT_FACTS), args).await?
        }
    };
    let beside: Option<bool> = match (&mut row, subject) {
        (Some(row), Subject::Visit(_)) => Some(row.get(17)?),
        _ => None,
    };
    let mut found = match row {
        Some(row) => found(row, actor, today)?,
        None => absent(),
    };
    if let Subject::Case(id) = subject {
        manages(link, actor, (id, today), &mut found).await?;
    }
    if !found.overlays.is_empty() {
        lay_over(desk, link, &mut found).await?;
    }
    if let (Some(carrier), Some(person)) = (found.carrier, found.person)
        && (found.has_part || found.facts.relations.iter().any(|it| RESTING.contains(it)))
    {
        look_for_single(desk, link, &mut found, person).await?;
        found.asked.crossing += 1;
        let (open, _) = crosses(desk, link, person, carrier, &found).await?;
        if !open.has(Category::Case) {
            found.facts.relations.retain(|relation| !RESTING.contains(relation));
            if found.outside && !found.overlays.has(Overlay::OutsideArea) {
                found.overlays = found.overlays.with(Overlay::OutsideArea);
                lay_over(desk, link, &mut found).await?;
            }
        } else if found.has_part {
            found.facts.relations.push(Relation::OwnAgency);
        }
    }
    if let (Subject::Visit(id), Some(true), Some(person)) = (subject, beside, found.person)
        && !found.facts.relations.contains(&Relation::Reception)
    {
        told_by_judgement(desk, link, (id, person), *counter, &mut found).await?;
    }
    Ok(found)
}

/// What somebody is to a case that another agency carries. It holds as long as the walls let the
/// fact of the case cross: a deputy or a unit that was asked loses sight of it with the consent
/// that brought it there (REQ-INFO-03).
const RESTING: [Relation; 4] =
    [Relation::TakesPart, Relation::Deputy, Relation::StepOwner, Relation::Asked];

/// REQ-INFO-01, REQ-INFO-02: a visit of another agency, at a desk where the authorities are
/// separate, is told of only where this person's consent or a recorded necessity lets cross
/// who they are and that they come, from every agency that the visit concerns.
async fn told_by_judgement(
    desk: &Desk,
    link: &mut Link,
    (visit, person): (VisitId, PersonId),
    counter: Counter,
    found: &mut Found,
) -> Result<(), Fault> {
    look_for_single(desk, link, found, person).await?;
    found.asked.concerned = true;
    let mut judged = counter;
    let mut passages = Vec::new();
    for mut row in link.rows(DECIDING.opens(&CONCERNED), args![visit]).await? {
        let (agency, kind): (AgencyId, String) = (row.get(0)?, row.get(1)?);
        let Some(kind) = AgencyKind::parse(&kind) else { return Ok(()) };
        if counter.names(kind) {
            continue;
        }
        found.asked.crossing += 1;
        let (open, ways) = crosses(desk, link, person, agency, found).await?;
        if !NAMED.into_iter().all(|category| open.has(category)) {
            return Ok(());
        }
        judged = judged.with(kind, open);
        passages.extend(ways.into_iter().filter(|(category, _)| NAMED.contains(category)));
    }
    found.passages = passages.into_iter().map(|(_, passage)| passage).collect();
    found.facts.relations.push(Relation::Reception);
    found.counter = judged;
    Ok(())
}

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
        look_for_single(desk, link, found, person).await?;
        found.single = found.looked_up.clone();
        let valid = found.single.as_ref().is_some_and(|single| !single.refused);
        if valid {
            found.facts.bar = Bar::Overcome;
        }
    }
    Ok(())
}

/// Whether the one who asks manages the hand-over of a case, or stands in for who does.
async fn manages(
    link: &mut Link,
    actor: &Actor,
    (case, today): (CaseId, Date),
    found: &mut Found,
) -> Result<(), DbError> {
    let manager = actor.role == Some(Role::JointManager);
    let mut manages = manager
        && link
            .row(DECIDING.opens(&IS_MANAGER_OF_HANDOVER), args![case, actor.id])
            .await?
            .is_some();
    if let Some(me) = actor.id {
        manages |= link.row(DECIDING.opens(&STANDS_IN), args![case, me, today]).await?.is_some();
    }
    if manages && found.facts.exists && !found.facts.relations.contains(&Relation::Manages) {
        found.facts.relations.push(Relation::Manages);
    }
    Ok(())
}

/// The single access of the one who asks, looked for once.
async fn look_for_single(
    desk: &Desk,
    link: &mut Link,
    found: &mut Found,
    person: PersonId,
) -> Result<(), DbError> {
    if found.asked.single {
        return Ok(());
    }
    found.asked.single = true;
    let (me, now, today) = (desk.actor().id, desk.now(), desk.today());
    found.looked_up = walls::single_access(link, &DECIDING, me, person, now, today).await?;
    Ok(())
}

/// Nobody, nothing: no person, visit or agency has this identifier.
pub const NOBODY: Uuid = Uuid::nil();

/// REQ-INFO-08: asks about nobody what was not asked about the subject, when the answer is no. So
/// the same statements run, as often and in the same order, whether something is hidden, by
/// whatever, or not there at all.
pub(super) async fn make_up(
    desk: &Desk,
    link: &mut Link,
    subject: Subject,
    found: &Found,
) -> Result<(), Fault> {
    let crossing = match subject {
        Subject::Duty | Subject::Office(_) => return Ok(()),
        Subject::Person(_) | Subject::Case(_) | Subject::Meeting(_) => 1,
        Subject::Visit(_) => {
            let counter = at_counter(desk);
            AgencyKind::ALL.into_iter().filter(|kind| !counter.names(*kind)).count()
        }
    };
    let mut nobody = absent();
    nobody.asked = found.asked;
    look_for_single(desk, link, &mut nobody, PersonId(NOBODY)).await?;
    if matches!(subject, Subject::Visit(_)) && !found.asked.concerned {
        link.rows(DECIDING.opens(&CONCERNED), args![VisitId(NOBODY)]).await?;
    }
    for _ in found.asked.crossing..crossing {
        crosses(desk, link, PersonId(NOBODY), AgencyId(NOBODY), &nobody).await?;
    }
    Ok(())
}

/// REQ-INFO-01: the kinds of information about somebody that the walls let cross from another
/// agency to the one who asks now. An agency with a part in a case reads what another carries
/// only as far as the fact of the case is among them.
async fn crosses(
    desk: &Desk,
    link: &mut Link,
    person: PersonId,
    giver: AgencyId,
    found: &Found,
) -> Result<(Categories, Vec<(Category, Passage)>), Fault> {
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
        counter: Counter::default(),
        vault: desk.app().vault.clone(),
    };
    let nothing = (Categories::NONE, Vec::new());
    let Ok(standing) = Standing::of(desk, link, &permit).await else { return Ok(nothing) };
    let Some(giver) = walls::giver_of(link, giver, actor.office).await? else {
        return Ok(nothing);
    };
    let (purpose, mut ways) = (Purpose::Coordination, Vec::new());
    for category in Category::ALL {
        let verdict = standing.judge(&giver, purpose, category, walls::Held::default());
        if let Some(Verdict::Permit(ground)) = verdict {
            let crossed = walls::Crossed { giver: giver.id, category, ground, rows: 1 };
            ways.push((category, Passage::of(&standing, purpose, crossed)));
        }
    }
    Ok((ways.iter().map(|(category, _)| *category).collect(), ways))
}
