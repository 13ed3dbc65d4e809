//! When the door of an office is open, and when another agency is there for some hours.

use jiff::civil::{Date, Time};
use onedoor_domain::ids::{OfficeId, StaffId, UnitId};
use onedoor_domain::meeting::OpenHours;
use onedoor_domain::office::{Opening, Special, holiday, hours_on};
use onedoor_domain::person::Country;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    SPECIAL = "select day, opens, closes, note from special_day
        where office_id = $1 and day >= $2 and day < $3 and exists (select 1 from office o
            where o.id = $1 and o.ended_on is null) order by day, opens limit 400";
    ADD_SPECIAL = "insert into special_day (office_id, day, opens, closes, note)
        values ($1, $2, $3, $4, $5)";
    CLEAR_SPECIAL = "delete from special_day where office_id = $1 and day = $2";
    VISITING = "select v.id, coalesce(u.name, ''), a.name, v.weekday, v.opens, v.closes, v.remote,
            v.valid_from, v.valid_until
        from visiting_hours v join agency a on a.id = v.agency_id
        left join unit u on u.id = v.unit_id
        where v.office_id = $1 and (v.valid_until is null or v.valid_until > $2)
        order by v.weekday, v.opens, a.name limit 200";
    ADD_VISITING = "insert into visiting_hours (id, office_id, agency_id, unit_id, municipality,
            weekday, opens, closes, remote, valid_from, valid_until, added_by)
        select $1, $2, u.agency_id, u.id, $4, $5, $6, $7, $8, $9, $10, $11
        from unit u where u.id = $3";
    // Changes nothing: whoever else would say where the unit is waits until this has ended.
    KEEP_STILL = "update unit set name = name where id = $1
        and (valid_until is null or valid_until > $2)";
    // Nobody can be in two offices at once; over a distance neither.
    ELSEWHERE = "select 1 from visiting_hours where unit_id = $1 and weekday = $2
        and opens < $4 and closes > $3 and (valid_until is null or valid_until > $5)
        and ($6 = '' or valid_from < $6) limit 1";
    END_VISITING = "update visiting_hours set valid_until = $2
        where id = $1 and valid_from < $2 and (valid_until is null or valid_until > $2)";
    // Ended on their first day or before it, they never held: they were a mistake.
    DROP_VISITING = "delete from visiting_hours where id = $1 and valid_from >= $2";
    AT_OFFICE = "select 1 from visiting_hours where id = $1 and office_id = $2";
}

/// A day of an office's calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayLine {
    /// The day.
    pub day: String,
    /// 1 to 7.
    pub weekday: i64,
    /// The code of the public holiday; empty when it is none.
    pub holiday: String,
    /// What a special day is for; empty otherwise.
    pub note: String,
    /// The hours, as `09:00–15:00`; empty when the door stays closed.
    pub hours: Vec<String>,
}

/// Hours of another unit in an office.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitingLine {
    /// Its identifier.
    pub id: String,
    /// The unit; empty where they were written down for the agency as a whole.
    pub unit: String,
    /// Its agency.
    pub agency: String,
    /// 1 to 7.
    pub weekday: i64,
    /// From.
    pub opens: String,
    /// To.
    pub closes: String,
    /// Over a distance: by telephone or video.
    pub remote: bool,
    /// First day.
    pub from: String,
    /// First day it no longer holds.
    pub until: Option<String>,
}

fn clock(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text).ok()
}

/// What an office keeps open by: the week, special days, and what these are for.
struct Plan {
    week: Vec<Opening>,
    special: Vec<Special>,
    notes: Vec<(Date, String)>,
}

async fn plan(link: &mut Link, office: OfficeId, from: Date, until: Date) -> Result<Plan, DbError> {
    let week: Vec<Opening> = store::hours(link, office)
        .await?
        .into_iter()
        .filter_map(|(weekday, opens, closes)| {
            Some(Opening {
                weekday: u8::try_from(weekday).ok()?,
                opens: clock(&opens)?,
                closes: clock(&closes)?,
            })
        })
        .collect();
    let mut special = Vec::new();
    let mut notes = Vec::new();
    for mut row in link.rows(&SPECIAL, args![office, from, until]).await? {
        let (day, opens, closes): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let Ok(day) = day.parse::<Date>() else { continue };
        special.push(Special { day, hours: clock(&opens).zip(clock(&closes)) });
        notes.push((day, row.get::<String>(3)?));
    }
    Ok(Plan { week, special, notes })
}

/// The hours in which the door of an office is open from `from` on, for `days` days: no time is
/// offered on a public holiday or a day that the office keeps closed.
///
/// # Errors
/// When the database does not answer.
pub async fn open_hours(
    link: &mut Link,
    office: OfficeId,
    country: Country,
    from: Date,
    days: i64,
) -> Result<Vec<OpenHours>, DbError> {
    let until = from.saturating_add(jiff::Span::new().days(days));
    let plan = plan(link, office, from, until).await?;
    let mut all = Vec::new();
    let mut day = from;
    while day < until {
        let hours = hours_on(&plan.week, &plan.special, country, day);
        all.extend(hours.into_iter().map(|(opens, closes)| OpenHours::on(day, opens, closes)));
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(all)
}

/// How far the next or last open day is looked for.
const NEAR: i64 = 31;

/// The next day after one on which the door of an office opens, past weekends, public holidays and
/// days that it keeps closed; the day after where it opens on none of them (REQ-ORG-10).
///
/// # Errors
/// When the database does not answer.
pub async fn opens_after(
    link: &mut Link,
    office: OfficeId,
    country: Country,
    day: Date,
) -> Result<Date, DbError> {
    let next = day.tomorrow().unwrap_or(day);
    let hours = open_hours(link, office, country, next, NEAR).await?;
    Ok(hours.first().map_or(next, |it| it.from.date()))
}

/// The last day before one on which the door of an office was open; the day before where there was
/// none.
///
/// # Errors
/// When the database does not answer.
pub async fn open_before(
    link: &mut Link,
    office: OfficeId,
    country: Country,
    day: Date,
) -> Result<Date, DbError> {
    let first = day.saturating_sub(jiff::Span::new().days(NEAR));
    let hours = open_hours(link, office, country, first, NEAR).await?;
    let before = day.yesterday().unwrap_or(day);
    Ok(hours.last().map_or(before, |it| it.from.date()))
}

/// The days of an office from `from` on, `days` of them, with what keeps the door closed.
///
/// # Errors
/// When the database does not answer.
pub async fn days(
    link: &mut Link,
    office: OfficeId,
    country: Country,
    from: Date,
    days: i64,
) -> Result<Vec<DayLine>, DbError> {
    let until = from.saturating_add(jiff::Span::new().days(days));
    let Plan { week, special, notes } = plan(link, office, from, until).await?;
    let mut lines = Vec::new();
    let mut day = from;
    while day < until {
        let hours = hours_on(&week, &special, country, day);
        let written =
            |it: &(Time, Time)| format!("{}–{}", it.0.strftime("%H:%M"), it.1.strftime("%H:%M"));
        let note = notes.iter().find(|(it, _)| *it == day).map(|(_, note)| note.clone());
        lines.push(DayLine {
            day: day.to_string(),
            weekday: i64::from(day.weekday().to_monday_one_offset()),
            holiday: holiday(country, day).map_or("", |it| it.as_str()).to_owned(),
            note: note.unwrap_or_default(),
            hours: hours.iter().map(written).collect(),
        });
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(lines)
}

/// The visiting hours of other units in an office that hold on a day or later.
///
/// # Errors
/// When the database does not answer.
pub async fn visiting(
    link: &mut Link,
    office: OfficeId,
    on: Date,
) -> Result<Vec<VisitingLine>, DbError> {
    let rows = link.rows(&VISITING, args![office, on]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(VisitingLine {
                id: id.to_string(),
                unit: row.get(1)?,
                agency: row.get(2)?,
                weekday: row.get(3)?,
                opens: row.get(4)?,
                closes: row.get(5)?,
                remote: row.get(6)?,
                from: row.get(7)?,
                until: row.get(8)?,
            })
        })
        .collect()
}

/// Says that an office keeps other hours on a day, or stays closed when `hours` is none. What was
/// said of the day before is replaced.
pub(super) async fn set_special(
    tx: &mut Tx,
    _: &Permit,
    office: OfficeId,
    day: Date,
    hours: Option<(Time, Time)>,
    note: &str,
) -> Result<(), Fault> {
    store::keep_still(tx, office).await?;
    tx.run(&CLEAR_SPECIAL, args![office, day]).await?;
    let written = |time: Time| time.strftime("%H:%M").to_string();
    let (opens, closes) =
        hours.map_or((String::new(), String::new()), |(a, b)| (written(a), written(b)));
    tx.run_one(&ADD_SPECIAL, args![office, day, opens, closes, note]).await?;
    Ok(())
}

/// Visiting hours to be kept.
pub struct NewVisiting {
    /// Where, or through which reception.
    pub office: OfficeId,
    /// Which unit comes.
    pub unit: UnitId,
    /// Whose inhabitants: the number of their municipality.
    pub municipality: String,
    /// 1 to 7.
    pub weekday: i64,
    /// From.
    pub opens: Time,
    /// To.
    pub closes: Time,
    /// Over a distance.
    pub remote: bool,
    /// First day.
    pub from: Date,
    /// First day it no longer holds.
    pub until: Option<Date>,
    /// Who says so.
    pub by: StaffId,
}

/// Keeps visiting hours (REQ-FRONT-25, REQ-ORG-16).
///
/// # Errors
/// A conflict when the unit is somewhere else at the time, or when it or the office is gone.
pub async fn add_visiting(tx: &mut Tx, _: &Permit, new: &NewVisiting) -> Result<Uuid, Fault> {
    let written = |time: Time| time.strftime("%H:%M").to_string();
    let (opens, closes) = (written(new.opens), written(new.closes));
    let end = new.until.map(|it| it.to_string()).unwrap_or_default();
    let there = args![new.unit, new.weekday, &opens, &closes, new.from, end];
    if !store::keep_still(tx, new.office).await? {
        return Err(Fault::conflict("office-ended"));
    }
    if tx.run(&KEEP_STILL, args![new.unit, new.from]).await? != 1 {
        return Err(Fault::conflict("visiting-unit-gone"));
    }
    if tx.row(&ELSEWHERE, there).await?.is_some() {
        return Err(Fault::conflict("visiting-elsewhere"));
    }
    let id = crate::app::new_id();
    let args = args![
        id,
        new.office,
        new.unit,
        &new.municipality,
        new.weekday,
        opens,
        closes,
        new.remote,
        new.from,
        new.until,
        new.by,
    ];
    tx.run_one(&ADD_VISITING, args).await?;
    Ok(id)
}

/// Whether visiting hours are those of an office.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn is_at(link: &mut Link, office: OfficeId, id: Uuid) -> Result<bool, DbError> {
    Ok(link.row(&AT_OFFICE, args![id, office]).await?.is_some())
}

/// Ends visiting hours on a day, the first on which they no longer hold. On their first day or before
/// it they are taken back as if they had never been: somebody had mistyped them.
///
/// # Errors
/// Hidden when there are none, or when they have ended already.
pub async fn end_visiting(tx: &mut Tx, _: &Permit, id: Uuid, on: Date) -> Result<(), Fault> {
    if tx.run(&END_VISITING, args![id, on]).await? == 1
        || tx.run(&DROP_VISITING, args![id, on]).await? == 1
    {
        return Ok(());
    }
    Err(Fault::Hidden)
}
