//! The four kinds of accessibility: time, place, content and attitude. A report that lacks one says
//! so (REQ-FRONT-19).

use axum::extract::Query;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::{Dimension, Report, median, missing, open_minutes};
use serde::Serialize;
use utoipa::ToSchema;

use super::period::{Asked, Period};
use super::telling::{Figure, Telling};
use crate::args;
use crate::db::{DbError, Link};
use crate::office::calendar;
use crate::office::store::OfficeLine;
use crate::policy::{Permit, Subject};
use crate::sign_in::Actor;
use crate::standard::recipients::{self, RecipientLine};
use crate::walls::open_to;
use crate::web::{Desk, Reply, Routes};

crate::sql! {
    ANSWERS = "select in_time, travel_minutes, solved from way_out
        where office_id = $1 and day >= $2 and day <= $3 limit 20000";
    PLACES = concat!("select count(*), sum(case when t.places > 1 then 1 else 0 end) from (
            select v.person_id, count(distinct v.office_id) as places from visit v
            where v.arrived_at >= $2 and v.arrived_at < $3 and v.person_id in (
                select w.person_id from visit w join person p on p.id = w.person_id
                where w.office_id = $1 and w.day >= $4 and w.day <= $5 and w.closed_at is not null
                    and ", open_to!("$6", "$7"), ")
            group by v.person_id) t");
    CONTENT = concat!("select count(distinct m.code) from visit_mark m
        join visit v on v.id = m.visit_id left join person p on p.id = v.person_id
        where m.office_id = $1 and m.day >= $2 and m.day <= $3 and m.kind = 'offer'
            and ", open_to!("$4", "$5"));
    CATALOGUE = "select count(*) from service where replaced_at is null";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ReachPage, _, _>("/figures/access", "The four kinds of accessibility", show)
        .asking(&["office", "from", "until"])
}

/// A dimension with its figures.
#[derive(Serialize, ToSchema)]
pub(crate) struct DimensionLine {
    /// `time`, `place`, `content` or `attitude`.
    pub(crate) dimension: String,
    pub(crate) figures: Vec<Figure>,
}

/// The four kinds of accessibility.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReachPage {
    /// Who receives this report, by role (REQ-MISC-13).
    pub(crate) recipients: Vec<RecipientLine>,
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) dimensions: Vec<DimensionLine>,
    /// Dimensions of which there is no figure.
    pub(crate) missing: Vec<String>,
    /// Minutes on the way, the middle value; nothing where nobody said.
    pub(crate) travel: Option<i64>,
    /// How many have answered on the way out; none where they are too few to be told of.
    pub(crate) answers: Option<i64>,
    /// Minutes for which the door is open in the coming week.
    pub(crate) open_minutes: i64,
    /// Of these, outside the hours in which most people are at work.
    pub(crate) outside_minutes: i64,
    /// The smallest count that is told where counts come in steps.
    pub(crate) least: i64,
}

crate::page!(ReachPage, "figure/pages/reach.html");

fn share(telling: Telling, code: &str, count: i64, of: i64) -> Option<Figure> {
    (of > 0).then(|| telling.part(code, count, of))
}

#[derive(Default)]
struct Answers {
    all: i64,
    in_time: i64,
    solved: i64,
    travel: Vec<i64>,
}

async fn answers(link: &mut Link, period: &Period) -> Result<Answers, DbError> {
    let mut answers = Answers::default();
    for mut row in link.rows(&ANSWERS, args![period.office, period.from, period.until]).await? {
        answers.all += 1;
        answers.in_time += i64::from(row.get::<bool>(0)?);
        answers.travel.extend(Some(row.get::<i64>(1)?).filter(|minutes| *minutes > 0));
        answers.solved += i64::from(row.get::<String>(2)? == "yes");
    }
    Ok(answers)
}

async fn places(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    period: &Period,
) -> Result<(i64, i64), DbError> {
    let args = args![
        period.office,
        period.start(desk),
        period.end(desk),
        period.from,
        period.until,
        desk.actor().lacks(),
        desk.actor().id,
    ];
    match link.row(permit.opens(&PLACES), args).await? {
        Some(mut row) => Ok((row.get(0)?, row.get::<Option<i64>>(1)?.unwrap_or(0))),
        None => Ok((0, 0)),
    }
}

async fn content(
    link: &mut Link,
    actor: &Actor,
    permit: &Permit,
    period: &Period,
) -> Result<(i64, i64), DbError> {
    let args = args![period.office, period.from, period.until, actor.lacks(), actor.id];
    let offered = match link.row(permit.opens(&CONTENT), args).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    let all = match link.row(&CATALOGUE, &[]).await? {
        Some(mut row) => row.get(0)?,
        None => 0,
    };
    Ok((offered, all))
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    let period = Period::read(&desk, link, &asked, 90).await?;
    let telling = period.telling(&desk, link).await?;
    let answers = answers(link, &period).await?;
    let (persons, several) = places(&desk, link, &permit, &period).await?;
    let (offered, all) = content(link, desk.actor(), &permit, &period).await?;
    let of = |dimension: Dimension| match dimension {
        Dimension::Time => share(telling, "access-time", answers.in_time, answers.all),
        Dimension::Place => share(telling, "access-place", several, persons),
        Dimension::Content if offered == 0 => None,
        Dimension::Content => share(telling, "access-content", offered, all),
        Dimension::Attitude => share(telling, "access-attitude", answers.solved, answers.all),
    };
    let mut dimensions = Vec::new();
    let mut there = Vec::new();
    for dimension in Dimension::ALL {
        if let Some(figure) = of(*dimension) {
            there.push(*dimension);
            dimensions.push(DimensionLine {
                dimension: dimension.as_str().to_owned(),
                figures: vec![figure],
            });
        }
    }
    let country = desk.app().country;
    let week = calendar::open_hours(link, period.office, country, desk.today(), 7).await?;
    let (open_minutes, outside_minutes) = open_minutes(&week);
    desk.show(&ReachPage {
        recipients: recipients::of(link, Report::Access).await?,
        offices: period.offices,
        office: period.office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        dimensions,
        missing: missing(&there).into_iter().map(|it| it.as_str().to_owned()).collect(),
        travel: median(&answers.travel).and_then(|it| telling.measured(it, answers.all)),
        answers: telling.count(answers.all),
        open_minutes,
        outside_minutes,
        least: telling.least,
    })
}
