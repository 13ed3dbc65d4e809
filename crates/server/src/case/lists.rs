//! A caseworker's day and the joint manager's table.

use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::keys::{CASE_PLACE, CASE_WHAT, Column, HANDOVER_NEED, Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::policy::{Permit, Subject};
use crate::sign_in::Actor;
use crate::walls::{lacks, still_theirs, told_here};
use crate::walls::{open_to, unbarred};
use crate::web::{Desk, Fault};

/// Whether the responsible worker is away on a day, and the deputy who is there and acts.
macro_rules! acting {
    ($day:literal) => {
        concat!(
            "exists (select 1 from absence b where b.staff_id = c.responsible_id
                and b.withdrawn_at is null and b.first_day <= ",
            $day,
            "
                and (b.last_day is null or b.last_day >= ",
            $day,
            ")),
            coalesce((select e.name from staff e where e.id = c.deputy_id and not exists (
                select 1 from absence b where b.staff_id = e.id and b.withdrawn_at is null
                    and b.first_day <= ",
            $day,
            "
                    and (b.last_day is null or b.last_day >= ",
            $day,
            "))), '')"
        )
    };
}

crate::sql! {
    // Booked times of earlier days of which nobody has said what became of them (REQ-REF-15).
    UNSAID = concat!("select count(*) from booking b left join person p on p.id = b.person_id
        where b.office_id = $1 and b.starts_at >= $2 and b.starts_at < $3 and b.ends_at <= $3
            and b.state = 'booked' and ", open_to!("$4", "$5"));
    MINE = concat!("select c.id, p.id, p.given_name, p.family_name, c.step_what, c.step_on, c.step_place,
            s.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id
        from shared_case c join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff s on s.id = c.step_owner_id
        where c.responsible_id = $1 and c.closed_at is null and ", unbarred!("$2", "$1"), "
            and (c.step_on > $3 or (c.step_on = $3 and c.id > $4))
        order by c.step_on, c.id limit $5");
    STEPS_FOR_OTHERS = concat!("select c.id, p.id, p.given_name, p.family_name, c.step_what, c.step_on,
            c.step_place, s.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id
        from shared_case c join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff s on s.id = c.responsible_id
        where c.step_owner_id = $1 and c.responsible_id <> $1 and c.closed_at is null
            and ", unbarred!("$2", "$1"), "
        order by c.step_on, c.id limit 50");
    ASKED_OF_ME = concat!("select c.id, p.id, p.given_name, p.family_name, h.need, h.deadline, h.reason,
            b.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id
        from handover h join shared_case c on c.id = h.case_id
        join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff b on b.id = h.asked_by
        where h.to_unit_id = $1 and h.state = 'asked'
            and (h.to_staff_id is null or h.to_staff_id = $2) and ", unbarred!("$3", "$2"), "
        order by h.deadline, h.id limit 50");
    ASKED_BY_ME = concat!("select c.id, p.id, p.given_name, p.family_name, h.need, h.deadline, h.reason,
            u.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id
        from handover h join shared_case c on c.id = h.case_id
        join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join unit u on u.id = h.to_unit_id
        where h.asked_by = $1 and h.state = 'asked' and ", unbarred!("$2", "$1"), "
        order by h.deadline, h.id limit 50");
    WITH_OTHERS = concat!("select c.id, p.id, p.given_name, p.family_name, c.step_what, c.step_on,
            c.step_place, s.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id
        from shared_case c join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff s on s.id = c.step_owner_id
        where c.responsible_id = $1 and c.step_owner_id <> $1 and c.closed_at is null
            and ", unbarred!("$2", "$1"), "
        order by c.step_on, c.id limit 50");
    // Cases that I am deputy of and whose responsible worker is away: mine while they are.
    STANDING_IN = concat!("select c.id, p.id, p.given_name, p.family_name, c.step_what, c.step_on,
            c.step_place, s.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id
        from shared_case c join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff s on s.id = c.responsible_id
        where c.deputy_id = $1 and c.closed_at is null
            and exists (select 1 from absence b where b.staff_id = c.responsible_id
                and b.withdrawn_at is null and b.first_day <= $3
                and (b.last_day is null or b.last_day >= $3))
            and ", unbarred!("$2", "$1"), "
        order by c.step_on, c.id limit 100");
    // Workload, so everybody: how many lose their worker, and for how many nobody steps in.
    LEAVING = "select count(*), coalesce(sum(case when exists (select 1 from absence a
                where a.staff_id = c.deputy_id and a.withdrawn_at is null
                    and a.first_day <= $1 and (a.last_day is null or a.last_day >= $1))
            then 1 else 0 end), 0)
        from (select distinct b.staff_id from absence b join staff s on s.id = b.staff_id
                join unit u on u.id = s.unit_id
                where b.first_day > $3 and b.first_day <= $1 and b.withdrawn_at is null
                    and (b.last_day is null or b.last_day >= $1) and u.office_id = $2) g
        join shared_case c on c.responsible_id = g.staff_id and c.closed_at is null";
    UNCOVERED = "select count(*) from shared_case c where c.responsible_id = $1
        and c.closed_at is null and exists (select 1 from absence a where a.staff_id = c.deputy_id
            and a.withdrawn_at is null and a.first_day <= $2
            and (a.last_day is null or a.last_day >= $2))";
    COUNTS = concat!("select count(*), sum(case when c.step_on < $2 then 1 else 0 end),
            sum(case when c.step_on = $2 then 1 else 0 end)
        from shared_case c join person p on p.id = c.person_id
        where c.responsible_id = $1 and c.closed_at is null and ", unbarred!("$3", "$1"));
    FOR_MANAGER = concat!("select c.id, p.id, p.given_name, p.family_name, h.need, h.deadline,
            h.state, u.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id, ", acting!("$3"), "
        from handover h join shared_case c on c.id = h.case_id
        join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join unit u on u.id = h.to_unit_id
        where h.manager_id = $1 and h.state in ('expired', 'refused') and c.closed_at is null
            and ", unbarred!("$2", "$1"), "
        order by h.deadline, h.id limit 100");
    // The same for who stands in for a joint manager who is away (REQ-ORG-10).
    FOR_STAND_IN = concat!("select c.id, p.id, p.given_name, p.family_name, h.need, h.deadline,
            h.state, u.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id, ", acting!("$3"), "
        from staff_deputy y join staff m on m.id = y.staff_id
        join handover h on h.manager_id = m.id and h.state in ('expired', 'refused')
        join shared_case c on c.id = h.case_id and c.closed_at is null
        join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join unit u on u.id = h.to_unit_id
        where y.deputy_id = $1 and (not m.on_duty or exists (select 1 from absence b
                where b.staff_id = m.id and b.withdrawn_at is null and b.first_day <= $3
                    and (b.last_day is null or b.last_day >= $3)))
            and ", unbarred!("$2", "$1"), "
        order by h.deadline, h.id limit 100");
    // People whose clarification showed that they need an adviser of their own
    // and who have none (REQ-FRONT-14): the target is none. Nobody whose visit the reader
    // could not open (REQ-INFO-01).
    WITHOUT_ADVISER = concat!("select v.id, p.id, p.given_name, p.family_name, '', v.day, '', o.name, 0, v.id,
            k.wrapped, null
        from visit v join person p on p.id = v.person_id
        left join subject_key k on k.subject_id = p.id
        join office o on o.id = v.office_id
        where v.office_id = $1 and v.adviser_needed and v.day >= $2
            and ", unbarred!("$3", "$4"), " and ", told_here!("$5", "$4", "$6"), "
            and ", still_theirs!("$5"), "
            and not exists (select 1 from kept_lock l
                where l.kind = 'case' and l.id = v.case_id)
            and not exists (select 1 from shared_case c
                where c.person_id = v.person_id and c.closed_at is null)
        order by v.day, v.id limit 100");
    // Cases whose worker or deputy may not see the person, whom the reader may see.
    OUT_OF_SIGHT = concat!("select c.id, p.id, p.given_name, p.family_name, c.step_what, c.step_on,
            c.step_place, s.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id, ",
            acting!("$4"), ", p.guard,
            s.clearance, s.marks, d.clearance, d.marks, exists (select 1 from staff_tie t
                where t.person_id = p.id and t.staff_id in (s.id, d.id) and t.ended_at is null)
        from unit u join shared_case c on c.unit_id = u.id and c.closed_at is null
        join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff s on s.id = c.responsible_id join staff d on d.id = c.deputy_id
        where u.office_id = $1 and ", unbarred!("$2", "$3"), "
            and (p.guard <> 0 or exists (select 1 from staff_tie t where t.person_id = p.id
                and t.staff_id in (s.id, d.id) and t.ended_at is null))
        order by c.step_on, c.id limit 2000");
    SHUTTLING = concat!("select c.id, p.id, p.given_name, p.family_name, c.step_what, c.step_on,
            c.step_place, s.name, c.shuttles, c.step_owner_id, k.wrapped, c.agency_id, ",
            acting!("$5"), "
        from shared_case c join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        join staff s on s.id = c.responsible_id join unit u on u.id = c.unit_id
        where u.office_id = $1 and c.closed_at is null and c.shuttles >= $2
            and ", unbarred!("$3", "$4"), "
        order by c.shuttles desc, c.id limit 100");
}

/// A line of a list of cases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseLine {
    /// The case, or the visit where there is none.
    pub id: String,
    /// The person.
    pub name: String,
    /// What happens next, or what is needed.
    pub what: String,
    /// When, as ISO text.
    pub on: String,
    /// Where, or why, or in which state.
    pub place: String,
    /// Who sees to it, or who asks.
    pub who: String,
    /// Shuttles.
    pub shuttles: i64,
    /// Whether the responsible worker is away today; the manager's table tells it.
    pub away: bool,
    /// The deputy who acts meanwhile; empty where they are away too, or nobody needs to.
    pub acting: String,
    /// The person's identifier, for the journal.
    #[serde(skip)]
    pub person: Uuid,
    /// Who sees to the next step.
    #[serde(skip)]
    pub owner: Uuid,
    /// The agency that carries the case.
    #[serde(skip)]
    pub carrier: Option<Uuid>,
}

/// What the columns `what` and `place` of a list hold.
#[derive(Clone, Copy)]
enum Holds {
    /// The case's next step.
    Step,
    /// What is asked for, and a code beside it.
    Asked,
    /// Nothing.
    Nothing,
}

fn line(permit: &Permit, holds: Holds, mut row: Row) -> Result<CaseLine, DbError> {
    let id: Uuid = row.get(0)?;
    let person: Uuid = row.get(1)?;
    let key = Key::of(permit, person, row.get(10)?)?;
    let given = key.open(PERSON_GIVEN, row.get(2)?)?;
    let family = key.open(PERSON_FAMILY, row.get(3)?)?;
    let mut open = |column: Column, at: usize| key.open(column, row.get(at)?);
    let (what, place) = match holds {
        Holds::Step => (open(CASE_WHAT, 4)?, open(CASE_PLACE, 6)?),
        Holds::Asked => (open(HANDOVER_NEED, 4)?, row.get(6)?),
        Holds::Nothing => (row.get(4)?, row.get(6)?),
    };
    Ok(CaseLine {
        id: id.to_string(),
        person,
        name: format!("{given} {family}").trim().to_owned(),
        what,
        on: row.get(5)?,
        place,
        who: row.get(7)?,
        shuttles: row.get(8)?,
        owner: row.get(9)?,
        carrier: row.get(11)?,
        away: false,
        acting: String::new(),
    })
}

/// A line of the manager's table, which tells who acts while the responsible worker is away.
fn with_acting(permit: &Permit, holds: Holds, mut row: Row) -> Result<CaseLine, DbError> {
    let (away, deputy): (bool, String) = (row.get(12)?, row.get(13)?);
    let acting = if away { deputy } else { String::new() };
    Ok(CaseLine { away, acting, ..line(permit, holds, row)? })
}

/// Leaves out what another agency carries and the walls no longer let cross: a step, or a question
/// that came here, loses its line with the consent that it rests on (REQ-INFO-03).
async fn crossing(
    desk: &Desk,
    link: &mut Link,
    lines: Vec<CaseLine>,
) -> Result<Vec<CaseLine>, Fault> {
    let mut crossing = Vec::with_capacity(lines.len());
    for line in lines {
        let own = line.carrier == desk.actor().agency.map(|agency| agency.0);
        let case = line.id.parse().map(Subject::Case);
        if own || matches!(case, Ok(case) if desk.may(link, Action::ReadCase, case).await?) {
            crossing.push(line);
        }
    }
    Ok(crossing)
}

fn lines(permit: &Permit, holds: Holds, rows: Vec<Row>) -> Result<Vec<CaseLine>, DbError> {
    rows.into_iter().map(|row| line(permit, holds, row)).collect()
}

/// Rows on a page of a worker's own cases.
pub(super) const PAGE: i64 = 50;

/// The worker's own cases, the nearest step first, after (`on`, `id`).
pub(super) async fn mine(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    on: &str,
    id: Uuid,
) -> Result<Vec<CaseLine>, DbError> {
    debug_assert_eq!(permit.action(), onedoor_domain::secrecy::Action::ReadDay);
    let args = args![actor.id, actor.lacks(), on, id, PAGE + 1];
    lines(permit, Holds::Step, link.rows(permit.opens(&MINE), args).await?)
}

/// What waits for the worker: steps of theirs in others' cases.
pub(super) async fn steps(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<CaseLine>, Fault> {
    let actor = desk.actor();
    let rows = link.rows(permit.opens(&STEPS_FOR_OTHERS), args![actor.id, actor.lacks()]).await?;
    crossing(desk, link, lines(permit, Holds::Step, rows)?).await
}

/// Hand-overs that the worker or their unit is asked to take.
pub(super) async fn asked_of(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<CaseLine>, Fault> {
    let actor = desk.actor();
    let args = args![actor.unit, actor.id, actor.lacks()];
    let rows = link.rows(permit.opens(&ASKED_OF_ME), args).await?;
    crossing(desk, link, lines(permit, Holds::Asked, rows)?).await
}

/// Hand-overs that the worker has asked for.
pub(super) async fn asked_by(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<CaseLine>, DbError> {
    lines(
        permit,
        Holds::Asked,
        link.rows(permit.opens(&ASKED_BY_ME), args![actor.id, actor.lacks()]).await?,
    )
}

/// The worker's cases whose next step is somebody else's.
pub(super) async fn with_others(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<CaseLine>, DbError> {
    lines(
        permit,
        Holds::Step,
        link.rows(permit.opens(&WITH_OTHERS), args![actor.id, actor.lacks()]).await?,
    )
}

/// Cases in which the worker stands in for somebody who is away (REQ-ORG-10).
pub(super) async fn standing_in(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
) -> Result<Vec<CaseLine>, Fault> {
    let actor = desk.actor();
    let args = args![actor.id, actor.lacks(), desk.today()];
    let rows = link.rows(permit.opens(&STANDING_IN), args).await?;
    crossing(desk, link, lines(permit, Holds::Step, rows)?).await
}

/// How many people lose their worker at an office by a day on which it opens, since the last on which
/// it was open, and for how many of them no deputy is there on that day (REQ-ORG-10): on a Friday
/// those whose worker is away on Monday. It is workload, of everybody and of nobody.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn leaving(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    (since, on): (Date, Date),
) -> Result<(i64, i64), DbError> {
    match link.row(permit.opens(&LEAVING), args![on, office, since]).await? {
        Some(mut row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, 0)),
    }
}

/// How many of the worker's own cases would stop on a day because the deputy is away too.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn uncovered(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    on: Date,
) -> Result<i64, DbError> {
    let row = link.row(permit.opens(&UNCOVERED), args![actor.id, on]).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?.unwrap_or(0))
}

/// How many cases the worker has: all, late, today.
pub(super) async fn counts(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    today: Date,
) -> Result<(i64, i64, i64), DbError> {
    let args = args![actor.id, today, actor.lacks()];
    match link.row(permit.opens(&COUNTS), args).await? {
        Some(mut row) => Ok((
            row.get(0)?,
            row.get::<Option<i64>>(1)?.unwrap_or(0),
            row.get::<Option<i64>>(2)?.unwrap_or(0),
        )),
        None => Ok((0, 0, 0)),
    }
}

/// Refused and expired hand-overs at the manager's table.
pub(super) async fn for_manager(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    today: Date,
) -> Result<Vec<CaseLine>, DbError> {
    let rows = link.rows(permit.opens(&FOR_MANAGER), args![actor.id, actor.lacks(), today]).await?;
    rows.into_iter().map(|row| with_acting(permit, Holds::Asked, row)).collect()
}

/// Those at the table of a joint manager who is away, for whoever stands in for them.
pub(super) async fn for_stand_in(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    today: Date,
) -> Result<Vec<CaseLine>, DbError> {
    let rows =
        link.rows(permit.opens(&FOR_STAND_IN), args![actor.id, actor.lacks(), today]).await?;
    rows.into_iter().map(|row| with_acting(permit, Holds::Asked, row)).collect()
}

/// People who need an adviser and lack one, at an office since a day.
pub(super) async fn without_adviser(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    office: OfficeId,
    since: Date,
) -> Result<Vec<CaseLine>, DbError> {
    let closed = permit.counter().closed();
    let args = args![office, since, actor.lacks(), actor.id, actor.agency, closed];
    lines(permit, Holds::Nothing, link.rows(permit.opens(&WITHOUT_ADVISER), args).await?)
}

/// Cases of an office whose responsible worker or deputy may not see the person: the joint manager
/// sees to it that somebody who may takes them over (REQ-REF-01).
pub(super) async fn out_of_sight(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    (office, today): (OfficeId, Date),
) -> Result<Vec<CaseLine>, DbError> {
    let mut found = Vec::new();
    let args = args![office, actor.lacks(), actor.id, today];
    for mut row in link.rows(permit.opens(&OUT_OF_SIGHT), args).await? {
        let (guard, tied): (i64, bool) = (row.get(14)?, row.get(19)?);
        let lacking = lacks(&mut row, 15)? | lacks(&mut row, 17)?;
        if tied || guard & lacking != 0 {
            found.push(with_acting(permit, Holds::Step, row)?);
        }
    }
    Ok(found)
}

/// Cases of an office with so many shuttles.
pub(super) async fn shuttling(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    (office, today): (OfficeId, Date),
    least: i64,
) -> Result<Vec<CaseLine>, DbError> {
    let args = args![office, least, actor.lacks(), actor.id, today];
    let rows = link.rows(permit.opens(&SHUTTLING), args).await?;
    rows.into_iter().map(|row| with_acting(permit, Holds::Step, row)).collect()
}

/// How many booked times of earlier days at an office nobody has said anything of, as far as the
/// persons are there for the reader (REQ-REF-15).
pub(super) async fn unsaid(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    office: OfficeId,
    (since, until): (i64, i64),
) -> Result<i64, DbError> {
    let args = args![office, since, until, actor.lacks(), actor.id];
    let row = link.row(permit.opens(&UNSAID), args).await?;
    row.map(|mut row| row.get(0)).transpose().map(Option::unwrap_or_default)
}
