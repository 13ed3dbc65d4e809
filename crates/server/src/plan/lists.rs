//! Whose plan lacks something, and what plans come to: lists of the own agency at the own office,
//! and counts that tell of nobody.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, OfficeId, StaffId, UnitId};
use onedoor_domain::plan::item::Load;
use onedoor_domain::plan::order::{Days, Running, parallel};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Personal, Row, Tx, Value};
use crate::keys::{ITEM_WHAT, Key, PERSON_FAMILY, PERSON_GIVEN, Sealed, WISH_BODY};
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::unbarred;
use crate::web::Fault;

/// Who is hidden from the reader is on no list: `$3` are the bits of a guard that they lack, `$4`
/// is the reader.
macro_rules! open_here {
    () => {
        unbarred!("$3", "$4")
    };
}

crate::sql! {
    // REQ-REF-13: several agencies help, the time is over, and the own agency takes part in no plan.
    WITHOUT_PLAN = concat!("select p.id, p.given_name, p.family_name, '', c.step_on, k.wrapped
        from shared_case c join unit u on u.id = c.unit_id join person p on p.id = c.person_id
        left join subject_key k on k.subject_id = p.id
        where u.office_id = $1 and c.agency_id = $2 and c.closed_at is null and c.opened_at < $5
            and (select count(*) from case_agency g where g.case_id = c.id) > 1
            and not exists (select 1 from plan l where l.person_id = c.person_id
                and l.state <> 'ended' and (l.agency_id = $2 or exists (select 1 from plan_item i
                    where i.plan_id = l.id and i.agency_id = $2)))
            and ", open_here!(), " order by c.opened_at, c.id limit 100");
    // REQ-PLAN-09: on a measure, and nothing waits for its end.
    WITHOUT_ONWARD = concat!("select p.id, p.given_name, p.family_name, i.what, i.started_on,
            k.wrapped
        from unit u join plan_item i on i.unit_id = u.id and i.state = 'started'
        join person p on p.id = i.person_id left join subject_key k on k.subject_id = p.id
        where u.office_id = $1 and i.agency_id = $2 and i.service_code <> '' and $5 <> ''
            and not exists (select 1 from plan_item_after w join plan_item n on n.id = w.item_id
                where w.after_id = i.id and n.state in ('open', 'accepted', 'started'))
            and ", open_here!(), " order by i.started_on, i.id limit 100");
    LATE = concat!("select p.id, p.given_name, p.family_name, i.what, i.due_on, k.wrapped
        from unit u join plan_item i on i.unit_id = u.id and i.state in ('accepted', 'started')
        join person p on p.id = i.person_id left join subject_key k on k.subject_id = p.id
        where u.office_id = $1 and i.agency_id = $2 and i.due_on < $5
            and ", open_here!(), " order by i.due_on, i.id limit 100");
    // REQ-PLAN-07: proposed, and promised by nobody.
    UNPROMISED = concat!("select p.id, p.given_name, p.family_name, i.what, i.due_on, k.wrapped
        from unit u join plan_item i on i.unit_id = u.id and i.state = 'open'
        join person p on p.id = i.person_id left join subject_key k on k.subject_id = p.id
        where u.office_id = $1 and i.agency_id = $2 and $5 <> ''
            and ", open_here!(), " order by i.made_at, i.id limit 100");
    UNEVALUATED = concat!("select p.id, p.given_name, p.family_name, i.what, i.ended_on, k.wrapped
        from unit u join plan_item i on i.unit_id = u.id and i.state = 'done'
        join person p on p.id = i.person_id left join subject_key k on k.subject_id = p.id
        where u.office_id = $1 and i.agency_id = $2 and i.evaluation = '' and $5 <> ''
            and ", open_here!(), " order by i.ended_on, i.id limit 100");
    UNREASONED = concat!("select p.id, p.given_name, p.family_name, w.body, w.said_on, k.wrapped
        from plan_wish w join person p on p.id = w.person_id
        left join subject_key k on k.subject_id = p.id
        where w.office_id = $1 and w.agency_id = $2 and not w.reasoned
            and w.state in ('partly_met', 'not_met') and $5 <> ''
            and ", open_here!(), " order by w.said_on, w.id limit 100");
    OVERDUE = concat!("select p.id, p.given_name, p.family_name, '', l.revise_on, k.wrapped
        from unit u join plan l on l.unit_id = u.id and l.state in ('draft', 'active', 'paused')
        join person p on p.id = l.person_id left join subject_key k on k.subject_id = p.id
        where u.office_id = $1 and l.agency_id = $2 and l.revise_on < $5
            and ", open_here!(), " order by l.revise_on, l.id limit 100");

    PROMISES = concat!("select a.id, a.name,
            cast(coalesce(sum(case when i.state in ('accepted', 'started') then 1 else 0 end), 0)
                as bigint),
            cast(coalesce(sum(case when i.state = 'done' then 1 else 0 end), 0) as bigint),
            cast(coalesce(sum(case when i.state in ('accepted', 'started') and i.due_on < $2
                then 1 else 0 end), 0) as bigint),
            cast(coalesce(sum(i.unevaluated), 0) as bigint), count(distinct p.id)
        from unit u join agency a on a.id = u.agency_id
        join plan_item i on i.unit_id = u.id and i.owner = 'agency'
        join person p on p.id = i.person_id
        where u.office_id = $1 and ", open_here!(), " group by a.id, a.name order by a.name limit 20");
    BROKEN = concat!("select a.id, a.name, count(*), count(distinct p.id) from unit u join plan_breach b on b.unit_id = u.id
        join agency a on a.id = b.agency_id join person p on p.id = b.person_id
        where u.office_id = $1 and b.noted_on <= $2 and ", open_here!(), "
        group by a.id, a.name order by a.name limit 20");
    WISHES = concat!("select w.state, count(*), sum(case when w.agency_id = $2 then 1 else 0 end),
            count(distinct p.id)
        from plan_wish w join person p on p.id = w.person_id
        where w.office_id = $1 and ", open_here!(), " group by w.state limit 10");
    REQUESTS = concat!("select r.state, r.reason, count(*) from plan_request r
        join person p on p.id = r.person_id
        where r.office_id = $1 and r.agency_id = $2 and ", open_here!(), "
        group by r.state, r.reason order by r.state, r.reason limit 30");
    RUNNING = concat!("select i.plan_id, i.agency_id, coalesce(i.started_on, i.starts_on),
            coalesce(i.ended_on, i.due_on)
        from unit u join plan l on l.unit_id = u.id and l.state in ('active', 'paused')
        join plan_item i on i.plan_id = l.id join person p on p.id = l.person_id
        where u.office_id = $1 and i.owner <> 'person' and i.state not in ('withdrawn', 'unmet')
            and l.period_from <= $2 and ", open_here!(), "
        order by i.plan_id limit 20000");
    CAPACITIES = "select u.id, u.name, c.minutes, c.money, coalesce(c.version, 0),
            (select cast(coalesce(sum(i.minutes), 0) as bigint) from plan_item i
                where i.unit_id = u.id and i.state in ('accepted', 'started')),
            (select cast(coalesce(sum(i.money), 0) as bigint) from plan_item i
                where i.unit_id = u.id and i.state in ('accepted', 'started'))
        from unit u left join unit_capacity c on c.unit_id = u.id
        where u.office_id = $1 and u.agency_id = $2 order by u.name limit 50";
    SET_CAPACITY = "insert into unit_capacity (unit_id, minutes, money, set_at, set_by, version)
        values ($1, $2, $3, $4, $5, 1)
        on conflict (unit_id) do update set minutes = $2, money = $3, set_at = $4, set_by = $5,
            version = unit_capacity.version + 1 where unit_capacity.version = $6";
}

/// A line of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListLine {
    /// The person.
    pub person: String,
    /// By name.
    pub name: String,
    /// The item or wish that it is about; may be empty.
    pub what: String,
    /// Since when, or until when.
    pub on: String,
    /// The person's identifier, for the journal.
    #[serde(skip)]
    pub id: Uuid,
}

/// The office and agency whose lists they are, before one reader.
pub struct Where<'a> {
    /// The office.
    pub office: OfficeId,
    /// The agency.
    pub agency: AgencyId,
    /// Who reads.
    pub reader: &'a Actor,
}

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Several agencies help, and there is no plan after the time for one.
    WithoutPlan,
    /// On a measure without an onward step.
    WithoutOnward,
    /// Promises whose day has passed.
    Late,
    /// Proposed and promised by nobody.
    Unpromised,
    /// Done and not looked at.
    Unevaluated,
    /// Wishes that were not met, without a reason.
    Unreasoned,
    /// Plans whose day of revision has passed.
    Overdue,
}

impl List {
    /// Every one, in the order of the page.
    pub const ALL: &'static [Self] = &[
        Self::WithoutPlan,
        Self::Late,
        Self::Unpromised,
        Self::WithoutOnward,
        Self::Unevaluated,
        Self::Unreasoned,
        Self::Overdue,
    ];

    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WithoutPlan => "without_plan",
            Self::WithoutOnward => "without_onward",
            Self::Late => "late",
            Self::Unpromised => "unpromised",
            Self::Unevaluated => "unevaluated",
            Self::Unreasoned => "unreasoned",
            Self::Overdue => "overdue",
        }
    }

    fn sql(self) -> &'static Personal {
        match self {
            Self::WithoutPlan => &WITHOUT_PLAN,
            Self::WithoutOnward => &WITHOUT_ONWARD,
            Self::Late => &LATE,
            Self::Unpromised => &UNPROMISED,
            Self::Unevaluated => &UNEVALUATED,
            Self::Unreasoned => &UNREASONED,
            Self::Overdue => &OVERDUE,
        }
    }
}

/// One list.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    link: &mut Link,
    permit: &Permit,
    which: List,
    at: &Where<'_>,
    (today, before): (Date, Timestamp),
) -> Result<Vec<ListLine>, DbError> {
    let last: Value = match which {
        List::WithoutPlan => before.into(),
        _ => today.into(),
    };
    let args = args![at.office, at.agency, at.reader.lacks(), at.reader.id, last];
    let mut lines = Vec::new();
    for mut row in link.rows(permit.opens(which.sql()), args).await? {
        let id: Uuid = row.get(0)?;
        let key = Key::of(permit, id, row.get(5)?)?;
        let (given, family) =
            (key.open(PERSON_GIVEN, row.get(1)?)?, key.open(PERSON_FAMILY, row.get(2)?)?);
        let what: Sealed = row.get(3)?;
        let column = if which == List::Unreasoned { WISH_BODY } else { ITEM_WHAT };
        let on: Option<String> = row.get(4)?;
        lines.push(ListLine {
            person: id.to_string(),
            name: format!("{given} {family}"),
            what: key.open(column, what)?,
            on: on.unwrap_or_default(),
            id,
        });
    }
    Ok(lines)
}

/// What an agency has promised at an office.
#[derive(Clone, Debug)]
pub struct Promises {
    /// The agency.
    pub id: AgencyId,
    /// By name.
    pub agency: String,
    /// Promised and not yet done.
    pub promised: i64,
    /// Done: its delivery. The persons' own tasks are not among it (REQ-PLAN-13).
    pub delivered: i64,
    /// Broken: late now, and those before.
    pub broken: i64,
    /// Links that were begun while nobody had looked at the last one (REQ-PLAN-11).
    pub unevaluated: i64,
    /// Of how many persons: the fewest, where promises and broken ones are of different people.
    pub persons: i64,
}

/// What each agency has promised at an office, of those whom the reader may know of.
///
/// # Errors
/// When the database does not answer.
pub async fn promises(
    link: &mut Link,
    permit: &Permit,
    at: &Where<'_>,
    today: Date,
) -> Result<Vec<Promises>, DbError> {
    let args = args![at.office, today, at.reader.lacks(), at.reader.id];
    let read = |mut row: Row| {
        Ok(Promises {
            id: row.get(0)?,
            agency: row.get(1)?,
            promised: row.get(2)?,
            delivered: row.get(3)?,
            broken: row.get(4)?,
            unevaluated: row.get(5)?,
            persons: row.get(6)?,
        })
    };
    let rows = link.rows(permit.opens(&PROMISES), args).await?;
    let mut all = rows.into_iter().map(read).collect::<Result<Vec<_>, DbError>>()?;
    for mut row in link.rows(permit.opens(&BROKEN), args).await? {
        let (id, agency): (AgencyId, String) = (row.get(0)?, row.get(1)?);
        let (count, persons): (i64, i64) = (row.get(2)?, row.get(3)?);
        match all.iter_mut().find(|one| one.id == id) {
            Some(one) => one.broken += count,
            None => all.push(Promises {
                id,
                agency,
                persons,
                promised: 0,
                delivered: 0,
                broken: count,
                unevaluated: 0,
            }),
        }
    }
    Ok(all)
}

/// Answered wishes: met, met in part, not met (REQ-PLAN-12).
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    /// Of the own agency at the office.
    pub own: (i64, i64, i64),
    /// Of all agencies at the office.
    pub office: (i64, i64, i64),
    /// Of how many persons, at least.
    pub persons: i64,
}

/// The answered wishes at an office.
///
/// # Errors
/// When the database does not answer.
pub async fn wishes(link: &mut Link, permit: &Permit, at: &Where<'_>) -> Result<Wishes, DbError> {
    let args = args![at.office, at.agency, at.reader.lacks(), at.reader.id];
    let mut wishes = Wishes::default();
    for mut row in link.rows(permit.opens(&WISHES), args).await? {
        let state: String = row.get(0)?;
        let (all, own): (i64, i64) = (row.get(1)?, row.get(2)?);
        match state.as_str() {
            "met" => (wishes.office.0, wishes.own.0) = (all, own),
            "partly_met" => (wishes.office.1, wishes.own.1) = (all, own),
            "not_met" => (wishes.office.2, wishes.own.2) = (all, own),
            _ => continue,
        }
        wishes.persons = wishes.persons.max(row.get(3)?);
    }
    Ok(wishes)
}

/// Requests for a plan to the own agency at an office, by what became of them and why (REQ-PLAN-04).
///
/// # Errors
/// When the database does not answer.
pub async fn requests(
    link: &mut Link,
    permit: &Permit,
    at: &Where<'_>,
) -> Result<Vec<(String, String, i64)>, DbError> {
    let args = args![at.office, at.agency, at.reader.lacks(), at.reader.id];
    let rows = link.rows(permit.opens(&REQUESTS), args).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Over the plans of an office: days with help until today, and days with help from two agencies or
/// more at once (REQ-PLAN-06); and how many plans that is.
///
/// # Errors
/// When the database does not answer.
pub async fn together(
    link: &mut Link,
    permit: &Permit,
    at: &Where<'_>,
    today: Date,
) -> Result<(i64, i64, i64), DbError> {
    let args = args![at.office, today, at.reader.lacks(), at.reader.id];
    let mut all: Vec<(Uuid, Running)> = Vec::new();
    for mut row in link.rows(permit.opens(&RUNNING), args).await? {
        let days: (Option<Date>, Option<Date>) = (row.get(2)?, row.get(3)?);
        if let (Some(from), Some(until)) = days {
            let until = until.min(today);
            if from <= until {
                let running = Running { agency: row.get(1)?, days: Days { from, until } };
                all.push((row.get(0)?, running));
            }
        }
    }
    let (mut helped, mut both, mut plans) = (0, 0, 0);
    for part in all.chunk_by(|one, other| one.0 == other.0) {
        let running: Vec<Running> = part.iter().map(|(_, running)| *running).collect();
        let first = running.iter().map(|one| one.days.from).min();
        let Some(from) = first else { continue };
        let (some, several) = parallel(&running, Days { from, until: today });
        (helped, both, plans) = (helped + some, both + several, plans + 1);
    }
    Ok((helped, both, plans))
}

/// What a unit can, and has promised: of nobody in particular.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CapacityLine {
    /// The unit.
    pub unit: String,
    /// By name.
    pub name: String,
    /// Minutes a month that it has said it can; none where nobody has said.
    pub minutes: Option<i64>,
    /// Money a month.
    pub money: Option<i64>,
    /// The version of that; 0 for none.
    pub version: i64,
    /// Minutes a month that it has promised.
    pub promised_minutes: i64,
    /// Money a month that it has promised.
    pub promised_money: i64,
    /// Whether it has promised more than it can.
    pub over: bool,
}

/// The units of an agency at an office with what they can and have promised (REQ-PLAN-05).
///
/// # Errors
/// When the database does not answer.
pub async fn capacities(
    link: &mut Link,
    permit: &Permit,
    at: &Where<'_>,
) -> Result<Vec<CapacityLine>, DbError> {
    let read = |mut row: Row| {
        let unit: Uuid = row.get(0)?;
        let (minutes, money): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
        let promised = Load { minutes: row.get(5)?, money: row.get(6)? };
        let capacity = minutes.zip(money).map(|(minutes, money)| Load { minutes, money });
        Ok(CapacityLine {
            unit: unit.to_string(),
            name: row.get(1)?,
            minutes,
            money,
            version: row.get(4)?,
            promised_minutes: promised.minutes,
            promised_money: promised.money,
            over: promised.exceeds(capacity),
        })
    };
    link.rows(permit.opens(&CAPACITIES), args![at.office, at.agency])
        .await?
        .into_iter()
        .map(read)
        .collect()
}

/// Says what a unit can take on in a month.
///
/// # Errors
/// A conflict when somebody came first.
pub(super) async fn set_capacity(
    tx: &mut Tx,
    _: &Permit,
    (unit, version): (UnitId, i64),
    load: Load,
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    let args = args![unit, load.minutes, load.money, now, by, version];
    match tx.run(&SET_CAPACITY, args).await? {
        1 => Ok(()),
        _ => Err(Fault::conflict("stale")),
    }
}
