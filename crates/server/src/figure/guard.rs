//! The guard: those whose needs one agency meets wait and are served no longer than before
//! coordination began, whatever the others gain (REQ-FRONT-11).

use axum::extract::Query;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::{Group, Guarded, Light, Report, guard, median};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::period::{Asked, Period};
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::office::store::{self as offices, OfficeLine};
use crate::policy::{Permit, Subject};
use crate::sign_in::Actor;
use crate::standard::recipients::{self, RecipientLine};
use crate::walls::open_to;
use crate::web::validate::Faults;
use crate::web::{Desk, FieldFault, Input, Reply, Routes};

crate::sql! {
    // The group is what the needs said at the door, before anybody corrected it.
    WAITED = concat!("select v.called_at - v.arrived_at from visit v
        left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
            and v.called_at is not null and (v.first_track = 'desk') = $4 and v.outcome <> 'left'
            and ", open_to!("$5", "$6"), " order by v.arrived_at desc limit 20000");
    HANDLED = concat!("select v.closed_at - v.called_at from visit v
        left join person p on p.id = v.person_id
        where v.office_id = $1 and v.day >= $2 and v.day <= $3 and v.closed_at is not null
            and v.called_at is not null and (v.first_track = 'desk') = $4 and v.outcome <> 'left'
            and ", open_to!("$5", "$6"), " order by v.arrived_at desc limit 20000");
    BASELINE = "select measure, grouping, value, counted, from_day, until_day from baseline
        where office_id = $1 limit 20";
    FIX = "insert into baseline (office_id, measure, grouping, value, counted, from_day, until_day,
            fixed_by, fixed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (office_id, measure, grouping) do update set value = $4, counted = $5,
            from_day = $6, until_day = $7, fixed_by = $8, fixed_at = $9";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<GuardPage, _, _>("/figures/guard", "Whether others are worse off", show)
        .asking(&["office", "from", "until"])
        .act::<BaselineForm, _, _>("/figures/guard", "Fixes how it was before", fix)
}

/// A measure for a group, before and now, in seconds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GuardLine {
    /// `waiting` or `handling`.
    pub(crate) measure: String,
    /// `single` or `several`.
    pub(crate) group: String,
    /// The middle value before; nothing where none was fixed, or of too few.
    pub(crate) before: Option<i64>,
    pub(crate) before_count: Option<i64>,
    /// The middle value now.
    pub(crate) now: Option<i64>,
    pub(crate) now_count: Option<i64>,
    /// `green`, `red` or `unknown`; for the others it is only shown.
    pub(crate) light: String,
}

/// Whether others are worse off.
#[derive(Serialize, ToSchema)]
pub(crate) struct GuardPage {
    /// Who receives this report, by role (REQ-MISC-13).
    pub(crate) recipients: Vec<RecipientLine>,
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) lines: Vec<GuardLine>,
    /// The indicator: red when those outside the coordinated group are worse off in anything.
    pub(crate) light: String,
    /// The days of the baseline; empty where none was fixed.
    pub(crate) baseline_from: String,
    pub(crate) baseline_until: String,
    pub(crate) may_fix: bool,
    /// The smallest count that is told where counts come in steps.
    pub(crate) least: i64,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(GuardPage, "figure/pages/guard.html");

/// Seconds as minutes and seconds, for the template.
pub(crate) fn minutes(seconds: &Option<i64>) -> String {
    seconds.map_or("–".to_owned(), |s| format!("{}:{:02}", s / 60, s % 60))
}

/// The middle value of a measure for a group, in microseconds, and of how many visits.
async fn middle(
    link: &mut Link,
    actor: &Actor,
    permit: &Permit,
    (office, from, until): (OfficeId, jiff::civil::Date, jiff::civil::Date),
    (measure, group): (Guarded, Group),
) -> Result<Option<(i64, i64)>, DbError> {
    let sql = match measure {
        Guarded::Waiting => &WAITED,
        Guarded::Handling => &HANDLED,
    };
    let single = group == Group::Single;
    let args = args![office, from, until, single, actor.lacks(), actor.id];
    let rows = link.rows(permit.opens(sql), args).await?;
    let values: Vec<i64> =
        rows.into_iter().map(|mut row| row.get(0)).collect::<Result<_, DbError>>()?;
    let count = i64::try_from(values.len()).unwrap_or(i64::MAX);
    Ok(median(&values).map(|value| (value, count)))
}

/// What was fixed of an office.
struct Fixed {
    measure: String,
    group: String,
    value: i64,
    counted: i64,
    from: String,
    until: String,
}

async fn fixed(link: &mut Link, office: OfficeId) -> Result<Vec<Fixed>, DbError> {
    let read = |mut row: Row| {
        Ok(Fixed {
            measure: row.get(0)?,
            group: row.get(1)?,
            value: row.get(2)?,
            counted: row.get(3)?,
            from: row.get(4)?,
            until: row.get(5)?,
        })
    };
    link.rows(&BASELINE, args![office]).await?.into_iter().map(read).collect()
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    asked: &Asked,
) -> Result<GuardPage, crate::web::Fault> {
    let period = Period::read(desk, link, asked, 30).await?;
    let telling = period.telling(desk, link).await?;
    let fixed = fixed(link, period.office).await?;
    let span = (period.office, period.from, period.until);
    let mut lines = Vec::new();
    let mut lights = Vec::new();
    for group in Group::ALL {
        for measure in Guarded::ALL {
            let now = middle(link, desk.actor(), permit, span, (*measure, *group)).await?;
            let before = fixed
                .iter()
                .find(|one| one.measure == measure.as_str() && one.group == group.as_str())
                .map(|one| (one.value, one.counted));
            let light = guard(before, now);
            if *group == Group::Single {
                lights.push(light);
            }
            lines.push(GuardLine {
                measure: measure.as_str().to_owned(),
                group: group.as_str().to_owned(),
                before: before.and_then(|one| telling.measured(one.0 / 1_000_000, one.1)),
                before_count: telling.count(before.map_or(0, |one| one.1)),
                now: now.and_then(|one| telling.measured(one.0 / 1_000_000, one.1)),
                now_count: telling.count(now.map_or(0, |one| one.1)),
                light: light.as_str().to_owned(),
            });
        }
    }
    let light = if lights.contains(&Light::Red) {
        Light::Red
    } else if lights.iter().all(|one| *one == Light::Green) {
        Light::Green
    } else {
        Light::Unknown
    };
    Ok(GuardPage {
        recipients: recipients::of(link, Report::Guard).await?,
        baseline_from: fixed.first().map(|one| one.from.clone()).unwrap_or_default(),
        baseline_until: fixed.first().map(|one| one.until.clone()).unwrap_or_default(),
        offices: period.offices,
        office: period.office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        lines,
        light: light.as_str().to_owned(),
        least: telling.least,
        may_fix: desk.may(link, Action::SetUpReception, Subject::Duty).await?,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit, &asked).await?;
    desk.show(&page)
}

/// The days before coordination began.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct BaselineForm {
    /// The office.
    #[serde(default)]
    pub(crate) office: String,
    /// The first day.
    #[serde(default)]
    pub(crate) before_from: String,
    /// The last day.
    #[serde(default)]
    pub(crate) before_until: String,
}

async fn fix(desk: Desk, Input(form): Input<BaselineForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    let mut faults = Faults::default();
    let office = faults.id("office", &form.office).map(OfficeId);
    if let Some(office) = office
        && offices::office(&mut tx, office).await?.is_none()
    {
        faults.add("office", "choose");
    }
    let from = faults.date("before_from", &form.before_from);
    let until = faults.date("before_until", &form.before_until);
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        faults.add("before_until", "visiting-order");
    }
    let asked = Asked { office: form.office.clone(), ..Asked::default() };
    let (Some(office), Some(from), Some(until), true) = (office, from, until, faults.is_empty())
    else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit, &asked).await?;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    for group in Group::ALL {
        for measure in Guarded::ALL {
            let span = (office, from, until);
            let value = middle(&mut tx, desk.actor(), &permit, span, (*measure, *group)).await?;
            let Some((value, counted)) = value else { continue };
            let args = args![
                office,
                measure.as_str(),
                group.as_str(),
                value,
                counted,
                from,
                until,
                worker.id,
                desk.now(),
            ];
            tx.run_one(&FIX, args).await?;
        }
    }
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "baseline", "office": office.to_string() }),
    });
    desk.commit(tx).await?;
    desk.done(&format!("/figures/guard?office={office}"), "baseline-fixed")
}
