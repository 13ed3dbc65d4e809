//! Lists of an office's follow-up: who was not met in time, whose measure ends without a talk, who
//! is to be reached, what is asked of one's unit, and what each worker carries.

use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::follow::{Area, Stage, TALK_DAYS, Variant};
use onedoor_domain::ids::{OfficeId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Personal, Row, Tx};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN};
use crate::policy::Permit;
use crate::sign_in::Actor;
use crate::walls::unbarred;

crate::sql! {
    // Untouched past the interval, of the reader's agency at the reader's office.
    LATE = concat!("select p.id, p.given_name, p.family_name, k.wrapped, f.due_on, s.name, f.stage
        from follow_up f join person p on p.id = f.person_id join staff s on s.id = f.contact_id
        left join subject_key k on k.subject_id = p.id
        where f.office_id = $1 and f.agency_id = $2 and f.due_on < $3 and f.closed_on is null
            and ", unbarred!("$4", "$5"), "
        order by f.due_on, f.id limit 200");
    // Few days left of the measure and no talk on the next stage held since it began (REQ-MEET-07).
    ENDING = concat!("select p.id, p.given_name, p.family_name, k.wrapped, f.measure_until, s.name, f.stage
        from follow_up f join person p on p.id = f.person_id join staff s on s.id = f.contact_id
        left join subject_key k on k.subject_id = p.id
        where f.office_id = $1 and f.agency_id = $2 and f.measure_until <= $3
            and f.measure_until is not null and f.closed_on is null
            and not exists (select 1 from meeting m where m.person_id = f.person_id
                and m.kind = 'next_stage' and m.state = 'held' and m.starts_at >= $6)
            and ", unbarred!("$4", "$5"), "
        order by f.measure_until, f.id limit 200");
    REACH = concat!("select p.id, p.given_name, p.family_name, k.wrapped, t.due_on, s.name, f.stage
        from contact_task t join follow_up f on f.id = t.follow_up_id
        join person p on p.id = f.person_id join staff s on s.id = t.staff_id
        left join subject_key k on k.subject_id = p.id
        where t.staff_id = $1 and t.done_on is null and ", unbarred!("$2", "$1"), "
        order by t.due_on, t.id limit 200");
    LOAD = "select s.id, s.name, f.stage, count(*) from follow_up f
        join staff s on s.id = f.contact_id
        where f.office_id = $1 and f.agency_id = $2 and f.closed_on is null
        group by s.id, s.name, f.stage order by s.name, s.id limit 1000";
    SPLIT = "select c.way, c.missed, cast(coalesce(sum(c.minutes), 0) as bigint), count(*)
        from follow_contact c where c.noted_by = $1 and c.on_day >= $2
        group by c.way, c.missed limit 50";
    RULES = "select area, variant, first_day from lead_rule
        where municipality = (select municipality from office where id = $1)
        order by area, first_day desc limit 500";
    SET_RULE = "insert into lead_rule (municipality, area, first_day, variant, noted_by, noted_at)
        values ((select municipality from office where id = $1), $2, $3, $4, $5, $6)
        on conflict (municipality, area, first_day) do update set variant = excluded.variant,
            noted_by = excluded.noted_by, noted_at = excluded.noted_at";
    FOLLOW_ALL = "insert into follow_everybody (office_id, since, noted_by) values ($1, $2, $3)
        on conflict (office_id) do nothing";
    FOLLOW_GROUPS = "delete from follow_everybody where office_id = $1";
}

/// Somebody in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FollowLine {
    pub(crate) person: String,
    pub(crate) name: String,
    /// The day that passed, or that comes.
    pub(crate) on: String,
    /// The named contact.
    pub(crate) contact: String,
    pub(crate) stage: String,
}

async fn lines(
    link: &mut Link,
    permit: &Permit,
    sql: &'static Personal,
    args: &[crate::db::Value],
) -> Result<Vec<FollowLine>, DbError> {
    let read = |mut row: Row| {
        let person: Uuid = row.get(0)?;
        let key = Key::of(permit, person, row.get(3)?)?;
        let given = key.open(PERSON_GIVEN, row.get(1)?)?;
        let family = key.open(PERSON_FAMILY, row.get(2)?)?;
        Ok(FollowLine {
            person: person.to_string(),
            name: format!("{given} {family}").trim().to_owned(),
            on: row.get(4)?,
            contact: row.get(5)?,
            stage: row.get(6)?,
        })
    };
    link.rows(permit.opens(sql), args).await?.into_iter().map(read).collect()
}

/// Who was not met in time (REQ-FOLL-03).
pub(super) async fn late(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    today: Date,
) -> Result<Vec<FollowLine>, DbError> {
    let args = args![actor.office, actor.agency, today, actor.lacks(), actor.id];
    lines(link, permit, &LATE, args).await
}

/// Whose measure ends within the set days without a talk on the next stage (REQ-MEET-07). A talk
/// counts that was held within the last part of the measure.
pub(super) async fn ending(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
    (until, since): (Date, jiff::Timestamp),
) -> Result<Vec<FollowLine>, DbError> {
    let args = args![actor.office, actor.agency, until, actor.lacks(), actor.id, since];
    lines(link, permit, &ENDING, args).await
}

/// Whom the reader is to reach (REQ-FOLL-12).
pub(super) async fn reach(
    link: &mut Link,
    permit: &Permit,
    actor: &Actor,
) -> Result<Vec<FollowLine>, DbError> {
    lines(link, permit, &REACH, args![actor.id, actor.lacks()]).await
}

/// What a worker carries: who, their name, persons by stage.
pub(super) type Load = (StaffId, String, Vec<(Stage, i64)>);

/// What each worker of the reader's agency at an office carries.
pub(super) async fn loads(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
) -> Result<Vec<Load>, DbError> {
    let mut all: Vec<Load> = Vec::new();
    for mut row in link.rows(permit.opens(&LOAD), args![office, permit.agency()]).await? {
        let (id, stage): (StaffId, String) = (row.get(0)?, row.get(2)?);
        let Some(stage) = Stage::parse(&stage) else { continue };
        if all.last().is_none_or(|(last, _, _)| *last != id) {
            all.push((id, row.get(1)?, Vec::new()));
        }
        if let Some((_, _, persons)) = all.last_mut() {
            persons.push((stage, row.get(3)?));
        }
    }
    Ok(all)
}

/// How a worker used the time since a day: way, why it did not happen, minutes, how often.
pub(super) async fn split(
    link: &mut Link,
    permit: &Permit,
    staff: StaffId,
    since: Date,
) -> Result<Vec<(String, String, i64, i64)>, DbError> {
    let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    link.rows(permit.opens(&SPLIT), args![staff, since]).await?.into_iter().map(read).collect()
}

/// What a place has agreed: area, variant, first day; the latest first.
pub(super) async fn rules(
    link: &mut Link,
    _: &Permit,
    office: OfficeId,
) -> Result<Vec<(String, String, String)>, DbError> {
    let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    link.rows(&RULES, args![office]).await?.into_iter().map(read).collect()
}

/// Says who leads an area from a day on.
pub(super) async fn set_rule(
    tx: &mut Tx,
    _: &Permit,
    office: OfficeId,
    (area, variant, from): (Area, Variant, Date),
    (by, now): (StaffId, jiff::Timestamp),
) -> Result<(), DbError> {
    let args = args![office, area.as_str(), from, variant.as_str(), by, now];
    tx.run(&SET_RULE, args).await.map(|_| ())
}

/// Says that an office follows up everybody, or its target groups alone.
pub(super) async fn set_everybody(
    tx: &mut Tx,
    _: &Permit,
    office: OfficeId,
    (everybody, today): (bool, Date),
    by: StaffId,
) -> Result<(), DbError> {
    if everybody {
        tx.run(&FOLLOW_ALL, args![office, today, by]).await?;
    } else {
        tx.run(&FOLLOW_GROUPS, args![office]).await?;
    }
    Ok(())
}

/// The last day whose measures are listed.
pub(super) fn last_listed(today: Date) -> Date {
    today.checked_add(TALK_DAYS.days()).unwrap_or(today)
}
