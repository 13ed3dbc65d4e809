//! Which deputies could not go on with a case today: they are not cleared for the person, have a
//! tie to them, or belong to another agency and the walls have closed since (REQ-ORG-10,
//! REQ-INFO-01). Whoever may not act covers nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use onedoor_domain::ids::{AgencyId, CaseId, OfficeId, PersonId, StaffId};

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Row, Value};
use crate::policy::Permit;
use crate::walls::{Acting, acting, lacks};

/// Open cases whose deputy may have to stay out: something lies over the person, there is a tie, or
/// the deputy is of another agency. Everybody else covers.
macro_rules! in_question {
    ($from:literal, $where:literal) => {
        concat!(
            "select c.id, c.responsible_id, c.deputy_id, c.step_owner_id, c.agency_id, c.person_id,
                p.guard, d.clearance, d.marks, exists (select 1 from staff_tie t
                    where t.person_id = c.person_id and t.staff_id = c.deputy_id
                        and t.ended_at is null),
                v.agency_id <> c.agency_id, p.residence = 'here' and p.died_on is null
            from ",
            $from,
            " join person p on p.id = c.person_id
            join staff d on d.id = c.deputy_id join unit v on v.id = d.unit_id
            where ",
            $where,
            " and c.closed_at is null
                and (p.guard <> 0 or v.agency_id <> c.agency_id or exists (
                    select 1 from staff_tie t where t.person_id = c.person_id
                        and t.staff_id = c.deputy_id and t.ended_at is null))
            limit 20000"
        )
    };
}

crate::sql! {
    CARRIED = in_question!("unit u join shared_case c on c.unit_id = u.id", "u.office_id = $1");
    STEPS = in_question!("unit u join staff s on s.unit_id = u.id
            join shared_case c on c.step_owner_id = s.id",
        "u.office_id = $1 and c.responsible_id <> s.id");
    MET = in_question!("unit u join staff s on s.unit_id = u.id
            join calendar_slot k on k.staff_id = s.id and k.starts_at >= $2 and k.starts_at < $3
            join appointment a on a.id = k.appointment_id
            join shared_case c on c.person_id = a.person_id",
        "u.office_id = $1");
    OF_WORKER = in_question!("shared_case c", "c.responsible_id = $1 and c.id > $2 and c.id <= $3");
}

/// A case whose deputy may not act.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closed {
    pub(super) responsible: StaffId,
    pub(super) deputy: StaffId,
    pub(super) step_owner: Option<StaffId>,
    /// Whether a unit of the office carries it.
    pub(super) carried: bool,
}

/// What there is to ask about one case.
struct Question {
    case: CaseId,
    closed: Closed,
    carrier: AgencyId,
    person: PersonId,
    /// Whether the deputy is not cleared for the person or has a tie.
    barred: bool,
    /// Whether the deputy is of another agency than the one that carries the case.
    beside: bool,
    /// Whether nothing lies over the person.
    plain: bool,
}

fn question(mut row: Row, carried: bool) -> Result<Question, DbError> {
    let (guard, tied): (i64, bool) = (row.get(6)?, row.get(9)?);
    let lives: bool = row.get(11)?;
    Ok(Question {
        case: row.get(0)?,
        closed: Closed {
            responsible: row.get(1)?,
            deputy: row.get(2)?,
            step_owner: row.get(3)?,
            carried,
        },
        carrier: row.get(4)?,
        person: row.get(5)?,
        barred: tied || guard & lacks(&mut row, 7)? != 0,
        beside: row.get(10)?,
        plain: guard == 0 && !tied && lives,
    })
}

/// Answers many questions: what the law lets cross between a carrier and a deputy is asked once.
async fn answer(
    app: &App,
    link: &mut Link,
    permit: &Permit,
    questions: Vec<Question>,
) -> Result<BTreeMap<CaseId, Closed>, DbError> {
    let mut by_law: BTreeSet<(AgencyId, StaffId)> = BTreeSet::new();
    let mut closed = BTreeMap::new();
    for it in questions {
        let mut stays_out = it.barred;
        let way = (it.carrier, it.closed.deputy);
        if !stays_out && it.beside && !(it.plain && by_law.contains(&way)) {
            let whom = (it.closed.deputy, it.person);
            let answer = acting(app, link, permit, whom, it.carrier).await?;
            stays_out = answer == Acting::Closed;
            if answer == Acting::ByLaw {
                by_law.insert(way);
            }
        }
        if stays_out {
            closed.insert(it.case, it.closed);
        }
    }
    Ok(closed)
}

/// Every case that concerns an office whose deputy may not act: those that it carries, those in
/// which its people see to the next step, and those of the people whom they meet.
pub(super) async fn closed(
    app: &App,
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    [starts, ends]: [Timestamp; 2],
) -> Result<BTreeMap<CaseId, Closed>, DbError> {
    let mut questions: BTreeMap<CaseId, Question> = BTreeMap::new();
    let all = [
        (&CARRIED, vec![Value::from(office)]),
        (&STEPS, vec![Value::from(office)]),
        (&MET, vec![Value::from(office), Value::from(starts), Value::from(ends)]),
    ];
    for (n, (statement, args)) in all.into_iter().enumerate() {
        for row in link.rows(permit.opens(statement), &args).await? {
            let it = question(row, n == 0)?;
            questions.entry(it.case).or_insert(it);
        }
    }
    answer(app, link, permit, questions.into_values().collect()).await
}

/// Those of a worker's cases, after one and up to another, whose deputy may not act.
pub(super) async fn closed_of(
    app: &App,
    link: &mut Link,
    permit: &Permit,
    staff: StaffId,
    (after, last): (uuid::Uuid, uuid::Uuid),
) -> Result<BTreeSet<CaseId>, DbError> {
    let rows = link.rows(permit.opens(&OF_WORKER), args![staff, after, last]).await?;
    let questions: Result<Vec<Question>, DbError> =
        rows.into_iter().map(|row| question(row, true)).collect();
    Ok(answer(app, link, permit, questions?).await?.into_keys().collect())
}
