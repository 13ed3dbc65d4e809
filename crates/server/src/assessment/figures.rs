//! Figures of an office about mapping: entries saved, flags and how often they were right,
//! judgements and what became of people, tracks, schooling, and how far assessors agree.
//!
//! Counts tell how it was when the month began, in steps; whoever is protected or tied to anybody of
//! the staff is in none.

use axum::extract::Query;
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::assessment::{FollowUp, follow_up};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::{Action, in_steps};
use onedoor_domain::standard::median;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::agreements;
use crate::args;
use crate::db::{DbError, Link};
use crate::office::store::{self as offices, OfficeLine};
use crate::policy::{Permit, Subject};
use crate::walls::in_counts;
use crate::web::{Desk, Fault, Reply, Routes};

/// Who may be counted: nobody protected, nobody tied to the staff, nobody joined to another.
macro_rules! counted {
    ($before:literal, $after:literal) => {
        concat!($before, " p.merged_into is null and ", in_counts!(), " ", $after)
    };
}

crate::sql! {
    SAVED = counted!("select g.name, count(*) from assessment_answer w
            join agency g on g.id = w.agency_id join person p on p.id = w.person_id
            join assessment a on a.id = w.assessment_id
            where w.reused_from is not null and w.noted_at < $2 and a.office_id = $1 and",
        "group by g.name order by g.name");
    FLAGS = counted!("select a.flag, a.outcome, a.contact_on, a.flagged_on from assessment a
            join person p on p.id = a.person_id
            where a.office_id = $1 and a.began_on < $2 and a.flag is not null
                and a.flagged_on < $2 and",
        "order by a.began_on desc, a.id limit 20000");
    VERDICTS = counted!("select count(*), coalesce(sum(case when j.outcome = 'work' then 1 else 0 end), 0)
            from judgement j join person p on p.id = j.person_id
            where j.office_id = $1 and j.made_on < $2 and j.kind = 'not_job_seeker'
                and j.second_at < $3 and j.state in ('held', 'ended') and",
        "");
    TRACKS = counted!("select j.track, count(*) from judgement j join person p on p.id = j.person_id
            where j.office_id = $1 and j.made_on < $2 and j.kind = 'track' and j.second_at < $3
                and j.state in ('held', 'ended') and (j.ended_on is null or j.ended_on >= $2) and",
        "group by j.track order by j.track");
    // The newest of each person where schooling was said.
    SCHOOLED = counted!("select a.target_group, a.schooling, count(distinct a.person_id)
            from assessment a join person p on p.id = a.person_id
            where a.office_id = $1 and a.began_on < $2 and a.schooling <> ''
                and not exists (select 1 from assessment n where n.person_id = a.person_id
                    and n.office_id = a.office_id and n.schooling <> '' and n.began_on < $2
                    and (n.began_on > a.began_on or (n.began_on = a.began_on and n.id > a.id))) and",
        "group by a.target_group, a.schooling order by a.target_group, a.schooling");
    MAPPED = counted!("select count(distinct a.person_id), count(distinct case
                when a.completed_on is not null then a.person_id end)
            from assessment a join person p on p.id = a.person_id
            where a.office_id = $1 and a.began_on < $2 and",
        "");
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MappingFigures, _, _>(
            "/figures/assessments",
            "Entries saved, flags, judgements, schooling and agreement at an office",
            show,
        )
        .asking(&["office"])
}

/// A count with its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CountLine {
    pub(crate) name: String,
    /// None where it is too small to be told.
    pub(crate) count: Option<i64>,
}

/// Schooling in a target group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SchoolingLine {
    /// The group; `all` for everybody, empty where none was said.
    pub(crate) group: String,
    /// Persons whose schooling is known.
    pub(crate) known: Option<i64>,
    /// The share without completed upper-secondary schooling, in percent; none where too few.
    pub(crate) without: Option<i64>,
}

/// How far assessors agree.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AgreementLine {
    pub(crate) instrument: String,
    pub(crate) pairs: Option<i64>,
    /// Beyond chance, in thousandths.
    pub(crate) kappa: Option<i64>,
}

/// The figures of an office about mapping.
#[derive(Serialize, ToSchema)]
pub(crate) struct MappingFigures {
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    /// The day on which it was so.
    pub(crate) on: String,
    /// The smallest count that is told.
    pub(crate) least: i64,
    pub(crate) mapped: Option<i64>,
    pub(crate) completed: Option<i64>,
    /// Entries saved by taking over, agency by agency (REQ-MAP-13).
    pub(crate) saved: Vec<CountLine>,
    /// Flags and what became of people (REQ-MAP-10): hits, misses, false alarms, right rests, open.
    pub(crate) flags: Vec<CountLine>,
    /// The middle of the days from first contact to the flag.
    pub(crate) days: Option<i64>,
    /// How often somebody was judged not to seek work in earnest (REQ-MAP-14).
    pub(crate) verdicts: Option<i64>,
    /// Of these, how many got work after all.
    pub(crate) after_all: Option<i64>,
    /// Persons on each track (REQ-MAP-15).
    pub(crate) tracks: Vec<CountLine>,
    pub(crate) schooling: Vec<SchoolingLine>,
    pub(crate) agreement: Vec<AgreementLine>,
}

crate::page!(MappingFigures, "assessment/pages/figures.html");

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    office: String,
}

struct When {
    office: OfficeId,
    day: Date,
    at: Timestamp,
    least: i64,
}

async fn named(
    link: &mut Link,
    permit: &Permit,
    sql: &'static crate::db::Personal,
    args: &[crate::db::Value],
) -> Result<Vec<(String, i64)>, DbError> {
    let rows = link.rows(permit.opens(sql), args).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, row.get(1)?))).collect()
}

async fn flags(
    link: &mut Link,
    permit: &Permit,
    when: &When,
) -> Result<(FollowUp, Vec<i64>), DbError> {
    let (mut all, mut days) = (Vec::new(), Vec::new());
    for mut row in link.rows(permit.opens(&FLAGS), args![when.office, when.day]).await? {
        let (raised, outcome): (bool, String) = (row.get(0)?, row.get(1)?);
        let (contact, flagged): (Date, Date) = (row.get(2)?, row.get(3)?);
        all.push((raised, (!outcome.is_empty()).then(|| outcome == "long")));
        if raised {
            days.push(contact.until(flagged).map_or(0, |span| i64::from(span.get_days())));
        }
    }
    Ok((follow_up(all), days))
}

/// Schooling that stands for completed upper-secondary or more.
fn is_completed(schooling: &str) -> bool {
    matches!(schooling, "upper_secondary" | "vocational" | "higher")
}

async fn schooling(
    link: &mut Link,
    permit: &Permit,
    when: &When,
) -> Result<Vec<SchoolingLine>, DbError> {
    // (group, known, without)
    let mut all: Vec<(String, i64, i64)> = vec![("all".to_owned(), 0, 0)];
    for mut row in link.rows(permit.opens(&SCHOOLED), args![when.office, when.day]).await? {
        let (group, code): (String, String) = (row.get(0)?, row.get(1)?);
        let count: i64 = row.get(2)?;
        let without = if is_completed(&code) { 0 } else { count };
        let place = all.iter().position(|line| line.0 == group).unwrap_or_else(|| {
            all.push((group, 0, 0));
            all.len() - 1
        });
        for at in [0, place] {
            if let Some(line) = all.get_mut(at) {
                line.1 += count;
                line.2 += without;
            }
        }
    }
    let told = all.into_iter().filter_map(|(group, known, without)| {
        let steps = in_steps(known, when.least)?;
        // A share of so few steps would tell the count itself: both are told in steps.
        let without = in_steps(without, when.least).unwrap_or(0);
        let percent = Some((100 * without + steps / 2) / steps);
        Some(SchoolingLine { group, known: Some(steps), without: percent })
    });
    Ok(told.collect())
}

async fn pair(
    link: &mut Link,
    permit: &Permit,
    sql: &'static crate::db::Personal,
    args: &[crate::db::Value],
) -> Result<(i64, i64), DbError> {
    match link.row(permit.opens(sql), args).await? {
        Some(mut row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, 0)),
    }
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let list = offices::offices(&mut conn).await?;
    let first = list.first().and_then(|office| office.id.parse().ok());
    let office: Option<OfficeId> = asked.office.parse().ok().or(desk.actor().office).or(first);
    let least = crate::walls::smallest_count(&mut conn, &desk.app().config).await?;
    let (day, at) = crate::app::month_of(&desk.app().zone, desk.today());
    let when = When { office: office.ok_or(Fault::Hidden)?, day, at, least };
    let told = |count: i64| in_steps(count, least);
    let lines = |all: Vec<(String, i64)>| -> Vec<CountLine> {
        let of = |(name, count)| CountLine { name, count: told(count) };
        all.into_iter().map(of).filter(|line| line.count.is_some()).collect()
    };
    let link = &mut *conn;
    let (mapped, completed) = pair(link, &permit, &MAPPED, args![when.office, day]).await?;
    let saved = named(link, &permit, &SAVED, args![when.office, when.at]).await?;
    let (table, days) = flags(link, &permit, &when).await?;
    let of_judgements = args![when.office, day, when.at];
    let (verdicts, after_all) = pair(link, &permit, &VERDICTS, of_judgements).await?;
    let tracks = named(link, &permit, &TRACKS, of_judgements).await?;
    let rows = [
        ("hits", table.hits),
        ("misses", table.misses),
        ("false_alarms", table.false_alarms),
        ("right_rests", table.right_rests),
        ("open", table.open),
    ];
    let flags = rows
        .into_iter()
        .map(|(name, count)| CountLine { name: name.to_owned(), count: told(count) });
    let many = i64::try_from(days.len()).unwrap_or(0) >= least.max(1);
    let agreement = agreements::figures(link, &permit, when.office, day).await?;
    let agreement = agreement.into_iter().filter_map(|one| {
        let pairs = told(one.pairs)?;
        Some(AgreementLine { instrument: one.instrument, pairs: Some(pairs), kappa: one.kappa })
    });
    desk.show(&MappingFigures {
        offices: list,
        office: when.office.to_string(),
        on: day.to_string(),
        least,
        mapped: told(mapped),
        completed: told(completed),
        saved: lines(saved),
        flags: flags.collect(),
        days: if many { median(&days) } else { None },
        verdicts: told(verdicts),
        after_all: told(after_all),
        tracks: lines(tracks),
        schooling: schooling(link, &permit, &when).await?,
        agreement: agreement.collect(),
    })
}
