//! A trial and an effort beside one another: everybody counted once, where their target groups
//! overlap, and integrated running compared with parallel running (REQ-ORG-40).

use axum::extract::Query;
use onedoor_domain::governing::TargetGroup;
use onedoor_domain::ids::PersonId;
use onedoor_domain::rollout::{Belonging, Met, Part, Reached, Running, Side, side_by_side};
use onedoor_domain::secrecy::{Action, in_steps};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::parts;
use crate::args;
use crate::db::{DbError, Link};
use crate::office::store::Choice;
use crate::policy::{Permit, Subject};
use crate::sign_in::Actor;
use crate::walls::open_to;
use crate::web::{Desk, Reply, Routes};

crate::sql! {
    // Two records that were joined are one person. Who is hidden from the worker is not counted.
    PARTS = concat!("select p.id, x.trial_id, x.effort_id, x.trial_group, x.effort_group, x.running,
            x.from_day, x.until_day, x.reached
        from trial_part x join person q on q.id = x.person_id
        join person p on p.id = coalesce(q.merged_into, q.id)
        where x.id in (select y.id from trial_part y where y.trial_id = $1
                union select z.id from trial_part z where z.effort_id = $2)
            and ", open_to!("$3", "$4"), " order by x.id limit 20000");
    MEETINGS = concat!("select p.id, a.starts_at, m.trial_id, m.effort_id, m.running
        from trial_meeting m join appointment a on a.id = m.appointment_id
        join person q on q.id = a.person_id
        join person p on p.id = coalesce(q.merged_into, q.id)
        where m.appointment_id in (
                select y.appointment_id from trial_meeting y where y.trial_id = $1
                union select z.appointment_id from trial_meeting z where z.effort_id = $2)
            and a.starts_at <= $5 and ", open_to!("$3", "$4"), "
        order by m.appointment_id limit 20000");
}

/// As many rows are read of each table and no more; the page says when there were that many.
const MOST: usize = 20_000;

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<BesidePage, _, _>(
            "/trials/side-by-side",
            "A trial and an effort that run side by side",
            show,
        )
        .asking(&["trial", "effort"])
}

/// What the address asks for.
#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    trial: String,
    #[serde(default)]
    effort: String,
}

/// How many belong where.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BelongingLine {
    /// `trial`, `effort`, `integrated`, `parallel` or `in_turn`.
    pub(crate) belonging: String,
    /// Persons; none where they are too few to be told of.
    pub(crate) count: Option<i64>,
}

/// A target group in both frameworks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GroupLine {
    pub(crate) group: String,
    /// Persons in the trial as this group; none where they are too few to be told of.
    pub(crate) trial: Option<i64>,
    /// The same in the effort.
    pub(crate) effort: Option<i64>,
    /// The same in both at one time.
    pub(crate) both: Option<i64>,
}

/// Persons who are in both as different groups.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OverlapLine {
    /// The group in the trial.
    pub(crate) trial: String,
    /// The group in the effort.
    pub(crate) effort: String,
    /// Persons; only what is enough to be told of is a line.
    pub(crate) count: i64,
}

/// One way of running.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SideLine {
    /// `integrated` or `parallel`.
    pub(crate) running: String,
    /// Persons; none where they are too few to be told of.
    pub(crate) persons: Option<i64>,
    /// Meetings; none where they are too few to be told of.
    pub(crate) meetings: Option<i64>,
    /// Days until the first meeting, the middle value; none where too few have had one.
    pub(crate) days: Option<i64>,
    /// Persons who have left; none where they are too few to be told of.
    pub(crate) ended: Option<i64>,
    /// Of these, who reached work or education, in percent of what is told of both; none where
    /// those who did, or those who did not, are too few to be told of.
    pub(crate) percent: Option<i64>,
}

/// A trial and an effort beside one another.
#[derive(Serialize, ToSchema)]
pub(crate) struct BesidePage {
    pub(crate) trials: Vec<Choice>,
    pub(crate) efforts: Vec<Choice>,
    pub(crate) trial: String,
    pub(crate) effort: String,
    /// Whether there is a pair to be shown.
    pub(crate) shown: bool,
    /// All persons, each once; none where they are too few to be told of.
    pub(crate) persons: Option<i64>,
    pub(crate) belongings: Vec<BelongingLine>,
    pub(crate) groups: Vec<GroupLine>,
    pub(crate) overlaps: Vec<OverlapLine>,
    pub(crate) sides: Vec<SideLine>,
    /// Meetings that belong to one of the two; none where they are too few to be told of.
    pub(crate) single_meetings: Option<i64>,
    /// Counts are told in steps of so many.
    pub(crate) least: i64,
    /// Whether there is more than was counted.
    pub(crate) cut: bool,
}

crate::page!(BesidePage, "rollout/pages/beside.html");

async fn parts_of(
    link: &mut Link,
    actor: &Actor,
    permit: &Permit,
    (trial, effort): (Uuid, Uuid),
) -> Result<Vec<Part>, DbError> {
    let mut all = Vec::new();
    for mut row in
        link.rows(permit.opens(&PARTS), args![trial, effort, actor.lacks(), actor.id]).await?
    {
        let (in_trial, in_effort): (Option<Uuid>, Option<Uuid>) = (row.get(1)?, row.get(2)?);
        let group = |code: Option<String>| code.as_deref().and_then(TargetGroup::parse);
        let (as_trial, as_effort) = (group(row.get(3)?), group(row.get(4)?));
        let running: Option<String> = row.get(5)?;
        let reached: Option<String> = row.get(8)?;
        // Whoever is in the trial and in another effort is in the trial alone, as seen here.
        let trial = as_trial.filter(|_| in_trial == Some(trial));
        let effort = as_effort.filter(|_| in_effort == Some(effort));
        let two = trial.is_some() && effort.is_some();
        all.push(Part {
            person: row.get::<PersonId>(0)?,
            trial,
            effort,
            running: running.as_deref().and_then(Running::parse).filter(|_| two),
            from: row.get(6)?,
            until: row.get(7)?,
            reached: reached.as_deref().and_then(Reached::parse),
        });
    }
    Ok(all)
}

async fn meetings_of(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (trial, effort): (Uuid, Uuid),
) -> Result<Vec<Met>, DbError> {
    let actor = desk.actor();
    let args = args![trial, effort, actor.lacks(), actor.id, desk.now()];
    let mut all = Vec::new();
    for mut row in link.rows(permit.opens(&MEETINGS), args).await? {
        let (in_trial, in_effort): (Option<Uuid>, Option<Uuid>) = (row.get(2)?, row.get(3)?);
        let two = in_trial == Some(trial) && in_effort == Some(effort);
        let running: Option<String> = row.get(4)?;
        all.push(Met {
            person: row.get::<PersonId>(0)?,
            on: desk.app().day(row.get(1)?),
            running: running.as_deref().and_then(Running::parse).filter(|_| two),
        });
    }
    Ok(all)
}

/// What is told of one way of running. The share is of the numbers that are told, so that nothing
/// more can be read from it.
fn side(running: Running, side: &Side, least: i64) -> SideLine {
    let yes = in_steps(side.reached, least);
    let no = in_steps(side.ended - side.reached, least);
    let percent = yes.zip(no).and_then(|(yes, no)| (yes * 100).checked_div(yes + no));
    SideLine {
        running: running.as_str().to_owned(),
        persons: in_steps(side.persons, least),
        meetings: in_steps(side.meetings, least),
        days: side.days.filter(|_| side.met >= least.max(1)),
        ended: in_steps(side.ended, least),
        percent,
    }
}

/// The identifier that was asked for where it is one of the list, or the first.
fn asked_or_first(asked: &str, all: &[Choice]) -> String {
    let found = all.iter().find(|it| it.id == asked.trim()).or(all.first());
    found.map(|it| it.id.clone()).unwrap_or_default()
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    let trials: Vec<Choice> = parts::trials(link).await?.into_iter().map(|it| it.0).collect();
    let efforts = parts::efforts(link).await?;
    let trial = asked_or_first(&asked.trial, &trials);
    let effort = asked_or_first(&asked.effort, &efforts);
    let least = crate::walls::smallest_count(link, &desk.app().config).await?;
    let pair: Option<(Uuid, Uuid)> = trial.parse().ok().zip(effort.parse().ok());
    let (mut all, mut met) = (Vec::new(), Vec::new());
    if let Some(pair) = pair {
        all = parts_of(link, desk.actor(), &permit, pair).await?;
        met = meetings_of(&desk, link, &permit, pair).await?;
    }
    let cut = all.len() >= MOST || met.len() >= MOST;
    let told = side_by_side(&all, &met);
    let belonging = |it: &Belonging| BelongingLine {
        belonging: it.as_str().to_owned(),
        count: in_steps(told.belonging.get(it).copied().unwrap_or(0), least),
    };
    let group = |(group, count): (&TargetGroup, &(i64, i64, i64))| GroupLine {
        group: group.as_str().to_owned(),
        trial: in_steps(count.0, least),
        effort: in_steps(count.1, least),
        both: in_steps(count.2, least),
    };
    // That somebody is in a group at all is told only where they are enough.
    let is_told = |it: &GroupLine| it.trial.is_some() || it.effort.is_some();
    let apart = told.overlaps.iter().filter(|((trial, effort), _)| trial != effort);
    let overlap = |((trial, effort), count): (&(TargetGroup, TargetGroup), &i64)| {
        let (trial, effort) = (trial.as_str().to_owned(), effort.as_str().to_owned());
        in_steps(*count, least).map(|count| OverlapLine { trial, effort, count })
    };
    desk.show(&BesidePage {
        shown: pair.is_some(),
        persons: in_steps(told.persons, least),
        belongings: Belonging::ALL.iter().map(belonging).collect(),
        groups: told.groups.iter().map(group).filter(is_told).collect(),
        overlaps: apart.filter_map(overlap).collect(),
        sides: vec![
            side(Running::Integrated, &told.integrated, least),
            side(Running::Parallel, &told.parallel, least),
        ],
        single_meetings: in_steps(told.single_meetings, least),
        trials,
        efforts,
        trial,
        effort,
        least,
        cut,
    })
}
