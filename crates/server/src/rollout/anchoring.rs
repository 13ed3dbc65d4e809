//! How efforts are anchored, agency by agency (REQ-ORG-39).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::rollout::{Anchoring, anchoring_flags};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link};
use crate::office::note;
use crate::office::store::{self as offices, Choice};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    EFFORTS = "select id, name from effort order by name limit 1000";
    EFFORT = "select name from effort where id = $1";
    NOTED = "select n.effort_id, a.name, p.kind, n.priority, n.owner, n.council_on,
            n.middle_managers
        from anchoring n join agency a on a.id = n.agency_id
        join principal p on p.id = a.principal_id order by a.name limit 5000";
    NOTE = "insert into anchoring (effort_id, agency_id, priority, owner, council_on,
            middle_managers, noted_by, noted_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (effort_id, agency_id) do update set priority = excluded.priority,
            owner = excluded.owner, council_on = excluded.council_on,
            middle_managers = excluded.middle_managers, noted_by = excluded.noted_by,
            noted_at = excluded.noted_at";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<EffortsPage, _, _>("/efforts", "How efforts are anchored", list)
        .act::<AnchoringForm, _, _>(
        "/efforts/{id}/anchoring",
        "Notes how an agency is behind an effort",
        keep,
    )
}

/// How an agency is behind an effort.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BehindLine {
    pub(crate) agency: String,
    pub(crate) priority: i64,
    pub(crate) owner: String,
    pub(crate) council_on: Option<String>,
    pub(crate) middle_managers: String,
}

/// An effort with what is weak about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EffortLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) behind: Vec<BehindLine>,
    pub(crate) flags: Vec<String>,
}

/// How an agency is behind an effort, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnchoringForm {
    /// The agency.
    #[serde(default)]
    pub(crate) agency: String,
    /// 1 very low to 5 very high.
    #[serde(default)]
    pub(crate) priority: String,
    /// Who owns it.
    #[serde(default)]
    pub(crate) owner: String,
    /// When the council treated it; may be empty.
    #[serde(default)]
    pub(crate) council_on: String,
    /// `for`, `mixed`, `against` or `unknown`.
    #[serde(default)]
    pub(crate) middle_managers: String,
}

/// The efforts.
#[derive(Serialize, ToSchema)]
pub(crate) struct EffortsPage {
    pub(crate) efforts: Vec<EffortLine>,
    pub(crate) may_edit: bool,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) stances: Vec<String>,
    pub(crate) scale: Vec<String>,
    pub(crate) form: AnchoringForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(EffortsPage, "rollout/pages/efforts.html");

const STANCES: [&str; 4] = ["for", "mixed", "against", "unknown"];

async fn efforts(link: &mut Link) -> Result<Vec<EffortLine>, DbError> {
    let mut noted: Vec<(Uuid, BehindLine, Anchoring)> = Vec::new();
    for mut row in link.rows(&NOTED, &[]).await? {
        let kind: String = row.get(2)?;
        let line = BehindLine {
            agency: row.get(1)?,
            priority: row.get(3)?,
            owner: row.get(4)?,
            council_on: row.get(5)?,
            middle_managers: row.get(6)?,
        };
        let behind = Anchoring {
            priority: line.priority,
            owner: line.owner.clone(),
            council_on: line.council_on.as_deref().and_then(|it| it.parse::<Date>().ok()),
            municipal: kind == "municipality",
            middle_against: line.middle_managers == "against",
        };
        noted.push((row.get(0)?, line, behind));
    }
    let mut lines = Vec::new();
    for mut row in link.rows(&EFFORTS, &[]).await? {
        let id: Uuid = row.get(0)?;
        let own: Vec<_> = noted.iter().filter(|it| it.0 == id).collect();
        let behind: Vec<Anchoring> = own.iter().map(|it| it.2.clone()).collect();
        lines.push(EffortLine {
            id: id.to_string(),
            name: row.get(1)?,
            flags: anchoring_flags(&behind).into_iter().map(|it| it.as_str().to_owned()).collect(),
            behind: own.into_iter().map(|it| it.1.clone()).collect(),
        });
    }
    Ok(lines)
}

async fn page(desk: &Desk, link: &mut Link) -> Result<EffortsPage, Fault> {
    let efforts = efforts(link).await?;
    let may_edit = desk.may(link, Action::EditNetwork, Subject::Duty).await?;
    let agencies = if may_edit { offices::agencies(link).await? } else { Vec::new() };
    let choice = |it: &EffortLine| Choice { id: it.id.clone(), name: it.name.clone() };
    Ok(EffortsPage {
        choices: efforts.iter().map(choice).collect(),
        efforts,
        may_edit,
        agencies: agencies
            .into_iter()
            .map(|it| Choice { id: it.id.to_string(), name: it.name })
            .collect(),
        stances: STANCES.iter().map(|it| (*it).to_owned()).collect(),
        scale: (1..=5).map(|it| it.to_string()).collect(),
        form: AnchoringForm::default(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

async fn keep(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<AnchoringForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    tx.row(&EFFORT, args![id]).await?.ok_or(Fault::Hidden)?;
    let mut faults = Faults::default();
    let agency = faults.id("agency", &form.agency).map(AgencyId);
    if let Some(agency) = agency
        && !offices::agencies(&mut tx).await?.iter().any(|it| it.id == agency)
    {
        faults.add("agency", "choose");
    }
    let priority = form.priority.trim().parse::<i64>().ok().filter(|it| (1..=5).contains(it));
    if priority.is_none() {
        faults.add("priority", "choose");
    }
    let owner = faults.optional_line("owner", &form.owner);
    let treated = !form.council_on.trim().is_empty();
    let council = if treated { faults.date("council_on", &form.council_on) } else { None };
    let stance = form.middle_managers.as_str();
    if !STANCES.contains(&stance) {
        faults.add("middle_managers", "choose");
    }
    let (Some(agency), Some(priority), true) = (agency, priority, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx).await?;
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let args = args![id, agency, priority, owner, council, stance, worker.id, desk.now()];
    tx.run(&NOTE, args).await?;
    note(&desk, &permit, "anchoring", id);
    desk.commit(tx).await?;
    desk.done("/efforts", "anchoring-kept")
}
