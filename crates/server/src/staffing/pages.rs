//! The staff of an office over all agencies: employer, leader, work.

use axum::extract::Query;
use onedoor_domain::agreement::Structure;
use onedoor_domain::ids::{OfficeId, StaffId, UnitId};
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, Allocation, LoadLine, MyWork, StaffingLine, StructureLine, TermLine};
use crate::agreement::note;
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of staffing.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<StaffingPage, _, _>("/staffing", "Employer, leader and work of the staff", show)
        .asking(&["office"])
        .act::<AllocationForm, _, _>("/staffing/work", "Has somebody work somewhere", allocate)
        .act::<ManagerForm, _, _>("/staffing/manager", "Names another joint manager", manager)
        .act::<StructureForm, _, _>("/staffing/structure", "Sets how an office is led", structure)
}

/// Work as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AllocationForm {
    /// Somebody of the caller's office.
    #[serde(default)]
    pub(crate) staff: String,
    /// Where: a unit of the office.
    #[serde(default)]
    pub(crate) unit: String,
    /// At what.
    #[serde(default)]
    pub(crate) work: String,
    /// The first day.
    #[serde(default)]
    pub(crate) first_day: String,
    /// The last day; may be empty.
    #[serde(default)]
    pub(crate) last_day: String,
}

/// Another joint manager.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ManagerForm {
    /// The office.
    #[serde(default)]
    pub(crate) office: String,
    /// Somebody with that role.
    #[serde(default)]
    pub(crate) manager: String,
}

/// How the caseworkers of the caller's office are led.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct StructureForm {
    /// `single_contact` or `coordinator`.
    #[serde(default)]
    pub(crate) structure: String,
    /// Who coordinates.
    #[serde(default)]
    pub(crate) coordinator: String,
    /// Who steps in.
    #[serde(default)]
    pub(crate) stand_in: String,
}

/// The staff of an office.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct StaffingPage {
    pub(crate) offices: Vec<Choice>,
    pub(crate) office: String,
    pub(crate) name: String,
    /// The joint manager, whose power covers everybody's work here and nobody's employment.
    pub(crate) manager: String,
    pub(crate) terms: Vec<TermLine>,
    pub(crate) staff: Vec<StaffingLine>,
    pub(crate) structure: StructureLine,
    /// The loads that a coordinator oversees, for that one, their deputy and the joint manager;
    /// empty where there is none.
    pub(crate) loads: Vec<LoadLine>,
    pub(crate) mine: Vec<MyWork>,
    /// Whether the caller shares out the work here.
    pub(crate) leads: bool,
    pub(crate) administers: bool,
    pub(crate) people: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    pub(crate) managers: Vec<Choice>,
    pub(crate) structures: Vec<String>,
    pub(crate) work: AllocationForm,
    pub(crate) lead: ManagerForm,
    pub(crate) setting: StructureForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(StaffingPage, "staffing/pages/staffing.html");

#[derive(Default, Deserialize)]
struct Which {
    #[serde(default)]
    office: String,
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    asked: &str,
) -> Result<StaffingPage, Fault> {
    let today = desk.today();
    let led = offices::led_by(link, desk.actor()).await?;
    let own = led.first().copied().or(desk.actor().office);
    let id: OfficeId = asked.parse().ok().or(own).ok_or(Fault::Hidden)?;
    let (name, ..) = offices::office(link, id).await?.ok_or(Fault::Hidden)?;
    let manager = store::manager(link, permit, id).await?;
    let me = desk.worker()?;
    let leads = led.contains(&id);
    let staff = store::staff(link, permit, id, today).await?;
    let structure = store::structure(link, permit, id, today).await?;
    let mut loads = Vec::new();
    let oversees = leads || structure.oversee.contains(&Some(me.id));
    if oversees && structure.structure == Structure::Coordinator.as_str() {
        loads = store::loads(link, permit, id, today).await?;
    }
    let units = offices::units(link, id, today).await?;
    let managers = store::managers(link, permit).await?;
    let all = offices::offices(link).await?;
    Ok(StaffingPage {
        offices: all.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        office: id.to_string(),
        name,
        manager: manager.map(|(_, name)| name).unwrap_or_default(),
        terms: store::terms(link, permit, id).await?,
        people: staff
            .iter()
            .map(|it| Choice { id: it.id.clone(), name: format!("{}, {}", it.name, it.unit) })
            .collect(),
        staff,
        structure,
        loads,
        mine: store::mine(link, permit, me.id, today).await?,
        leads,
        administers: desk.actor().role == Some(Role::Administrator),
        units: units.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        managers: managers
            .into_iter()
            .map(|(id, name)| Choice { id: id.to_string(), name })
            .collect(),
        structures: Structure::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        ..StaffingPage::default()
    })
}

async fn show(desk: Desk, Query(which): Query<Which>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit, &which.office).await?;
    desk.show(&page)
}

fn chosen(choices: &[Choice], id: &str) -> bool {
    choices.iter().any(|it| it.id == id.trim())
}

/// REQ-ORG-23: the joint manager shares out the work of all agencies' staff. Mandates stay.
async fn allocate(desk: Desk, Input(form): Input<AllocationForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut page = page(&desk, &mut tx, &permit, "").await?;
    if !page.leads {
        return Err(Fault::Denied);
    }
    let mut faults = Faults::default();
    let staff = faults.id("staff", &form.staff).map(StaffId);
    if staff.is_some() && !chosen(&page.people, &form.staff) {
        faults.add("staff", "choose");
    }
    let unit = faults.id("unit", &form.unit).map(UnitId);
    if unit.is_some() && !chosen(&page.units, &form.unit) {
        faults.add("unit", "choose");
    }
    let work = faults.line("work", &form.work);
    let first = faults.date("first_day", &form.first_day);
    let last = match form.last_day.trim() {
        "" => None,
        text => faults.date("last_day", text),
    };
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        faults.add("last_day", "absence-order");
    }
    if first.is_some_and(|day| day < desk.today()) {
        faults.add("first_day", "step-past");
    }
    let (Some(staff), Some(unit), Some(first), true) = (staff, unit, first, faults.is_empty())
    else {
        let list = faults.into_list();
        page.work = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let it = Allocation { staff, unit, work: &work, first, last };
    store::allocate(&mut tx, &permit, &it, (me.id, desk.now())).await?;
    note(&desk, &permit, "allocation", staff);
    desk.commit(tx).await?;
    desk.done("/staffing", "work-shared")
}

/// REQ-ORG-46: another joint manager changes who leads, and neither employer nor mandate.
async fn manager(desk: Desk, Input(form): Input<ManagerForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    if desk.actor().role != Some(Role::Administrator) {
        return Err(Fault::Denied);
    }
    let mut page = page(&desk, &mut tx, &permit, &form.office).await?;
    let office: Option<OfficeId> = form.office.parse().ok();
    let staff =
        form.manager.parse().ok().map(StaffId).filter(|_| chosen(&page.managers, &form.manager));
    let (Some(office), Some(staff)) = (office, staff) else {
        let list = vec![FieldFault::new("manager", "choose")];
        page.lead = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let when = (desk.today(), me.id, desk.now());
    store::set_manager(&mut tx, &permit, (office, staff), when).await?;
    note(&desk, &permit, "manager", staff);
    desk.commit(tx).await?;
    desk.done(&format!("/staffing?office={office}"), "manager-named")
}

/// REQ-ORG-11: the structure in use is a setting of the office.
async fn structure(desk: Desk, Input(form): Input<StructureForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let led = offices::led_by(&mut tx, desk.actor()).await?;
    let office = led.first().copied().ok_or(Fault::Denied)?;
    let mut page = page(&desk, &mut tx, &permit, "").await?;
    if !page.leads {
        return Err(Fault::Denied);
    }
    let mut faults = Faults::default();
    let setting = faults.choice("structure", &form.structure, Structure::parse);
    let mut people = None;
    if setting == Some(Structure::Coordinator) {
        let first = faults.id("coordinator", &form.coordinator).map(StaffId);
        let second = faults.id("stand_in", &form.stand_in).map(StaffId);
        for (field, value) in [("coordinator", &form.coordinator), ("stand_in", &form.stand_in)] {
            if !value.trim().is_empty() && !chosen(&page.people, value) {
                faults.add(field, "choose");
            }
        }
        if first.is_some() && first == second {
            faults.add("stand_in", "case-same-person");
        }
        people = first.zip(second);
    }
    let (Some(setting), true) = (setting, faults.is_empty()) else {
        let list = faults.into_list();
        page.setting = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let when = (desk.today(), me.id, desk.now());
    store::set_structure(&mut tx, &permit, (office, setting), people, when).await?;
    note(&desk, &permit, "structure", office);
    desk.commit(tx).await?;
    desk.done("/staffing", "structure-set")
}
