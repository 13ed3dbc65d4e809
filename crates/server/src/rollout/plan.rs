//! The roll-out plan: which office meets the minimum when, and the curve (REQ-ORG-32).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::rollout::curve;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::args;
use crate::db::{DbError, Link};
use crate::network;
use crate::office::note;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    PLANNED = "select o.id, o.name, o.municipality, r.planned_on from office o
        left join rollout_date r on r.office_id = o.id and not exists (
            select 1 from rollout_date n where n.office_id = r.office_id and n.set_at > r.set_at)
        where o.ended_on is null order by r.planned_on, o.name limit 2000";
    HISTORY = "select o.name, r.planned_on, r.set_at, coalesce(s.name, '') from rollout_date r
        join office o on o.id = r.office_id left join staff s on s.id = r.set_by
        order by r.set_at desc, o.name limit 100";
    SET = "insert into rollout_date (office_id, set_at, planned_on, set_by)
        values ($1, $2, $3, $4)";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<RolloutPage, _, _>(
            "/rollout",
            "The roll-out plan: the curve, and municipalities without a date",
            show,
        )
        .act::<DateForm, _, _>("/rollout/offices/{id}/date", "Gives an office another date", set)
}

/// An office of the plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlannedLine {
    pub(crate) id: String,
    pub(crate) office: String,
    pub(crate) planned_on: Option<String>,
    /// Whether it meets the minimum today.
    pub(crate) meets: bool,
}

/// A point of the curve: from this day on so many offices meet the minimum.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CurvePoint {
    pub(crate) on: String,
    pub(crate) offices: usize,
}

/// A date that was set.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SetLine {
    pub(crate) office: String,
    pub(crate) planned_on: String,
    pub(crate) set_at: i64,
    pub(crate) by: String,
}

/// A date, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DateForm {
    /// The day on which the office is planned to meet the minimum.
    #[serde(default)]
    pub(crate) planned_on: String,
}

/// The roll-out plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct RolloutPage {
    pub(crate) curve: Vec<CurvePoint>,
    pub(crate) offices: Vec<PlannedLine>,
    /// Municipalities of the register with no office that has a date.
    pub(crate) without: Vec<String>,
    /// Offices that meet the minimum today, whatever was planned.
    pub(crate) meeting: i64,
    pub(crate) history: Vec<SetLine>,
    pub(crate) may_edit: bool,
    pub(crate) form: DateForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(RolloutPage, "rollout/pages/rollout.html");

struct Planned {
    id: OfficeId,
    name: String,
    municipality: String,
    on: Option<Date>,
}

async fn planned(link: &mut Link) -> Result<Vec<Planned>, DbError> {
    let rows = link.rows(&PLANNED, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let on: Option<String> = row.get(3)?;
            Ok(Planned {
                id: row.get(0)?,
                name: row.get(1)?,
                municipality: row.get(2)?,
                on: on.and_then(|it| it.parse().ok()),
            })
        })
        .collect()
}

async fn page(desk: &Desk, link: &mut Link) -> Result<RolloutPage, Fault> {
    let all = planned(link).await?;
    let missing = network::missing_by_office(link, desk.today()).await?;
    let meets = |id: &OfficeId| missing.get(id).is_some_and(Vec::is_empty);
    let register = network::register(link).await?;
    let dated = |number: &str| all.iter().any(|it| it.municipality == number && it.on.is_some());
    let without = register.iter().filter(|it| !dated(&it.number)).map(|it| it.name.clone());
    let days: Vec<Date> = all.iter().filter_map(|it| it.on).collect();
    let mut history = Vec::new();
    for mut row in link.rows(&HISTORY, &[]).await? {
        history.push(SetLine {
            office: row.get(0)?,
            planned_on: row.get(1)?,
            set_at: row.get(2)?,
            by: row.get(3)?,
        });
    }
    Ok(RolloutPage {
        curve: curve(&days)
            .into_iter()
            .map(|(on, offices)| CurvePoint { on: on.to_string(), offices })
            .collect(),
        without: without.collect(),
        meeting: i64::try_from(all.iter().filter(|it| meets(&it.id)).count()).unwrap_or(i64::MAX),
        offices: all
            .iter()
            .map(|it| PlannedLine {
                id: it.id.to_string(),
                office: it.name.clone(),
                planned_on: it.on.map(|on| on.to_string()),
                meets: meets(&it.id),
            })
            .collect(),
        history,
        may_edit: desk.may(link, Action::EditNetwork, Subject::Duty).await?,
        form: DateForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

async fn set(desk: Desk, Path(office): Path<OfficeId>, Input(form): Input<DateForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    crate::office::store::office(&mut tx, office).await?.ok_or(Fault::Hidden)?;
    let mut faults = Faults::default();
    let Some(day) = faults.date("planned_on", &form.planned_on) else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx).await?;
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    tx.run_one(&SET, args![office, desk.now(), day, worker.id]).await?;
    note(&desk, &permit, "rollout_date", office);
    desk.commit(tx).await?;
    desk.done("/rollout", "rollout-date")
}
