//! How well standards and service agreements are kept, by office and month, from the events of
//! visits alone (REQ-FRONT-18).

use std::collections::BTreeMap;

use axum::extract::Query;
use jiff::civil::Date;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::{Measured, Report};
use serde::Serialize;
use utoipa::ToSchema;

use super::period::{Asked, Period};
use super::telling::Telling;
use crate::args;
use crate::db::{DbError, Link};
use crate::office::store::OfficeLine;
use crate::policy::{Permit, Subject};
use crate::sign_in::Actor;
use crate::standard::limits::{self, StandardLine};
use crate::standard::recipients::{self, RecipientLine};
use crate::walls::open_to;
use crate::web::{Desk, Reply, Routes};

crate::sql! {
    KEPT = concat!("select t.month, count(*), sum(case when t.took <= $4 then 1 else 0 end) from (
            select substr(v.day, 1, 7) as month,
                (select min(b.at) from visit_event b where b.visit_id = v.id and b.kind = $6)
                - (select min(a.at) from visit_event a where a.visit_id = v.id and a.kind = $5)
                as took
            from visit v left join person p on p.id = v.person_id
            where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
                and ($7 = '' or exists (select 1 from visit_agency g
                    join agency y on y.id = g.agency_id where g.visit_id = v.id and y.kind = $7))
                and ($8 = '' or exists (select 1 from visit_agency g
                    join agency y on y.id = g.agency_id where g.visit_id = v.id and y.kind = $8))
                and ", open_to!("$9", "$10"), "
        ) t where t.took is not null group by t.month order by t.month");
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<KeptPage, _, _>("/figures/standards", "How standards are kept, by month", show)
        .asking(&["office", "from", "until"])
}

/// A standard in a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MonthLine {
    /// The month, `2026-11`.
    pub(crate) month: String,
    /// Visits that kept the limit; none where they are too few to be told of.
    pub(crate) kept: Option<i64>,
    /// Visits in which both events are there; none where they are too few.
    pub(crate) of: Option<i64>,
    /// How many of a hundred; none where they are too few.
    pub(crate) percent: Option<i64>,
    /// Whether that is at least what was promised; none where they are too few.
    pub(crate) ok: Option<bool>,
}

/// A standard with its months.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct KeptLine {
    pub(crate) standard: StandardLine,
    pub(crate) months: Vec<MonthLine>,
}

/// How standards are kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeptPage {
    /// Who receives this report, by role (REQ-MISC-13).
    pub(crate) recipients: Vec<RecipientLine>,
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    /// The smallest count that is told where counts come in steps.
    pub(crate) least: i64,
    pub(crate) lines: Vec<KeptLine>,
}

crate::page!(KeptPage, "figure/pages/kept.html");

/// Between which events a standard is measured.
fn events(measured: &str) -> (&'static str, &'static str) {
    match Measured::parse(measured) {
        Some(Measured::Reply) => ("called", "closed"),
        Some(Measured::Closing) => ("arrived", "closed"),
        Some(Measured::Waiting) | None => ("arrived", "called"),
    }
}

async fn months(
    link: &mut Link,
    actor: &Actor,
    permit: &Permit,
    (period, telling): (&Period, Telling),
    standard: &StandardLine,
) -> Result<Vec<MonthLine>, DbError> {
    let (first, last) = events(&standard.measured);
    // It holds from its first day to the day before it ended.
    let from = standard.from.parse().map_or(period.from, |day: Date| day.max(period.from));
    let ended = standard.until.parse::<Date>().and_then(|day| day.yesterday());
    let until = ended.map_or(period.until, |day| day.min(period.until));
    let args = args![
        period.office,
        from,
        until,
        standard.minutes * 60_000_000,
        first,
        last,
        &standard.provider,
        &standard.receiver,
        actor.lacks(),
        actor.id,
    ];
    let mut months: BTreeMap<String, MonthLine> = BTreeMap::new();
    for mut row in link.rows(permit.opens(&KEPT), args).await? {
        let month: String = row.get(0)?;
        let (of, kept): (i64, i64) = (row.get(1)?, row.get::<Option<i64>>(2)?.unwrap_or(0));
        let percent = if of > 0 { (kept * 100 + of / 2) / of } else { 0 };
        let line = MonthLine {
            month: month.clone(),
            kept: telling.count(kept),
            of: telling.count(of),
            percent: telling.measured(percent, of),
            ok: telling.measured(percent >= standard.share, of),
        };
        months.insert(month, line);
    }
    Ok(months.into_values().collect())
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    // Whole months: a stretch of days cut out of one would tell of those days alone.
    let period = Period::read(&desk, link, &asked, 180).await?.in_months();
    let telling = period.telling(&desk, link).await?;
    let mut lines = Vec::new();
    for standard in limits::all(link, desk.words().language()).await? {
        let months = months(link, desk.actor(), &permit, (&period, telling), &standard).await?;
        lines.push(KeptLine { standard, months });
    }
    desk.show(&KeptPage {
        recipients: recipients::of(link, Report::Standards).await?,
        offices: period.offices,
        office: period.office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        least: telling.least,
        lines,
    })
}
