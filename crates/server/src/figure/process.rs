//! The map of the front line with measured times (REQ-FRONT-30).

use axum::extract::Query;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::{Report, Step, median};
use serde::Serialize;
use utoipa::ToSchema;

use super::period::{Asked, Period};
use crate::args;
use crate::db::{self, DbError, Link, Value};
use crate::office::store::OfficeLine;
use crate::policy::{Permit, Subject};
use crate::standard::improve::{self, ImproveLine};
use crate::standard::recipients::{self, RecipientLine};
use crate::walls::open_to;
use crate::web::{Desk, Reply, Routes};

/// Between two events of a visit, from the events alone.
macro_rules! between {
    ($first:literal, $last:literal, $which:literal) => {
        concat!(
            "select t.took from (select
                (select min(b.at) from visit_event b where b.visit_id = v.id and b.kind = '",
            $last,
            "') - (select min(a.at) from visit_event a where a.visit_id = v.id and a.kind = '",
            $first,
            "') as took from visit v left join person p on p.id = v.person_id
            where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null and ",
            open_to!("$4", "$5"),
            $which,
            " order by v.day desc limit 5000) t where t.took >= 0"
        )
    };
}

crate::sql! {
    MEET = between!("arrived", "called", "");
    SORT = between!("called", "sorted", "");
    SERVE = between!("called", "closed", " and (select count(*) from visit_agency g
        where g.visit_id = v.id and g.took_part) < 2");
    CLARIFY = between!("called", "closed", " and (select count(*) from visit_agency g
        where g.visit_id = v.id and g.took_part) > 1");
    MEETING = concat!("select a.starts_at - v.closed_at from visit v
        join appointment a on a.id = v.appointment_id left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
            and ", open_to!("$4", "$5"), " limit 5000");
    WHOLE = concat!("select c.began_on, c.complete_on from clarification c
        join visit v on v.id = c.visit_id left join person p on p.id = v.person_id
        where c.office_id = $1 and c.began_on >= $2 and c.began_on <= $3
            and c.complete_on is not null and ", open_to!("$4", "$5"), " limit 5000");
    HAND_OVER = concat!("select h.answered_at - h.asked_at from unit u join staff s on s.unit_id = u.id
        join handover h on h.asked_by = s.id and h.asked_at >= $2 and h.asked_at < $3
        join shared_case c on c.id = h.case_id join person p on p.id = c.person_id
        where u.office_id = $1 and h.answered_at is not null
            and ", open_to!("$4", "$5"), " limit 5000");
    CONSULT = "select answered_at - asked_at from consultation
        where office_id = $1 and asked_at >= $2 and asked_at < $3 and answered_at is not null
        limit 5000";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ProcessPage, _, _>("/figures/process", "The map of the front line", show)
        .asking(&["office", "from", "until"])
}

/// A step with its measured time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StepLine {
    pub(crate) step: String,
    /// `main` or `support`.
    pub(crate) process: String,
    pub(crate) actors: Vec<String>,
    /// Whether two agencies meet in it.
    pub(crate) agencies_meet: bool,
    /// The middle time in minutes; nothing where it was not measured, or of too few.
    pub(crate) minutes: Option<i64>,
    /// How often it was measured; nothing where that is too seldom to be told.
    pub(crate) count: Option<i64>,
    pub(crate) improvements: Vec<ImproveLine>,
}

/// The map of the front line.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProcessPage {
    /// Who receives this report, by role (REQ-MISC-13).
    pub(crate) recipients: Vec<RecipientLine>,
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) steps: Vec<StepLine>,
    /// The smallest count that is told where counts come in steps.
    pub(crate) least: i64,
    /// Whether the reader may note what could be better.
    pub(crate) may_note: bool,
}

crate::page!(ProcessPage, "figure/pages/process.html");

async fn values(
    link: &mut Link,
    _: &Permit,
    sql: &db::Asked,
    args: &[Value],
) -> Result<Vec<i64>, DbError> {
    link.rows(sql, args).await?.into_iter().map(|mut row| row.get(0)).collect()
}

/// Days of whole clarifications, as times.
async fn whole(link: &mut Link, permit: &Permit, args: &[Value]) -> Result<Vec<i64>, DbError> {
    let mut all = Vec::new();
    for mut row in link.rows(permit.opens(&WHOLE), args).await? {
        let (from, until): (String, String) = (row.get(0)?, row.get(1)?);
        if let (Ok(from), Ok(until)) =
            (from.parse::<jiff::civil::Date>(), until.parse::<jiff::civil::Date>())
            && let Ok(span) = until.since(from)
        {
            all.push(i64::from(span.get_days()) * 24 * 3600 * 1_000_000);
        }
    }
    Ok(all)
}

async fn measured(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    period: &Period,
    step: Step,
) -> Result<Vec<i64>, DbError> {
    let (lacks, me) = (desk.actor().lacks(), desk.actor().id);
    let (from, until) = (period.start(desk), period.end(desk));
    let days = args![period.office, period.from, period.until, lacks, me];
    let instants = args![period.office, from, until, lacks, me];
    match step {
        Step::Meet => values(link, permit, permit.opens(&MEET), days).await,
        Step::Sort => values(link, permit, permit.opens(&SORT), days).await,
        Step::Serve => values(link, permit, permit.opens(&SERVE), days).await,
        Step::Clarify => values(link, permit, permit.opens(&CLARIFY), days).await,
        Step::Meeting => values(link, permit, permit.opens(&MEETING), days).await,
        Step::Whole => whole(link, permit, days).await,
        Step::HandOver => values(link, permit, permit.opens(&HAND_OVER), instants).await,
        Step::Consult => values(link, permit, &CONSULT, args![period.office, from, until]).await,
    }
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    let period = Period::read(&desk, link, &asked, 30).await?;
    let telling = period.telling(&desk, link).await?;
    let all = improve::of_office(link, period.office).await?;
    let mut steps = Vec::new();
    for step in Step::ALL {
        let times = measured(&desk, link, &permit, &period, *step).await?;
        let count = i64::try_from(times.len()).unwrap_or(i64::MAX);
        let on_map = step.on_map();
        let here = |one: &&ImproveLine| one.step == step.as_str();
        steps.push(StepLine {
            step: step.as_str().to_owned(),
            process: on_map.process.as_str().to_owned(),
            actors: on_map.actors.iter().map(|it| it.as_str().to_owned()).collect(),
            agencies_meet: on_map.agencies_meet,
            minutes: median(&times).and_then(|micros| telling.measured(micros / 60_000_000, count)),
            count: telling.count(count),
            improvements: all.iter().filter(here).cloned().collect(),
        });
    }
    desk.show(&ProcessPage {
        recipients: recipients::of(link, Report::Process).await?,
        offices: period.offices,
        office: period.office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        steps,
        least: telling.least,
        may_note: desk.may(link, Action::NoteContact, Subject::Duty).await?,
    })
}
